import type { Pages } from '@/app/pages';

export const cataloguePages: Pages = {
  '/tarifas': () => import('./tariffs/list'),
  '/tarifas/importar': () => import('./tariffs/import'),
  '/tarifas/simulador': () => import('./simulator/page'),
  '/tarifas/$cat': () => import('./tariffs/index'),
  '/tarifas/$cat/tramos': () => import('./tariffs/tiers'),
  '/tarifas/$cat/tramos/$tier': () => import('./tariffs/tier'),
  '/tarifas/$cat/inclusiones': () => import('./tariffs/inclusions'),
  '/tarifas/$cat/documentacion': () => import('./tariffs/documents'),
  '/tarifas/$cat/servicios': () => import('./tariffs/services'),
  '/tarifas/$cat/advertencias': () => import('./tariffs/warnings'),
  '/tarifas/$cat/datos': () => import('./tariffs/data'),
  '/tarifas/$cat/historial': () => import('./tariffs/history'),
  '/servicios': () => import('./services/list'),
  '/advertencias': () => import('./warnings/list'),
};
