import { expect, test } from 'vitest';

import { getDashboard, listAccounts, listApiKeys } from '../../gen/ts/src';
import { admin, expectAccessible, people, settled, useMsia } from './browser';

const msia = useMsia();

test('the panic button asks, stops the assistant, and everybody sees it on every page', async () => {
  const page = await msia.open({ at: '/ajustes/sistema' });
  const other = await msia.open({ as: 'viewer', at: '/clientes' });
  await page.getByRole('button', { name: 'Parar el asistente' }).click();
  const dialog = page.getByRole('dialog');
  await expectAccessible(page);
  expect(await dialog.getByRole('button', { name: 'Parar', exact: true }).isDisabled()).toBe(true);
  await dialog.getByRole('textbox').fill('PARAR');
  await dialog.getByRole('button', { name: 'Parar', exact: true }).click();
  await page.getByRole('status').getByText('El asistente está parado').first().waitFor();
  await other.getByText('Nadie contesta a los clientes por sí solo.').waitFor(); // without being loaded again
  await expectAccessible(page, 'while stopped');
  expect((await getDashboard({ client: msia.api, throwOnError: true })).data.assistant_enabled).toBe(false);

  await page.getByRole('button', { name: 'Poner en marcha' }).click();
  await page.getByText('El asistente contesta').waitFor();
  await other.getByText('Nadie contesta a los clientes por sí solo.').waitFor({ state: 'detached' });
  expect((await getDashboard({ client: msia.api, throwOnError: true })).data.assistant_enabled).toBe(true);
});

test('a setting that the server refuses keeps what was typed, and says why on its field', async () => {
  const page = await msia.open({ at: '/ajustes/sistema' });
  const section = page.getByRole('region', { name: 'IVA', exact: true });
  await section.getByRole('textbox').fill('121');
  await section.getByRole('button', { name: 'Guardar' }).click();
  await section.getByRole('alert').waitFor();
  expect(await section.getByRole('textbox').inputValue()).toBe('121');
  await section.getByRole('textbox').fill('10,5');
  await section.getByRole('button', { name: 'Guardar' }).click();
  await page.getByText('IVA: guardado').waitFor();
  await section.getByRole('button', { name: /Valor de origen/ }).click();
  await page.getByText('IVA: el valor de origen').waitFor();
  await expect.poll(() => section.getByRole('textbox').inputValue()).toBe('21,00');
});

test('two people change one setting: the second sees both values and chooses', async () => {
  const [a, b] = await Promise.all([msia.open({ at: '/ajustes/sistema' }), msia.open({ at: '/ajustes/sistema' })]);
  const region = (page: typeof a) => page.getByRole('region', { name: 'Mensaje al pasar con una persona' });
  await region(b).getByRole('textbox').fill('El texto de B.');
  await region(a).getByRole('textbox').fill('El texto de A.');
  await region(a).getByRole('button', { name: 'Guardar' }).click();
  await a.getByText('guardado').first().waitFor();
  await region(b).getByRole('button', { name: 'Guardar' }).click();
  const dialog = b.getByRole('dialog');
  await dialog.getByText('El texto de A.').waitFor();
  await dialog.getByText('El texto de B.').waitFor();
  await expectAccessible(b, 'conflict');
  await dialog.getByRole('button', { name: 'Guardar lo mío encima' }).click();
  await b.getByText('guardado').first().waitFor();
  await expect.poll(() => region(a).getByRole('textbox').inputValue()).toBe('El texto de B.'); // A typed nothing since
});

