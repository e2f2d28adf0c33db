import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { Case } from '@msia/client';
import { getCaseQueryKey } from '@msia/client/query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { caseStatusLooks } from '@/lib/casestatus';
import { toApiError } from '@/lib/problem';
import { refresh } from '@/lib/queries';
import { toastDone, toastError } from '@/parts/toast';

import { useSettled } from './verdicts';

type Change = {
  /** Asks the server for it; `version` is that of what it is based on. */
  run: (version: number) => Promise<{ data: Case }>;
  /** Said when it is done. */
  done: string;
  then?: (now: Case) => void;
};

/** Shows a changed case everywhere. */
export function useStored(): (now: Case) => void {
  const queries = useQueryClient();
  return (now) => {
    queries.setQueryData(getCaseQueryKey({ path: { case_id: now.id } }), now);
    void refresh(queries, 'listCases', 'getCaseStats', 'listCaseEvents', 'getDashboard');
  };
}

/** Changes of a case as it is shown, and the question what to do when somebody else changed it meanwhile. */
export function useCaseChange(shown: Case): { change: (change: Change) => void; busy: boolean; question: ReactNode } {
  const stored = useStored();
  const [refused, setRefused] = useState<{ change: Change; now: Case } | null>(null);
  const act = useMutation({
    mutationFn: async ({ change, version }: { change: Change; version: number }) => (await change.run(version)).data,
    meta: { quiet: true },
    onSuccess: (now, { change }) => {
      setRefused(null);
      stored(now);
      toastDone(change.done);
      change.then?.(now);
    },
    onError: (error, { change }) => {
      const failed = toApiError(error, undefined);
      const now = failed.problem.current as Case | undefined;
      if (failed.status === 412 && now) setRefused({ change, now });
      else if (failed.status !== 401) toastError(failed);
    },
  });
  const question = refused && (
    <Modal opened onClose={() => setRefused(null)} withCloseButton={false} closeOnClickOutside={false} title="Otra persona lo ha cambiado mientras tanto">
      <Stack>
        <Text size="sm">
          El expediente {refused.now.number} está ahora en «{caseStatusLooks[refused.now.status].text}»
          {refused.now.status !== shown.status ? ` (aquí se veía «${caseStatusLooks[shown.status].text}»)` : ', con otros datos que los que se ven aquí'}.
        </Text>
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={() => { stored(refused.now); setRefused(null); }}>Ver cómo está ahora</Button>
          <Button color="red" loading={act.isPending} onClick={() => act.mutate({ change: refused.change, version: refused.now.version })}>Hacerlo de todos modos</Button>
        </Group>
      </Stack>
    </Modal>
  );
  const settled = useSettled();
  return { change: (change) => void settled(shown).then(({ version }) => act.mutate({ change, version })), busy: act.isPending, question };
}
