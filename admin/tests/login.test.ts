import { expect, test } from 'vitest';

import { admin, expectAccessible, settled, useMsia } from './browser';

const msia = useMsia();

test('signing in leads back to where one wanted to go', async () => {
  const page = await msia.open({ as: null, at: '/clientes?q=ana' });
  await page.waitForURL('**/entrar?volver=*');
  await expectAccessible(page);
  await page.getByLabel('Usuario').fill(admin.username);
  await page.getByLabel(/^Contraseña/).fill('no es esta');
  await page.getByRole('button', { name: 'Entrar' }).click();
  await page.getByRole('alert').getByText('no son correctos').waitFor();
  expect(await page.getByLabel('Usuario').inputValue()).toBe(admin.username);
  await page.getByLabel(/^Contraseña/).fill(admin.password);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await page.waitForURL('**/clientes?q=ana');
  await settled(page);
  await expectAccessible(page);
});

test('a session that ends in the middle asks to sign in again, and comes back', async () => {
  const page = await msia.open({ at: '/clientes' });
  await settled(page);
  await page.context().clearCookies();
  await page.getByLabel('Buscar', { exact: true }).fill('ana');
  await page.waitForURL('**/entrar?volver=*');
  await page.getByLabel('Usuario').fill(admin.username);
  await page.getByLabel(/^Contraseña/).fill(admin.password);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await page.waitForURL('**/clientes?q=ana');
});

test('another site is no place to come back to', async () => {
  const page = await msia.open({ as: null, at: '/entrar?volver=//example.com/' });
  await page.getByLabel('Usuario').fill(admin.username);
  await page.getByLabel(/^Contraseña/).fill(admin.password);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await page.getByRole('heading', { level: 1, name: 'Panel' }).waitFor();
  expect(new URL(page.url()).origin).toBe(msia.url);
});
