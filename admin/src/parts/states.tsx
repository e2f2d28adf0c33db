import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

import { toApiError } from '@/lib/problem';

import { IconAlertTriangle, IconInbox } from './icons';
import { RequestId } from './toast';

/** What is shown in place of something that could not be read. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const failed = toApiError(error, undefined);
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={failed.status === 404 ? 'No se encuentra' : 'No se ha podido cargar'} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{failed.message}</Text>
        {failed.requestId && <RequestId id={failed.requestId} />}
        {retry && failed.status !== 404 && <Button size="xs" variant="default" onClick={retry}>Reintentar</Button>}
      </Stack>
    </Alert>
  );
}

/** Nothing to show: why, and what to do next. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py="xl" ta="center">
      <IconInbox size={40} stroke={1.2} aria-hidden />
      <Text fw={600}>{title}</Text>
      {children && <Text c="dimmed" size="sm" maw={460} component="div">{children}</Text>}
      {action && <Group>{action}</Group>}
    </Stack>
  );
}

/** Grey bars while something is read for the first time. */
export function Waiting({ rows = 6 }: { rows?: number }) {
  return (
    <Stack gap="sm" role="status" aria-label="Cargando">
      {Array.from({ length: rows }, (_, i) => <Skeleton key={i} h={36} />)}
    </Stack>
  );
}

type Read<T> = { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };

/** Shows a query's result, or why there is none yet. What was read stays when reading it again fails. */
export function Loaded<T>({ query, rows, children }: { query: Read<T>; rows?: number; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return <Waiting rows={rows} />;
}
