import { Anchor, Button, CopyButton, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

import type { ApiError } from '@/lib/problem';

/** Says that something was done. */
export function toastDone(message: string): void {
  notifications.show({ message, color: 'green', role: 'status' });
}

/** Says what went wrong, with the request's id to give to whoever looks after the server. */
export function toastError(error: ApiError): void {
  notifications.show({
    title: error.message,
    color: 'red',
    autoClose: 12_000,
    role: 'alert',
    message: error.requestId && <RequestId id={error.requestId} />,
  });
}

export function RequestId({ id }: { id: string }) {
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <Anchor component="button" type="button" size="sm" c="dimmed" ta="start" onClick={copy}>
          {copied ? 'Copiado' : `Petición ${id}`}
        </Anchor>
      )}
    </CopyButton>
  );
}

/** Says that something was done and offers to take it back for a few seconds. One of the same `kind` takes its place. */
export function toastUndo(message: string, undo: () => void, kind?: string): void {
  if (kind) notifications.hide(kind);
  const id = notifications.show({
    id: kind,
    color: 'green',
    role: 'status',
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button size="compact-sm" variant="default" onClick={() => { notifications.hide(id); undo(); }}>
          Deshacer
        </Button>
      </Group>
    ),
  });
}