test('a colleague gets an account, another role, and is shown out', async () => {
  const page = await msia.open({ at: '/ajustes/usuarios' });
  await page.getByRole('link', { name: 'Nueva cuenta' }).click();
  await page.getByLabel('Usuario').fill('Pilar');
  await page.getByLabel(/^Contraseña/).fill('corta');
  await page.getByRole('button', { name: 'Crear cuenta' }).click();
  await page.getByRole('alert').waitFor();
  expect(await page.getByLabel('Usuario').inputValue()).toBe('Pilar');
  await page.getByLabel(/^Contraseña/).fill('Clave-de-pilar-1');
  await page.getByRole('button', { name: 'Crear cuenta' }).click();
  await page.getByRole('link', { name: 'pilar' }).click();
  await page.getByRole('combobox', { name: 'Papel' }).click();
  await page.getByRole('option', { name: 'Edición' }).click();
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByText('Guardado').first().waitFor();
  await expect.poll(async () => (await listAccounts({ client: msia.api, throwOnError: true })).data.find((a) => a.username === 'pilar')?.role).toBe('editor');

  const hers = await msia.open({ as: null, at: '/entrar' });
  await hers.getByLabel('Usuario').fill('pilar');
  await hers.getByLabel(/^Contraseña/).fill('Clave-de-pilar-1');
  await hers.getByRole('button', { name: 'Entrar' }).click();
  await settled(hers);
  await page.getByRole('button', { name: 'Terminar todas sus sesiones' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Terminar' }).click();
  await page.getByText('Sus sesiones han terminado.').waitFor();
  await hers.getByRole('link', { name: 'Clientes' }).first().click();
  await hers.waitForURL('**/entrar?volver=*');
});

test('an API key is shown once', async () => {
  const page = await msia.open({ at: '/ajustes/claves' });
  await page.getByLabel('Nombre').fill('informes');
  await page.getByRole('button', { name: 'Crear clave' }).click();
  const key = await page.locator('code', { hasText: 'msia_' }).innerText();
  expect((await fetch(`${msia.url}/api/cases`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
  await expectAccessible(page, 'new key');
  await page.reload();
  await page.getByRole('cell', { name: 'informes' }).waitFor();
  expect(await page.locator('code', { hasText: 'msia_' }).count()).toBe(0);
  await page.getByRole('row', { name: /informes/ }).getByRole('button', { name: 'Borrar' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Borrar' }).click();
  await page.getByText('Clave borrada').waitFor();
  await expect.poll(async () => (await listApiKeys({ client: msia.api, throwOnError: true })).data.length).toBe(0);
});

test('the audit tells who changed what, the access log who came in', async () => {
  const page = await msia.open({ at: '/auditoria?entity_type=setting' });
  await page.getByRole('button', { name: /Ajuste cambiado por admin/ }).first().click();
  await page.getByRole('row', { name: /Valor/ }).first().waitFor();
  await expectAccessible(page, 'an entry open');
  await page.goto('/accesos?event=login');
  await page.getByRole('cell', { name: admin.username }).first().waitFor();
});

test('who may only read is not offered administration, and is refused it', async () => {
  const page = await msia.open({ as: 'viewer' });
  await settled(page);
  for (const name of ['Cuentas', 'Auditoría', 'Ajustes']) expect(await page.getByRole('link', { name, exact: true }).count(), name).toBe(0);
  const answer = await page.context().request.get('/api/admin/accounts');
  expect(answer.status()).toBe(403);
  await page.goto('/ajustes/usuarios');
  await page.getByText('Reintentar').waitFor();
});

test('the palette finds a page, and the first thing found opens with Enter', async () => {
  const page = await msia.open();
  await settled(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Buscar' }).fill('acce');
  await expectAccessible(page, 'palette');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/accesos');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Buscar' }).fill('retrovisor');
  await page.keyboard.press('Enter'); // before the answer is there
  await page.waitForURL('**/elementos/*');
});

test('keys: ? shows the sheet, g and a letter go somewhere, and not while typing', async () => {
  const page = await msia.open({ at: '/clientes' });
  await settled(page);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Atajos de teclado' }).waitFor();
  await expectAccessible(page, 'keys');
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.type('gp');
  await page.waitForURL('**/clientes?q=gp');
  await page.locator('body').click();
  await page.keyboard.press('Escape');
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await page.waitForURL((url) => url.pathname === '/');
});

test('the server away: what was read stays, saving says so and keeps the form', async () => {
  const page = await msia.open({ at: '/ajustes/sistema', allow: /./ });
  await settled(page);
  await page.route('**/api/**', (route) => (route.request().method() === 'PUT' ? route.abort() : route.continue()));
  const section = page.getByRole('region', { name: 'Mensaje al pasar con una persona' });
  await section.getByRole('textbox').fill('Escrito sin red.');
  await section.getByRole('button', { name: 'Guardar' }).click();
  await section.getByRole('alert').getByText('No hay conexión').waitFor();
  expect(await section.getByRole('textbox').inputValue()).toBe('Escrito sin red.');
  await page.unroute('**/api/**');
  await page.route('**/api/admin/settings/**', (route) => route.fulfill({
    status: 500, contentType: 'application/problem+json', headers: { 'x-request-id': 'prueba-0001' },
    body: JSON.stringify({ type: 'about:blank', title: 'Internal', status: 500, detail: 'Algo ha ido mal.', instance: 'prueba-0001', code: 'internal' }),
  }));
  await section.getByRole('button', { name: 'Guardar' }).click();
  await section.getByText('Petición prueba-0001').waitFor();
  await page.unroute('**/api/admin/settings/**');
  await section.getByRole('button', { name: 'Guardar' }).click();
  await page.getByText('guardado').first().waitFor();
});

test('leaving with something unsaved asks first', async () => {
  const page = await msia.open({ at: '/ajustes/usuarios/nuevo' });
  await page.getByLabel('Usuario').fill('pepa');
  await page.getByRole('link', { name: 'Panel' }).click();
  await page.getByRole('dialog', { name: 'Hay cambios sin guardar' }).waitFor();
  await page.getByRole('button', { name: 'Seguir editando' }).click();
  expect(await page.getByLabel('Usuario').inputValue()).toBe('pepa');
  await page.getByRole('link', { name: 'Panel' }).click();
  await page.getByRole('button', { name: 'Salir sin guardar' }).click();
  await page.waitForURL((url) => url.pathname === '/');
});

test('one’s own password is changed, and other sessions end', async () => {
  const page = await msia.open({ as: 'viewer', at: '/ajustes/perfil' });
  const other = await msia.open({ as: 'viewer', at: '/clientes' });
  await settled(other);
  await page.getByLabel(/^Contraseña actual/).fill('no es esta');
  await page.getByLabel(/^Contraseña nueva/).fill('Otra-clave-larga-1');
  await page.getByRole('button', { name: 'Cambiar la contraseña' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel(/^Contraseña actual/).fill(people.viewer.password);
  await page.getByRole('button', { name: 'Cambiar la contraseña' }).click();
  await page.getByText('Contraseña cambiada').waitFor();
  await other.getByRole('link', { name: 'Panel' }).click();
  await other.waitForURL('**/entrar?volver=*');
});
