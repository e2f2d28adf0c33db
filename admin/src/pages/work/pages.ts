import type { Pages } from '@/app/pages';

export const workPages: Pages = {
  '/': () => import('./dashboard'),
  '/clientes': () => import('./customers/list'),
};
