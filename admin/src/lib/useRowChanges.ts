import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';

import { toastUndo } from '@/parts/toast';

import { reordered } from './order';
import { refresh } from './queries';

export type ChangeableRow = { id: string; version: number; is_active: boolean };

type Options<Row extends ChangeableRow> = {
  /** Of the list that is on screen. */
  key: QueryKey;
  /** What else is out of date afterwards, besides the list. */
  operations: string[];
  name: (row: Row) => string;
  activate: (row: Row, active: boolean) => Promise<unknown>;
  order: (ids: string[]) => Promise<unknown>;
};

/** The order and the activity of a list's rows: shown at once, put back when they are refused, with «Deshacer». */
export function useRowChanges<Row extends ChangeableRow>({ key, operations, name, activate, order }: Options<Row>) {
  const queries = useQueryClient();
  const rows = () => queries.getQueryData<Row[]>(key) ?? [];
  const show = async (change: (rows: Row[]) => Row[]) => {
    await queries.cancelQueries({ queryKey: key });
    const before = rows();
    queries.setQueryData<Row[]>(key, change(before));
    return before;
  };
  const again = () => Promise.all([queries.invalidateQueries({ queryKey: key }), refresh(queries, ...operations)]);
  const back = (_error: unknown, _variables: unknown, before: Row[] | undefined) => {
    if (before) queries.setQueryData(key, before);
  };
  const moving = useMutation({
    mutationFn: order,
    onMutate: (ids) => show((before) => reordered(before, ids)),
    onError: back,
    onSettled: again,
  });
  const switching = useMutation({
    mutationFn: ({ row, active }: { row: Row; active: boolean }) => activate(row, active),
    onMutate: ({ row, active }) => show((before) => before.map((r) => (r.id === row.id ? { ...r, is_active: active } : r))),
    onError: back,
    onSettled: again,
  });
  return {
    move: (ids: string[]) => {
      const before = rows().map((row) => row.id).filter((id) => ids.includes(id));
      moving.mutate(ids, { onSuccess: () => toastUndo('Orden guardado.', () => moving.mutate(before), 'order') });
    },
    activate: (row: Row, active: boolean) => {
      switching.mutate({ row, active }, {
        onSuccess: () => toastUndo(`${name(row)}: ${active ? 'activado' : 'desactivado'}.`, () => {
          const now = rows().find((r) => r.id === row.id);
          if (now) switching.mutate({ row: now, active: !active });
        }, `active-${row.id}`),
      });
    },
  };
}
