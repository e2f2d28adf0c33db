import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { calculateQuote, exportCategory, listTierPrices, listTiers, listWarnings, updateTier } from '../../gen/ts/src';
import { expectAccessible, settled, useMsia } from './browser';

const msia = useMsia();

const tier = async (code: string, category = 'motos-part') =>
  (await listTiers({ client: msia.api, path: { category_id: category }, query: { include_inactive: true }, throwOnError: true })).data.find((t) => t.code === code)!;
const order = async (category: string) =>
  (await listTiers({ client: msia.api, path: { category_id: category }, query: { include_inactive: true }, throwOnError: true })).data.map((t) => t.code).join(' ');
const exported = async (category: string) =>
  (await exportCategory({ client: msia.api, path: { category_id: category }, parseAs: 'text', throwOnError: true })).data as unknown as string;
const toast = (page: Page, text: string | RegExp) => page.getByRole('status').filter({ hasText: text }).or(page.getByRole('alert').filter({ hasText: text })).first().waitFor();
/** Waits until the API says so. */
const eventually = (what: () => Promise<unknown>, value: unknown) => expect.poll(what, { timeout: 10_000 }).toEqual(value);
const euros = (amount: string) => new Intl.NumberFormat('es-ES', { style: 'currency', currency: 'EUR' }).format(Number(amount));

test("a tier's new price is what the simulator and the API say", async () => {
  const page = await msia.open({ as: 'editor', at: '/tarifas/motos-part/tramos' });
  await page.getByRole('button', { name: /Cambiar el precio de T4/ }).click();
  const price = page.getByLabel('Precio de T4 sin IVA');
  await price.fill('doscientos');
  await price.press('Enter');
  await page.getByText('Escriba un importe').waitFor();
  await price.fill('231,5');
  await price.press('Enter');
  await toast(page, 'Precio de T4 guardado');
  expect((await tier('T4')).price).toBe('231.50');

  await page.goto('/tarifas/simulador?categoria=motos-part&e=ESCAPE&e=MANILLAR&e=ASIENTO:2&s=tramitacion_urgente');
  const { data: quote } = await calculateQuote({
    client: msia.api, throwOnError: true,
    body: { category: 'motos-part', elements: [{ code: 'ESCAPE' }, { code: 'MANILLAR' }, { code: 'ASIENTO', quantity: 2 }], services: ['tramitacion_urgente'] },
  });
  expect([quote.tier.code, quote.subtotal]).toEqual(['T4', '331.50']);
  const card = page.getByRole('region', { name: 'Presupuesto' });
  await card.getByText(euros(quote.total)).waitFor();
  expect(await card.locator('dd').allTextContents()).toEqual([quote.tier.price, quote.services[0]!.price, quote.subtotal, quote.iva, quote.total].map(euros));
  for (const rejected of quote.rejected_tiers) await card.getByText(rejected.reason).waitFor();

  // As it was before, by the history.
  await page.goto('/tarifas/motos-part/tramos/T4');
  await page.getByRole('img', { name: /en 2 precios/ }).waitFor();
  await page.getByRole('button', { name: /Volver a este: 220,00/ }).click();
  await page.getByRole('button', { name: 'Poner este precio' }).click();
  await toast(page, 'T4 vuelve a costar 220,00');
  const { data: prices } = await listTierPrices({ client: msia.api, path: { tier_id: (await tier('T4')).id }, throwOnError: true });
  expect(prices.items.map((p) => p.price)).toEqual(['220.00', '231.50', '220.00']);
});

test('a sentence is understood, its question answered with a click, and the address tells it all', async () => {
  const page = await msia.open({ as: 'viewer', at: '/tarifas/simulador?categoria=motos-part' });
  await page.getByLabel('Lo que escribe el cliente').fill('🏍️ quiero homologar el escape y la suspensión');
  const question = page.getByRole('group', { name: /suspensión/i });
  await question.waitFor();
  expect(await page.getByTestId('understood').locator('mark').allTextContents()).toEqual(['escape']);
  await question.getByRole('button').first().click();
  await question.waitFor({ state: 'detached' });
  const card = page.getByRole('region', { name: 'Presupuesto' });
  await card.getByRole('heading', { name: 'Proyecto sencillo' }).waitFor();
  const total = await card.locator('dd').last().textContent();
  const other = await msia.open({ as: 'viewer', at: page.url() });
  await other.getByRole('region', { name: 'Presupuesto' }).getByText(total!).waitFor();
  expect(await other.getByLabel('Lo que escribe el cliente').inputValue()).toContain('el escape y la suspensión');
});

