import '@mantine/core/styles/Code.css';
import '@mantine/core/styles/Drawer.css';

import { Anchor, Badge, Button, Card, Code, Drawer, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import type { BulkResult, ErrorGroup, ErrorGroupDetail, ErrorHour, ErrorKind, ErrorStatus } from '@msia/client';
import { bulkErrors } from '@msia/client';
import { getErrorOptions, getErrorQueryKey, getErrorStatsOptions, listErrorsInfiniteOptions, updateErrorMutation } from '@msia/client/query';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { ifMatch } from '@/lib/client';
import { formatDate, formatDateTime, formatNumber } from '@/lib/format';
import { toApiError } from '@/lib/problem';
import { refresh } from '@/lib/queries';
import { choice, many, one, stringifySearch } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { BulkBar } from '@/parts/bulkbar';
import { Bars } from '@/parts/chart';
import { byCursor, type Column, DataTable } from '@/parts/datatable';
import { Ago, type Look, None, Status, When } from '@/parts/fields';
import { FilterBar, MultiFilter, SelectFilter, TextFilter } from '@/parts/filters';
import { Page } from '@/parts/page';
import { Empty, Loaded } from '@/parts/states';
import { RequestId, toastError, toastUndo } from '@/parts/toast';

const looks: Record<ErrorStatus, Look> = {
  open: { text: 'Abierto', color: 'red' }, resolved: { text: 'Resuelto', color: 'green' }, ignored: { text: 'Ignorado', color: 'gray' },
};
const statuses = Object.keys(looks) as ErrorStatus[];
const kinds: Record<ErrorKind, string> = { error: 'Error', panic: 'Pánico' };
/** What is done to a group, and said of several. */
const deeds: Record<ErrorStatus, { verb: string; done: string; doneMany: (n: number) => string }> = {
  resolved: { verb: 'Resolver', done: 'Error resuelto', doneMany: (n) => `${n} errores resueltos` },
  ignored: { verb: 'Ignorar', done: 'Error ignorado', doneMany: (n) => `${n} errores ignorados` },
  open: { verb: 'Volver a abrir', done: 'Error abierto de nuevo', doneMany: (n) => `${n} errores abiertos de nuevo` },
};
const names = ['status', 'source', 'kind', 'q'];
/** Counts are read again this often, in milliseconds; what is new comes by itself. */
const often = 15_000;

const sourceName = (source: string) => (source === 'msia' ? 'msia' : `Contenedor ${source}`);

/** The last day in one line. */
function Sparkline({ hours }: { hours: ErrorHour[] }) {
  const most = Math.max(1, ...hours.map((h) => h.count));
  const total = hours.reduce((n, h) => n + h.count, 0);
  return (
    <svg viewBox={`0 0 ${hours.length} 10`} preserveAspectRatio="none" width={96} height={22} role="img" aria-label={`${formatNumber(total)} en 24 horas`}>
      {hours.map((h, i) => {
        const height = h.count === 0 ? 0.4 : Math.max(1, (h.count / most) * 10);
        return <rect key={h.hour} x={i + 0.1} width={0.8} y={10 - height} height={height} fill="currentColor" opacity={h.count === 0 ? 0.35 : 0.9} />;
      })}
    </svg>
  );
}

const byHour = (hours: ErrorHour[]) => hours.map((h) => ({ label: formatDateTime(h.hour), value: h.count }));

/** By stretches of 24 hours, each under the day it ends on: a week of hours is too fine to see. */
function byDay(hours: ErrorHour[]) {
  return Array.from({ length: Math.ceil(hours.length / 24) }, (_, day) => hours.slice(day * 24, day * 24 + 24)).map((of) => ({
    label: formatDate(of.at(-1)!.hour), value: of.reduce((n, h) => n + h.count, 0),
  }));
}

const toOpen = (search: Record<string, unknown>, id: string) => ({ ...search, ver: id });

export default function Errors() {
  const [search, change] = useFilters();
  const queries = useQueryClient();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const status = many(search, 'status', statuses);
  const stats = useQuery({ ...getErrorStatsOptions(), refetchInterval: often }).data;
  const errors = useInfiniteQuery({
    ...listErrorsInfiniteOptions({
      query: {
        status: status.length > 0 ? status : undefined, source: one(search, 'source') || undefined,
        kind: choice(search, 'kind', Object.keys(kinds) as ErrorKind[]), q: one(search, 'q') || undefined,
      },
    }),
    ...byCursor,
    refetchInterval: often,
  });
  const rows = errors.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = one(search, 'ver');
  const filtered = names.some((name) => search[name] !== undefined);
  const columns: Column<ErrorGroup>[] = [
    {
      header: 'Error',
      cell: (e) => (
        <Stack gap={2}>
          <Anchor component={Link} to="/errores" search={toOpen(search, e.id) as never} size="sm" lineClamp={2} className="prewrap">{e.title}</Anchor>
          <Text size="xs" c="dimmed" className="prewrap">{[kinds[e.kind], sourceName(e.source), e.location].filter(Boolean).join(' · ')}</Text>
        </Stack>
      ),
    },
    { header: 'Estado', cell: (e) => <Group gap={4}><Status value={e.status} looks={looks} />{e.reopenings > 0 && <Badge color="orange">Ha vuelto</Badge>}</Group>, width: 130 },
    { header: 'Veces', cell: (e) => formatNumber(e.count), align: 'end', width: 90 },
    { header: 'Últimas 24 h', cell: (e) => <Sparkline hours={e.hours} />, width: 120, wide: true },
    { header: 'La última', cell: (e) => <Ago at={e.last_seen} />, width: 140 },
    { header: 'La primera', cell: (e) => <Ago at={e.first_seen} />, width: 140, wide: true },
  ];
  const setMany = (ids: readonly string[], to: ErrorStatus) => bulkErrors({ body: { ids: [...ids], status: to }, throwOnError: true }).then(({ data }) => data);
  return (
    <Page
      title="Errores"
      about={stats && `Abiertos: ${formatNumber(stats.open)} · nuevos en 24 horas: ${formatNumber(stats.new_today)} · resueltos: ${formatNumber(stats.resolved)} · ignorados: ${formatNumber(stats.ignored)}`}
    >
      {stats && <Card withBorder padding="sm"><Bars title="Errores por hora, últimas 24 horas" points={byHour(stats.hours)} /></Card>}
      <FilterBar names={names} views="errors">
        <TextFilter label="Buscar" placeholder="Texto, ruta o petición" />
        <MultiFilter name="status" label="Estado" options={statuses.map((value) => ({ value, label: looks[value].text }))} />
        <SelectFilter name="kind" label="Tipo" options={Object.entries(kinds).map(([value, label]) => ({ value, label }))} />
        <SelectFilter name="source" label="Origen" options={(stats?.sources ?? []).map((value) => ({ value, label: sourceName(value) }))} />
      </FilterBar>
      <DataTable
        label="Errores" pages={errors} columns={columns} rowId={(e) => e.id} rowName={(e) => e.title}
        rowTo={(e) => `/errores${stringifySearch(toOpen(search, e.id))}`} selection={{ ids: selected, change: setSelected }}
        empty={filtered ? <Empty title="Ningún error coincide">Quite algún filtro.</Empty>
          : <Empty title="No hay errores abiertos">Lo que falle en cualquier proceso aparece aquí, agrupado.</Empty>}
      />
      <BulkBar
        selection={{ ids: selected, change: setSelected }} name={(id) => rows.find((row) => row.id === id)?.title ?? id}
        onDone={() => void refresh(queries, 'listErrors', 'getErrorStats', 'getError')}
      >
        {(go, busy) => (['resolved', 'ignored', 'open'] as const).map((to) => (
          <Button
            key={to} variant="default" disabled={busy}
            onClick={() => {
              const before = new Map(rows.filter((row) => selected.has(row.id)).map((row) => [row.id, row.status]));
              go({
                run: (ids): Promise<BulkResult> => setMany(ids, to), done: (n) => (n === 1 ? deeds[to].done : deeds[to].doneMany(n)),
                undo: () => void Promise.all(statuses.map((was) => [...before].filter(([, s]) => s === was).map(([id]) => id)).map((ids, i) => ids.length > 0 && setMany(ids, statuses[i]!)))
                  .then(() => refresh(queries, 'listErrors', 'getErrorStats', 'getError')),
              });
            }}
          >
            {deeds[to].verb}
          </Button>
        ))}
      </BulkBar>
      <Drawer opened={shown !== ''} onClose={() => change({ ver: undefined })} position="right" size="lg" title="Error" closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        {shown && <Detail key={shown} id={shown} />}
      </Drawer>
    </Page>
  );
}

function Detail({ id }: { id: string }) {
  const query = useQuery({ ...getErrorOptions({ path: { error_id: id } }), placeholderData: undefined, refetchInterval: often });
  return <Loaded query={query}>{(e) => <Whole error={e} />}</Loaded>;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <Stack gap={0}><Text size="xs" c="dimmed">{name}</Text><Text size="sm" component="div" className="prewrap">{children}</Text></Stack>;
}

function Whole({ error: e }: { error: ErrorGroupDetail }) {
  const queries = useQueryClient();
  const path = { error_id: e.id };
  const show = (now: ErrorGroupDetail) => {
    queries.setQueryData(getErrorQueryKey({ path }), now);
    return refresh(queries, 'listErrors', 'getErrorStats');
  };
  const update = useMutation({
    ...updateErrorMutation(), meta: { quiet: true },
    // Somebody else was quicker, or it recurred: what is now is shown.
    onError: (error) => {
      const failed = toApiError(error, undefined);
      if (failed.status === 412) void refresh(queries, 'getError', 'listErrors');
      toastError(failed);
    },
  });
  const set = (to: ErrorStatus) => update.mutate({ path, headers: ifMatch(e.version), body: { status: to } }, {
    onSuccess: (now) => {
      toastUndo(deeds[to].done, () => update.mutate({ path, headers: ifMatch(now.version), body: { status: e.status } }, { onSuccess: (back) => void show(back) }), e.id);
      return show(now);
    },
  });
  return (
    <Stack>
      <Group gap="xs">
        <Status value={e.status} looks={looks} /><Badge color={e.kind === 'panic' ? 'red' : 'gray'}>{kinds[e.kind]}</Badge>
        {e.reopenings > 0 && <Badge color="orange">{e.reopenings === 1 ? 'Ha vuelto una vez' : `Ha vuelto ${formatNumber(e.reopenings)} veces`}</Badge>}
      </Group>
      <Text fw={650} className="prewrap">{e.title}</Text>
      <Group gap="xs">
        {(['resolved', 'ignored', 'open'] as const).filter((to) => to !== e.status).map((to) => (
          <Button key={to} variant={to === 'resolved' ? 'filled' : 'default'} disabled={update.isPending} onClick={() => set(to)}>{deeds[to].verb}</Button>
        ))}
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
        <Fact name="Veces">{formatNumber(e.count)}</Fact>
        <Fact name="Origen">{sourceName(e.source)}</Fact>
        <Fact name="La primera"><When at={e.first_seen} /></Fact>
        <Fact name="La última"><When at={e.last_seen} /></Fact>
        <Fact name="Dónde">{e.location || <None />}</Fact>
        <Fact name="La última petición">{e.request_id ? <RequestId id={e.request_id} /> : <None />}</Fact>
        {e.resolved_at && <Fact name="Resuelto"><When at={e.resolved_at} />{e.resolved_by_name && ` por ${e.resolved_by_name}`}</Fact>}
        {e.reopened_at && <Fact name="Volvió"><When at={e.reopened_at} /></Fact>}
        {e.alerted_at && <Fact name="Avisado"><When at={e.alerted_at} /></Fact>}
      </SimpleGrid>
      <Bars title="Por hora, últimas 24 horas" points={byHour(e.hours.slice(-24))} />
      <Bars title="Por día, última semana" points={byDay(e.hours)} />
      <Text size="sm" fw={600}>Texto</Text>
      <Code block className="prewrap" tabIndex={0}>{e.message}</Code>
      {e.stack && <><Text size="sm" fw={600}>Pila</Text><Code block tabIndex={0} mah={360} style={{ overflow: 'auto' }}>{e.stack}</Code></>}
      <Text size="xs" c="dimmed">Texto y pila son de la última vez, con los datos personales tapados. Enteros están en el registro del servidor.</Text>
    </Stack>
  );
}
