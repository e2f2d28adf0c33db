import '@mantine/core/styles/List.css';

import { Alert, Badge, Group, List, Stack, Table, Text, Title } from '@mantine/core';
import type { Severity } from '@msia/client';

import { formatNumber, formatPercent } from '@/lib/format';
import { Money, When } from '@/parts/fields';

import type { TabProps } from './detail';

const colors: Record<Severity, string> = { info: 'blue', warning: 'yellow', error: 'red' };

/** The quote as it was when the case was opened; later prices do not change it. */
export default function CaseQuote({ case: c }: TabProps) {
  const q = c.quote;
  return (
    <Stack maw={900}>
      <Text size="sm" c="dimmed">Como se aceptó el <When at={c.created_at} />. Los cambios de tarifas posteriores no le afectan.</Text>
      <Group gap="xs">
        <Title order={2}>{q.tier.name}</Title>
        {q.tier.requires_project && <Badge>Con proyecto</Badge>}
        {q.provisional && <Badge color="yellow">Provisional: una persona confirma el precio</Badge>}
      </Group>
      <Table.ScrollContainer minWidth={420} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': 'Presupuesto' } }}>
        <Table>
          <Table.Thead>
            <Table.Tr><Table.Th>Concepto</Table.Th><Table.Th ta="end">Cantidad</Table.Th><Table.Th>Lo cubre</Table.Th><Table.Th ta="end">Importe</Table.Th></Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <Table.Tr><Table.Td>{q.category.name}: {q.tier.name}</Table.Td><Table.Td /><Table.Td>{q.tier.code}</Table.Td><Table.Td ta="end"><Money amount={q.tier.price} /></Table.Td></Table.Tr>
            {q.lines.map((line) => (
              <Table.Tr key={line.code}>
                <Table.Td pl="lg">{line.name}</Table.Td><Table.Td ta="end">{formatNumber(line.quantity)}</Table.Td><Table.Td>{line.covered_by}</Table.Td>
                <Table.Td ta="end">{Number(line.surcharge) === 0 ? <Text span size="sm" c="dimmed">incluido</Text> : <Money amount={line.surcharge} />}</Table.Td>
              </Table.Tr>
            ))}
            {q.services.map((service) => (
              <Table.Tr key={service.code}>
                <Table.Td>{service.name}</Table.Td><Table.Td ta="end">{formatNumber(service.quantity)}</Table.Td><Table.Td>Servicio</Table.Td><Table.Td ta="end"><Money amount={service.price} /></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
          <Table.Tfoot>
            <Table.Tr><Table.Th scope="row" colSpan={3} ta="end">Base</Table.Th><Table.Td ta="end"><Money amount={q.subtotal} /></Table.Td></Table.Tr>
            <Table.Tr><Table.Th scope="row" colSpan={3} ta="end">IVA {formatPercent(q.iva_percent)}</Table.Th><Table.Td ta="end"><Money amount={q.iva} /></Table.Td></Table.Tr>
            <Table.Tr><Table.Th scope="row" colSpan={3} ta="end">Total</Table.Th><Table.Td ta="end" fw={700}><Money amount={q.total} /></Table.Td></Table.Tr>
          </Table.Tfoot>
        </Table>
      </Table.ScrollContainer>
      {q.warnings.length > 0 && (
        <Stack gap="xs">
          <Title order={2} size="h3">Avisos que se dieron</Title>
          {q.warnings.map((w) => <Alert key={w.code} color={colors[w.severity]}>{w.message}</Alert>)}
        </Stack>
      )}
      {q.rejected_tiers.length > 0 && (
        <Stack gap="xs">
          <Title order={2} size="h3">Por qué no fue más barato</Title>
          <List size="sm">{q.rejected_tiers.map((t) => <List.Item key={t.code}><b>{t.code}</b> (<Money amount={t.price} />): {t.reason}</List.Item>)}</List>
        </Stack>
      )}
    </Stack>
  );
}
