import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import type { Customer } from '@msia/client';
import { getCustomerOptions, getCustomerQueryKey, mergeCustomerMutation } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { refresh } from '@/lib/queries';
import { None } from '@/parts/fields';
import { Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { labels, type Values, valuesOf } from './form';

/** What only makes sense together: parts of two addresses would be a third. */
const wholes: (keyof Values)[][] = [['first_name', 'last_name'], ['street', 'city', 'province', 'postal_code']];

/** Whether a field of the duplicate is kept: nothing of what belongs together is known of the customer who stays. */
export function fromDuplicate(name: keyof Values, kept: Values): boolean {
  return (wholes.find((whole) => whole.includes(name)) ?? [name]).every((part) => kept[part] === '');
}

export const sameNames = { phone: 'el mismo teléfono', email: 'el mismo correo', nif_cif: 'el mismo NIF' };

/** Both customers side by side, with what will be kept: what this one has, else what the other has. */
export function Merge({ kept, duplicateId, onDone }: { kept: Customer; duplicateId: string; onDone: () => void }) {
  const query = useQuery(getCustomerOptions({ path: { customer_id: duplicateId } }));
  return <Loaded query={query}>{(duplicate) => <Compare kept={kept} duplicate={duplicate} onDone={onDone} />}</Loaded>;
}

function Compare({ kept, duplicate, onDone }: { kept: Customer; duplicate: Customer; onDone: () => void }) {
  const queries = useQueryClient();
  const merge = useMutation({
    ...mergeCustomerMutation(),
    onSuccess: (now) => {
      queries.setQueryData(getCustomerQueryKey({ path: { customer_id: kept.id } }), now);
      toastDone('Clientes unidos');
      onDone();
      return refresh(queries, 'listCustomers', 'listConversations', 'listCases', 'listEscalations');
    },
  });
  const [mine, theirs] = [valuesOf(kept), valuesOf(duplicate)];
  const rows = (Object.keys(labels) as (keyof Values)[]).filter((name) => mine[name] || theirs[name]);
  const show = (name: keyof Values, value: string) => (name === 'client_type' ? { particular: 'Particular', professional: 'Profesional', '': '' }[value] : value);
  const cell = (name: keyof Values, value: string, chosen: boolean) => (
    <Table.Td className="prewrap">
      {value ? <>{show(name, value)} {chosen && <Badge size="sm" color="green">Se queda</Badge>}</> : <None />}
    </Table.Td>
  );
  return (
    <Stack>
      <Text size="sm">
        «{duplicate.display_name}» desaparece: sus {duplicate.statistics.conversations} conversaciones, sus expedientes y sus contactos pasan a «{kept.display_name}». No se puede deshacer.
      </Text>
      <Table.ScrollContainer minWidth={480} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': 'Los dos clientes' } }}>
        <Table>
          <Table.Thead><Table.Tr><Table.Th>Dato</Table.Th><Table.Th>{kept.display_name} (se queda)</Table.Th><Table.Th>{duplicate.display_name}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {rows.map((name) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">{labels[name]}</Table.Th>
                {cell(name, mine[name], true)}
                {cell(name, theirs[name], fromDuplicate(name, mine))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>Cancelar</Button>
        <Button color="red" loading={merge.isPending} onClick={() => merge.mutate({ path: { customer_id: kept.id }, body: { duplicate_id: duplicate.id } })}>Unir</Button>
      </Group>
    </Stack>
  );
}
