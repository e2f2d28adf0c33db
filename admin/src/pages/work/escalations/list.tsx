import '@mantine/core/styles/Drawer.css';

import { Anchor, Badge, Button, Card, Drawer, Group, Modal, Select, Stack, Switch, Text, Textarea } from '@mantine/core';
import '@mantine/core/styles/Switch.css';
import type { Escalation, EscalationStatus } from '@msia/client';
import { bulkEscalations } from '@msia/client';
import { getEscalationOptions, getEscalationQueryKey, getEscalationStatsOptions, listEscalationsInfiniteOptions, resolveEscalationMutation, updateEscalationMutation } from '@msia/client/query';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay, useSignedIn } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { formatAgo } from '@/lib/format';
import { toApiError } from '@/lib/problem';
import { refresh } from '@/lib/queries';
import { choice, many, one, stringifySearch } from '@/lib/search';
import { useStaff } from '@/lib/staff';
import { useFilters } from '@/lib/useFilters';
import { BulkBar } from '@/parts/bulkbar';
import { byCursor, type Column, DataTable } from '@/parts/datatable';
import { None, Status, When } from '@/parts/fields';
import { FilterBar, MultiFilter, SelectFilter } from '@/parts/filters';
import { IconMessages } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Empty, Loaded } from '@/parts/states';
import { toastDone, toastError } from '@/parts/toast';

import { escalationLooks, priorityLooks, sourceName, sourceNames } from '../conversations/words';

const statuses = Object.keys(escalationLooks) as EscalationStatus[];
const names = ['status', 'source', 'priority', 'assigned_to', 'unassigned'];

/** How long it has waited, in colour and words: after four hours it is late, after a day far too late. */
function Age({ since, open }: { since: string; open: boolean }) {
  const hours = (Date.now() - new Date(since).getTime()) / 3_600_000;
  const text = formatAgo(since, new Date());
  if (!open || hours < 4) return <Text span size="sm">{text}</Text>;
  return <Badge color={hours < 24 ? 'orange' : 'red'}>{text}{hours < 24 ? '' : ': más de un día'}</Badge>;
}

export default function Escalations() {
  const [search, change] = useFilters();
  const mayWrite = useMay('editor');
  const queries = useQueryClient();
  const staff = useStaff();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const status = many(search, 'status', statuses);
  const stats = useQuery(getEscalationStatsOptions()).data;
  const escalations = useInfiniteQuery({
    ...listEscalationsInfiniteOptions({
      query: {
        status: status.length > 0 ? status : undefined, source: one(search, 'source') || undefined, priority: choice(search, 'priority', ['normal', 'high']),
        assigned_to: one(search, 'assigned_to') || undefined, unassigned: one(search, 'unassigned') === 'true' || undefined,
        order: status.length === 1 && status[0] === 'resolved' ? 'newest' : undefined,
      },
    }),
    ...byCursor,
  });
  const rows = escalations.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = one(search, 'ver');
  const filtered = names.some((name) => search[name] !== undefined);
  const columns: Column<Escalation>[] = [
    { header: 'Cliente', cell: (e) => <Anchor component={Link} to="/escalaciones" search={{ ...search, ver: e.id } as never} size="sm">{e.customer_name}</Anchor>, width: 200 },
    { header: 'Por qué', cell: (e) => sourceName(e.source), width: 180 },
    { header: 'Motivo', cell: (e) => <Text size="sm" lineClamp={2}>{e.reason}</Text>, wide: true },
    { header: 'Prioridad', cell: (e) => <Status value={e.priority} looks={priorityLooks} />, width: 100 },
    { header: 'Estado', cell: (e) => <Status value={e.status} looks={escalationLooks} />, width: 120 },
    { header: 'La lleva', cell: (e) => (e.assigned_to ? (staff.name(e.assigned_to) || e.assigned_to_name) : <None />), width: 130 },
    { header: 'Antigüedad', cell: (e) => <Age since={e.created_at} open={e.status !== 'resolved'} />, width: 190 },
  ];
  return (
    <Page
      title="Escalaciones"
      about={stats && `${stats.pending} sin atender · ${stats.in_progress} en curso · hoy: ${stats.total_today} nuevas, ${stats.resolved_today} resueltas`}
    >
      <FilterBar names={names} views="escalations">
        <MultiFilter name="status" label="Estado" options={statuses.map((value) => ({ value, label: escalationLooks[value].text }))} />
        <SelectFilter name="source" label="Por qué" options={Object.entries(sourceNames).map(([value, label]) => ({ value, label }))} />
        <SelectFilter name="priority" label="Prioridad" options={[{ value: 'high', label: 'Urgente' }, { value: 'normal', label: 'Normal' }]} />
        <SelectFilter name="assigned_to" label="La lleva" options={staff.options} />
        <SelectFilter name="unassigned" label="Sin dueño" options={[{ value: 'true', label: 'Solo las de nadie' }]} />
      </FilterBar>
      <DataTable
        label="Escalaciones" pages={escalations} columns={columns} rowId={(e) => e.id} rowName={(e) => `${e.customer_name}: ${sourceName(e.source)}`}
        rowTo={(e) => `/escalaciones${stringifySearch({ ...search, ver: e.id })}`} selection={mayWrite ? { ids: selected, change: setSelected } : undefined}
        empty={filtered ? <Empty title="Ninguna escalación coincide">Quite algún filtro.</Empty>
          : <Empty title="Nadie espera a una persona">Lo que el asistente no puede resolver aparece aquí.</Empty>}
      />
      {mayWrite && (
        <BulkBar
          selection={{ ids: selected, change: setSelected }} name={(id) => rows.find((row) => row.id === id)?.customer_name ?? id}
          onDone={() => void refresh(queries, 'listEscalations', 'getEscalationStats', 'getEscalation', 'getDashboard')}
        >
          {(go, busy) => <BulkButtons go={go} busy={busy} />}
        </BulkBar>
      )}
      <Drawer opened={shown !== ''} onClose={() => change({ ver: undefined })} position="right" size="md" title="Escalación" closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        {shown && <Detail key={shown} id={shown} />}
      </Drawer>
    </Page>
  );
}

