import type { Pages } from '@/app/pages';

export const workPages: Pages = {
  '/': () => import('./dashboard'),
  '/expedientes': () => import('./cases/list'),
  '/expedientes/nuevo': () => import('./cases/new'),
  '/expedientes/$id/{-$tab}': () => import('./cases/detail'),
  '/expedientes/$id/imagenes/$file': () => import('./cases/reviewer'),
  '/conversaciones': () => import('./conversations/list'),
  '/conversaciones/$id': () => import('./conversations/detail'),
  '/escalaciones': () => import('./escalations/list'),
  '/clientes': () => import('./customers/list'),
  '/clientes/nuevo': () => import('./customers/new'),
  '/clientes/$id': () => import('./customers/detail'),
};
