import type { Pages } from '@/app/pages';

export const adminPages: Pages = {
  '/ajustes/sistema': () => import('./settings'),
  '/ajustes/usuarios': () => import('./accounts/list'),
  '/ajustes/usuarios/nuevo': () => import('./accounts/new'),
  '/ajustes/usuarios/$id': () => import('./accounts/detail'),
  '/ajustes/perfil': () => import('./profile'),
  '/ajustes/claves': () => import('./apikeys'),
  '/auditoria': () => import('./audit'),
  '/trabajos': () => import('./jobs/list'),
  '/trabajos/periodicos': () => import('./jobs/periodic'),
  '/accesos': () => import('./accesslog'),
  '/errores': () => import('./errors/list'),
};
