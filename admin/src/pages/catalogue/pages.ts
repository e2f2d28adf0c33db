import type { Pages } from '@/app/pages';

export const cataloguePages: Pages = {
  '/elementos': () => import('./elements/list'),
  '/elementos/nuevo': () => import('./elements/create'),
  '/elementos/$id': () => import('./elements/detail'),
  '/elementos/$id/variantes': () => import('./elements/variants'),
  '/elementos/$id/campos': () => import('./elements/fields'),
  '/elementos/$id/fotos': () => import('./elements/photos'),
  '/elementos/frase': () => import('./elements/phrase'),
};
