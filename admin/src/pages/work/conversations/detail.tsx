import '@mantine/core/styles/DataList.css';
import '@mantine/core/styles/SegmentedControl.css';

import { Alert, Anchor, Badge, Button, Card, Group, Modal, Radio, SegmentedControl, Stack, Text, Textarea, Title } from '@mantine/core';
import '@mantine/core/styles/Radio.css';
import type { Conversation } from '@msia/client';
import {
  createNoteMutation, deleteConversationMutation, getConversationOptions, getConversationQueryKey, getCustomerOptions, giveBackConversationMutation, listCasesOptions,
  listEscalationsOptions, sendMessageMutation, takeConversationMutation,
} from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type KeyboardEvent, useState } from 'react';

import { useMay } from '@/lib/account';
import { caseStatusLooks } from '@/lib/casestatus';
import { toApiError } from '@/lib/problem';
import { refresh } from '@/lib/queries';
import { Confirm } from '@/parts/confirm';
import { Ago, None, Status } from '@/parts/fields';
import { IconBrandWhatsapp, IconExternalLink, IconPrinter, IconSend, IconTrash, IconUserCheck } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import classes from './detail.module.css';
import { Transcript } from './transcript';
import { conversationLooks, escalationLooks, pausedBecause, sourceName } from './words';

/** One conversation: what was said, who answers, and a way to answer. */
export default function ConversationDetail() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery({ ...getConversationOptions({ path: { conversation_id: id } }), placeholderData: undefined });
  if (!query.data) return <Page title="Conversación" above={[['Conversaciones', '/conversaciones']]}><Loaded query={query}>{() => null}</Loaded></Page>;
  return <Whole key={id} conversation={query.data} />;
}

function Whole({ conversation: c }: { conversation: Conversation }) {
  const mayWrite = useMay('editor') && c.chatwoot_conversation_id > 0;
  return (
    <Page
      record title={c.customer_name} above={[['Conversaciones', '/conversaciones']]}
      about={(
        <Group gap="xs">
          <Status value={c.status} looks={conversationLooks} />
          {c.unanswered_since && <Badge color="orange">Espera respuesta <Ago at={c.unanswered_since} /></Badge>}
          <Text span size="sm" role="status">
            {c.paused_at ? `Contesta ${c.paused_by ?? 'una persona'}: ${pausedBecause(c.paused_reason)}` : 'Contesta el asistente'}
          </Text>
        </Group>
      )}
      actions={<Actions conversation={c} mayWrite={mayWrite} />}
    >
      <div className={classes.sides}>
        <Stack gap="sm" miw={0}>
          <Transcript id={c.id} height="min(62vh, 760px)" />
          {mayWrite && <Answer conversation={c} />}
        </Stack>
        <Side conversation={c} />
      </div>
    </Page>
  );
}

function useChanged(id: string) {
  const queries = useQueryClient();
  return (now?: Conversation) => {
    if (now) queries.setQueryData(getConversationQueryKey({ path: { conversation_id: id } }), now);
    return refresh(queries, 'listMessages', 'listConversations', 'listEscalations', ...(now ? [] : ['getConversation']));
  };
}

