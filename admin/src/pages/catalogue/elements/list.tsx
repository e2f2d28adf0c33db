import '@mantine/core/styles/Code.css';
import '@mantine/core/styles/FloatingIndicator.css';
import '@mantine/core/styles/SegmentedControl.css';

import { Anchor, Badge, Button, Card, Checkbox, Code, Group, SegmentedControl, Select, Stack, Text, Textarea } from '@mantine/core';
import { bulkElements, type Element, orderElements } from '@msia/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { useMay } from '@/lib/account';
import { reordered } from '@/lib/order';
import { refresh } from '@/lib/queries';
import { choice, one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { useRowChanges } from '@/lib/useRowChanges';
import { BulkBar } from '@/parts/bulkbar';
import { Confirm } from '@/parts/confirm';
import { type Column, DataTable, type Selection } from '@/parts/datatable';
import { FilterBar, type Option, SelectFilter, TextFilter } from '@/parts/filters';
import { IconPlus, IconSearch } from '@/parts/icons';
import { Page } from '@/parts/page';
import { SortableList } from '@/parts/sortable';
import { Empty, Failed, Loaded, Waiting } from '@/parts/states';

import { categoriesOptions, elementReads, elementsOf } from './data';
import { Marks } from './marks';
import { matches, type Node, treeOf } from './tree';

const states: Option[] = [{ value: 'activo', label: 'Activos' }, { value: 'inactivo', label: 'Inactivos' }, { value: 'revisar', label: 'Por revisar' }];
const kinds: Option[] = [{ value: 'generico', label: 'Genéricos' }, { value: 'variante', label: 'Variantes' }, { value: 'suelto', label: 'Sin variantes' }];
const views = ['arbol', 'tabla'] as const;

export default function Elements() {
  const [search, change] = useFilters();
  const categories = useQuery(categoriesOptions);
  const category = categories.data?.find((c) => c.slug === one(search, 'categoria')) ?? categories.data?.[0];
  const elements = useQuery({ ...elementsOf(category?.id), enabled: category !== undefined });
  const mayWrite = useMay('editor');
  return (
    <Page
      title="Elementos"
      actions={category && (
        <>
          <Button component={Link} to="/elementos/frase" search={{ categoria: category.slug } as never} variant="default" leftSection={<IconSearch size={16} />}>Probar frase</Button>
          {mayWrite && <Button component={Link} to="/elementos/nuevo" search={{ categoria: category.slug } as never} leftSection={<IconPlus size={16} />}>Nuevo elemento</Button>}
        </>
      )}
    >
      <FilterBar names={['q', 'estado', 'tipo']} views="elements">
        <Select
          label="Categoría" data={categories.data?.map((c) => ({ value: c.slug, label: c.is_active ? c.name : `${c.name} (inactiva)` })) ?? []} value={category?.slug ?? null}
          allowDeselect={false} w={240} onChange={(slug) => change({ categoria: slug ?? undefined })}
        />
        <TextFilter label="Buscar" placeholder="Código, nombre o palabra clave" />
        <SelectFilter name="estado" label="Estado" options={states} />
        <SelectFilter name="tipo" label="Tipo" options={kinds} />
      </FilterBar>
      <SegmentedControl
        aria-label="Vista" w={220} size="xs" data={[{ value: 'arbol', label: 'Árbol' }, { value: 'tabla', label: 'Tabla' }]}
        value={choice(search, 'vista', views) ?? 'arbol'} onChange={(vista) => change({ vista: vista === 'arbol' ? undefined : vista })}
      />
      {categories.error && !categories.data ? <Failed error={categories.error} retry={() => void categories.refetch()} />
        : categories.data?.length === 0 ? <Empty title="Todavía no hay categorías">Los elementos pertenecen a una categoría: cree la primera en «Tarifas».</Empty>
          : category ? <Loaded query={elements} rows={10}>{(all) => <List key={category.id} all={all} category={category.id} />}</Loaded> : <Waiting rows={10} />}
    </Page>
  );
}

function List({ all, category }: { all: Element[]; category: string }) {
  const [search] = useFilters();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const mayWrite = useMay('editor');
  const q = one(search, 'q');
  const state = one(search, 'estado');
  const kind = one(search, 'tipo');
  const parents = new Set(all.map((e) => e.parent_code));
  const wanted = (e: Element) =>
    (q === '' || matches(e, q))
    && (state === '' || (state === 'activo' ? e.is_active : state === 'inactivo' ? !e.is_active : e.needs_review))
    && (kind === '' || (kind === 'generico' ? e.is_generic : kind === 'variante' ? e.parent_code !== null : e.parent_code === null && !parents.has(e.code)));
  const found = all.filter(wanted);
  const rows = useRowChanges<Element>({
    key: elementsOf(category).queryKey, operations: elementReads, name: (e) => e.name, activate: () => Promise.resolve(),
    order: (ids) => orderElements({ path: { category_id: category }, body: { ids: reordered(all, ids).map((e) => e.id) }, throwOnError: true }),
  });
  const toggle = (id: string) => setChosen((before) => {
    const after = new Set(before);
    if (!after.delete(id)) after.add(id);
    return after;
  });
  if (all.length === 0) {
    return <Empty title="La categoría no tiene elementos">{mayWrite ? 'Cree el primero con «Nuevo elemento», o importe la categoría desde «Tarifas».' : 'Alguien con permiso de edición puede crearlos.'}</Empty>;
  }
  if (found.length === 0) return <Empty title="Ningún elemento coincide">Quite algún filtro o busque de otra forma.</Empty>;
  const filtered = found.length < all.length;
  return (
    <Stack gap="sm">
      {choice(search, 'vista', views) === 'tabla' ? (
        <DataTable
          label="Elementos" columns={columns} rowId={(e) => e.id} rowName={(e) => e.name} rowTo={(e) => `/elementos/${e.id}`} empty={null}
          selection={mayWrite ? { ids: chosen, change: setChosen } : undefined}
          pages={{ data: { pages: [{ items: found, total: all.length }], pageParams: [] }, error: null, isPending: false, isFetching: false, hasNextPage: false, isFetchingNextPage: false, fetchNextPage: () => undefined, refetch: () => undefined }}
        />
      ) : (
        <>
          <Branch nodes={treeOf(all, wanted)} label="Elementos" chosen={mayWrite ? chosen : undefined} toggle={toggle} onMove={mayWrite && !filtered ? rows.move : undefined} />
          <Text size="sm" c="dimmed" role="status">{filtered ? `${found.length} de ${all.length} elementos` : `${all.length} elementos`}{filtered && mayWrite ? '. El orden se cambia sin filtros.' : ''}</Text>
        </>
      )}
      {mayWrite && <Bulk all={all} selection={{ ids: chosen, change: setChosen }} />}
    </Stack>
  );
}

type BranchProps = { nodes: Node[]; label: string; chosen?: ReadonlySet<string>; toggle: (id: string) => void; onMove?: (ids: string[]) => void };

function Branch({ nodes, label, chosen, toggle, onMove }: BranchProps) {
  return (
    <Stack gap={6} role="list" aria-label={label}>
      <SortableList items={nodes} id={(n) => n.element.id} name={(n) => n.element.name} onMove={onMove}>
        {({ element, children, context }, handle) => (
          <div role="listitem">
            <Card withBorder padding="xs" opacity={context ? 0.75 : 1}>
              <Group gap="sm" wrap="nowrap">
                {chosen && <Checkbox aria-label={`Seleccionar ${element.name}`} checked={chosen.has(element.id)} onChange={() => toggle(element.id)} />}
                {handle}
                <Group gap={8} style={{ flex: 1 }} miw={0}>
                  <Anchor component={Link} to={`/elementos/${element.id}`} fw={600} style={{ overflowWrap: 'anywhere' }}>{element.name}</Anchor>
                  <Code>{element.code}</Code>
                  <Marks element={element} />
                </Group>
                <Text size="sm" c="dimmed" visibleFrom="sm" ta="end">{counts(element)}</Text>
              </Group>
            </Card>
            {children.length > 0 && (
              <div style={{ marginInlineStart: 22, marginTop: 6, paddingInlineStart: 10, borderInlineStart: '2px solid var(--mantine-color-default-border)' }}>
                <Branch nodes={children} label={`Variantes de ${element.name}`} chosen={chosen} toggle={toggle} onMove={onMove} />
              </div>
            )}
          </div>
        )}
      </SortableList>
    </Stack>
  );
}

const plural = (n: number, singular: string, several: string) => (n === 0 ? [] : [`${n} ${n === 1 ? singular : several}`]);
const counts = (e: Element) => [...plural(e.keywords.length + e.aliases.length, 'palabra clave', 'palabras clave'), ...plural(e.fields.length, 'campo', 'campos'), ...plural(e.photos.length, 'foto', 'fotos')].join(' · ');

const columns: Column<Element>[] = [
  { header: 'Nombre', cell: (e) => <Anchor component={Link} to={`/elementos/${e.id}`}>{e.name}</Anchor> },
  { header: 'Código', cell: (e) => <Code>{e.code}</Code> },
  { header: 'Estado', cell: (e): ReactNode => <Group gap={4}>{e.is_active && !e.is_generic && !e.needs_review ? <Badge color="green">Activo</Badge> : <Marks element={e} />}</Group> },
  { header: 'Variante de', cell: (e) => e.parent_code && <Code>{e.parent_code}</Code>, wide: true },
  { header: 'Tiene', cell: (e) => <Text size="sm" c="dimmed">{counts(e)}</Text>, wide: true },
];

/** What can be done with several at once. */
function Bulk({ all, selection }: { all: Element[]; selection: Selection }) {
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const again = () => refresh(queries, ...elementReads);
  const activate = async (ids: string[]) => (await bulkElements({ body: { ids, action: 'activate' }, throwOnError: true })).data;
  const undo = useMutation({ mutationFn: activate, onSettled: again });
  const many = (n: number, one: string, several: string) => (n === 1 ? `1 elemento ${one}.` : `${n} elementos ${several}.`);
  return (
    <BulkBar selection={selection} name={(id) => all.find((e) => e.id === id)?.name ?? ''} onDone={again}>
      {(go, busy) => (
        <>
          <Button size="xs" variant="default" loading={busy} onClick={() => go({ run: activate, done: (n) => many(n, 'activado', 'activados') })}>Activar</Button>
          <Button size="xs" variant="default" disabled={busy} onClick={() => setAsking(true)}>Desactivar…</Button>
          <Confirm
            opened={asking} onClose={() => setAsking(false)} title={selection.ids.size === 1 ? 'Desactivar un elemento' : `Desactivar ${selection.ids.size} elementos`} deed="Desactivar"
            onConfirm={() => {
              if (!reason.trim()) return;
              const active = all.filter((e) => selection.ids.has(e.id) && e.is_active).map((e) => e.id);
              setAsking(false);
              go({
                run: async (ids) => (await bulkElements({ body: { ids, action: 'deactivate', reason: reason.trim() }, throwOnError: true })).data,
                done: (n) => many(n, 'desactivado', 'desactivados'), undo: () => undo.mutate(active),
              });
            }}
          >
            <Stack gap="xs">
              <span>Dejan de reconocerse y de tener precio. Al cliente que pregunte por ellos se le dice el motivo.</span>
              <Textarea label="Motivo, tal como se dice al cliente" required autosize minRows={2} maxLength={500} value={reason} onChange={(e) => setReason(e.currentTarget.value)} data-autofocus />
            </Stack>
          </Confirm>
        </>
      )}
    </BulkBar>
  );
}
