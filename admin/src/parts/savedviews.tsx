import { ActionIcon, Button, Group, Menu, Modal, Stack, Switch, Text, TextInput } from '@mantine/core';
import type { SavedView, ViewPage } from '@msia/client';
import { createViewMutation, deleteViewMutation, listViewsOptions, updateViewMutation } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import '@mantine/core/styles/Switch.css';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { fieldErrors, toApiError } from '@/lib/problem';
import { refresh } from '@/lib/queries';
import { parseSearch, stringifySearch } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';

import { Confirm } from './confirm';
import { IconChevronDown, IconStar, IconTrash } from './icons';
import { toastDone } from './toast';

/** The filters of a page under names: one's own, and those that others share. Part of FilterBar. */
export function SavedViews({ page }: { page: ViewPage }) {
  const [search] = useFilters();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const admin = useMay('admin');
  const [saving, setSaving] = useState(false);
  const [deleting, setDeleting] = useState<SavedView | null>(null);
  const [opened, setOpened] = useState(false);
  const query = stringifySearch(search).slice(1);
  // A list without filters shows none of them before it is asked to.
  const views = useQuery({ ...listViewsOptions({ query: { page } }), enabled: opened || query !== '' }).data ?? [];
  const current = views.find((view) => view.query === query);
  const changed = () => refresh(queries, 'listViews');
  const remove = useMutation({ ...deleteViewMutation(), onSuccess: () => { setDeleting(null); toastDone('Vista borrada'); return changed(); } });
  const update = useMutation({ ...updateViewMutation(), onSuccess: () => { toastDone('Vista cambiada'); return changed(); } });

  const item = (view: SavedView) => (
    <Menu.Item
      key={view.id} fw={view === current ? 650 : undefined} aria-current={view === current || undefined}
      onClick={() => void navigate({ to: '.', search: parseSearch(view.query) as never })}
      rightSection={view.own ? undefined : <Text size="xs" c="dimmed">{view.owner}</Text>}
    >
      {view.name}
    </Menu.Item>
  );
  const own = views.filter((view) => view.own);
  const shared = views.filter((view) => !view.own);
  return (
    <>
      <Group gap={4} wrap="nowrap">
        <Menu position="bottom-end" width={280} returnFocus opened={opened} onChange={setOpened}>
          <Menu.Target>
            <Button variant="default" leftSection={<IconStar size={16} />} rightSection={<IconChevronDown size={14} />}>{current?.name ?? 'Vistas'}</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {own.length > 0 && <><Menu.Label>Mías</Menu.Label>{own.map(item)}</>}
            {shared.length > 0 && <><Menu.Label>Compartidas</Menu.Label>{shared.map(item)}</>}
            {views.length === 0 && <Menu.Label>Una vista guarda los filtros con un nombre.</Menu.Label>}
            <Menu.Divider />
            <Menu.Item disabled={query === '' || current?.own} onClick={() => setSaving(true)}>Guardar estos filtros…</Menu.Item>
            {current?.own && (
              <Menu.Item onClick={() => update.mutate({ path: { view_id: current.id }, headers: ifMatch(current.version), body: { shared: !current.shared } })}>
                {current.shared ? 'Dejar de compartir' : 'Compartir con todos'}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
        {current && (current.own || (admin && current.shared)) && (
          <ActionIcon aria-label={`Borrar la vista ${current.name}`} onClick={() => setDeleting(current)}><IconTrash size={18} /></ActionIcon>
        )}
      </Group>
      <Modal opened={saving} onClose={() => setSaving(false)} title="Guardar estos filtros" closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        <SaveView page={page} query={query} onSaved={() => { setSaving(false); return changed(); }} />
      </Modal>
      <Confirm
        opened={deleting !== null} onClose={() => setDeleting(null)} title="Borrar la vista" deed="Borrar" loading={remove.isPending}
        onConfirm={() => deleting && remove.mutate({ path: { view_id: deleting.id }, headers: ifMatch(deleting.version) })}
      >
        Se borra «{deleting?.name}»{deleting?.shared ? ' para todos' : ''}. Los filtros puestos no cambian.
      </Confirm>
    </>
  );
}

function SaveView({ page, query, onSaved }: { page: ViewPage; query: string; onSaved: () => unknown }) {
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const create = useMutation({ ...createViewMutation(), meta: { quiet: true }, onSuccess: () => { toastDone('Vista guardada'); return onSaved(); } });
  const error = create.error && toApiError(create.error, undefined);
  return (
    <form onSubmit={(e) => { e.preventDefault(); create.mutate({ body: { page, query, name: name.trim(), shared } }); }}>
      <Stack>
        <TextInput
          label="Nombre" value={name} onChange={(e) => setName(e.currentTarget.value)} maxLength={60} data-autofocus
          error={error && (fieldErrors(error).name ?? error.message)}
        />
        <Switch label="Compartir con todos" checked={shared} onChange={(e) => setShared(e.currentTarget.checked)} />
        <Group justify="flex-end"><Button type="submit" disabled={!name.trim()} loading={create.isPending}>Guardar</Button></Group>
      </Stack>
    </form>
  );
}
