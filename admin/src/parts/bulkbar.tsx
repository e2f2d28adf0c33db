import { Affix, Alert, Button, Group, List, Paper, Stack, Text } from '@mantine/core';
import type { BulkRow } from '@msia/client';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import '@mantine/core/styles/Affix.css';
import '@mantine/core/styles/List.css';

import { sentenceOf } from '@/lib/spanish';

import type { Selection } from './datatable';
import { IconAlertTriangle, IconX } from './icons';
import { toastDone, toastUndo } from './toast';

/** Most that the server changes at once. */
const atOnce = 100;

type Deed = {
  /** Asks the server to do it to some of the rows. */
  run: (ids: string[]) => Promise<{ results: BulkRow[] }>;
  /** Said when it was done to so many. */
  done: (count: number) => string;
  /** Takes it back; offered when it was done to all. */
  undo?: () => void;
};

type Props = {
  selection: Selection;
  /** What a row is called where it says why nothing was done to it. */
  name: (id: string) => string;
  /** Called once all answers are there. */
  onDone: () => void;
  /** The buttons; `go` does something to everything that is selected. */
  children: (go: (deed: Deed) => void, busy: boolean) => ReactNode;
};

/** What can be done to all selected rows of a list. Rows that it could not be done to stay selected and say why. */
export function BulkBar({ selection, name, onDone, children }: Props) {
  const [failed, setFailed] = useState<BulkRow[]>([]);
  const act = useMutation({
    mutationFn: async (deed: Deed) => {
      const ids = [...selection.ids];
      const results: BulkRow[] = [];
      for (let i = 0; i < ids.length; i += atOnce) results.push(...(await deed.run(ids.slice(i, i + atOnce))).results);
      return { deed, results };
    },
    onSuccess: ({ deed, results }) => {
      const not = results.filter((row) => !row.ok);
      setFailed(not);
      selection.change(new Set(not.map((row) => row.id)));
      if (not.length === results.length) return;
      const told = deed.done(results.length - not.length);
      if (deed.undo && not.length === 0) toastUndo(told, deed.undo);
      else toastDone(told);
    },
    onSettled: onDone,
  });
  // Those that were deselected need not be explained any more.
  const why = failed.filter((row) => selection.ids.has(row.id));
  if (selection.ids.size === 0) return null;
  return (
    <Affix position={{ bottom: 16, left: 16, right: 16 }} zIndex={150} style={{ pointerEvents: 'none' }}>
      <Paper role="region" aria-label="Con lo seleccionado" withBorder shadow="md" p="sm" mx="auto" maw={760} style={{ pointerEvents: 'auto' }}>
        <Stack gap="xs">
          {why.length > 0 && (
            <Alert color="red" icon={<IconAlertTriangle />} role="alert" title={why.length === 1 ? 'Con uno no se ha podido' : `Con ${why.length} no se ha podido`}>
              <List size="sm" mah={160} style={{ overflowY: 'auto' }}>
                {why.map((row) => <List.Item key={row.id}><b>{name(row.id)}</b>: {sentenceOf(row.code ?? undefined, row.detail ?? '')}</List.Item>)}
              </List>
            </Alert>
          )}
          <Group gap="xs">
            <Text size="sm" fw={600} role="status">{selection.ids.size === 1 ? '1 seleccionado' : `${selection.ids.size} seleccionados`}</Text>
            {children(act.mutate, act.isPending)}
            <Button variant="subtle" ml="auto" leftSection={<IconX size={16} />} onClick={() => selection.change(new Set())}>Quitar selección</Button>
          </Group>
        </Stack>
      </Paper>
    </Affix>
  );
}