type Go = Parameters<Parameters<typeof BulkBar>[0]['children']>[0];

function BulkButtons({ go, busy }: { go: Go; busy: boolean }) {
  const me = useSignedIn().account;
  const [resolving, setResolving] = useState(false);
  const assign = (to: string | null, done: (n: number) => string) => go({
    run: async (ids) => (await bulkEscalations({ body: { action: 'assign', ids, assigned_to: to }, throwOnError: true })).data, done,
  });
  return (
    <>
      <Button variant="default" loading={busy} onClick={() => assign(me.id, (n) => (n === 1 ? 'Ahora la lleva usted' : `Ahora lleva usted ${n} escalaciones`))}>Llevar yo</Button>
      <Button variant="default" disabled={busy} onClick={() => assign(null, (n) => (n === 1 ? 'Devuelta a la cola' : `${n} devueltas a la cola`))}>Devolver a la cola</Button>
      <Button variant="default" disabled={busy} onClick={() => setResolving(true)}>Resolver…</Button>
      <Modal opened={resolving} onClose={() => setResolving(false)} title="Resolver" closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        <Resolution
          onChosen={(note, give_back) => {
            setResolving(false);
            go({ run: async (ids) => (await bulkEscalations({ body: { action: 'resolve', ids, give_back, note }, throwOnError: true })).data, done: (n) => (n === 1 ? 'Escalación resuelta' : `${n} escalaciones resueltas`) });
          }}
        />
      </Modal>
    </>
  );
}

function Resolution({ loading, onChosen }: { loading?: boolean; onChosen: (note: string | undefined, giveBack: boolean) => void }) {
  const [note, setNote] = useState('');
  const [giveBack, setGiveBack] = useState(true);
  return (
    <form onSubmit={(e) => { e.preventDefault(); onChosen(note.trim() || undefined, giveBack); }}>
      <Stack>
        <Textarea label="Cómo se ha resuelto" description="Solo lo ve el equipo; queda también en Chatwoot." value={note} onChange={(e) => setNote(e.currentTarget.value)} maxLength={2000} autosize minRows={2} data-autofocus />
        <Switch label="El asistente vuelve a contestar" checked={giveBack} onChange={(e) => setGiveBack(e.currentTarget.checked)} />
        <Group justify="flex-end"><Button type="submit" loading={loading}>Resolver</Button></Group>
      </Stack>
    </form>
  );
}

