import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { rateQuestionMutation } from '@msia/client/query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { refresh } from '@/lib/queries';
import { IconThumbDown, IconThumbUp } from '@/parts/icons';
import { toastDone } from '@/parts/toast';

type Props = { id: string; useful: boolean | null; comment: string | null };

/** Whether an answer was of use, and why not. */
export function Feedback({ id, useful: given, comment }: Props) {
  const queries = useQueryClient();
  const [useful, setUseful] = useState(given);
  const [why, setWhy] = useState(comment ?? '');
  const rate = useMutation({
    ...rateQuestionMutation(),
    onSuccess: () => toastDone('Gracias: anotado'),
    onError: () => setUseful(given),
    onSettled: () => refresh(queries, 'listQuestions', 'getQuestion', 'getQuestionAnalytics'),
  });
  const send = (value: boolean) => {
    setUseful(value);
    rate.mutate({ path: { query_id: id }, body: { useful: value, comment: why.trim() || null } });
  };
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Text size="sm">¿Ha servido?</Text>
        <Button size="compact-sm" variant={useful === true ? 'filled' : 'default'} aria-pressed={useful === true} leftSection={<IconThumbUp size={15} />} onClick={() => send(true)}>Sí</Button>
        <Button size="compact-sm" variant={useful === false ? 'filled' : 'default'} aria-pressed={useful === false} leftSection={<IconThumbDown size={15} />} onClick={() => send(false)}>No</Button>
      </Group>
      {useful === false && (
        <Group align="flex-end" gap="xs">
          <Textarea label="¿Qué falla?" value={why} onChange={(e) => setWhy(e.currentTarget.value)} maxLength={1000} autosize style={{ flex: 1 }} />
          <Button size="sm" variant="default" loading={rate.isPending} disabled={!why.trim()} onClick={() => send(false)}>Anotar</Button>
        </Group>
      )}
    </Stack>
  );
}
