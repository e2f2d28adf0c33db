import { Button, Card, Checkbox, Group, Stack, Table, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { InfiniteData } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactNode, useRef } from 'react';

import { formatNumber } from '@/lib/format';

import { Failed, Waiting } from './states';

export type Column<Row> = {
  header: string;
  cell: (row: Row) => ReactNode;
  /** 'end' for amounts. */
  align?: 'end';
  width?: number | string;
  /** Left out on a phone. */
  wide?: boolean;
};

export type Selection = { ids: ReadonlySet<string>; change: (ids: ReadonlySet<string>) => void };

/** As useInfiniteQuery gives it, for a list with `next_cursor`. */
type Pages<Row> = {
  data: InfiniteData<{ items: Row[]; total?: number | null }> | undefined;
  error: unknown;
  isPending: boolean;
  isFetching: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
};

type Props<Row> = {
  /** What the table is a list of, for screen readers. */
  label: string;
  pages: Pages<Row>;
  columns: Column<Row>[];
  rowId: (row: Row) => string;
  /** What the row is called where it is selected. */
  rowName?: (row: Row) => string;
  /** Where Enter and a click lead. The first column should be a link to the same place. */
  rowTo?: (row: Row) => string;
  selection?: Selection;
  empty: ReactNode;
};

/** A list of the server's with "Mostrar más". With the focus in it: J and K move, Enter opens, X selects. */
export function DataTable<Row>({ label, pages, columns, rowId, rowName, rowTo, selection, empty }: Props<Row>) {
  const navigate = useNavigate();
  const phone = useMediaQuery('(max-width: 40em)', false, { getInitialValueInEffect: false });
  const body = useRef<HTMLElement>(null);
  if (!pages.data) return pages.error ? <Failed error={pages.error} retry={() => void pages.refetch()} /> : <Waiting rows={8} />;
  const rows = pages.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) return <>{empty}</>;

  const toggle = (id: string) => {
    if (!selection) return;
    const ids = new Set(selection.ids);
    if (!ids.delete(id)) ids.add(id);
    selection.change(ids);
  };
  const onKeyDown = (e: KeyboardEvent<HTMLElement>) => {
    if (e.ctrlKey || e.metaKey || e.altKey || (e.target as HTMLElement).closest('input:not([type=checkbox]), textarea, select, [contenteditable]')) return;
    const all = [...(body.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const row = all[at];
    switch (e.key) {
      case 'j':
        all[Math.min(at + 1, all.length - 1)]?.focus();
        break;
      case 'k':
        all[Math.max(at - 1, 0)]?.focus();
        break;
      case 'x':
        if (row?.dataset.row) toggle(row.dataset.row);
        break;
      case 'Enter':
        if (row && e.target === row && rowTo) void navigate({ href: rowTo(rows[at]!) });
        break;
      default:
        return;
    }
    if (e.key !== 'Enter' || e.target === row) e.preventDefault();
  };
  const common = (row: Row) => ({
    'data-row': rowId(row),
    tabIndex: -1,
    style: rowTo ? { cursor: 'pointer' } : undefined,
    onClick: (e: { target: EventTarget }) => {
      // Links, buttons and boxes inside the row do what they say; selected text is not a click.
      if (!rowTo || (e.target as HTMLElement).closest('a, button, input, label') || getSelection()?.toString()) return;
      void navigate({ href: rowTo(row) });
    },
  });
  const box = (row: Row) => selection && (
    <Checkbox aria-label={`Seleccionar ${rowName?.(row) ?? ''}`} checked={selection.ids.has(rowId(row))} onChange={() => toggle(rowId(row))} />
  );
  const total = pages.data.pages[0]?.total;

  return (
    <Stack gap="sm" aria-busy={pages.isFetching}>
      {phone ? (
        <Stack component="ul" p={0} m={0} gap="xs" ref={body as never} onKeyDown={onKeyDown} aria-label={label} style={{ listStyle: 'none' }}>
          {rows.map((row) => (
            <Card component="li" key={rowId(row)} withBorder padding="sm" {...common(row)}>
              <Group justify="space-between" wrap="nowrap" align="flex-start">
                <Stack gap={4} miw={0}>
                  {columns.filter((c) => !c.wide).map((column, i) => (
                    <Group key={column.header} gap={6} wrap="nowrap" align="baseline">
                      {i > 0 && <Text size="xs" c="dimmed" w={92} style={{ flexShrink: 0 }}>{column.header}</Text>}
                      <Text component="div" size="sm" fw={i === 0 ? 600 : undefined} style={{ overflowWrap: 'anywhere' }}>{column.cell(row)}</Text>
                    </Group>
                  ))}
                </Stack>
                {box(row)}
              </Group>
            </Card>
          ))}
        </Stack>
      ) : (
        <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': label } }}>
          <Table highlightOnHover aria-label={label}>
            <Table.Thead>
              <Table.Tr>
                {selection && (
                  <Table.Th w={40}>
                    <Checkbox
                      aria-label="Seleccionar todo lo mostrado" checked={rows.every((row) => selection.ids.has(rowId(row)))}
                      indeterminate={selection.ids.size > 0 && !rows.every((row) => selection.ids.has(rowId(row)))}
                      onChange={(e) => selection.change(new Set(e.currentTarget.checked ? rows.map(rowId) : []))}
                    />
                  </Table.Th>
                )}
                {columns.map((column) => <Table.Th key={column.header} w={column.width} ta={column.align}>{column.header}</Table.Th>)}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody ref={body as never} onKeyDown={onKeyDown}>
              {rows.map((row) => (
                <Table.Tr key={rowId(row)} {...common(row)}>
                  {selection && <Table.Td>{box(row)}</Table.Td>}
                  {columns.map((column) => <Table.Td key={column.header} ta={column.align}>{column.cell(row)}</Table.Td>)}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {formatNumber(rows.length)}{total ? ` de ${formatNumber(total)}` : ''} {pages.hasNextPage ? 'mostrados' : ''}
        </Text>
        {pages.hasNextPage && <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>Mostrar más</Button>}
      </Group>
      {pages.error !== null && <Failed error={pages.error} retry={() => void pages.refetch()} />}
    </Stack>
  );
}

/** How a list with `next_cursor` goes on; `initialPageParam` asks for the beginning. */
export const byCursor = {
  initialPageParam: {} as never,
  getNextPageParam: (page: { next_cursor?: string | null }) => (page.next_cursor ? ({ query: { cursor: page.next_cursor } } as never) : undefined),
};
