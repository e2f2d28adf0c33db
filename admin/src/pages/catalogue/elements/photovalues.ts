import type { ElementPhoto, ElementPhotoUpdate, PhotoKind } from '@msia/client';

import { errorsOf, orNull, required } from '../values';
import { type ConditionValues, readCondition, writeCondition } from './condition';

export const photoKinds: Record<PhotoKind, string> = { required_document: 'Foto que se pide', step: 'Foto de un paso del trabajo', calculation: 'Cálculo o plano', example: 'Ejemplo que se enseña' };

export type PhotoValues = { code: string; kind: PhotoKind; title: string; instruction: string; image_url: string; required: boolean; condition: ConditionValues };

export const newPhoto: PhotoValues = { code: '', kind: 'required_document', title: '', instruction: '', image_url: '', required: true, condition: readCondition(null) };

export const readPhoto = (p: ElementPhoto): PhotoValues => ({
  code: p.code, kind: p.kind, title: p.title, instruction: p.instruction ?? '', image_url: p.image_url ?? '', required: p.required, condition: readCondition(p.condition),
});

export const writePhoto = (v: PhotoValues) => ({
  code: v.code, kind: v.kind, title: v.title, instruction: orNull(v.instruction), image_url: orNull(v.image_url), required: v.kind !== 'example' && v.required,
  condition: writeCondition(v.condition),
}) satisfies ElementPhotoUpdate;

export const checkPhoto = (v: PhotoValues): Record<string, string> => errorsOf({
  title: required(v.title),
  code: /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(v.code) ? null : 'Minúsculas sin acentos, cifras y guiones bajos, como vista_frontal.',
});

export const photoLabels: Record<keyof PhotoValues, string> = {
  code: 'Código', kind: 'Clase', title: 'Título', instruction: 'Instrucción', image_url: 'Imagen de ejemplo', required: 'Obligatoria', condition: 'Cuándo se pide',
};
