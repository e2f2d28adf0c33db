import { Alert, Badge, Card, Divider, Group, Stack, Table, Text, Title } from '@mantine/core';
import type { Quote } from '@msia/client';

import { formatMoney } from '@/lib/format';

import { Money, Status } from './fields';
import { IconAlertTriangle } from './icons';
import { severityLooks } from './severity';

/** A quote: its tier, lines, services and sums. */
export function QuoteCard({ quote }: { quote: Quote }) {
  const surcharged = quote.lines.filter((line) => Number(line.surcharge) > 0);
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Group gap="xs">
            <Badge size="lg">{quote.tier.code}</Badge>
            <Title order={2} size="h3">{quote.tier.name}</Title>
          </Group>
          <Text size="sm" c="dimmed">{quote.tier.requires_project ? 'Necesita proyecto técnico' : 'Sin proyecto técnico'} · {quote.category.name}</Text>
        </div>
        <Stack gap={0} align="flex-end">
          <Text fz="xl" fw={750} className="nums" style={{ whiteSpace: 'nowrap' }}>{formatMoney(quote.subtotal)}</Text>
          <Text size="xs" c="dimmed">+ IVA</Text>
        </Stack>
      </Group>
      {quote.provisional && (
        <Alert color="yellow" icon={<IconAlertTriangle />} mt="sm" title="Precio provisional">
          Lo tiene que confirmar una persona, por {quote.lines.filter((l) => quote.review_elements.includes(l.code)).map((l) => l.name).join(', ')}.
        </Alert>
      )}
      <Table.ScrollContainer minWidth={340} mt="sm" scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': 'Líneas del presupuesto' } }}>
        <Table aria-label="Líneas del presupuesto">
          <Table.Thead><Table.Tr><Table.Th>Elemento</Table.Th><Table.Th ta="end">Cantidad</Table.Th><Table.Th ta="end">Cuenta como</Table.Th><Table.Th>Lista</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {quote.lines.map((line) => (
              <Table.Tr key={line.code}>
                <Table.Th scope="row" fw={450}>{line.name}</Table.Th>
                <Table.Td ta="end" className="nums">{line.quantity}</Table.Td>
                <Table.Td ta="end" className="nums">{line.counts_as}</Table.Td>
                <Table.Td>{line.covered_by}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Divider my="sm" />
      <Stack gap={4} component="dl" m={0}>
        <Sum text={`Tarifa ${quote.tier.code}`} amount={quote.tier.price} />
        {surcharged.map((line) => <Sum key={line.code} text={`Suplemento: ${line.name}`} amount={line.surcharge} />)}
        {quote.services.map((s) => <Sum key={s.code} text={s.quantity > 1 ? `${s.quantity} × ${s.name}` : s.name} amount={s.price} />)}
        <Sum text="Base imponible" amount={quote.subtotal} strong />
        <Sum text={`IVA ${quote.iva_percent.replace('.', ',')} %`} amount={quote.iva} />
        <Sum text="Total" amount={quote.total} strong />
      </Stack>
    </Card>
  );
}

function Sum({ text, amount, strong }: { text: string; amount: string; strong?: boolean }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text component="dt" size="sm" fw={strong ? 650 : undefined}>{text}</Text>
      <Text component="dd" m={0} size="sm" fw={strong ? 650 : undefined}><Money amount={amount} /></Text>
    </Group>
  );
}

/** The warnings of a quote. */
export function QuoteWarnings({ quote }: { quote: Quote }) {
  return (
    <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
      {quote.warnings.map((w) => (
        <Group key={w.code} component="li" gap="xs" wrap="nowrap" align="flex-start">
          <Status value={w.severity} looks={severityLooks} />
          <Text size="sm">{w.message}</Text>
        </Group>
      ))}
    </Stack>
  );
}
