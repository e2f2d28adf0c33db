import { Stack, Table, Text, VisuallyHidden } from '@mantine/core';

import { formatNumber } from '@/lib/format';

type Point = { label: string; value: number };

/** Bars of a few numbers, one a day say; with the numbers in a table for who does not see them. */
export function Bars({ title, points, format = formatNumber }: { title: string; points: Point[]; format?: (n: number) => string }) {
  const highest = Math.max(1, ...points.map((p) => p.value));
  const width = 100 / points.length;
  return (
    <Stack gap={4} component="figure" m={0}>
      <Text component="figcaption" size="sm" fw={600}>{title}</Text>
      <svg viewBox="0 0 100 32" preserveAspectRatio="none" width="100%" height={72} aria-hidden>
        {points.map((p, i) => (
          <rect
            key={p.label} x={i * width + width * 0.12} width={width * 0.76} y={31 - (p.value / highest) * 30} height={Math.max((p.value / highest) * 30, 0.4)}
            fill="var(--mantine-primary-color-filled)" opacity={i === points.length - 1 ? 1 : 0.6}
          >
            <title>{`${p.label}: ${format(p.value)}`}</title>
          </rect>
        ))}
      </svg>
      <Text size="xs" c="dimmed" aria-hidden style={{ display: 'flex', justifyContent: 'space-between' }}>
        <span>{points[0]?.label}</span><span>máximo {format(highest)}</span><span>{points.at(-1)?.label}</span>
      </Text>
      <VisuallyHidden>
        <Table>
          <Table.Caption>{title}</Table.Caption>
          <Table.Tbody>{points.map((p) => <Table.Tr key={p.label}><Table.Th scope="row">{p.label}</Table.Th><Table.Td>{format(p.value)}</Table.Td></Table.Tr>)}</Table.Tbody>
        </Table>
      </VisuallyHidden>
    </Stack>
  );
}
