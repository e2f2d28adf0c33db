import { Anchor, Button, Group, Modal, Select, Stack, Text, Textarea } from '@mantine/core';
import type { CaseStatus, CaseSummary } from '@msia/client';
import { bulkCases } from '@msia/client';
import { getCaseStatsOptions, listCategoriesOptions } from '@msia/client/query';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { caseStatusLooks, caseStatuses } from '@/lib/casestatus';
import { useMay, useSignedIn } from '@/lib/account';
import { formatNumber } from '@/lib/format';
import { refresh } from '@/lib/queries';
import { many, type Search, stringifySearch } from '@/lib/search';
import { useStaff } from '@/lib/staff';
import { useFilters } from '@/lib/useFilters';
import { BulkBar } from '@/parts/bulkbar';
import { type Column, DataTable } from '@/parts/datatable';
import { Ago, Money, None, Status } from '@/parts/fields';
import { FilterBar, SelectFilter, TextFilter } from '@/parts/filters';
import { IconDownload, IconPlus } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

import { countQuery, filterNames, sorts, useCases } from './queue';
import { transitionName } from './words';

/** The address of a case, with the list it was found in, to go on from it to the next one. */
const addressOf = (id: string, list: Search) => `/expedientes/${id}?${new URLSearchParams({ lista: stringifySearch(list).slice(1) }).toString()}`;

export default function Cases() {
  const [search] = useFilters();
  const cases = useCases(search);
  const staff = useStaff();
  const queries = useQueryClient();
  const categories = useQuery(listCategoriesOptions()).data ?? [];
  const mayWrite = useMay('editor');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const rows = cases.data?.pages.flatMap((page) => page.items) ?? [];
  const category = new Map(categories.map((c) => [c.id, c.name]));
  const filtered = filterNames.some((name) => search[name] !== undefined);

  const columns: Column<CaseSummary>[] = [
    { header: 'Número', cell: (c) => <Anchor component={Link} to={`/expedientes/${c.id}`} search={{ lista: stringifySearch(search).slice(1) } as never} size="sm" className="nums" style={{ whiteSpace: 'nowrap' }}>{c.number}</Anchor>, width: 120 },
    { header: 'Estado', cell: (c) => <Status value={c.status} looks={caseStatusLooks} />, width: 150 },
    { header: 'Cliente', cell: (c) => c.customer_name || <None /> },
    { header: 'Vehículo', cell: (c) => <Vehicle plate={c.plate} more={c.vehicle || category.get(c.category_id)} /> },
    { header: 'Total', cell: (c) => <Money amount={c.total} />, align: 'end', width: 110 },
    { header: 'Lleva', cell: (c) => (c.assignee_id ? staff.name(c.assignee_id) : <None />) },
    { header: 'Cliente activo', cell: (c) => <Ago at={c.last_activity_at} />, width: 130 },
    { header: 'Último cambio', cell: (c) => <Ago at={c.updated_at} />, width: 130, wide: true },
  ];

  return (
    <Page
      title="Expedientes"
      actions={(
        <>
          <Button component="a" variant="default" href={`/api/cases/export${stringifySearch(search)}`} leftSection={<IconDownload size={16} />}>Exportar</Button>
          {mayWrite && <Button component={Link} to="/expedientes/nuevo" leftSection={<IconPlus size={16} />}>Nuevo expediente</Button>}
        </>
      )}
    >
      <StatusChips />
      <FilterBar names={filterNames} views="cases">
        <TextFilter label="Buscar" placeholder="Número, matrícula, nombre, NIF…" />
        <SelectFilter name="category_id" label="Categoría" options={categories.map((c) => ({ value: c.id, label: `${c.name} (${c.client_type === 'particular' ? 'particular' : 'profesional'})` }))} />
        <SelectFilter name="assignee_id" label="Lleva" options={staff.options} />
        <SelectFilter name="sort" label="Orden" placeholder="Último cambio" options={sorts.filter((s) => s.value !== 'updated')} />
      </FilterBar>
      <DataTable
        label="Expedientes" pages={cases} columns={columns} rowId={(c) => c.id} rowName={(c) => c.number} rowTo={(c) => addressOf(c.id, search)}
        selection={mayWrite ? { ids: selected, change: setSelected } : undefined}
        empty={filtered ? <Empty title="Ningún expediente coincide">Quite algún filtro o busque de otra forma.</Empty>
          : (
            <Empty title="Todavía no hay expedientes" action={mayWrite && <Button component={Link} to="/expedientes/nuevo" variant="default">Abrir el primero</Button>}>
              Se abren cuando un cliente acepta su presupuesto por WhatsApp. También puede abrir uno para quien llame.
            </Empty>
          )}
      />
      {mayWrite && (
        <BulkBar
          selection={{ ids: selected, change: setSelected }} name={(id) => rows.find((row) => row.id === id)?.number ?? id}
          onDone={() => void refresh(queries, 'listCases', 'getCaseStats', 'getCase')}
        >
          {(go, busy) => <BulkButtons go={go} busy={busy} />}
        </BulkBar>
      )}
    </Page>
  );
}