test('the simulator prices by what held at a moment', async () => {
  const t6 = await tier('T6');
  const before = new Date(Date.now() - 60_000);
  await updateTier({ client: msia.api, path: { tier_id: t6.id }, body: { price: '149.00' }, throwOnError: true });
  const page = await msia.open({ as: 'viewer', at: '/tarifas/simulador?categoria=motos-part&e=ESCAPE' });
  const card = page.getByRole('region', { name: 'Presupuesto' });
  await card.locator('dd').first().filter({ hasText: '149,00' }).waitFor();
  // A field has minutes, so that it is a moment up to two minutes ago: what was there then, the API says.
  const at = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Madrid', dateStyle: 'short', timeStyle: 'short' }).format(before).replace(' ', 'T');
  const asked = page.waitForRequest((r) => r.url().endsWith('/quote') && r.postDataJSON().as_of !== undefined);
  await page.getByLabel('Con los precios de').fill(at);
  const as_of: string = (await asked).postDataJSON().as_of;
  expect(Date.parse(as_of)).toBe(Math.floor(before.getTime() / 60_000) * 60_000);
  const then = await calculateQuote({ client: msia.api, throwOnError: false, body: { category: 'motos-part', elements: [{ code: 'ESCAPE' }], as_of } });
  if (then.data) {
    expect(then.data.tier.price).toBe('140.00');
    await card.locator('dd').first().filter({ hasText: '140,00' }).waitFor();
  } else { // the data folder is younger than that
    expect(then.response!.status).toBe(404);
    await page.getByRole('alert').filter({ hasText: 'La categoría no existe' }).waitFor();
  }
  await page.getByRole('button', { name: 'Volver a los precios de ahora' }).click();
  await card.locator('dd').first().filter({ hasText: '149,00' }).waitFor();
  await updateTier({ client: msia.api, path: { tier_id: t6.id }, body: { price: '140.00' }, throwOnError: true });
});

test('an element is put on a list and taken back; tiers in a circle are refused with the way round', async () => {
  const page = await msia.open({ as: 'editor', at: '/tarifas/motos-part/inclusiones?q=escape' });
  const own = page.getByRole('checkbox', { name: /^Escape.* en la lista de T3$/ });
  await own.click();
  await eventually(async () => (await tier('T3')).elements.includes('ESCAPE'), true);
  await page.getByRole('button', { name: 'Deshacer' }).click();
  await eventually(async () => (await tier('T3')).elements.includes('ESCAPE'), false);

  await page.getByRole('button', { name: /^por T4 ≤ 2: por qué T5 incluye Escape/ }).click();
  await page.getByRole('dialog').getByText('de la que caben 2 elementos en total').waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'T5, lista de T4: hasta 2. Cambiar' }).click();
  await page.getByLabel('Máximo').fill('3');
  await page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await eventually(async () => (await tier('T5')).includes, [{ tier: 'T4', max: 3 }]);

  await page.getByRole('button', { name: 'T4, lista de T5: ninguno. Cambiar' }).click();
  await page.getByRole('radio', { name: 'Todos, sin límite' }).click();
  await page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await page.getByText('T4 › T5 › T4').waitFor();
  await expectAccessible(page);
  expect((await tier('T4')).includes).toEqual([]);
});

test('two people edit one tier: what is stored stays, or what one typed goes over it', async () => {
  const at = '/tarifas/motos-part/tramos/T2';
  const [one, two] = [await msia.open({ at }), await msia.open({ as: 'editor', at })];
  await Promise.all([settled(one), settled(two)]);
  const type = (page: Page, price: string) => page.getByLabel(/^Precio sin IVA/).fill(price);
  const save = (page: Page) => page.getByRole('button', { name: 'Guardar', exact: true }).click();
  // Both type before either saves: a form without changes follows what others store.
  await type(one, '330,00');
  await type(two, '340,00');
  await save(one);
  await toast(one, 'Tramo guardado');
  await save(two);
  const dialog = two.getByRole('dialog', { name: 'Otra persona lo ha cambiado' });
  await dialog.getByRole('cell', { name: '330,00' }).waitFor();
  await dialog.getByRole('cell', { name: '340,00' }).waitFor();
  await expectAccessible(two);
  await dialog.getByRole('button', { name: 'Guardar lo mío encima' }).click();
  await toast(two, 'Tramo guardado');
  expect((await tier('T2')).price).toBe('340.00');

  await one.reload();
  await settled(one);
  await type(one, '350,00');
  await type(two, '345,00');
  await save(two);
  await eventually(async () => (await tier('T2')).price, '345.00');
  await save(one);
  await one.getByRole('dialog', { name: 'Otra persona lo ha cambiado' }).getByRole('button', { name: 'Quedarme con lo guardado' }).click();
  await one.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await one.getByLabel(/^Precio sin IVA/).inputValue()).toBe('345,00');
  expect((await tier('T2')).price).toBe('345.00');
});

