import type { Place } from './places';

export const workPlaces: Place[] = [
  { name: 'panel', at: '/' },
  { name: 'clientes', at: '/clientes' },
];