function Actions({ conversation: c, mayWrite }: { conversation: Conversation; mayWrite: boolean }) {
  const admin = useMay('admin');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const changed = useChanged(c.id);
  const [asking, setAsking] = useState<'give' | 'delete' | null>(null);
  const path = { conversation_id: c.id };
  const take = useMutation({ ...takeConversationMutation(), onSuccess: (now) => { toastDone('Ahora contesta usted; el asistente calla'); return changed(now); } });
  const giveBack = useMutation({
    ...giveBackConversationMutation(),
    onSuccess: (now) => { setAsking(null); toastDone('El asistente vuelve a contestar'); return changed(now); },
  });
  const remove = useMutation({
    ...deleteConversationMutation(),
    onSuccess: async () => { toastDone('Conversación borrada'); await navigate({ to: '/conversaciones' as '/' }); await refresh(queries, 'listConversations'); },
    onSettled: () => setAsking(null),
  });
  return (
    <>
      {mayWrite && (c.paused_at
        ? <Button onClick={() => setAsking('give')} loading={giveBack.isPending}>Devolver al asistente</Button>
        : <Button onClick={() => take.mutate({ path })} loading={take.isPending} leftSection={<IconUserCheck size={16} />}>Atender</Button>)}
      {c.chatwoot_url && <Button component="a" variant="default" href={c.chatwoot_url} target="_blank" rel="noreferrer" rightSection={<IconExternalLink size={16} />}>Chatwoot</Button>}
      <Button variant="default" leftSection={<IconPrinter size={16} />} onClick={() => window.print()}>Imprimir</Button>
      {admin && <Button variant="default" color="red" leftSection={<IconTrash size={16} />} onClick={() => setAsking('delete')}>Borrar</Button>}
      <Modal opened={asking === 'give'} onClose={() => setAsking(null)} title="Devolver al asistente" closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        <GiveBack waiting={c.unanswered_since !== null} loading={giveBack.isPending} onChosen={(answer_waiting) => giveBack.mutate({ path, body: { answer_waiting } })} />
      </Modal>
      <Confirm opened={asking === 'delete'} onClose={() => setAsking(null)} title="Borrar la conversación" deed="Borrar" typed="borrar" loading={remove.isPending} onConfirm={() => remove.mutate({ path })}>
        Se borran {c.message_count} mensajes con sus adjuntos y presupuestos, para siempre. Chatwoot conserva su copia, y si el cliente vuelve a escribir empieza otra conversación.
      </Confirm>
    </>
  );
}

function GiveBack({ waiting, loading, onChosen }: { waiting: boolean; loading: boolean; onChosen: (answerWaiting: boolean) => void }) {
  const [answer, setAnswer] = useState('no');
  return (
    <form onSubmit={(e) => { e.preventDefault(); onChosen(waiting && answer === 'yes'); }}>
      <Stack>
        {waiting ? (
          <Radio.Group label="El cliente espera respuesta" value={answer} onChange={setAnswer}>
            <Stack gap="xs" mt="xs">
              <Radio value="no" label="Lo que ha preguntado ya está atendido" />
              <Radio value="yes" label="Que el asistente conteste a lo que espera" />
            </Stack>
          </Radio.Group>
        ) : <Text size="sm">El asistente contestará a lo próximo que escriba el cliente.</Text>}
        <Group justify="flex-end"><Button type="submit" loading={loading}>Devolver</Button></Group>
      </Stack>
    </form>
  );
}

