import { expect, test } from 'vitest';

import { createElement, createElementField, createElementPhoto, createWarning, getElement, listElementFields, listElementPhotos, listElements, updateElement } from '../../gen/ts/src';
import { expectAccessible, settled, useMsia } from './browser';
import { png } from './pictures';

const msia = useMsia();

/** An element to work on, made beforehand. */
async function made(code: string, more: Partial<Parameters<typeof createElement>[0]['body']> = {}) {
  return (await createElement({ client: msia.api, body: { category_id: 'motos-part', code, name: code.toLowerCase(), ...more }, throwOnError: true })).data;
}

test('an element with a picture and a required field, from nothing to being asked for', async () => {
  const page = await msia.open({ as: 'editor', at: '/elementos?categoria=motos-part' });
  await page.getByRole('link', { name: 'Nuevo elemento' }).click();
  await page.getByLabel('Nombre').fill('Puños calefactables');
  expect(await page.getByLabel('Código', { exact: false }).first().inputValue()).toBe('PUNOS_CALEFACTABLES');
  const keywords = page.getByRole('combobox', { name: 'Palabras clave' });
  await keywords.fill('puños  calefactables');
  await keywords.press('Enter');
  await page.getByRole('button', { name: 'Crear en Motocicletas' }).click();
  await page.getByText('Elemento creado').waitFor();
  await page.getByRole('heading', { level: 1, name: 'Puños calefactables' }).waitFor();
  const id = new URL(page.url()).pathname.split('/')[2]!;
  expect((await getElement({ client: msia.api, path: { element_id: id }, throwOnError: true })).data.keywords).toEqual(['puños calefactables']);

  await page.getByRole('link', { name: 'Fotos', exact: true }).click();
  await page.getByRole('button', { name: 'Nueva foto' }).click();
  await page.getByLabel('Título').fill('Puños montados');
  await page.locator('input[type=file]').setInputFiles({ name: 'puños.png', mimeType: 'image/png', buffer: png(400, 300) });
  await page.getByRole('img', { name: 'Imagen de ejemplo, abrir el original' }).waitFor();
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByRole('img', { name: 'Ejemplo de Puños montados' }).waitFor();
  const [photo] = (await listElementPhotos({ client: msia.api, path: { element_id: id }, throwOnError: true })).data;
  expect(photo).toMatchObject({ code: 'punos_montados', kind: 'required_document', required: true });
  expect(photo!.image_url).toMatch(/^\/api\/images\//);

  await page.getByRole('link', { name: 'Campos', exact: true }).click();
  await page.getByRole('button', { name: 'Nuevo campo' }).click();
  await page.getByLabel('Pregunta').fill('Potencia de cada puño');
  await page.getByRole('combobox', { name: 'Tipo' }).click();
  await page.getByRole('option', { name: 'Número' }).click();
  await page.getByLabel('Unidad').fill('W');
  const preview = page.getByRole('region', { name: 'Vista previa' });
  await preview.getByText('Sin guardar').waitFor(); // asked for while it is being written
  await preview.getByLabel('Potencia de cada puño').waitFor();
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByText('Campo guardado.').waitFor();
  await preview.getByText('Falta 1 dato').waitFor();
  await preview.getByText('Puños montados').waitFor();
  await preview.getByLabel('Potencia de cada puño').fill('muchos');
  await preview.getByText('1 no vale').waitFor();
  await preview.getByLabel('Potencia de cada puño').fill('12,5');
  await preview.getByText('Completo').waitFor();
  expect((await listElementFields({ client: msia.api, path: { element_id: id }, throwOnError: true })).data).toMatchObject([{ key: 'potencia_de_cada_puno', unit: 'W', required: true }]);
});

test('what the server refuses stands at its field; put right, it is saved', async () => {
  const element = await made('REFUSADO');
  const page = await msia.open({ as: 'editor', at: `/elementos/${element.id}/campos?editar=nuevo` });
  await page.getByLabel('Pregunta').fill('Ancho');
  await page.getByRole('combobox', { name: 'Tipo' }).click();
  await page.getByRole('option', { name: 'Número' }).click();
  await page.getByLabel('Mínimo').fill('10');
  await page.getByLabel('Máximo').fill('5');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByRole('alert').getByText('No se ha guardado').waitFor();
  await page.getByText('Es menor que el mínimo.').waitFor();
  expect(await page.getByLabel('Pregunta').inputValue()).toBe('Ancho');
  await expectAccessible(page);
  await page.getByLabel('Máximo').fill('50');
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByText('Campo guardado.').waitFor();
  expect((await listElementFields({ client: msia.api, path: { element_id: element.id }, throwOnError: true })).data).toMatchObject([{ key: 'ancho', min: 10, max: 50 }]);
});

test('keywords are pasted many at once; those that are there already are said, and who else has them', async () => {
  const element = await made('PEGADO', { keywords: ['Cúpula'], aliases: ['parabrisas'] });
  const page = await msia.open({ as: 'editor', at: `/elementos/${element.id}` });
  const keywords = page.getByRole('combobox', { name: 'Palabras clave' });
  await keywords.focus();
  await page.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'cupula, pantalla alta\nparabrisas;  Tubo   de escape');
    document.activeElement!.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  });
  await page.getByText('«cupula» ya está · «parabrisas» ya está en Alias').waitFor();
  await page.getByText(/«Tubo de escape»: también en/).waitFor();
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByText('Elemento guardado.').waitFor();
  expect((await getElement({ client: msia.api, path: { element_id: element.id }, throwOnError: true })).data.keywords).toEqual(['Cúpula', 'pantalla alta', 'Tubo de escape']);
});

