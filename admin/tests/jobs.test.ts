import { expect, test } from 'vitest';

import { listAudit } from '../../gen/ts/src';
import { expectAccessible, settled, useMsia } from './browser';

const msia = useMsia();

/** Has a conversation answered once more, as it is or while its table is away. */
function answerAgain(): void {
  msia.server.sql(`INSERT INTO river_job (kind, args, max_attempts, queue)
    SELECT 'process_conversation', jsonb_build_object('conversation_id', id), 1, 'default' FROM ${away ? 'conversations_away' : 'conversations'} LIMIT 1`);
}

let away = false;

/** Breaks the database, and mends it. */
function takeAway(now: boolean): void {
  msia.server.sql(now ? 'ALTER TABLE conversations RENAME TO conversations_away' : 'ALTER TABLE conversations_away RENAME TO conversations');
  away = now;
}

test('a job fails, is tried again, and is done', async () => {
  await msia.customerWrites({ id: 1, conversation: 1, text: 'Hola' });
  const page = await msia.open({ at: '/trabajos?kind=process_conversation' });
  await page.getByText('Ningún trabajo ha fallado').waitFor();
  await expectAccessible(page, 'none failed');
  takeAway(true);
  answerAgain();
  const row = page.getByRole('row', { name: /Contestar/ });
  await row.getByText('Fallido').waitFor({ timeout: 30_000 }); // without being loaded again
  await row.getByText(/relation "conversations" does not exist/).waitFor();
  takeAway(false);

  await row.getByRole('link').click();
  const drawer = page.getByRole('dialog', { name: 'Trabajo' });
  await drawer.getByText('Intento 1 de 1').first().waitFor();
  await expectAccessible(page, 'opened');
  await drawer.getByRole('button', { name: 'Repetir ahora' }).click();
  await page.getByText('Puesto en cola').waitFor();
  await drawer.getByText('Hecho').waitFor({ timeout: 30_000 });
  expect(await drawer.getByRole('button', { name: 'Repetir ahora' }).count()).toBe(0);
  const { data } = await listAudit({ client: msia.api, query: { entity_type: 'job' }, throwOnError: true });
  expect(data.items[0]).toMatchObject({ actor: 'admin', action: 'update' });
});

test('several are deleted at once; one that is no more says so', async () => {
  takeAway(true);
  answerAgain();
  answerAgain();
  const page = await msia.open({ at: '/trabajos?kind=process_conversation', allow: /status of 500/ });
  await page.getByRole('row', { name: /Contestar/ }).nth(1).waitFor({ timeout: 30_000 });
  takeAway(false);
  await page.getByRole('checkbox', { name: 'Seleccionar todo lo mostrado' }).check();
  msia.server.sql(`DELETE FROM river_job WHERE id = (SELECT max(id) FROM river_job WHERE kind = 'process_conversation' AND state = 'discarded')`);
  const bar = page.getByRole('region', { name: 'Con lo seleccionado' });
  await bar.getByRole('button', { name: 'Borrar' }).click();
  await bar.getByRole('alert').getByText('El trabajo ya no existe.').waitFor();
  await expectAccessible(page, 'one could not be deleted');
  await page.getByText('Ningún trabajo ha fallado').waitFor();
});

test('periodic jobs say when they were done and how it went; River’s own UI opens', async () => {
  const page = await msia.open({ at: '/trabajos/periodicos' });
  await settled(page);
  for (const [what, every] of [['Borrar ficheros huérfanos', '6 horas'], ['Recordar y abandonar expedientes', '30 minutos'], [/^Mantener la normativa/, '20 segundos']] as const) {
    const row = page.getByRole('row', { name: what });
    await row.getByText(every).waitFor();
    await row.getByText('Hecho').waitFor();
  }
  await page.goto('/riverui/jobs?state=completed');
  await page.getByText('images_sweep').first().waitFor();
});

test('who may only edit is offered none of it', async () => {
  const page = await msia.open({ as: 'editor' });
  await settled(page);
  expect(await page.getByRole('link', { name: 'Trabajos' }).count()).toBe(0);
  await page.goto('/trabajos');
  await page.getByText('Su cuenta no puede hacer esto.').waitFor();
});
