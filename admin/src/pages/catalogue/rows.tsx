import '@mantine/core/styles/Switch.css';

import { ActionIcon, Badge, Box, Card, Group, Stack, Switch, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

import { useMay } from '@/lib/account';
import { useFilters } from '@/lib/useFilters';
import type { ChangeableRow } from '@/lib/useRowChanges';
import { one } from '@/lib/search';
import { IconEdit, IconTrash } from '@/parts/icons';
import { SortableList } from '@/parts/sortable';

type Props<Row extends ChangeableRow> = {
  label: string;
  rows: Row[];
  name: (row: Row) => string;
  /** Absent: the order is not theirs to set. */
  onMove?: (ids: string[]) => void;
  onActive: (row: Row, active: boolean) => void;
  onEdit?: (row: Row) => void;
  onDelete?: (row: Row) => void;
  /** More of what can be done with it. */
  more?: (row: Row) => ReactNode;
  children: (row: Row) => ReactNode;
};

/** Rows of the catalogue that staff order, switch off, edit and delete. */
export function CatalogueRows<Row extends ChangeableRow>({ label, rows, name, onMove, onActive, onEdit, onDelete, more, children }: Props<Row>) {
  const mayWrite = useMay('editor');
  return (
    <Stack gap={6} role="list" aria-label={label}>
      <SortableList items={rows} id={(row) => row.id} name={name} onMove={mayWrite ? onMove : undefined}>
        {(row, handle) => (
          <Card role="listitem" withBorder padding="xs" opacity={row.is_active ? 1 : 0.92}>
            <Group gap="sm" align="center">
              {handle}
              <Box flex="1 1 16rem" miw={0}>{children(row)}</Box>
              <Group gap={4} wrap="nowrap" ml="auto">
                {mayWrite
                  ? <Switch size="sm" mr="xs" aria-label={`${name(row)}: activo`} checked={row.is_active} onChange={(e) => onActive(row, e.currentTarget.checked)} />
                  : !row.is_active && <Badge color="gray">Inactivo</Badge>}
                {mayWrite && more?.(row)}
                {mayWrite && onEdit && <Tooltip label="Editar"><ActionIcon aria-label={`Editar ${name(row)}`} onClick={() => onEdit(row)}><IconEdit size={17} /></ActionIcon></Tooltip>}
                {mayWrite && onDelete && <Tooltip label="Eliminar"><ActionIcon aria-label={`Eliminar ${name(row)}`} onClick={() => onDelete(row)}><IconTrash size={17} /></ActionIcon></Tooltip>}
              </Group>
            </Group>
          </Card>
        )}
      </SortableList>
    </Stack>
  );
}

/** Which row is being edited, in the address, so that leaving it unsaved is asked about: its id, `nuevo`, or ''. */
export function useEditing(): { editing: string; edit: (id: string) => void; close: () => void } {
  const [search, change] = useFilters();
  return { editing: one(search, 'editar'), edit: (id) => change({ editar: id }), close: () => change({ editar: undefined }, false) };
}
