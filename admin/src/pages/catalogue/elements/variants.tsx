import '@mantine/core/styles/Code.css';

import { Anchor, Badge, Button, Code, Group, Stack, Text } from '@mantine/core';
import { type Element, orderElements } from '@msia/client';
import { Link } from '@tanstack/react-router';

import { useMay } from '@/lib/account';
import { reordered } from '@/lib/order';
import { useRowChanges } from '@/lib/useRowChanges';
import { IconPlus } from '@/parts/icons';
import { SortableList } from '@/parts/sortable';
import { Empty } from '@/parts/states';

import { type ElementContext, elementReads, elementsOf } from './data';
import { ElementPage } from './frame';
import { Marks } from './marks';

export default function ElementVariants() {
  return <ElementPage>{(context) => <Variants {...context} />}</ElementPage>;
}

function Variants({ element, category, others }: ElementContext) {
  const mayWrite = useMay('editor');
  const variants = others.filter((e) => e.parent_code === element.code);
  const rows = useRowChanges<Element>({
    key: elementsOf(element.category_id).queryKey, operations: elementReads, name: (e) => e.name, activate: () => Promise.resolve(),
    order: (ids) => orderElements({ path: { category_id: element.category_id }, body: { ids: reordered(others, ids).map((e) => e.id) }, throwOnError: true }),
  });
  const add = mayWrite && <Button component={Link} to="/elementos/nuevo" search={{ categoria: category?.slug, padre: element.code } as never} leftSection={<IconPlus size={16} />}>Nueva variante</Button>;
  if (variants.length === 0) {
    return <Empty title="No tiene variantes" action={add}>Las variantes son formas concretas de este elemento: el asistente pregunta cuál es cuando el elemento es genérico.</Empty>;
  }
  return (
    <Stack>
      {element.is_generic && (
        <Text size="sm">
          Se pregunta: <b>{element.question}</b>{element.all_answers.length > 0 && <> Eligen todas: {element.all_answers.map((a) => `«${a}»`).join(', ')}.</>}
        </Text>
      )}
      <Stack gap={6} role="list" aria-label="Variantes">
        <SortableList items={variants} id={(v) => v.id} name={(v) => v.name} onMove={mayWrite ? rows.move : undefined}>
          {(variant, handle) => (
            <Group role="listitem" gap="sm" p="xs" style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 'var(--mantine-radius-md)' }}>
              {handle}
              <Stack gap={4} style={{ flex: 1 }} miw={0}>
                <Group gap={8}><Anchor component={Link} to={`/elementos/${variant.id}`} fw={600}>{variant.name}</Anchor><Code>{variant.code}</Code><Marks element={variant} /></Group>
                <Group gap={4}>
                  {variant.answers.length > 0 ? <><Text size="sm" c="dimmed">La eligen:</Text>{variant.answers.map((answer) => <Badge key={answer} color="gray">{answer}</Badge>)}</>
                    : <Text size="sm" c="dimmed">Ninguna respuesta la elige, fuera de su nombre y sus palabras clave.</Text>}
                </Group>
              </Stack>
            </Group>
          )}
        </SortableList>
      </Stack>
      <Group>{add}</Group>
    </Stack>
  );
}
