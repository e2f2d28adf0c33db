import type { ElementField, ElementFieldUpdate, FieldType } from '@msia/client';

import { countOrNull, errorsOf, orNull, required } from '../values';
import { type ConditionValues, readCondition, writeCondition } from './condition';

export const fieldTypes: Record<FieldType, string> = { text: 'Texto', number: 'Número', boolean: 'Sí o no', select: 'Lista', date: 'Fecha', photo: 'Foto' };

export type FieldValues = {
  key: string;
  label: string;
  type: FieldType;
  options: string[];
  unit: string;
  required: boolean;
  min: number | string;
  max: number | string;
  min_length: number | string;
  max_length: number | string;
  pattern: string;
  example: string;
  hint: string;
  condition: ConditionValues;
};

export const newField: FieldValues = {
  key: '', label: '', type: 'text', options: [], unit: '', required: true, min: '', max: '', min_length: '', max_length: '', pattern: '', example: '', hint: '',
  condition: readCondition(null),
};

export const readField = (f: ElementField): FieldValues => ({
  key: f.key, label: f.label, type: f.type, options: f.options, unit: f.unit ?? '', required: f.required, min: f.min ?? '', max: f.max ?? '', min_length: f.min_length ?? '',
  max_length: f.max_length ?? '', pattern: f.pattern ?? '', example: f.example ?? '', hint: f.hint ?? '', condition: readCondition(f.condition),
});

/** What does not go with the type is left behind: the form no longer shows it. */
export const writeField = (v: FieldValues) => ({
  key: v.key, label: v.label, type: v.type, required: v.required, hint: orNull(v.hint), condition: writeCondition(v.condition),
  options: v.type === 'select' ? v.options : [],
  unit: v.type === 'number' ? orNull(v.unit) : null,
  min: v.type === 'number' ? countOrNull(v.min) : null,
  max: v.type === 'number' ? countOrNull(v.max) : null,
  min_length: v.type === 'text' ? countOrNull(v.min_length) : null,
  max_length: v.type === 'text' ? countOrNull(v.max_length) : null,
  pattern: v.type === 'text' ? orNull(v.pattern) : null,
  example: v.type === 'photo' ? null : orNull(v.example),
}) satisfies ElementFieldUpdate;

export const checkField = (v: FieldValues): Record<string, string> => errorsOf({
  label: required(v.label),
  key: /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(v.key) ? null : 'Minúsculas sin acentos, cifras y guiones bajos, como ancho_total.',
  options: v.type === 'select' && v.options.length === 0 ? 'Una lista necesita opciones.' : null,
});

export const fieldLabels: Record<keyof FieldValues, string> = {
  key: 'Clave', label: 'Pregunta', type: 'Tipo', options: 'Opciones', unit: 'Unidad', required: 'Obligatorio', min: 'Mínimo', max: 'Máximo', min_length: 'Longitud mínima',
  max_length: 'Longitud máxima', pattern: 'Expresión regular', example: 'Ejemplo', hint: 'Ayuda', condition: 'Cuándo se pide',
};
