import type { Place } from './places';

export const regulationPlaces: Place[] = [
  { name: 'documentos', at: '/normativas/documentos' },
  { name: 'consulta', at: '/normativas/consulta' },
  { name: 'preguntas', at: '/normativas/preguntas' },
  { name: 'normativa-uso', at: '/normativas/uso' },
  { name: 'glosario', at: '/normativas/glosario' },
];
