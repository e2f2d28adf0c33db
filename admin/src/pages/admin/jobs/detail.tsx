import { Button, Card, Code, Group, Stack, Text } from '@mantine/core';
import '@mantine/core/styles/Code.css';
import type { Job } from '@msia/client';
import { cancelJobMutation, deleteJobMutation, getJobOptions, getJobQueryKey, retryJobMutation } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { refresh } from '@/lib/queries';
import { Status, When } from '@/parts/fields';
import { Loaded } from '@/parts/states';
import { RequestId, toastDone } from '@/parts/toast';

import { jobLooks, kindName } from './words';

/** All about one job, and what can be done with it as it is now. */
export function JobDetails({ id, onGone }: { id: number; onGone: () => void }) {
  const query = useQuery({ ...getJobOptions({ path: { job_id: id } }), placeholderData: undefined, refetchInterval: 5000 });
  return <Loaded query={query}>{(job) => <Details job={job} onGone={onGone} />}</Loaded>;
}

function Details({ job, onGone }: { job: Job; onGone: () => void }) {
  const queries = useQueryClient();
  const path = { job_id: job.id };
  const onSettled = () => void refresh(queries, 'listJobs', 'getJob', 'getJobStats');
  const changed = (said: string) => (now: Job) => {
    queries.setQueryData(getJobQueryKey({ path }), now);
    toastDone(said);
  };
  const retry = useMutation({ ...retryJobMutation(), onSettled, onSuccess: changed('Puesto en cola') });
  const cancel = useMutation({ ...cancelJobMutation(), onSettled, onSuccess: changed('Cancelado') });
  const remove = useMutation({
    ...deleteJobMutation(), onSuccess: () => {
      onGone();
      toastDone('Trabajo borrado');
      void refresh(queries, 'listJobs', 'getJobStats');
    },
  });
  const may = (states: Job['state'][]) => states.includes(job.state);
  return (
    <Stack>
      <Group gap="xs"><Status value={job.state} looks={jobLooks} /><Text size="sm">Intento {job.attempt} de {job.max_attempts}</Text></Group>
      <Stack gap={2}>
        <Text fw={650}>{kindName(job.kind)}</Text>
        <Text size="sm">Creado <When at={job.created_at} /></Text>
        {job.finalized_at ? <Text size="sm">Acabado <When at={job.finalized_at} /></Text> : <Text size="sm">Le toca <When at={job.scheduled_at} /></Text>}
        {job.worker && <Text size="sm">En {job.worker}</Text>}
        {job.request_id && <RequestId id={job.request_id} />}
      </Stack>
      <Code block tabIndex={0}>{JSON.stringify(job.args, null, 2)}</Code>
      <Group gap="xs">
        {may(['retryable', 'scheduled', 'cancelled', 'discarded']) && <Button loading={retry.isPending} onClick={() => retry.mutate({ path })}>Repetir ahora</Button>}
        {may(['available', 'pending', 'retryable', 'scheduled', 'running']) && <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ path })}>Cancelar</Button>}
        {job.state !== 'running' && <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate({ path })}>Borrar</Button>}
      </Group>
      {job.errors.map((e) => (
        <Card key={e.attempt + e.at} withBorder padding="sm">
          <Text size="xs" c="dimmed">Intento {e.attempt}, <When at={e.at} /></Text>
          <Text size="sm" className="prewrap">{e.error}</Text>
          {e.trace && <Code block mah={240} style={{ overflow: 'auto' }} tabIndex={0}>{e.trace}</Code>}
        </Card>
      ))}
    </Stack>
  );
}
