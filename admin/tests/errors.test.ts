import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { getError, listErrors } from '../../gen/ts/src';
import { expectAccessible, settled, useMsia } from './browser';
import { until } from './work';

const msia = useMsia();

/** Runs a statement in the private database of the server under test. */
function sql(statement: string): void {
  const [, , , port, socket] = readFileSync(join(msia.server.data, 'pg15', 'postmaster.pid'), 'utf8').split('\n');
  execFileSync('psql', ['-q', '-v', 'ON_ERROR_STOP=1', '-h', socket!, '-p', port!, '-U', 'postgres', '-d', 'msia', '-c', statement]);
}

/** Asks for the glossary, which fails while its table is away. */
async function fails(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const { response } = await msia.api.get({ url: '/api/rag/glossary', throwOnError: false, security: [{ scheme: 'bearer', type: 'http' }] });
    expect(response.status).toBe(500);
  }
}

const groups = async () => (await listErrors({ client: msia.api, query: { status: ['all'] }, throwOnError: true })).data.items;
const title = 'relation "rag_glossary" does not exist';

test('what fails is grouped, resolved, taken back, and open again when it recurs', async () => {
  const page = await msia.open({ at: '/errores' });
  await page.getByText('No hay errores abiertos').waitFor();
  sql('ALTER TABLE rag_glossary RENAME TO rag_glossary_away');
  await fails(3);
  const row = page.getByRole('row').filter({ hasText: title });
  await row.waitFor(); // without being loaded again
  const group = await until(async () => {
    const [only, ...more] = await groups();
    expect(more).toEqual([]);
    return only?.count === 3 && only;
  }, 'one group, seen three times');
  await expectAccessible(page, 'one error');

  for (const look of [{ dark: true }, { phone: true }]) {
    const other = await msia.open({ at: `/errores?ver=${group.id}`, ...look });
    await other.getByRole('dialog', { name: 'Error' }).getByText('GET /api/rag/glossary').waitFor();
    await expectAccessible(other, JSON.stringify(look));
    expect(await other.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'nothing wider than the screen').toBe(true);
    await other.close();
  }

  await row.getByRole('link').click();
  const drawer = page.getByRole('dialog', { name: 'Error' });
  await drawer.getByText('GET /api/rag/glossary').waitFor();
  await drawer.getByRole('button', { name: /^Petición / }).waitFor();
  await expectAccessible(page, 'detail');
  await drawer.getByRole('button', { name: 'Resolver' }).click();
  await page.getByText('Error resuelto').waitFor();
  await drawer.getByText(/por admin$/).waitFor();
  expect((await getError({ client: msia.api, path: { error_id: group.id }, throwOnError: true })).data.status).toBe('resolved');
  await page.getByRole('button', { name: 'Deshacer' }).click();
  await drawer.getByRole('button', { name: 'Resolver' }).waitFor();
  expect((await groups())[0]!.status).toBe('open');
  await drawer.getByRole('button', { name: 'Resolver' }).click();
  await drawer.getByRole('button', { name: 'Volver a abrir' }).waitFor();
  await drawer.getByRole('button', { name: 'Cerrar' }).click();
  await page.getByText('No hay errores abiertos').waitFor();

  await fails(1);
  await row.getByText('Ha vuelto').waitFor();
  const again = (await groups())[0]!;
  expect(again).toMatchObject({ status: 'open', count: 4, reopenings: 1 });

  // The same for many, and what is filtered stands in the address.
  await page.getByRole('checkbox', { name: new RegExp(title) }).check();
  const bar = page.getByRole('region', { name: 'Con lo seleccionado' });
  await bar.getByRole('button', { name: 'Ignorar' }).click();
  await page.getByText('Error ignorado').waitFor();
  await row.waitFor({ state: 'detached' });
  await page.goto('/errores?status=ignored');
  await row.getByText('Ignorado').waitFor();
  await fails(1);
  await expect.poll(async () => (await groups())[0]!.count).toBe(5);
  expect((await groups())[0]!.status).toBe('ignored');
  sql('ALTER TABLE rag_glossary_away RENAME TO rag_glossary');
  await page.goto('/errores?q=nada-de-esto');
  await page.getByText('Ningún error coincide').waitFor();

  await page.goto('/auditoria?entity_type=error');
  await page.getByRole('button', { name: /Error cambiado por el sistema/ }).waitFor();
});

test('errors are an administrator’s', async () => {
  const page = await msia.open({ as: 'editor' });
  await settled(page);
  expect(await page.getByRole('link', { name: 'Errores', exact: true }).count()).toBe(0);
  expect((await page.context().request.get('/api/admin/errors')).status()).toBe(403);
});
