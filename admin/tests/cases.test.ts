import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import {
  getCase, getConversation, listCaseEvents, listCases, listMessages, transitionCase, updateCase,
} from '../../gen/ts/src';
import { expectAccessible, settled, useMsia } from './browser';
import { conversationOf, openCase, picture, until, uploadMissing } from './work';

const msia = useMsia({ MSIA_REPLY_DELAY_TEXT: '50ms', MSIA_REPLY_DELAY_MEDIA: '50ms' });
const caseOf = async (id: string) => (await getCase({ client: msia.api, path: { case_id: id }, throwOnError: true })).data;
const tabs = (page: Page) => page.getByRole('navigation', { name: 'Partes del expediente' });

test('a case from the first message to the end, with a rejected photo', async () => {
  let id = 0;
  const says = async (text: string) => {
    await msia.customerWrites({ id: ++id, conversation: 41, text, name: 'Lucía' });
    await until(async () => {
      const c = await conversationOf(msia.api, 'Lucía');
      return c && (await getConversation({ client: msia.api, path: { conversation_id: c.id }, throwOnError: true })).data.unanswered_since === null;
    }, `an answer to ${text}`);
  };
  await says('quiero homologar el escape y las estriberas de mi moto');
  await says('sí, adelante');
  const conversation = (await conversationOf(msia.api, 'Lucía'))!.id;
  const [opened] = (await listCases({ client: msia.api, query: { conversation_id: conversation }, throwOnError: true })).data.items;
  await uploadMissing(msia.api, opened!.id);
  await says('¿y cuánto me costaba todo?');
  // The customer answers what they are asked.
  const answers: [RegExp, string][] = [
    [/resumen de tu expediente/, 'sí, todo bien'], [/propio taller/, 'no, el vuestro'], [/plazas/, 'no, no cambia nada'],
    [/Matrícula/, 'Honda, CB 500 F, 2019, 1234 BCD'], [/DNI, NIE o CIF/, 'Soy Lucía Fernández Ríos, dni 12345678Z, correo lucia@example.com'],
    [/Calle y número/, 'Calle Mayor 1\n28013\nMadrid\nITV Getafe'], [/Material/, 'Rizoma, aluminio, conductor'],
    [/Marca y modelo del escape/, 'Akrapovič Slip-On\nsí'],
  ];
  for (let n = 0; n < answers.length && (await caseOf(opened!.id)).status !== 'pending_review'; n++) {
    const said = (await listMessages({ client: msia.api, path: { conversation_id: conversation }, throwOnError: true })).data.items;
    const [, answer] = answers.find(([asked]) => asked.test(said[0]!.content)) ?? [];
    expect(answer, said.map((m) => `${m.author}: ${m.content}`).reverse().join('\n\n')).toBeDefined();
    await says(answer!);
  }
  const found = await caseOf(opened!.id);
  expect(found.missing.map((m) => m.label)).toEqual([]);
  expect(found.status).toBe('pending_review');

  const page = await msia.open({ as: 'editor', at: '/expedientes?status=pending_review' });
  await page.getByRole('link', { name: found.number }).click();
  await page.getByRole('heading', { level: 1, name: `Expediente ${found.number}` }).waitFor();
  await page.getByText('Revisar las 4 imágenes y empezar a trabajar.').waitFor();
  await page.getByRole('button', { name: 'Empezar a trabajar' }).click();
  await page.getByText(/^Lo lleva edicion/).first().waitFor();

  await tabs(page).getByRole('link', { name: /^Imágenes/ }).click();
  await page.getByRole('link', { name: 'Revisar', exact: true }).click();
  await page.getByRole('button', { name: 'No válida' }).click();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Borrosa' }).click();
  for (let n = 0; n < 3; n++) await page.getByRole('button', { name: 'Válida', exact: true }).click();
  await page.getByText('Está todo revisado').waitFor();
  await page.getByRole('link', { name: 'Volver al expediente' }).click();
  await page.getByText('Pedida otra vez').waitFor();
  const reviewed = await until(async () => {
    const c = await caseOf(found.id);
    return c.files.every((f) => f.review !== 'pending') && c;
  }, 'the verdicts are stored');
  expect(reviewed.files.filter((f) => f.review === 'rejected')).toHaveLength(1);
  expect(reviewed.status).toBe('in_progress');
  const asked = (await listMessages({ client: msia.api, path: { conversation_id: found.conversation_id! }, throwOnError: true })).data.items;
  expect(asked.some((m) => m.content.includes('borrosa'))).toBe(true);

  // The photo that was asked for again comes, is put where it belongs, and is good.
  await tabs(page).getByRole('link', { name: /^Imágenes/ }).click();
  const slot = page.getByRole('article').filter({ hasText: 'Rechazada: falta otra' });
  await slot.locator('input[type=file]').setInputFiles({ name: 'otra.png', mimeType: 'image/png', buffer: Buffer.from(await picture(77).arrayBuffer()) });
  await page.getByText('Por revisar', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Revisar', exact: true }).click();
  await page.getByRole('button', { name: 'Válida', exact: true }).click();
  await page.getByRole('link', { name: 'Volver al expediente' }).click();
  await page.getByRole('button', { name: 'Resolver', exact: true }).click();
  await page.getByText('Resuelto', { exact: true }).first().waitFor();
  expect((await caseOf(found.id)).status).toBe('resolved');
  const events = (await listCaseEvents({ client: msia.api, path: { case_id: found.id }, throwOnError: true })).data;
  expect(events.filter((e) => e.to_status).map((e) => `${e.actor}:${e.to_status}`)).toEqual(['cliente:collecting', 'cliente:pending_review', 'edicion:in_progress', 'edicion:resolved']);
  await tabs(page).getByRole('link', { name: 'Historial' }).click();
  await page.getByText(/no válida$/).first().waitFor();

  // The download links are plain links to what the browser can save.
  const zip = await page.context().request.get((await page.getByRole('link', { name: 'ZIP' }).getAttribute('href'))!);
  expect(zip.headers()['content-type']).toBe('application/zip');
  expect((await zip.body()).subarray(0, 2).toString()).toBe('PK');
  const pdf = await page.context().request.get((await page.getByRole('link', { name: 'PDF' }).getAttribute('href'))!);
  expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-');
});

test('photos are reviewed by keys alone', async () => {
  const c = await openCase(msia.api, 'Teclado');
  const page = await msia.open({ as: 'editor', at: `/expedientes/${c.id}/imagenes` });
  await page.getByRole('link', { name: 'Revisar', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('0/4 revisadas').waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label')?.startsWith('Revisión'));
  const picture1 = page.locator('[data-turns]');
  await page.locator('[data-turns] img').waitFor();
  await page.keyboard.press('r');
  expect(await picture1.getAttribute('data-turns')).toBe('1');
  await page.keyboard.press('z');
  await page.waitForFunction(() => Number(document.querySelector('[data-scale]')?.getAttribute('data-scale')) > 1);
  await page.keyboard.press('v');
  await page.getByText('1/4 revisadas').waitFor();
  await page.keyboard.press('v');
  await page.getByText('2/4 revisadas').waitFor();
  // Second thoughts.
  await page.keyboard.press('u');
  await page.getByText('1/4 revisadas').waitFor();
  await page.keyboard.press('x');
  await page.getByRole('group', { name: '¿Por qué no es válida?' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('x');
  await page.getByRole('group', { name: '¿Por qué no es válida?' }).waitFor();
  await page.keyboard.press('2');
  await page.getByText('2/4 revisadas').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('v');
  await page.keyboard.press('v');
  await page.getByText('4/4 revisadas').waitFor();
  const stored = await until(async () => {
    const now = await caseOf(c.id);
    return now.files.every((f) => f.review !== 'pending') && now;
  }, 'the verdicts are stored');
  expect(stored.files.filter((f) => f.review === 'rejected').map((f) => f.reject_reason)).toEqual(['dark']);
});

test('by touch on a phone, and leaving sends what was decided', async () => {
  const c = await openCase(msia.api, 'Móvil', 2);
  const page = await msia.open({ as: 'editor', at: `/expedientes/${c.id}/imagenes/${c.files[0]!.id}`, phone: true });
  await settled(page);
  await page.getByRole('button', { name: 'Válida', exact: true }).tap();
  await page.getByText('1/2 revisadas').waitFor();
  expect((await caseOf(c.id)).files.filter((f) => f.review === 'pending')).toHaveLength(2);
  await page.goto('/clientes');
  await until(async () => (await caseOf(c.id)).files.filter((f) => f.review === 'accepted').length === 1, 'sent on leaving');
});

test('two people on one case: what the other saved is not written over unasked', async () => {
  const c = await openCase(msia.api, 'Conflicto', 0);
  const page = await msia.open({ as: 'editor', at: `/expedientes/${c.id}/datos` });
  await page.getByRole('button', { name: 'Editar: Vehículo' }).click();
  await page.getByLabel('Marca').fill('Yamaha');
  await updateCase({ client: msia.api, path: { case_id: c.id }, body: { data: { vehicle: { make: 'Honda', plate: '1234BCD' } } }, throwOnError: true });
  await page.getByRole('button', { name: 'Guardar' }).click();
  const dialog = page.getByRole('dialog', { name: 'Otra persona lo ha cambiado mientras tanto' });
  await dialog.getByRole('row', { name: 'Marca Honda Yamaha' }).waitFor();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Guardar lo mío encima' }).click();
  await page.getByText('Vehículo: guardado').waitFor();
  const vehicle = (await caseOf(c.id)).sections.find((s) => s.key === 'vehicle')!;
  expect(Object.fromEntries(vehicle.fields.filter((f) => f.value).map((f) => [f.field.key, f.value]))).toEqual({ make: 'Yamaha', plate: '1234BCD' });
});

test('wrong data are told at their field, and kept', async () => {
  const c = await openCase(msia.api, 'Datos', 0);
  const page = await msia.open({ as: 'editor', at: `/expedientes/${c.id}/datos` });
  await page.getByRole('button', { name: 'Editar: Datos personales' }).click();
  await page.getByLabel('DNI, NIE o CIF').fill('12345678A');
  await page.getByLabel('Correo electrónico').fill('esto no es');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByText(/La letra del DNI/).first().waitFor();
  expect(await page.getByLabel('DNI, NIE o CIF').getAttribute('aria-invalid')).toBe('true');
  await page.getByLabel('DNI, NIE o CIF').fill('12345678Z');
  await page.getByLabel('Correo electrónico').fill('ana@example.com');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByText('Datos personales: guardado').waitFor();
  const personal = (await caseOf(c.id)).sections.find((s) => s.key === 'personal')!;
  expect(personal.fields.find((f) => f.field.key === 'nif')!.value).toBe('12345678Z');
});

test('what is not allowed is not offered, and the API refuses it', async () => {
  const c = await openCase(msia.api, 'Salto', 0);
  const page = await msia.open({ as: 'editor', at: `/expedientes/${c.id}` });
  await page.getByRole('button', { name: 'Dar por completo' }).waitFor();
  expect(await page.getByRole('button', { name: 'Resolver' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Más' }).click();
  expect(await page.getByRole('menuitem').allTextContents()).toEqual(['Cancelar el expediente']);
  const refused = await page.context().request.post(`/api/cases/${c.id}/transition`, { data: { status: 'resolved' } });
  expect([refused.status(), (await refused.json()).code]).toEqual([409, 'invalid_transition']);
  // Cancelling needs a reason.
  await page.getByRole('menuitem', { name: 'Cancelar el expediente' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cancelar el expediente' });
  expect(await dialog.getByRole('button', { name: 'Cancelar el expediente' }).isDisabled()).toBe(true);
  await dialog.getByLabel('Motivo').fill('Ya no la tiene');
  await dialog.getByRole('button', { name: 'Cancelar el expediente' }).click();
  await page.getByText('Cancelado', { exact: true }).first().waitFor();
  expect((await caseOf(c.id)).status).toBe('cancelled');
});

test('through a list: resolve and next, and back to the same filter', async () => {
  const made = [];
  for (const name of ['Uno', 'Dos', 'Tres']) {
    const c = await openCase(msia.api, `Cola ${name}`, 0);
    for (const status of ['pending_review', 'in_progress'] as const) await transitionCase({ client: msia.api, path: { case_id: c.id }, body: { status, reason: 'Todo por teléfono' }, throwOnError: true });
    made.push(c);
  }
  const page = await msia.open({ as: 'editor', at: '/expedientes?status=in_progress&q=Cola' });
  const table = page.getByRole('table', { name: 'Expedientes' });
  await table.getByRole('link').first().waitFor();
  expect(await table.getByRole('link').allTextContents()).toEqual(made.map((c) => c.number).reverse());
  await table.getByRole('link').first().focus();
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await page.getByText('1 de 3').waitFor();
  await page.keyboard.press('j');
  await page.getByText('2 de 3').waitFor();
  await page.getByRole('button', { name: 'Resolver y siguiente' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resolver' }).click();
  await page.getByRole('heading', { name: `Expediente ${made[0]!.number}` }).waitFor();
  expect((await caseOf(made[1]!.id)).status).toBe('resolved');
  await page.getByRole('navigation', { name: 'Ruta' }).getByRole('link', { name: 'Expedientes' }).click();
  await page.waitForURL('**/expedientes?status=in_progress&q=Cola');
});

test('many at once: those that could not be changed stay selected and say why', async () => {
  const [ready, early] = [await openCase(msia.api, 'Lote A', 0), await openCase(msia.api, 'Lote B', 0)];
  await transitionCase({ client: msia.api, path: { case_id: ready.id }, body: { status: 'pending_review', reason: 'Todo por teléfono' }, throwOnError: true });
  const page = await msia.open({ as: 'editor', at: '/expedientes?q=Lote' });
  await page.getByRole('checkbox', { name: 'Seleccionar todo lo mostrado' }).check();
  const bar = page.getByRole('region', { name: 'Con lo seleccionado' });
  await bar.getByText('2 seleccionados').waitFor();
  await expectAccessible(page);
  await bar.getByRole('button', { name: 'Cambiar estado…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cambiar el estado' });
  await dialog.getByRole('combobox', { name: 'Qué hacer' }).click();
  await page.getByRole('option', { name: 'Empezar a trabajar' }).click();
  await dialog.getByRole('button', { name: 'Empezar a trabajar' }).click();
  await bar.getByText('1 seleccionado').waitFor();
  expect(await bar.getByRole('alert').getByText(early.number).count()).toBe(1);
  expect([(await caseOf(ready.id)).status, (await caseOf(early.id)).status]).toEqual(['in_progress', 'collecting']);
  await bar.getByRole('button', { name: 'Llevar yo' }).click();
  await page.getByText('Ahora lo lleva usted').waitFor();
  const me = (await (await page.context().request.get('/api/admin/auth/me')).json()).account.id;
  expect((await caseOf(early.id)).assignee_id).toBe(me);
});

test('filters are kept under a name, and shared', async () => {
  const page = await msia.open({ as: 'editor', at: '/expedientes?status=pending_review&status=in_progress' });
  await page.getByRole('button', { name: 'Vistas' }).click();
  await page.getByRole('menuitem', { name: 'Guardar estos filtros…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Guardar estos filtros' });
  await dialog.getByLabel('Nombre').fill('Para el equipo');
  await dialog.getByRole('switch', { name: 'Compartir con todos' }).click();
  await dialog.getByRole('button', { name: 'Guardar' }).click();
  await page.getByRole('button', { name: 'Para el equipo', exact: true }).waitFor();
  const other = await msia.open({ as: 'viewer', at: '/expedientes' });
  await other.getByRole('button', { name: 'Vistas' }).click();
  await other.getByRole('menuitem', { name: 'Para el equipo' }).click();
  await other.waitForURL('**/expedientes?status=pending_review&status=in_progress');
  expect(await other.getByRole('button', { name: /^Por revisar/ }).getAttribute('aria-pressed')).toBe('true');
});

test('who may only look sees no buttons, and is refused', async () => {
  const c = await openCase(msia.api, 'Mirón', 1);
  const page = await msia.open({ as: 'viewer', at: `/expedientes/${c.id}/imagenes` });
  await page.getByRole('link', { name: 'Revisar', exact: true }).waitFor();
  expect(await page.getByRole('button', { name: /Subir|Dar por completo|Más/ }).count()).toBe(0);
  await page.goto(`/expedientes/${c.id}/imagenes/${c.files[0]!.id}`);
  await page.getByText('Su cuenta puede ver las imágenes, no revisarlas.').waitFor();
  expect(await page.getByRole('button', { name: 'Válida', exact: true }).count()).toBe(0);
  await page.goto('/expedientes');
  await page.getByRole('table', { name: 'Expedientes' }).waitFor();
  expect(await page.getByRole('checkbox').count() + await page.getByRole('link', { name: 'Nuevo expediente' }).count()).toBe(0);
  const refused = await page.context().request.post(`/api/cases/${c.id}/files/${c.files[0]!.id}/review`, { data: { accepted: true } });
  expect(refused.status()).toBe(403);
});

test('a case for who calls is priced by the server', async () => {
  const page = await msia.open({ as: 'editor', at: '/expedientes/nuevo' });
  const known = await openCase(msia.api, 'Llamada', 0);
  await page.getByRole('combobox', { name: 'Cliente' }).fill('Llamada');
  await page.getByRole('option', { name: /^Llamada Prueba/ }).click();
  await page.getByRole('combobox', { name: 'Categoría' }).click();
  await page.getByRole('option', { name: /Motocicletas \(particular\)/ }).click();
  await page.getByRole('combobox', { name: 'Elementos' }).fill('escape');
  await page.getByRole('option', { name: 'Escape', exact: true }).click();
  await page.getByText('Total: 169,40 €').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Abrir el expediente' }).click();
  await page.getByRole('heading', { level: 1, name: /^Expediente \d{4}-/ }).waitFor();
  const [latest] = (await listCases({ client: msia.api, query: { customer_id: known.customer_id, sort: 'created' }, throwOnError: true })).data.items;
  expect([latest!.elements, latest!.total]).toEqual([['ESCAPE'], '169.40']);
});
