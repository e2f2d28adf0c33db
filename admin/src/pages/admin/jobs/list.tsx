import '@mantine/core/styles/Drawer.css';

import { Anchor, Button, Drawer, Text } from '@mantine/core';
import type { Job, JobState } from '@msia/client';
import { bulkJobs } from '@msia/client';
import { getJobStatsOptions, listJobsInfiniteOptions } from '@msia/client/query';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { refresh } from '@/lib/queries';
import { many, one, stringifySearch } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { BulkBar } from '@/parts/bulkbar';
import { byCursor, type Column, DataTable } from '@/parts/datatable';
import { Ago, None, Status } from '@/parts/fields';
import { FilterBar, MultiFilter, SelectFilter } from '@/parts/filters';
import { Empty } from '@/parts/states';

import { JobDetails } from './detail';
import { JobsPage } from './tabs';
import { jobLooks, kindName } from './words';

const states = Object.keys(jobLooks) as JobState[];

/** Waits, runs and failures change by themselves. */
const everyFewSeconds = 5000;

export default function Jobs() {
  const [search, change] = useFilters();
  const queries = useQueryClient();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const stats = useQuery({ ...getJobStatsOptions(), refetchInterval: everyFewSeconds }).data;
  const chosen = many(search, 'state', states);
  const jobs = useInfiniteQuery({
    ...listJobsInfiniteOptions({ query: { state: chosen.length > 0 ? chosen : undefined, kind: one(search, 'kind') || undefined } }),
    ...byCursor, refetchInterval: everyFewSeconds,
  });
  const rows = jobs.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = Number(one(search, 'ver'));
  const columns: Column<Job>[] = [
    { header: 'Qué', cell: (j) => <Anchor component={Link} to="/trabajos" search={{ ...search, ver: String(j.id) } as never} size="sm">{kindName(j.kind)}</Anchor>, width: 260 },
    { header: 'Estado', cell: (j) => <Status value={j.state} looks={jobLooks} />, width: 130 },
    { header: 'Intento', cell: (j) => `${j.attempt} de ${j.max_attempts}`, width: 90 },
    { header: 'Le toca', cell: (j) => <Ago at={j.scheduled_at} />, width: 140 },
    { header: 'Último error', cell: (j) => (j.errors[0] ? <Text size="sm" lineClamp={2}>{j.errors[0].error}</Text> : <None />), wide: true },
  ];
  const count = (state: JobState) => stats?.states.find((s) => s.state === state)?.jobs ?? 0;
  return (
    <JobsPage about={stats && `${count('available') + count('running')} en cola o en marcha · ${count('retryable')} se repetirán · ${count('discarded')} fallidos`}>
      <FilterBar names={['state', 'kind']}>
        <MultiFilter name="state" label="Estado" options={states.map((value) => ({ value, label: jobLooks[value].text }))} />
        <SelectFilter name="kind" label="Qué" options={(stats?.kinds ?? []).map((value) => ({ value, label: kindName(value) }))} />
      </FilterBar>
      <DataTable
        label="Trabajos" pages={jobs} columns={columns} rowId={(j) => String(j.id)} rowName={(j) => `${kindName(j.kind)} ${j.id}`}
        rowTo={(j) => `/trabajos${stringifySearch({ ...search, ver: j.id })}`} selection={{ ids: selected, change: setSelected }}
        empty={chosen.length > 0 ? <Empty title="Ningún trabajo coincide">Quite algún filtro.</Empty>
          : <Empty title="Ningún trabajo ha fallado">Los que esperan o están hechos se ven eligiendo su estado.</Empty>}
      />
      <BulkBar
        selection={{ ids: selected, change: setSelected }} name={(id) => kindName(rows.find((row) => String(row.id) === id)?.kind ?? id)}
        onDone={() => void refresh(queries, 'listJobs', 'getJobStats', 'getJob')}
      >
        {(go, busy) => {
          const act = (action: 'retry' | 'cancel' | 'delete', one: string, some: string) => go({
            run: async (ids) => {
              const { data } = await bulkJobs({ body: { action, ids: ids.map(Number) }, throwOnError: true });
              return { results: data.results.map((row) => ({ ...row, id: String(row.id), version: null })) };
            },
            done: (n) => (n === 1 ? `Trabajo ${one}` : `${n} trabajos ${some}`),
          });
          return (
            <>
              <Button variant="default" loading={busy} onClick={() => act('retry', 'puesto en cola', 'puestos en cola')}>Repetir</Button>
              <Button variant="default" disabled={busy} onClick={() => act('cancel', 'cancelado', 'cancelados')}>Cancelar</Button>
              <Button variant="default" disabled={busy} onClick={() => act('delete', 'borrado', 'borrados')}>Borrar</Button>
            </>
          );
        }}
      </BulkBar>
      <Drawer opened={shown > 0} onClose={() => change({ ver: undefined })} position="right" size="md" title="Trabajo" closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        {shown > 0 && <JobDetails key={shown} id={shown} onGone={() => change({ ver: undefined })} />}
      </Drawer>
    </JobsPage>
  );
}
