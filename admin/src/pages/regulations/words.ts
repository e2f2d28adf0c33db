import type { Degradation, RegulationStage, RegulationStatus, RegulationType } from '@msia/client';

import type { Look } from '@/parts/fields';
import type { Option } from '@/parts/filters';

export const typeNames: Record<RegulationType, string> = {
  manual: 'Manual', law: 'Ley', royal_decree: 'Real decreto', order: 'Orden', directive: 'Directiva', eu_regulation: 'Reglamento UE',
  un_regulation: 'Reglamento CEPE/ONU', instruction: 'Instrucción', other: 'Otro',
};
export const typeOptions = Object.entries(typeNames).map(([value, label]) => ({ value, label })) as Option<RegulationType>[];

export const statusLooks: Record<RegulationStatus, Look> = {
  pending: { text: 'En espera', color: 'gray' }, processing: { text: 'Procesando', color: 'blue' }, indexed: { text: 'Listo', color: 'green' }, failed: { text: 'No se ha podido', color: 'red' },
};
export const statusOptions = Object.entries(statusLooks).map(([value, { text }]) => ({ value, label: text })) as Option<RegulationStatus>[];

export const stageNames: Record<RegulationStage, string> = {
  waiting: 'En espera', extracting: 'Leyendo las páginas', structuring: 'Buscando artículos', embedding: 'Preparando la búsqueda', indexing: 'Guardando', done: 'Listo',
};

export const degradationNames: Record<Degradation, string> = {
  embeddings_unavailable: 'sin búsqueda por significado', embeddings_pending: 'la búsqueda por significado se está preparando', rerank_unavailable: 'sin reordenación por modelo',
  chat_unavailable: 'sin redacción por modelo', chat_unverified: 'la redacción del modelo no se pudo comprobar',
};

/** "págs. 12–14". */
export const pagesText = (pages: number[]): string =>
  pages.length === 0 ? '' : pages.length === 1 ? `pág. ${pages[0]}` : `págs. ${pages[0]}–${pages.at(-1)}`;
