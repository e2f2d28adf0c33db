import { expect, test } from 'vitest';

import { createElement, createElementPhoto, getImage, listImages, uploadImage } from '../../gen/ts/src';
import { expectAccessible, useMsia } from './browser';
import { file, png } from './pictures';

const msia = useMsia();

const upload = async (name: string) => (await uploadImage({ client: msia.api, body: { file: file(png(600, 400), name) }, throwOnError: true })).data;

test('several are taken in at once; what is no picture says so and stops none', async () => {
  const page = await msia.open({ as: 'editor', at: '/imagenes', allow: /status of 400/ });
  await page.locator('input[type=file]').setInputFiles([
    { name: 'uno.png', mimeType: 'image/png', buffer: png(300, 200) },
    { name: 'carta.png', mimeType: 'image/png', buffer: Buffer.from('Muy señor mío') },
    { name: 'rota.png', mimeType: 'image/png', buffer: png(300, 200).subarray(0, 900) },
    { name: 'dos.png', mimeType: 'image/png', buffer: png(200, 300) },
  ]);
  await page.getByText('2 de 4 subidas, 2 rechazadas').waitFor();
  const uploads = page.getByRole('list', { name: 'Subidas' });
  await uploads.getByRole('listitem').filter({ hasText: 'carta.png' }).getByText('No es una foto: sirven JPEG, PNG, WebP y HEIC.').waitFor();
  await uploads.getByRole('listitem').filter({ hasText: 'rota.png' }).getByText('El archivo está dañado o incompleto.').waitFor();
  await expectAccessible(page);
  await page.getByRole('list', { name: 'Imágenes' }).getByRole('link', { name: 'dos.png' }).waitFor();
  expect((await listImages({ client: msia.api, throwOnError: true })).data.items.map((i) => i.original_filename).sort()).toEqual(['dos.png', 'uno.png']);
});

test('one is dropped, another pasted', async () => {
  const page = await msia.open({ as: 'editor', at: '/imagenes' });
  const give = (how: 'drop' | 'paste', name: string) => page.evaluate(([bytes, how, name]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(bytes!), (c) => c.charCodeAt(0))], name!, { type: 'image/png' }));
    if (how === 'paste') document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    else {
      const zone = document.querySelector('.mantine-Dropzone-root')!;
      for (const type of ['dragenter', 'dragover', 'drop']) zone.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    }
  }, [png(320, 240).toString('base64'), how, name]);
  await page.getByRole('button', { name: 'Elegir fotos' }).waitFor();
  await give('drop', 'soltada.png');
  await page.getByRole('link', { name: 'soltada.png' }).waitFor();
  await give('paste', 'pegada.png');
  await page.getByRole('link', { name: 'pegada.png' }).waitFor();
});

test('it is looked at closely by mouse and by keys', async () => {
  const image = await upload('lupa.png');
  const page = await msia.open({ as: 'viewer', at: `/imagenes/${image.id}` });
  const stage = page.getByRole('group', { name: /^Imagen: más y menos/ });
  await stage.getByRole('img').waitFor();
  const state = async () => [await stage.getAttribute('data-scale'), await stage.getAttribute('data-turns')];
  await page.getByRole('button', { name: 'Ampliar' }).click();
  expect(await state()).toEqual(['1.40', '0']);
  await stage.focus();
  await page.keyboard.press('+');
  await page.keyboard.press('r');
  expect(await state()).toEqual(['1.00', '1']); // turned, it is fitted again
  await page.keyboard.press('z');
  // Playwright's own boundingBox is of the last frame that was painted; whoever wants no motion has a millisecond of it.
  const at = () => stage.getByRole('img').evaluate(async (img) => {
    await Promise.all(img.getAnimations().map((moving) => moving.finished));
    const { x, y } = img.getBoundingClientRect();
    return { x, y };
  });
  const before = await at();
  await page.keyboard.press('ArrowDown');
  await expect.poll(async () => (await at()).y).toBeLessThan(before.y);
  await page.keyboard.press('0');
  expect((await state())[0]).toBe('1.00');
  const box = (await stage.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, -400);
  await expect.poll(async () => Number((await state())[0])).toBeGreaterThan(2);
  const left = await at();
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 60, box.y + box.height / 2 + 10, { steps: 3 });
  await page.mouse.up();
  await expect.poll(async () => (await at()).x).toBeGreaterThan(left.x);
  expect(await page.evaluate(() => scrollY)).toBe(0);
});

test('it gets a description and a category', async () => {
  const image = await upload('sin nombre.png');
  const page = await msia.open({ as: 'editor', at: `/imagenes/${image.id}` });
  await page.getByLabel('Descripción').fill('Ficha técnica, anverso');
  await page.getByRole('combobox', { name: 'Categoría' }).click();
  await page.getByRole('option', { name: 'Motocicletas' }).click();
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByRole('heading', { level: 1, name: 'Ficha técnica, anverso' }).waitFor();
  await page.goto('/imagenes?category=motos-part&q=anverso');
  await page.getByRole('link', { name: 'Ficha técnica, anverso' }).waitFor();
});

test('one that the catalogue shows is not deleted, and it is said where it is; another is', async () => {
  const used = await upload('usada.png');
  const free = await upload('libre.png');
  const element = (await createElement({ client: msia.api, body: { category_id: 'motos-part', code: 'CON_FOTO', name: 'Con foto' }, throwOnError: true })).data;
  await createElementPhoto({ client: msia.api, path: { element_id: element.id }, body: { code: 'vista', kind: 'required_document', title: 'Vista lateral', image_url: used.url }, throwOnError: true });
  const page = await msia.open({ as: 'editor', at: `/imagenes/${used.id}` });
  await page.getByRole('link', { name: 'Con foto · Vista lateral' }).waitFor();
  await page.getByRole('button', { name: 'Borrar…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('link', { name: 'Con foto · Vista lateral' }).waitFor();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Borrar' }).click();
  await page.getByRole('alert').getByText(/El catálogo/).waitFor();

  await page.goto('/imagenes');
  await page.getByLabel('Seleccionar usada.png').check();
  await page.getByLabel('Seleccionar libre.png').check();
  await page.getByRole('button', { name: 'Borrar…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Borrar' }).click();
  await page.getByText('Una imagen borrada.').waitFor();
  await page.getByRole('region', { name: 'Con lo seleccionado' }).getByText('usada.png: El catálogo').waitFor(); // stays selected, with the reason
  await expect(getImage({ client: msia.api, path: { image_id: free.id }, throwOnError: true })).rejects.toMatchObject({ code: 'image_not_found' });
  expect((await getImage({ client: msia.api, path: { image_id: used.id }, throwOnError: true })).data.id).toBe(used.id);
});