/** A reply that the customer gets, or a note that they do not. */
function Answer({ conversation: c }: { conversation: Conversation }) {
  const [kind, setKind] = useState<'reply' | 'note'>('reply');
  const [text, setText] = useState('');
  const changed = useChanged(c.id);
  const sent = (said: string) => () => { setText(''); toastDone(said); return changed(); };
  const reply = useMutation({ ...sendMessageMutation(), meta: { quiet: true }, onSuccess: sent('Mensaje en camino') });
  const note = useMutation({ ...createNoteMutation(), meta: { quiet: true }, onSuccess: sent('Nota añadida') });
  const act = kind === 'reply' ? reply : note;
  const error = act.error && toApiError(act.error, undefined);
  const send = () => { if (text.trim() && !act.isPending) act.mutate({ path: { conversation_id: c.id }, body: { content: text.trim() } }); };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); send(); }
  };
  return (
    <Card withBorder padding="sm" className="noprint" component="section" aria-label="Contestar">
      <form onSubmit={(e) => { e.preventDefault(); send(); }}>
        <Stack gap="xs">
          <SegmentedControl
            aria-label="Qué escribir" value={kind} onChange={(to) => setKind(to as 'reply' | 'note')} w="fit-content"
            data={[{ value: 'reply', label: 'Respuesta' }, { value: 'note', label: 'Nota privada' }]}
          />
          {kind === 'reply' && !c.can_reply && (
            <Alert color="yellow" icon={<IconBrandWhatsapp />} title="Han pasado más de 24 horas desde su último mensaje">
              WhatsApp solo deja enviar la plantilla aprobada: si hay una configurada sale en lugar del texto, y si no, el mensaje se rechaza.
            </Alert>
          )}
          <Textarea
            label={kind === 'reply' ? 'Mensaje para el cliente' : 'Nota, solo para el equipo'} value={text} onChange={(e) => setText(e.currentTarget.value)} onKeyDown={onKeyDown}
            maxLength={2000} autosize minRows={2} maxRows={10} error={error && (error.code === 'outside_window' ? 'WhatsApp ya no deja escribirle, y no hay plantilla configurada. Llámele, o espere a que escriba.' : error.message)}
            description={kind === 'reply' && !c.paused_at ? 'Al contestar, el asistente calla hasta que se le devuelva la conversación.' : undefined}
          />
          <Group justify="space-between">
            <Text size="xs" c="dimmed">Ctrl + Intro envía</Text>
            <Button type="submit" leftSection={<IconSend size={16} />} disabled={!text.trim()} loading={act.isPending}>{kind === 'reply' ? 'Enviar' : 'Añadir nota'}</Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

function Side({ conversation: c }: { conversation: Conversation }) {
  const customer = useQuery(getCustomerOptions({ path: { customer_id: c.customer_id } })).data;
  const cases = useQuery(listCasesOptions({ query: { conversation_id: c.id, limit: 5 } })).data?.items ?? [];
  const escalations = useQuery(listEscalationsOptions({ query: { conversation_id: c.id, status: ['all'], order: 'newest', limit: 5 } })).data?.items ?? [];
  return (
    <Stack gap="sm" className="noprint" component="aside" aria-label="Sobre la conversación">
      <Card withBorder padding="sm">
        <Stack gap={4}>
          <Title order={2} size="h4">Cliente</Title>
          <Anchor component={Link} to={`/clientes/${c.customer_id}`} size="sm" fw={600}>{c.customer_name}</Anchor>
          <Text size="sm">{c.customer_phone ? <Anchor href={`tel:${c.customer_phone}`} size="sm">{c.customer_phone}</Anchor> : <None />}</Text>
          {customer?.email && <Text size="sm">{customer.email}</Text>}
          {customer?.nif_cif && <Text size="sm">{customer.nif_cif}</Text>}
          {customer?.notes && <Text size="sm" c="dimmed" className="prewrap">{customer.notes}</Text>}
        </Stack>
      </Card>
      <Card withBorder padding="sm">
        <Stack gap={6}>
          <Title order={2} size="h4">Expedientes</Title>
          {cases.length === 0 && <Text size="sm" c="dimmed">Ninguno todavía.</Text>}
          {cases.map((one) => (
            <Group key={one.id} justify="space-between" wrap="nowrap">
              <Anchor component={Link} to={`/expedientes/${one.id}`} size="sm" className="nums">{one.number}</Anchor>
              <Status value={one.status} looks={caseStatusLooks} />
            </Group>
          ))}
        </Stack>
      </Card>
      <Card withBorder padding="sm">
        <Stack gap={6}>
          <Title order={2} size="h4">Escalaciones</Title>
          {escalations.length === 0 && <Text size="sm" c="dimmed">Ninguna.</Text>}
          {escalations.map((one) => (
            <Stack key={one.id} gap={0}>
              <Group justify="space-between" wrap="nowrap">
                <Anchor component={Link} to="/escalaciones" search={{ ver: one.id, status: one.status } as never} size="sm">{sourceName(one.source)}</Anchor>
                <Status value={one.status} looks={escalationLooks} />
              </Group>
              <Text size="xs" c="dimmed"><Ago at={one.created_at} /></Text>
            </Stack>
          ))}
        </Stack>
      </Card>
    </Stack>
  );
}
