import { expect, test } from 'vitest';

import { getConversation, getEscalation, listMessages } from '../../gen/ts/src';
import { expectAccessible, useMsia } from './browser';
import { conversationOf, openEscalations, until } from './work';

const msia = useMsia({ MSIA_REPLY_DELAY_TEXT: '50ms' });
const read = async (id: string) => (await getConversation({ client: msia.api, path: { conversation_id: id }, throwOnError: true })).data;

/** The customer writes and is answered. */
async function talked(n: number, name: string, text: string) {
  await msia.customerWrites({ id: n, conversation: n, name, text });
  return until(async () => {
    const c = await conversationOf(msia.api, name);
    return c?.unanswered_since === null && c;
  }, 'an answer');
}

test('a conversation is taken, answered and given back', async () => {
  const c = await talked(51, 'Rosa', 'quiero homologar el escape de mi moto');
  const page = await msia.open({ as: 'editor', at: '/conversaciones?q=Rosa' });
  await page.getByRole('link', { name: 'Rosa' }).click();
  const log = page.getByRole('log', { name: 'Mensajes' });
  await log.getByText('quiero homologar el escape de mi moto').waitFor();
  await page.getByText('Contesta el asistente').waitFor();
  await page.getByRole('button', { name: 'Atender' }).click();
  await page.getByText('Contesta edicion: se atiende desde aquí').waitFor();
  await page.getByLabel('Mensaje para el cliente').fill('Hola, soy Marta');
  await page.keyboard.press('Control+Enter');
  await log.getByText('Hola, soy Marta').waitFor();
  await page.getByText('Nota privada', { exact: true }).click();
  await page.getByLabel('Nota, solo para el equipo').fill('Llamar el lunes');
  await page.getByRole('button', { name: 'Añadir nota' }).click();
  await log.getByText('Llamar el lunes').waitFor();
  await expectAccessible(page);
  // While a person has it, the assistant says nothing; what comes in is seen without doing anything.
  await msia.customerWrites({ id: 52, conversation: 51, name: 'Rosa', text: '¿y las estriberas?' });
  await log.getByText('¿y las estriberas?').waitFor();
  await page.getByRole('button', { name: 'Devolver al asistente' }).click();
  const dialog = page.getByRole('dialog', { name: 'Devolver al asistente' });
  await dialog.getByRole('radio', { name: 'Que el asistente conteste a lo que espera' }).check();
  await dialog.getByRole('button', { name: 'Devolver' }).click();
  await page.getByText('Contesta el asistente').waitFor();
  await until(async () => (await read(c.id)).unanswered_since === null, 'the assistant answers what waited');
  const messages = (await listMessages({ client: msia.api, path: { conversation_id: c.id }, throwOnError: true })).data.items;
  expect(messages.filter((m) => m.author === 'staff').map((m) => [m.content, m.private])).toEqual([['Llamar el lunes', true], ['Hola, soy Marta', false]]);
});

test('a conversation that was read is not answered by who may only look', async () => {
  const c = await talked(53, 'Sara', 'hola');
  const page = await msia.open({ as: 'viewer', at: `/conversaciones/${c.id}` });
  await page.getByRole('log').getByText('hola', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: /Atender|Enviar|Borrar/ }).count()).toBe(0);
  expect((await page.context().request.post(`/api/admin/conversations/${c.id}/take`)).status()).toBe(403);
});

test('an escalation is taken and resolved, and the assistant answers again', async () => {
  await msia.customerWrites({ id: 54, conversation: 54, name: 'Tomás', text: 'quiero hablar con una persona' });
  const escalation = await until(async () => (await openEscalations(msia.api)).find((e) => e.customer_name === 'Tomás'), 'an escalation');
  const page = await msia.open({ as: 'editor', at: '/escalaciones' });
  await page.getByRole('link', { name: 'Tomás' }).click();
  const drawer = page.getByRole('dialog', { name: 'Escalación' });
  await drawer.getByRole('button', { name: 'Llevarla yo' }).click();
  await drawer.getByText('En curso').waitFor();
  await expectAccessible(page);
  await drawer.getByRole('button', { name: 'Resolver' }).click();
  await drawer.getByLabel('Cómo se ha resuelto').fill('Atendido por teléfono');
  await drawer.getByRole('button', { name: 'Resolver' }).click();
  await drawer.getByText('Resuelta', { exact: true }).waitFor();
  const now = (await getEscalation({ client: msia.api, path: { escalation_id: escalation.id }, throwOnError: true })).data;
  expect([now.status, now.note, now.resolved_by_name]).toEqual(['resolved', 'Atendido por teléfono', 'edicion']);
  expect((await read(escalation.conversation_id)).paused_at).toBeNull();
});

test('several escalations are resolved at once', async () => {
  for (const n of [55, 56]) await msia.customerWrites({ id: n, conversation: n, name: `Grupo ${n}`, text: 'quiero hablar con una persona' });
  await until(async () => (await openEscalations(msia.api)).filter((e) => e.customer_name.startsWith('Grupo')).length === 2, 'two escalations');
  const page = await msia.open({ as: 'editor', at: '/escalaciones' });
  await page.getByRole('checkbox', { name: 'Seleccionar Grupo 55: Pide una persona' }).check();
  await page.getByRole('checkbox', { name: 'Seleccionar Grupo 56: Pide una persona' }).check();
  await page.getByRole('button', { name: 'Resolver…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resolver' }).click();
  await page.getByText('2 escalaciones resueltas').waitFor();
  expect((await openEscalations(msia.api)).filter((e) => e.customer_name.startsWith('Grupo'))).toEqual([]);
});

test('only admins delete a conversation, after typing it', async () => {
  const c = await talked(57, 'Úrsula', 'hola');
  const page = await msia.open({ at: `/conversaciones/${c.id}` });
  await page.getByRole('button', { name: 'Borrar' }).click();
  const dialog = page.getByRole('dialog', { name: 'Borrar la conversación' });
  expect(await dialog.getByRole('button', { name: 'Borrar' }).isDisabled()).toBe(true);
  await dialog.getByLabel('Escriba «borrar» para confirmar').fill('borrar');
  await dialog.getByRole('button', { name: 'Borrar' }).click();
  await page.waitForURL('**/conversaciones');
  expect(await conversationOf(msia.api, 'Úrsula')).toBeUndefined();
});
