import { listWarnings } from '../../gen/ts/src';

import type { Place } from './places';

export const cataloguePlaces: Place[] = [
  { name: 'tarifas', at: '/tarifas' },
  { name: 'tarifa-nueva', at: '/tarifas?editar=nuevo' },
  { name: 'tarifa-importar', at: '/tarifas/importar' },
  { name: 'tramos', at: '/tarifas/motos-part/tramos' },
  { name: 'tramo', at: '/tarifas/motos-part/tramos/T4' },
  { name: 'inclusiones', at: '/tarifas/aseicars-prof/inclusiones' },
  { name: 'documentacion', at: '/tarifas/motos-part/documentacion' },
  { name: 'servicios-de-categoria', at: '/tarifas/motos-part/servicios' },
  { name: 'servicio-nuevo', at: '/tarifas/motos-part/servicios?editar=nuevo' },
  { name: 'advertencias-de-categoria', at: '/tarifas/motos-part/advertencias' },
  { name: 'categoria', at: '/tarifas/motos-part/datos' },
  { name: 'historial', at: '/tarifas/motos-part/historial' },
  { name: 'simulador', at: '/tarifas/simulador?categoria=motos-part&texto=quiero+homologar+el+escape,+los+dos+retrovisores+y+la+suspensi%C3%B3n&s=tramitacion_urgente' },
  { name: 'servicios', at: '/servicios' },
  { name: 'advertencias', at: '/advertencias' },
  {
    name: 'advertencia',
    at: async (api) => {
      const { id, code } = (await listWarnings({ client: api, throwOnError: true })).data.find((w) => w.triggers.length > 0)!;
      return `/advertencias?q=${code}&editar=${id}`;
    },
  },
];