test('an import tells the difference, does just that, and exports the same again', async () => {
  const before = await exported('aseicars-prof');
  const after = before.replace(/(code: T3\n(?:.*\n)*?\s+price: )"180\.00"/, '$1"185.50"');
  expect(after).not.toBe(before);
  const page = await msia.open({ as: 'editor', at: '/tarifas/importar' });
  const drop = async (name: string, buffer: Buffer) => page.locator('input[type=file]').setInputFiles({ name, mimeType: '', buffer });

  await drop('rota.yaml', Buffer.from(before.replace(/price: "180\.00"/, 'price: gratis')));
  await page.getByRole('alert').getByRole('rowheader', { name: /^Línea \d+, tiers\[\d\]\.price$/ }).waitFor();
  await expectAccessible(page);

  const difference = page.getByRole('region', { name: 'Diferencia' });
  await drop('tarifa.yaml', Buffer.from(after));
  await difference.getByText('0 filas nuevas, 1 cambiada, 0 quitadas.').waitFor();
  await difference.getByText('180,00 €').waitFor();
  await difference.getByText('185,50 €').waitFor();
  await expectAccessible(page);
  expect(await exported('aseicars-prof')).toBe(before);
  await difference.getByRole('button', { name: 'Aplicar los cambios' }).click();
  await page.getByRole('status').filter({ hasText: 'Importado' }).waitFor();
  expect(await exported('aseicars-prof')).toBe(after);

  const xlsx = await page.request.get('/api/tariffs/categories/aseicars-prof/export?format=xlsx');
  await drop('tarifa.xlsx', await xlsx.body());
  await difference.getByText('no cambia nada').waitFor();
});

test('an import looks again when the catalogue changed meanwhile', async () => {
  const page = await msia.open({ as: 'editor', at: '/tarifas/importar' });
  const file = (await exported('aseicars-prof')).replace(/name: Proyecto medio/, 'name: Proyecto mediano');
  await page.locator('input[type=file]').setInputFiles({ name: 'tarifa.yaml', mimeType: '', buffer: Buffer.from(file) });
  const apply = page.getByRole('button', { name: 'Aplicar los cambios' });
  await apply.waitFor();
  await updateTier({ client: msia.api, path: { tier_id: (await tier('T1', 'aseicars-prof')).id }, body: { price: '275.00' }, throwOnError: true });
  await apply.click();
  await page.getByRole('alert').filter({ hasText: 'Otra persona ha cambiado el catálogo' }).waitFor();
  await page.getByText('275,00 €').waitFor();
  expect((await tier('T2', 'aseicars-prof')).name).toBe('Proyecto medio');
});

test('tiers are put in order with the keyboard, and back', async () => {
  const page = await msia.open({ as: 'editor', at: '/tarifas/motos-part/tramos' });
  const before = await order('motos-part');
  const down = page.getByRole('button', { name: 'Bajar T1' });
  await down.focus();
  await page.keyboard.press('Enter');
  await eventually(() => order('motos-part'), before.replace('T1 T2', 'T2 T1'));
  expect(await down.evaluate((button) => button === document.activeElement)).toBe(true);
  await page.getByRole('button', { name: 'Deshacer' }).click();
  await eventually(() => order('motos-part'), before);
});

test('a tier that is switched off is switched on again with «Deshacer»', async () => {
  const page = await msia.open({ as: 'editor', at: '/tarifas/motos-part/tramos' });
  await page.getByRole('switch', { name: 'T6: activo' }).press('Space');
  await eventually(async () => (await tier('T6')).is_active, false);
  await page.getByRole('button', { name: 'Deshacer' }).click();
  await eventually(async () => (await tier('T6')).is_active, true);
});

