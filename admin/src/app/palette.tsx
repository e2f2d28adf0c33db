import { Modal } from '@mantine/core';

/** Search and commands; filled in with the search operation. */
export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return <Modal opened={opened} onClose={onClose} title="Buscar" closeButtonProps={{ 'aria-label': 'Cerrar' }}>…</Modal>;
}