function Detail({ id }: { id: string }) {
  const query = useQuery({ ...getEscalationOptions({ path: { escalation_id: id } }), placeholderData: undefined });
  return <Loaded query={query}>{(e) => <Whole escalation={e} />}</Loaded>;
}

function Whole({ escalation: e }: { escalation: Escalation }) {
  const mayWrite = useMay('editor');
  const me = useSignedIn().account;
  const staff = useStaff();
  const queries = useQueryClient();
  const [resolving, setResolving] = useState(false);
  const path = { escalation_id: e.id };
  const changed = (said: string) => (now: Escalation) => {
    queries.setQueryData(getEscalationQueryKey({ path }), now);
    toastDone(said);
    return refresh(queries, 'listEscalations', 'getEscalationStats', 'listConversations', 'getConversation', 'getDashboard');
  };
  // Somebody else was quicker: what they did is shown.
  const onError = (error: unknown) => {
    const failed = toApiError(error, undefined);
    if (failed.status === 412 || failed.status === 409) void refresh(queries, 'getEscalation', 'listEscalations');
    toastError(failed);
  };
  const update = useMutation({ ...updateEscalationMutation(), meta: { quiet: true }, onError, onSuccess: changed('Guardado') });
  const resolve = useMutation({ ...resolveEscalationMutation(), meta: { quiet: true }, onError, onSuccess: changed('Escalación resuelta') });
  const assign = (to: string | null) => update.mutate({ path, headers: ifMatch(e.version), body: { assigned_to: to } });
  const open = e.status !== 'resolved';
  return (
    <Stack>
      <Group gap="xs">
        <Status value={e.status} looks={escalationLooks} /><Status value={e.priority} looks={priorityLooks} /><Age since={e.created_at} open={open} />
      </Group>
      <Stack gap={2}>
        <Anchor component={Link} to={`/clientes/${e.customer_id}`} fw={650}>{e.customer_name}</Anchor>
        {e.customer_phone && <Anchor href={`tel:${e.customer_phone}`} size="sm">{e.customer_phone}</Anchor>}
      </Stack>
      <Card withBorder padding="sm">
        <Text size="sm" fw={650}>{sourceName(e.source)}</Text>
        <Text size="sm" className="prewrap">{e.reason}</Text>
        <Text size="xs" c="dimmed"><When at={e.created_at} /></Text>
      </Card>
      <Button component={Link} to={`/conversaciones/${e.conversation_id}`} variant="default" leftSection={<IconMessages size={16} />}>Ver la conversación</Button>
      {e.note && <Card withBorder padding="sm"><Text size="xs" c="dimmed">Nota</Text><Text size="sm" className="prewrap">{e.note}</Text></Card>}
      {!open && <Text size="sm">Resuelta <When at={e.resolved_at} />{e.resolved_by_name ? ` por ${e.resolved_by_name}` : ''}.</Text>}
      {open && !mayWrite && <Text size="sm">{e.assigned_to ? `La lleva ${staff.name(e.assigned_to)}` : 'No la lleva nadie'}</Text>}
      {open && mayWrite && (
        <>
          <Group align="flex-end" gap="xs">
            <Select
              label="La lleva" data={staff.options} value={e.assigned_to} onChange={assign} clearable placeholder="Nadie" disabled={update.isPending} style={{ flex: 1 }}
              clearButtonProps={{ 'aria-label': 'Nadie' }} comboboxProps={{ withinPortal: true }}
            />
            {e.assigned_to !== me.id && <Button variant="light" loading={update.isPending} onClick={() => assign(me.id)}>Llevarla yo</Button>}
          </Group>
          {resolving ? <Resolution loading={resolve.isPending} onChosen={(note, give_back) => resolve.mutate({ path, body: { note, give_back } })} />
            : <Button onClick={() => setResolving(true)}>Resolver</Button>}
        </>
      )}
    </Stack>
  );
}