test('who may only look sees nothing to change with, and is refused by the API', async () => {
  for (const at of ['/tarifas', '/tarifas/motos-part/tramos', '/tarifas/motos-part/tramos/T4', '/tarifas/motos-part/inclusiones', '/tarifas/motos-part/servicios', '/servicios', '/advertencias']) {
    const page = await msia.open({ as: 'viewer', at });
    await settled(page);
    const main = page.getByRole('main');
    await main.getByText(/T4|Particular|Ninguna|general|Motos/).first().waitFor();
    expect(await main.getByRole('button', { name: /Nuev|Editar|Eliminar|Guardar|Cambiar|Subir|Bajar|Volver a/ }).count(), at).toBe(0);
    expect(await main.locator('input[type=checkbox]:enabled:not([aria-label]), input[role=switch], td input').filter({ hasNotText: 'cubre' }).count(), at).toBeLessThanOrEqual(at.endsWith('inclusiones') ? 1 : 0);
    expect(await main.getByRole('link', { name: 'Importar' }).count()).toBe(0);
    if (at === '/tarifas') {
      const refused = await page.request.patch(`/api/tariffs/tiers/${(await tier('T4')).id}`, { data: { price: '1.00' } });
      expect(refused.status()).toBe(403);
    }
    await page.context().close();
  }
});

test('what was typed stays when the server is away or fails, and is saved afterwards', async () => {
  const page = await msia.open({ as: 'editor', at: '/tarifas/motos-part/tramos/T5', allow: /Failed to load resource/ });
  const conditions = page.getByLabel(/^Condiciones/);
  await conditions.fill('Dos elementos sin proyecto');
  const where = '**/api/tariffs/tiers/*';
  await page.route(where, (route) => (route.request().method() === 'PATCH' ? route.abort() : route.continue()));
  await page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'No hay conexión' }).waitFor();
  expect(await conditions.inputValue()).toBe('Dos elementos sin proyecto');
  await page.unroute(where);
  await page.route(where, (route) => (route.request().method() === 'PATCH' ? route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"detail":"","code":"internal","instance":"abc"}' }) : route.continue()));
  await page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'error (500)' }).waitFor();
  expect(await conditions.inputValue()).toBe('Dos elementos sin proyecto');
  await page.unroute(where);
  // Left unsaved, it asks.
  await page.getByRole('link', { name: 'Inclusiones' }).first().click();
  await page.getByRole('button', { name: 'Seguir editando' }).click();
  await page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await toast(page, 'Tramo guardado');
  expect((await tier('T5')).conditions).toBe('Dos elementos sin proyecto');
});

test('a warning with a condition is made, and shown by a quote that meets it', async () => {
  const page = await msia.open({ as: 'editor', at: '/tarifas/motos-part/advertencias?editar=nuevo' });
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Código/).fill('ruido');
  await dialog.getByLabel(/^Texto/).fill('El escape debe llevar su placa.');
  await dialog.getByText('• El escape debe llevar su placa.').waitFor();
  await dialog.getByRole('button', { name: 'Añadir condición' }).click();
  await dialog.getByLabel('Valor de la condición 1').fill('¿?');
  await dialog.getByRole('button', { name: 'Guardar', exact: true }).click();
  await dialog.getByText('no tiene ninguna palabra').waitFor();
  await expectAccessible(page);
  await dialog.getByLabel('Valor de la condición 1').fill('sin placa');
  await dialog.getByRole('button', { name: 'Guardar', exact: true }).click();
  await toast(page, 'Advertencia guardada');
  const { data: warnings } = await listWarnings({ client: msia.api, query: { category: 'motos-part' }, throwOnError: true });
  expect(warnings.find((w) => w.code === 'ruido')?.triggers).toEqual([{ keyword: 'sin placa' }]);
  await page.goto('/tarifas/simulador?categoria=motos-part&texto=un+escape+sin+placa');
  await page.getByRole('region', { name: 'Presupuesto' }).getByText('El escape debe llevar su placa.').waitFor();
});

test('a category is copied and deleted', async () => {
  const page = await msia.open({ as: 'editor', at: '/tarifas' });
  await page.getByRole('button', { name: /^Más de Motocicletas/ }).first().click();
  await page.getByRole('menuitem', { name: 'Duplicar' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Código/).fill('motos-prueba');
  await dialog.getByRole('button', { name: 'Duplicar' }).click();
  await page.waitForURL('**/tarifas/motos-prueba/tramos');
  await page.getByText('Inactiva', { exact: true }).waitFor();
  expect(await order('motos-prueba')).toBe(await order('motos-part'));
  await page.getByRole('link', { name: 'Tarifas' }).last().click();
  await page.getByRole('button', { name: /^Más de .*copia/ }).click();
  await page.getByRole('menuitem', { name: 'Eliminar' }).click();
  await page.getByLabel(/^Escriba/).fill('motos-prueba');
  await page.getByRole('button', { name: 'Eliminar la categoría' }).click();
  await toast(page, 'se ha eliminado');
  const gone = await page.request.get('/api/tariffs/categories/motos-prueba');
  expect(gone.status()).toBe(404);
});