/** The plate, and below it make and model, or the category while they are not known. */
function Vehicle({ plate, more }: { plate: string | null; more?: string }) {
  return (
    <>
      {plate && <Text size="sm" className="nums">{plate}</Text>}
      {more && <Text size={plate ? 'xs' : 'sm'} c="dimmed">{more}</Text>}
    </>
  );
}

/** How many there are of each status; pressing one shows only those, pressing several shows them all. */
function StatusChips() {
  const [search, change] = useFilters();
  const counts = useQuery(getCaseStatsOptions({ query: countQuery(search) })).data;
  const chosen = many(search, 'status', caseStatuses);
  return (
    <Group gap={6} role="group" aria-label="Estado">
      {caseStatuses.map((status) => {
        const on = chosen.includes(status);
        return (
          <Button
            key={status} size="compact-sm" radius="xl" variant={on ? 'filled' : 'default'} aria-pressed={on}
            onClick={() => change({ status: on ? chosen.filter((s) => s !== status) : [...chosen, status] })}
            rightSection={counts && <Text span size="xs" className="nums" c={on ? 'inherit' : 'dimmed'}>{formatNumber(counts[status])}</Text>}
          >
            {caseStatusLooks[status].text}
          </Button>
        );
      })}
    </Group>
  );
}

type Go = Parameters<Parameters<typeof BulkBar>[0]['children']>[0];

function BulkButtons({ go, busy }: { go: Go; busy: boolean }) {
  const [asking, setAsking] = useState<'assign' | 'status' | null>(null);
  const me = useSignedIn();
  const assign = (to: string | null, text: (n: number) => string) => go({
    run: async (ids) => (await bulkCases({ body: { action: 'assign', ids, assignee_id: to }, throwOnError: true })).data, done: text,
  });
  return (
    <>
      <Button variant="default" loading={busy} onClick={() => assign(me.account.id, (n) => (n === 1 ? 'Ahora lo lleva usted' : `Ahora lleva usted ${n} expedientes`))}>Llevar yo</Button>
      <Button variant="default" disabled={busy} onClick={() => setAsking('assign')}>Asignar…</Button>
      <Button variant="default" disabled={busy} onClick={() => setAsking('status')}>Cambiar estado…</Button>
      <Modal opened={asking === 'assign'} onClose={() => setAsking(null)} title="¿Quién los lleva?" closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        <AssignForm onChosen={(to, name) => { setAsking(null); assign(to, (n) => (to ? `${name} lleva ahora ${n === 1 ? 'un expediente más' : `${n} expedientes más`}` : 'Ya no los lleva nadie')); }} />
      </Modal>
      <Modal opened={asking === 'status'} onClose={() => setAsking(null)} title="Cambiar el estado" closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        <StatusForm
          onChosen={(status, reason) => {
            setAsking(null);
            go({
              run: async (ids) => (await bulkCases({ body: { action: 'transition', ids, status, reason }, throwOnError: true })).data,
              done: (n) => `${n === 1 ? 'Un expediente' : `${n} expedientes`}: ${caseStatusLooks[status].text}`,
            });
          }}
        />
      </Modal>
    </>
  );
}

function AssignForm({ onChosen }: { onChosen: (to: string | null, name: string) => void }) {
  const staff = useStaff();
  const [to, setTo] = useState<string | null>(null);
  return (
    <form onSubmit={(e) => { e.preventDefault(); onChosen(to, to ? staff.name(to) : ''); }}>
      <Stack>
        <Select label="Persona" data={staff.options} value={to} onChange={setTo} clearable placeholder="Nadie" data-autofocus clearButtonProps={{ 'aria-label': 'Nadie' }} />
        <Group justify="flex-end"><Button type="submit">Asignar</Button></Group>
      </Stack>
    </form>
  );
}

/** Those that a reason goes with. */
const needsReason: CaseStatus[] = ['pending_review', 'collecting', 'cancelled'];
const byHand: CaseStatus[] = ['pending_review', 'in_progress', 'resolved', 'collecting', 'cancelled'];

function StatusForm({ onChosen }: { onChosen: (status: CaseStatus, reason: string | null) => void }) {
  const [status, setStatus] = useState<CaseStatus | null>(null);
  const [reason, setReason] = useState('');
  return (
    <form onSubmit={(e) => { e.preventDefault(); if (status) onChosen(status, reason.trim() || null); }}>
      <Stack>
        <Select label="Qué hacer" data={byHand.map((s) => ({ value: s, label: transitionName(s === 'collecting' ? 'pending_review' : 'collecting', s) }))} value={status} onChange={(s) => setStatus(s as CaseStatus)} data-autofocus />
        {status && needsReason.includes(status) && (
          <Textarea label="Motivo" description={status === 'pending_review' ? 'Hace falta para los que están incompletos; queda en el historial.' : 'Se les dice a los clientes.'} value={reason} onChange={(e) => setReason(e.currentTarget.value)} maxLength={1000} autosize minRows={2} />
        )}
        <Text size="sm" c="dimmed">Los que no estén en un estado que lo permita se quedan como están, seleccionados.</Text>
        <Group justify="flex-end"><Button type="submit" disabled={!status} color={status === 'cancelled' ? 'red' : undefined}>{status ? transitionName(status === 'collecting' ? 'pending_review' : 'collecting', status) : 'Cambiar'}</Button></Group>
      </Stack>
    </form>
  );
}
