import { createCustomer, listCustomers, listEscalations } from '../../gen/ts/src';
import type { Api, Place } from './places';
import { someCase } from './work';

const caseTab = (tab: string): Place['at'] => async (api) => `/expedientes/${(await someCase(api)).id}${tab}`;

/** The conversation of a case, which has more to it than others. */
async function conversation(api: Api): Promise<string> {
  const { conversation_id: id } = await someCase(api);
  return id ? `/conversaciones/${id}` : '/conversaciones';
}

async function escalation(api: Api): Promise<string> {
  const [first] = (await listEscalations({ client: api, query: { limit: 1 }, throwOnError: true })).data.items;
  return first ? `/escalaciones?ver=${first.id}` : '/escalaciones';
}

/** A customer who may be there twice. */
async function customer(api: Api): Promise<string> {
  const phone = '+34600999888';
  const [known] = (await listCustomers({ client: api, query: { q: phone }, throwOnError: true })).data.items;
  if (known) return `/clientes/${known.id}`;
  const twins = await Promise.all(['Nuria', 'Nuria María'].map((first_name) =>
    createCustomer({ client: api, body: { first_name, last_name: 'Vidal', phone, city: 'Getafe', notes: 'Llama por las tardes.' }, throwOnError: true })));
  return `/clientes/${twins[0]!.data.id}`;
}

export const workPlaces: Place[] = [
  { name: 'panel', at: '/' },
  { name: 'expedientes', at: async (api) => { await someCase(api); return '/expedientes'; } },
  { name: 'expediente-nuevo', at: async (api) => `/expedientes/nuevo?cliente=${(await someCase(api)).customer_id}` },
  { name: 'expediente', at: caseTab('') },
  { name: 'expediente-datos', at: caseTab('/datos') },
  { name: 'expediente-imagenes', at: caseTab('/imagenes') },
  { name: 'expediente-conversacion', at: caseTab('/conversacion') },
  { name: 'expediente-presupuesto', at: caseTab('/presupuesto') },
  { name: 'expediente-historial', at: caseTab('/historial') },
  { name: 'revision', at: async (api) => { const c = await someCase(api); return `/expedientes/${c.id}/imagenes/${c.files[0]?.id ?? ''}`; } },
  { name: 'conversaciones', at: '/conversaciones' },
  { name: 'conversacion', at: conversation },
  { name: 'escalaciones', at: '/escalaciones' },
  { name: 'escalacion', at: escalation },
  { name: 'clientes', at: '/clientes' },
  { name: 'cliente-nuevo', at: '/clientes/nuevo' },
  { name: 'cliente', at: customer },
];
