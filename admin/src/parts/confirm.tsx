import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';

type Props = {
  opened: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** What the button says: the deed, not "Aceptar". */
  deed: string;
  /** Has to be typed first, for what cannot be taken back. */
  typed?: string;
  loading?: boolean;
  onConfirm: () => void;
};

/** Asks before something that cannot be taken back. */
export function Confirm({ opened, onClose, title, children, deed, typed, loading, onConfirm }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <Question {...{ onClose, children, deed, typed, loading, onConfirm }} />
    </Modal>
  );
}

function Question({ onClose, children, deed, typed, loading, onConfirm }: Omit<Props, 'opened' | 'title'>) {
  const [text, setText] = useState('');
  const form = useId();
  return (
    <form id={form} onSubmit={(e) => { e.preventDefault(); onConfirm(); }}>
      <Stack>
        <Text size="sm" component="div">{children}</Text>
        {typed && (
          <TextInput label={`Escriba «${typed}» para confirmar`} value={text} onChange={(e) => setText(e.currentTarget.value)} autoComplete="off" data-autofocus />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>Cancelar</Button>
          <Button type="submit" color="red" loading={loading} disabled={typed !== undefined && text.trim() !== typed}>{deed}</Button>
        </Group>
      </Stack>
    </form>
  );
}
