import type { Pages } from '@/app/pages';

export const regulationPages: Pages = {
  '/normativas/documentos': () => import('./documents'),
  '/normativas/documentos/$id': () => import('./document'),
  '/normativas/consulta': () => import('./ask'),
  '/normativas/preguntas': () => import('./questions'),
  '/normativas/preguntas/$id': () => import('./question'),
  '/normativas/uso': () => import('./analytics'),
  '/normativas/glosario': () => import('./glossary'),
};
