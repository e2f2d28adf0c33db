import { Button, Card, Group, Table, Text, Title } from '@mantine/core';
import type { TierPrice, TierResponse } from '@msia/client';
import { updateTier } from '@msia/client';
import { listTierPricesInfiniteOptions } from '@msia/client/query';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { formatDate, formatMoney } from '@/lib/format';
import { refresh } from '@/lib/queries';
import { Confirm } from '@/parts/confirm';
import { byCursor } from '@/parts/datatable';
import { Money, When } from '@/parts/fields';
import { Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { steps } from './steps';
import { tierReads } from './tierform';

/** The prices a tier had, as a line and as a list; an older one can be set again. */
export function PriceHistory({ tier }: { tier: TierResponse }) {
  const prices = useInfiniteQuery({ ...listTierPricesInfiniteOptions({ path: { tier_id: tier.id } }), ...byCursor });
  const mayWrite = useMay('editor');
  const [chosen, setChosen] = useState<TierPrice | null>(null);
  return (
    <Card withBorder>
      <Title order={3} mb="xs">Precios anteriores</Title>
      <Loaded query={prices} rows={3}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.items);
          return (
            <>
              <Line prices={all} />
              <Table.ScrollContainer minWidth={300} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': 'Precios' } }}>
                <Table aria-label="Precios">
                  <Table.Thead><Table.Tr><Table.Th>Desde</Table.Th><Table.Th ta="end">Precio</Table.Th><Table.Th>Quién</Table.Th>{mayWrite && <Table.Td />}</Table.Tr></Table.Thead>
                  <Table.Tbody>
                    {all.map((price) => (
                      <Table.Tr key={price.valid_from}>
                        <Table.Td><When at={price.valid_from} /></Table.Td>
                        <Table.Td ta="end" fw={price.valid_to === null ? 650 : undefined}><Money amount={price.price} /></Table.Td>
                        <Table.Td>{price.changed_by === 'system' ? 'Catálogo inicial' : price.changed_by}</Table.Td>
                        {mayWrite && (
                          <Table.Td ta="end">
                            {price.valid_to === null ? <Text size="sm" c="dimmed">Ahora</Text> : price.price !== tier.price && (
                              <Button size="compact-xs" variant="default" aria-label={`Volver a este: ${formatMoney(price.price)}`} onClick={() => setChosen(price)}>Volver a este</Button>
                            )}
                          </Table.Td>
                        )}
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
              {prices.hasNextPage && <Group><Button variant="default" size="xs" loading={prices.isFetchingNextPage} onClick={() => void prices.fetchNextPage()}>Mostrar más</Button></Group>}
            </>
          );
        }}
      </Loaded>
      {chosen && <Restore tier={tier} price={chosen} onClose={() => setChosen(null)} />}
    </Card>
  );
}

function Restore({ tier, price, onClose }: { tier: TierResponse; price: TierPrice; onClose: () => void }) {
  const queries = useQueryClient();
  const restore = useMutation({
    mutationFn: () => updateTier({ path: { tier_id: tier.id }, body: { price: price.price }, headers: ifMatch(tier.version), throwOnError: true }),
    onSuccess: () => toastDone(`${tier.code} vuelve a costar ${formatMoney(price.price)}.`),
    onSettled: () => {
      onClose();
      return refresh(queries, ...tierReads);
    },
  });
  return (
    <Confirm opened onClose={onClose} title={`¿Volver a ${formatMoney(price.price)}?`} deed="Poner este precio" loading={restore.isPending} onConfirm={() => restore.mutate()}>
      {tier.code} cuesta ahora {formatMoney(tier.price)}. Los presupuestos nuevos saldrán con {formatMoney(price.price)}; los ya ofrecidos no cambian.
    </Confirm>
  );
}

const width = 400;
const height = 72;

function Line({ prices }: { prices: TierPrice[] }) {
  const [now] = useState(() => Date.now());
  if (prices.length < 2) return <Text size="sm" c="dimmed" mb="xs">El precio no ha cambiado nunca.</Text>;
  const first = prices[prices.length - 1]!;
  const last = prices[0]!;
  return (
    <>
      <svg
        viewBox={`0 0 ${width} ${height}`} role="img" width="100%" style={{ display: 'block', overflow: 'visible' }}
        aria-label={`De ${formatMoney(first.price)} el ${formatDate(first.valid_from)} a ${formatMoney(last.price)} ahora, en ${prices.length} precios`}
      >
        <path d={steps(prices, now, width, height)} fill="none" stroke="var(--mantine-primary-color-filled)" strokeWidth={2} vectorEffect="non-scaling-stroke" />
      </svg>
      <Group justify="space-between" mb="xs"><Text size="xs" c="dimmed">{formatDate(first.valid_from)}</Text><Text size="xs" c="dimmed">Hoy</Text></Group>
    </>
  );
}
