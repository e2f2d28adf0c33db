import { expect, test } from 'vitest';

import { listQuestions, listRegulations } from '../../gen/ts/src';
import { expectAccessible, settled, useMsia } from './browser';
import { makePDF } from './pdf';

const msia = useMsia();

const decree = makePDF([
  [
    'Real Decreto 866/2010, de 2 de julio, por el que se regula la tramitación', 'de las reformas de vehículos.', '', 'Artículo 1. Objeto.',
    'Este real decreto unifica los criterios de tramitación de las reformas de los', 'vehículos después de su matriculación definitiva.',
  ],
  [
    'Artículo 8. Inspección técnica.', 'El titular del vehículo debe presentarlo a inspección técnica en una estación ITV', 'en el plazo de quince días desde que se hizo la reforma.', '',
    'Artículo 9. Talleres.', 'El certificado de taller lo firma el responsable del taller que hizo la reforma.',
  ],
]);

test('a PDF is dropped, read, asked, and its page opened from the citation', async () => {
  const page = await msia.open({ as: 'editor', at: '/normativas/documentos' });
  const files = page.getByLabel('Archivos PDF');
  await files.setInputFiles({ name: 'rd866.pdf', mimeType: 'application/pdf', buffer: decree });
  await page.getByText('Subido; se está procesando').waitFor();
  await page.getByRole('row', { name: /Listo/ }).waitFor({ timeout: 45_000 }); // without being loaded again
  await expectAccessible(page, 'uploaded');

  await files.setInputFiles({ name: 'otra-vez.pdf', mimeType: 'application/pdf', buffer: decree });
  await page.getByText('Ya está: es el mismo archivo').waitFor();
  await files.setInputFiles({ name: 'carta.pdf', mimeType: 'application/pdf', buffer: Buffer.from('Estimado señor') });
  await page.getByText('No es un PDF.').waitFor();

  await page.goto('/normativas/consulta');
  await page.getByLabel('Pregunta').fill('¿En qué plazo hay que presentar el vehículo a inspección técnica?');
  await page.getByRole('button', { name: 'Preguntar' }).click();
  await page.getByRole('region', { name: 'Respuesta' }).getByText('quince días').first().waitFor();
  await expectAccessible(page, 'answered');
  await page.getByRole('button', { name: 'Sí', exact: true }).click();
  await page.getByText('Gracias: anotado').waitFor();

  await page.getByRole('list', { name: 'Citas' }).getByRole('link').first().click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('img', { name: /^Página 2 de/ }).waitFor();
  await drawer.locator('mark').first().waitFor();
  await expectAccessible(page, 'page open');
  await drawer.getByRole('link', { name: 'Abrir el documento' }).click();
  await page.waitForURL('**/normativas/documentos/*?pagina=2&pasaje=*');
  await page.getByRole('img', { name: /^Página 2 de/ }).waitFor();
  await page.getByRole('button', { name: /Artículo 1/ }).click();
  await page.getByRole('img', { name: /^Página 1 de/ }).waitFor();

  const { data } = await listQuestions({ client: msia.api, throwOnError: true });
  expect(data.items[0]).toMatchObject({ answered: true, useful: true });
});

test('what the documents do not say is not made up, and what is taken back is not used', async () => {
  const page = await msia.open({ as: 'editor', at: `/normativas/consulta?q=${encodeURIComponent('¿Cuál es la capital de Australia?')}` });
  await page.getByText('Los documentos no lo dicen').waitFor();
  await expectAccessible(page, 'not answered');

  const { data } = await listRegulations({ client: msia.api, throwOnError: true });
  await page.goto(`/normativas/documentos/${data.items[0]!.id}`);
  await page.getByRole('switch', { name: 'Se usa en las respuestas' }).click();
  await page.getByRole('button', { name: 'Guardar' }).click();
  await page.getByText('Guardado').first().waitFor();
  await page.goto(`/normativas/consulta?q=${encodeURIComponent('¿En qué plazo hay que presentar el vehículo a inspección técnica?')}`);
  await page.getByText('Los documentos no lo dicen').waitFor();
});

test('the glossary takes a word, and says when it has it already', async () => {
  const page = await msia.open({ as: 'editor', at: '/normativas/glosario' });
  await settled(page);
  const add = async () => {
    await page.getByRole('button', { name: 'Nueva palabra' }).click();
    await page.getByLabel('Se dice').fill('Muelles cortados');
    await page.getByLabel('Se busca también').fill('modificación de la suspensión');
    await expectAccessible(page, 'form');
    await page.getByRole('dialog').getByRole('button', { name: 'Guardar' }).click();
  };
  await add();
  await page.getByRole('rowheader', { name: 'Muelles cortados' }).waitFor();
  await add();
  await page.getByRole('dialog').getByRole('alert').waitFor();
});

test('who may only read may ask, but neither upload nor change', async () => {
  const page = await msia.open({ as: 'viewer', at: '/normativas/documentos' });
  await settled(page);
  expect(await page.getByRole('button', { name: 'Elegir PDF' }).count()).toBe(0);
  const answer = await page.context().request.post('/api/rag/glossary', { data: { term: 'bola', expansion: 'acoplamiento' }, headers: { origin: msia.url } });
  expect(answer.status()).toBe(403);
});
