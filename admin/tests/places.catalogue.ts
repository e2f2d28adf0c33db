import { createResponseRule, type Element, listElements, listResponseRules, listWarnings, uploadImage } from '../../gen/ts/src';

import { file, png } from './pictures';
import type { Api, Place } from './places';

/** The address of a page of the first element that has what it shows. */
const elementWith = (has: (element: Element) => boolean, rest = '') => async (api: Api) =>
  `/elementos/${(await listElements({ client: api, query: { include_inactive: true }, throwOnError: true })).data.find(has)!.id}${rest}`;

const image = async (api: Api) => (await uploadImage({ client: api, body: { file: file(png(900, 600), 'escape montado.png') }, throwOnError: true })).data;

async function rule(api: Api): Promise<string> {
  const all = (await listResponseRules({ client: api, throwOnError: true })).data;
  if (all[0]) return `/reglas/${all[0].id}`;
  const made = await createResponseRule({ client: api, throwOnError: true, body: { name: 'Horario', pattern: 'horario|a que hora', action: 'answer', answer: 'Abrimos de lunes a viernes, de 9 a 14 h.' } });
  return `/reglas/${made.data.id}`;
}

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
  { name: 'elementos', at: '/elementos?categoria=motos-part' },
  { name: 'elementos-tabla', at: '/elementos?categoria=motos-part&vista=tabla&q=escape' },
  { name: 'elemento-nuevo', at: '/elementos/nuevo?categoria=motos-part' },
  { name: 'elemento', at: elementWith((e) => e.is_generic && e.keywords.length > 0) },
  { name: 'elemento-variantes', at: elementWith((e) => e.is_generic, '/variantes') },
  { name: 'elemento-fotos', at: elementWith((e) => e.photos.length > 0, '/fotos?editar=nuevo') },
  { name: 'elemento-campos', at: elementWith((e) => e.fields.some((f) => f.condition !== null), '/campos') },
  { name: 'elemento-campo-nuevo', at: elementWith((e) => e.fields.length > 0, '/campos?editar=nuevo') },
  { name: 'elemento-advertencias', at: async (api) => {
    const warning = (await listWarnings({ client: api, throwOnError: true })).data.find((w) => w.scope === 'element')!;
    return elementWith((e) => e.code === warning.element_code && e.category_id === warning.category_id, '/advertencias')(api);
  } },
  { name: 'elemento-uso', at: elementWith((e) => e.code === 'ESCAPE', '/uso') },
  { name: 'frase', at: '/elementos/frase?categoria=motos-part&texto=quiero+homologar+el+escape,+los+dos+retrovisores+y+la+suspensi%C3%B3n' },
  { name: 'imagenes', at: async (api) => { await image(api); return '/imagenes'; } },
  { name: 'imagen', at: async (api) => `/imagenes/${(await image(api)).id}` },
  { name: 'reglas', at: async (api) => { await rule(api); return '/reglas'; } },
  { name: 'regla', at: rule },
  { name: 'regla-nueva', at: '/reglas/nueva' },
];