test('a condition on another field shows in the preview, before and after it is saved', async () => {
  const element = await made('CONDICIONADO');
  const path = { element_id: element.id };
  await createElementField({ client: msia.api, path, body: { key: 'frena', label: '¿Cambia el freno?', type: 'boolean' }, throwOnError: true });
  await createElementPhoto({ client: msia.api, path, body: { code: 'disco', kind: 'required_document', title: 'Foto del disco', required: true, condition: { field: 'frena', operator: 'equals', value: 'sí' } }, throwOnError: true });
  const page = await msia.open({ as: 'editor', at: `/elementos/${element.id}/campos?editar=nuevo` });
  const preview = page.getByRole('region', { name: 'Vista previa' });
  const choose = async (label: string, option: string, where = preview) => {
    await where.getByRole('combobox', { name: label }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  await page.getByLabel('Pregunta').fill('Diámetro del disco');
  const editor = page.getByRole('group', { name: 'Cuándo se pide' });
  await editor.getByRole('combobox', { name: 'Se pide' }).click();
  await page.getByRole('option', { name: 'Según «¿Cambia el freno?»' }).click();
  await editor.getByRole('combobox', { name: 'Valor' }).click();
  await page.getByRole('option', { name: 'Sí', exact: true }).click();
  await preview.getByText('«Diámetro del disco» no se pide, con lo contestado.').waitFor();
  await choose('¿Cambia el freno?', 'Sí');
  await preview.getByLabel('Diámetro del disco').waitFor();
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByText('si «¿Cambia el freno?» es «Sí»').waitFor();
  await preview.getByLabel('Diámetro del disco').waitFor();
  await preview.getByText('Foto del disco').waitFor();
  await choose('¿Cambia el freno?', 'No');
  await preview.getByLabel('Diámetro del disco').waitFor({ state: 'detached' });
  await preview.getByText('Foto del disco').waitFor({ state: 'detached' });
  await preview.getByText('Completo').waitFor();
});

test('what was typed is not lost by leaving', async () => {
  const element = await made('GUARDADO');
  const page = await msia.open({ as: 'editor', at: `/elementos/${element.id}` });
  await page.getByLabel('Nombre').fill('Otro nombre');
  await page.getByRole('link', { name: 'Uso', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Hay cambios sin guardar' });
  await dialog.getByRole('button', { name: 'Seguir editando' }).click();
  expect(await page.getByLabel('Nombre').inputValue()).toBe('Otro nombre');
  await page.keyboard.press('Control+s');
  await page.getByText('Elemento guardado.').waitFor();
  await page.getByRole('link', { name: 'Uso', exact: true }).click();
  await page.getByText('Tramos que lo tienen en su lista').waitFor();
  expect(await dialog.count()).toBe(0);
});

test('two people change an element: the second is asked', async () => {
  const element = await made('DISPUTADO');
  const page = await msia.open({ as: 'editor', at: `/elementos/${element.id}` });
  await page.getByLabel('Descripción').fill('La mía');
  await updateElement({ client: msia.api, path: { element_id: element.id }, body: { description: 'La de otra persona' }, throwOnError: true });
  await page.getByRole('button', { name: 'Guardar' }).click();
  const dialog = page.getByRole('dialog', { name: 'Otra persona lo ha cambiado mientras tanto' });
  await dialog.getByRole('rowheader', { name: 'Descripción' }).waitFor();
  await dialog.getByText('La de otra persona').waitFor();
  expect(await dialog.getByRole('rowheader').count()).toBe(1);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Guardar lo mío encima' }).click();
  await page.getByText('Elemento guardado.').waitFor();
  expect((await getElement({ client: msia.api, path: { element_id: element.id }, throwOnError: true })).data.description).toBe('La mía');
});

test('the order is changed with buttons and taken back', async () => {
  const order = async () => (await listElements({ client: msia.api, query: { category: 'motos-part', include_inactive: true }, throwOnError: true })).data.map((e) => e.code);
  const before = await order();
  const page = await msia.open({ as: 'editor', at: '/elementos?categoria=motos-part' });
  await page.getByRole('button', { name: 'Bajar Escape' }).click();
  await page.getByText('Orden guardado.').waitFor();
  expect((await order()).indexOf('SUBCHASIS')).toBe(before.indexOf('ESCAPE'));
  await page.getByRole('button', { name: 'Deshacer' }).click();
  await expect.poll(order).toEqual(before);
});

test('several are switched off with a reason, and on again', async () => {
  const one = await made('APAGABLE_UNO');
  const two = await made('APAGABLE_DOS');
  const page = await msia.open({ as: 'editor', at: '/elementos?categoria=motos-part&q=apagable' });
  await page.getByLabel('Seleccionar apagable_uno').check();
  await page.getByLabel('Seleccionar apagable_dos').check();
  await page.getByRole('button', { name: 'Desactivar…' }).click();
  await page.getByLabel('Motivo, tal como se dice al cliente').fill('No lo hacemos este año.');
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Desactivar' }).click();
  await page.getByText('2 elementos desactivados.').waitFor();
  const read = async (id: string) => (await getElement({ client: msia.api, path: { element_id: id }, throwOnError: true })).data;
  expect(await read(one.id)).toMatchObject({ is_active: false, inactive_reason: 'No lo hacemos este año.' });
  await page.getByRole('button', { name: 'Deshacer' }).click();
  await expect.poll(async () => [(await read(one.id)).is_active, (await read(two.id)).is_active]).toEqual([true, true]);
});

test('filters stand in the address, and Back takes them away', async () => {
  const page = await msia.open({ at: '/elementos?categoria=motos-part' });
  await settled(page);
  await page.getByRole('combobox', { name: 'Tipo' }).click();
  await page.getByRole('option', { name: 'Genéricos' }).click();
  await page.waitForURL('**tipo=generico*');
  await page.getByRole('link', { name: 'Escape', exact: true }).waitFor({ state: 'detached' });
  await page.goBack();
  await page.getByRole('link', { name: 'Escape', exact: true }).waitFor();
});

test('a phrase is understood as customers are', async () => {
  const page = await msia.open({ as: 'viewer', at: '/elementos/frase?categoria=motos-part' });
  await page.getByLabel('Frase').fill('🏍 el escape y la suspensión');
  await page.locator('mark', { hasText: /^escape$/ }).waitFor(); // whole, also behind a sign of two code units
  await page.getByText('¿Has cambiado la suspensión delantera, la trasera o las dos?').waitFor();
  await page.waitForURL('**texto=*');
});

test('an element that a warning needs is not deleted, and it is said which', async () => {
  const element = (await listElements({ client: msia.api, query: { category: 'motos-part' }, throwOnError: true })).data.find((e) => e.code === 'ESCAPE')!;
  const removable = await made('BORRABLE');
  const page = await msia.open({ as: 'editor', at: `/elementos/${removable.id}` });
  await page.getByRole('button', { name: 'Borrar…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Borrar' }).click();
  await page.getByText('borrable: borrado.').waitFor();
  await page.waitForURL('**/elementos?categoria=motos-part');
  await expect(getElement({ client: msia.api, path: { element_id: removable.id }, throwOnError: true })).rejects.toMatchObject({ code: 'element_not_found' });

  await createWarning({ client: msia.api, body: { code: 'ruido_escape', severity: 'info', message: 'Ruido.', scope: 'category', category_id: 'motos-part', triggers: [{ element_code: 'ESCAPE' }] }, throwOnError: true });
  await page.goto(`/elementos/${element.id}/advertencias`);
  await page.getByText('La dispara este elemento').first().waitFor();
  await page.getByRole('button', { name: 'Borrar…' }).click();
  await page.getByRole('dialog').getByText(/No se puede mientras dispare estas advertencias: .*ruido_escape/).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Borrar' }).click();
  await page.getByRole('alert').getByText(/^ESCAPE no se puede borrar mientras dispare advertencias: .*ruido_escape/).waitFor();
});

test('who may only read sees no way to change', async () => {
  const element = (await listElements({ client: msia.api, query: { category: 'motos-part' }, throwOnError: true })).data.find((e) => e.photos.length > 0 && e.fields.length > 0)!;
  const page = await msia.open({ as: 'viewer', at: '/elementos?categoria=motos-part' });
  await settled(page);
  expect(await page.getByRole('link', { name: 'Nuevo elemento' }).count()).toBe(0);
  expect(await page.getByRole('checkbox').count()).toBe(0);
  for (const part of ['', '/variantes', '/fotos', '/campos']) {
    await page.goto(`/elementos/${element.id}${part}`);
    await settled(page);
    for (const name of [/^Guardar$/, /^Borrar/, /^Nuev[oa]/, /^Subir/, /^Editar/]) expect(await page.getByRole('button', { name }).count(), `${part} ${name}`).toBe(0);
  }
  await page.goto('/imagenes');
  await settled(page);
  expect(await page.getByRole('button', { name: 'Elegir fotos' }).count()).toBe(0);
});
