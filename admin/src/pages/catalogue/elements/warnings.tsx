import { Anchor, Card, Group, Stack, Text } from '@mantine/core';
import type { WarningResponse } from '@msia/client';
import { listWarningsOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { useMay } from '@/lib/account';
import { Status } from '@/parts/fields';
import { severityLooks } from '@/parts/severity';
import { Empty, Loaded } from '@/parts/states';

import type { ElementContext } from './data';
import { ElementPage } from './frame';

export default function ElementWarnings() {
  return <ElementPage>{(context) => <Warnings {...context} />}</ElementPage>;
}

/** Why a warning concerns an element; null when it does not. */
export function why(w: WarningResponse, element: { code: string; parent_code: string | null; inherits_from_parent: boolean }): string | null {
  if (w.scope === 'element' && w.element_code === element.code) return 'Es suya';
  if (w.scope === 'element' && element.inherits_from_parent && w.element_code !== null && w.element_code === element.parent_code) return 'La hereda de su padre';
  if (w.triggers.some((t) => t.element_code === element.code)) return 'La dispara este elemento';
  if (element.parent_code !== null && w.triggers.some((t) => t.element_code === element.parent_code)) return 'La dispara su padre, del que es variante';
  return null;
}

function Warnings({ element }: ElementContext) {
  const warnings = useQuery(listWarningsOptions({ query: { category: element.category_id, include_global: true } }));
  const mayWrite = useMay('editor');
  return (
    <Loaded query={warnings}>{(all) => {
      const concern = all.flatMap((w) => { const reason = why(w, element); return reason ? [{ w, reason }] : []; });
      if (concern.length === 0) {
        return <Empty title="Ninguna advertencia le concierne" action={mayWrite && <Anchor component={Link} to="/advertencias">Ir a advertencias</Anchor>}>Se muestran con el presupuesto cuando el elemento está en él.</Empty>;
      }
      return (
        <Stack gap="xs" maw={880}>
          {concern.map(({ w, reason }) => (
            <Card key={w.id} withBorder padding="sm">
              <Group gap={8} mb={4}>
                <Status value={w.severity} looks={severityLooks} />
                <Anchor component={Link} to="/advertencias" search={{ editar: w.id } as never} fw={600} size="sm">{w.code}</Anchor>
                <Text size="sm" c="dimmed">{reason}{w.is_active ? '' : ' · inactiva'}</Text>
              </Group>
              <Text size="sm" className="prewrap">{w.message}</Text>
            </Card>
          ))}
        </Stack>
      );
    }}</Loaded>
  );
}
