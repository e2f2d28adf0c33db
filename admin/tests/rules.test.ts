import { beforeAll, expect, test } from 'vitest';

import { createResponseRule, deleteResponseRule, listResponseRules } from '../../gen/ts/src';
import { expectAccessible, settled, useMsia } from './browser';

const msia = useMsia();

// The demo has rules of its own.
beforeAll(async () => {
  const all = (await listResponseRules({ client: msia.api, throwOnError: true })).data;
  await Promise.all(all.map((rule) => deleteResponseRule({ client: msia.api, path: { rule_id: rule.id }, throwOnError: true })));
});

const names = async () => (await listResponseRules({ client: msia.api, throwOnError: true })).data.map((r) => r.name);

test('a rule is tried before it is saved, and decides afterwards', async () => {
  const page = await msia.open({ as: 'editor', at: '/reglas' });
  await page.getByRole('link', { name: 'Nueva regla' }).first().click();
  await page.getByLabel('Nombre').fill('Horario');
  await page.getByLabel('Expresión regular').fill('horario|(');
  const tester = page.getByRole('region', { name: 'Probar' });
  await tester.getByLabel('Lo que escribe el cliente').fill('¿Qué HORÁRIO tenéis?');
  await tester.getByText('La regla todavía no sirve').waitFor();
  await page.getByLabel('Expresión regular').fill('horarios?');
  await page.getByLabel('Respuesta').fill('Abrimos por 50 €');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByText('No puede decir precios: salen solo de las tarifas.').first().waitFor();
  await page.getByLabel('Respuesta').fill('Abrimos de 9 a 14 h.');
  await tester.getByText('(sin guardar)').waitFor();
  await tester.locator('mark', { hasText: 'HORÁRIO' }).waitFor();
  await tester.getByText('Abrimos de 9 a 14 h.').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByRole('heading', { level: 1, name: 'Horario' }).waitFor();
  expect((await listResponseRules({ client: msia.api, throwOnError: true })).data).toMatchObject([{ name: 'Horario', answer: 'Abrimos de 9 a 14 h.' }]);
});

test('the first that holds decides: their order is changed, and taken back', async () => {
  await createResponseRule({ client: msia.api, body: { name: 'Persona', pattern: 'horario', action: 'hand_over', reason: 'Pide una persona.' }, throwOnError: true });
  const before = await names();
  const page = await msia.open({ as: 'editor', at: '/reglas' });
  await page.getByLabel('Lo que escribe el cliente').fill('horario');
  const tester = page.getByRole('region', { name: 'Probar' });
  await tester.getByText('también se cumple').waitFor();
  expect(await tester.getByText('La conversación pasaría a una persona.').count()).toBe(0);
  await page.getByRole('button', { name: 'Subir Persona' }).click();
  await tester.getByText('La conversación pasaría a una persona.').waitFor();
  expect((await names())[0]).toBe('Persona');
  await page.getByRole('button', { name: 'Deshacer' }).click();
  await expect.poll(names).toEqual(before);
});

test('a rule is switched off, deleted; who only reads can do neither', async () => {
  const page = await msia.open({ as: 'editor', at: '/reglas' });
  await page.getByRole('switch', { name: 'Persona: activo' }).click({ force: true }); // its drawn part lies over the box
  await page.getByText('Persona: desactivado.').waitFor();
  await page.getByRole('button', { name: 'Eliminar Persona' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Borrar' }).click();
  await page.getByText('Persona: borrada.').waitFor();
  expect(await names()).toEqual(['Horario']);
  const reading = await msia.open({ as: 'viewer', at: '/reglas' });
  await settled(reading);
  await reading.getByRole('link', { name: 'Horario' }).click();
  await reading.getByLabel('Nombre').waitFor();
  expect(await reading.getByRole('button', { name: /Guardar|Eliminar/ }).count()).toBe(0);
});
