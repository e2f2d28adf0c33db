import { Badge, Group, Modal, Text } from '@mantine/core';
import type { WarningResponse } from '@msia/client';
import { deleteWarning, orderWarnings, updateWarning } from '@msia/client';
import { listElementsOptions } from '@msia/client/query';
import { type QueryKey, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { useRowChanges } from '@/lib/useRowChanges';
import { Confirm } from '@/parts/confirm';
import { Status } from '@/parts/fields';
import { severityLooks } from '@/parts/severity';
import { toastDone } from '@/parts/toast';

import { CatalogueRows, useEditing } from '../rows';
import { scopes } from '../tariffs/words';
import { WarningForm, warningReads } from './form';
import { whenText } from './triggers';

type Props = {
  label: string;
  rows: WarningResponse[];
  /** Of the list they are from. */
  listKey: QueryKey;
  /** Id of the category they belong to, null for those of all. */
  category: string | null;
  /** Not while some are filtered out. */
  sortable: boolean;
  onDelete: (warning: WarningResponse) => void;
};

/** Warnings of one category, or of all, in the order in which they are shown. */
export function WarningRows({ label, rows, listKey, category, sortable, onDelete }: Props) {
  const { edit } = useEditing();
  const elements = useQuery(listElementsOptions({ query: { category: category ?? undefined, include_inactive: true } })).data ?? [];
  const name = (code: string) => elements.find((e) => e.code === code)?.name ?? code;
  const changes = useRowChanges<WarningResponse>({
    key: listKey, operations: warningReads, name: (w) => w.code,
    activate: (w, is_active) => updateWarning({ path: { warning_id: w.id }, body: { is_active }, headers: ifMatch(w.version), throwOnError: true }),
    order: (ids) => orderWarnings({ query: { category: category ?? undefined }, body: { ids }, throwOnError: true }),
  });
  return (
    <CatalogueRows label={label} rows={rows} name={(w) => w.code} onMove={sortable ? changes.move : undefined} onActive={changes.activate} onEdit={(w) => edit(w.id)} onDelete={onDelete}>
      {(w) => (
        <>
          <Text size="sm" lineClamp={3}>{w.message}</Text>
          <Group gap="xs" mt={4}>
            <Status value={w.severity} looks={severityLooks} />
            <Badge color="gray">{w.tier_code ?? (w.element_code ? name(w.element_code) : scopes[w.scope])}</Badge>
            <Text size="xs" c="dimmed">Cuando: {whenText(w.triggers, name)} · {w.code}</Text>
          </Group>
        </>
      )}
    </CatalogueRows>
  );
}

/** The dialogs of a page of warnings: editing, by the address, and deleting. */
export function useWarningDialogs(all: WarningResponse[], category?: string) {
  const { editing, close } = useEditing();
  const mayWrite = useMay('editor');
  const queries = useQueryClient();
  const [deleting, setDeleting] = useState<WarningResponse | null>(null);
  const remove = useMutation({
    mutationFn: (w: WarningResponse) => deleteWarning({ path: { warning_id: w.id }, headers: ifMatch(w.version), throwOnError: true }),
    onSuccess: () => toastDone('Advertencia eliminada.'),
    onSettled: () => { setDeleting(null); return refresh(queries, ...warningReads); },
  });
  const edited = all.find((w) => w.id === editing);
  const dialogs = (
    <>
      <Modal opened={mayWrite && (editing === 'nuevo' || edited !== undefined)} onClose={close} size="xl" title={edited ? `Advertencia ${edited.code}` : 'Nueva advertencia'} closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        <WarningForm warning={edited} category={category} next={Math.max(0, ...all.map((w) => w.sort_order)) + 10} onSaved={close} />
      </Modal>
      {deleting && (
        <Confirm opened onClose={() => setDeleting(null)} title={`¿Eliminar ${deleting.code}?`} deed="Eliminar la advertencia" loading={remove.isPending} onConfirm={() => remove.mutate(deleting)}>
          <Text size="sm" fs="italic" mb="xs">{deleting.message}</Text>
          Deja de salir en los presupuestos nuevos. Para quitarla un tiempo, basta desactivarla.
        </Confirm>
      )}
    </>
  );
  return { dialogs, onDelete: setDeleting };
}
