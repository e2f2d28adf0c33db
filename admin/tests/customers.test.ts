import { expect, test } from 'vitest';

import { createCustomer, getCustomer, listCustomers } from '../../gen/ts/src';
import { expectAccessible, useMsia } from './browser';

const msia = useMsia();
const read = async (id: string) => (await getCustomer({ client: msia.api, path: { customer_id: id }, throwOnError: true })).data;

test('a customer who calls: what is wrong is told at its field, and the rest is kept', async () => {
  const page = await msia.open({ as: 'editor', at: '/clientes' });
  await page.getByRole('link', { name: 'Nuevo cliente' }).click();
  await page.getByLabel('Nombre', { exact: true }).fill('Olga');
  await page.getByLabel('DNI, NIE o CIF').fill('12345678A');
  await page.getByLabel('Teléfono').fill('600');
  await page.getByLabel('Código postal').fill('99999');
  await page.getByRole('button', { name: 'Dar de alta' }).click();
  await page.getByRole('alert').getByText('No se ha guardado').waitFor();
  for (const field of ['DNI, NIE o CIF', 'Teléfono', 'Código postal']) expect(await page.getByLabel(field).getAttribute('aria-invalid'), field).toBe('true');
  expect(await page.getByLabel('Nombre', { exact: true }).inputValue()).toBe('Olga');
  await expectAccessible(page);
  await page.getByLabel('DNI, NIE o CIF').fill('12.345.678-z');
  await page.getByLabel('Teléfono').fill('600 100 300');
  await page.getByLabel('Código postal').fill('28013');
  await page.getByRole('button', { name: 'Dar de alta' }).click();
  await page.getByRole('heading', { level: 1, name: 'Olga' }).waitFor();
  const [olga] = (await listCustomers({ client: msia.api, query: { q: 'Olga' }, throwOnError: true })).data.items;
  expect([olga!.nif_cif, olga!.phone]).toEqual(['12345678Z', '+34600100300']);
});

test('two that are one are compared and merged', async () => {
  const make = async (body: object) => (await createCustomer({ client: msia.api, body, throwOnError: true })).data;
  const kept = await make({ first_name: 'Pablo', phone: '600200300', city: 'Getafe' });
  const twin = await make({ first_name: 'Pablo Luis', last_name: 'Gil', phone: '600200300', email: 'pablo@example.com', street: 'Calle Sol 3' });
  const page = await msia.open({ as: 'editor', at: `/clientes/${kept.id}` });
  await page.getByRole('button', { name: 'Comparar y unir con Pablo Luis Gil' }).click();
  const dialog = page.getByRole('dialog', { name: 'Unir dos clientes' });
  await dialog.getByRole('row', { name: 'Correo electrónico sin dato pablo@example.com Se queda' }).waitFor();
  // An address is one thing: the street of the other does not come along.
  await dialog.getByRole('row', { name: 'Calle y número sin dato Calle Sol 3', exact: true }).waitFor();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Unir' }).click();
  await page.getByText('Clientes unidos').waitFor();
  const now = await read(kept.id);
  expect([now.first_name, now.last_name, now.email, now.street, now.city]).toEqual(['Pablo', null, 'pablo@example.com', null, 'Getafe']);
  expect(now.duplicates).toEqual([]);
  expect((await page.context().request.get(`/api/admin/customers/${twin.id}`)).status()).toBe(404);
});

test('a customer is forgotten by an admin who types who it is', async () => {
  const customer = (await createCustomer({ client: msia.api, body: { first_name: 'Quintín', phone: '600200400' }, throwOnError: true })).data;
  const page = await msia.open({ at: `/clientes/${customer.id}` });
  await page.getByRole('button', { name: 'Privacidad' }).click();
  const link = page.getByRole('menuitem', { name: 'Descargar todos sus datos' });
  const all = await page.context().request.get((await link.getAttribute('href'))!);
  expect((await all.json()).customer.first_name).toBe('Quintín');
  await page.getByRole('menuitem', { name: 'Anonimizar…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Anonimizar al cliente' });
  await dialog.getByLabel('Escriba «+34600200400» para confirmar').fill('+34600200400');
  await dialog.getByRole('button', { name: 'Anonimizar' }).click();
  await page.getByText('Anonimizado', { exact: true }).waitFor();
  expect(await page.getByLabel('Nombre', { exact: true }).isDisabled()).toBe(true);
  expect((await read(customer.id)).first_name).toBeNull();

  const editor = await msia.open({ as: 'editor', at: `/clientes/${customer.id}` });
  await editor.getByRole('heading', { level: 1 }).waitFor();
  expect(await editor.getByRole('button', { name: 'Privacidad' }).count()).toBe(0);
});

test('who may only look sees the profile, and nothing to save it with', async () => {
  const customer = (await createCustomer({ client: msia.api, body: { first_name: 'Ramón' }, throwOnError: true })).data;
  const page = await msia.open({ as: 'viewer', at: `/clientes/${customer.id}` });
  await page.getByRole('heading', { level: 1, name: 'Ramón' }).waitFor();
  expect(await page.getByRole('button', { name: 'Guardar' }).count()).toBe(0);
  expect((await page.context().request.patch(`/api/admin/customers/${customer.id}`, { data: { first_name: 'X' } })).status()).toBe(403);
});
