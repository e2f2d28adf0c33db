import { Group, Kbd, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core';

import { areas } from './nav';

const keys: [string, [string, string][]][] = [
  ['En todas partes', [['Ctrl K', 'Buscar y hacer'], ['?', 'Esta hoja'], ['/', 'Filtrar la lista'], ['Ctrl S', 'Guardar el formulario'], ['Esc', 'Cerrar']]],
  ['En una lista', [['J', 'Siguiente'], ['K', 'Anterior'], ['Intro', 'Abrir'], ['X', 'Seleccionar']]],
  ['En un expediente', [['J / K', 'Siguiente, anterior de la lista']]],
  ['Revisando fotos', [['V', 'Válida'], ['X', 'No válida'], ['J / K', 'Siguiente, anterior'], ['Z', 'Ampliar'], ['R', 'Girar'], ['U', 'Deshacer']]],
];

export default function KeyHelp({ onClose }: { onClose: () => void }) {
  const go = areas.flatMap((area) => area.places).filter((place) => place.key).map((place): [string, string] => [`G ${place.key!.toUpperCase()}`, place.text]);
  return (
    <Modal opened onClose={onClose} size="xl" title="Atajos de teclado">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {[...keys, ['Ir a', go] as [string, [string, string][]]].map(([title, list]) => (
          <Stack key={title} gap={6}>
            <Title order={3}>{title}</Title>
            {list.map(([key, text]) => (
              <Group key={key} gap="xs" wrap="nowrap">
                <Group gap={2} w={84} wrap="nowrap">{key.split(' ').map((k) => (k === '/' && key !== '/' ? '/' : <Kbd key={k} size="sm">{k}</Kbd>))}</Group>
                <Text size="sm">{text}</Text>
              </Group>
            ))}
          </Stack>
        ))}
      </SimpleGrid>
    </Modal>
  );
}
