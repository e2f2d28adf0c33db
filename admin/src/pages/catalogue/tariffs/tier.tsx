import { Anchor, Badge, Card, Grid, Group, Stack, Text, Title } from '@mantine/core';
import '@mantine/core/styles/Grid.css';
import type { TierResponse } from '@msia/client';
import { getTierCoverageOptions, listTiersOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';

import { Empty, Loaded } from '@/parts/states';

import { CategoryTab } from './frame';
import { PriceHistory } from './prices';
import { TierForm } from './tierform';
import { tiersOf } from './tiers';

/** One tier: its data, its prices over time, what it covers. */
export default function Tier() {
  const { cat, tier: code } = useParams({ strict: false }) as { cat: string; tier: string };
  const tiers = useQuery(listTiersOptions(tiersOf(cat)));
  const navigate = useNavigate();
  return (
    <CategoryTab title={`Tramo ${code}`}>
      {(category) => (
        <Loaded query={tiers}>
          {(all) => {
            const tier = all.find((t) => t.code === code);
            if (!tier) return <Empty title="Este tramo ya no existe" action={<Anchor component={Link} to={`/tarifas/${cat}/tramos`}>Ver los tramos</Anchor>} />;
            return (
              <Grid>
                <Grid.Col span={{ base: 12, lg: 7 }}>
                  <Card withBorder>
                    <TierForm
                      key={tier.id} category={category.id} tier={tier}
                      onSaved={(saved) => { if (saved.code !== code) void navigate({ to: `/tarifas/${cat}/tramos/${saved.code}`, replace: true }); }}
                    />
                  </Card>
                </Grid.Col>
                <Grid.Col span={{ base: 12, lg: 5 }}>
                  <Stack>
                    <PriceHistory tier={tier} />
                    <Coverage tier={tier} cat={cat} />
                  </Stack>
                </Grid.Col>
              </Grid>
            );
          }}
        </Loaded>
      )}
    </CategoryTab>
  );
}

function Coverage({ tier, cat }: { tier: TierResponse; cat: string }) {
  const covered = useQuery(getTierCoverageOptions({ path: { tier_id: tier.id } }));
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Title order={3}>Qué cubre</Title>
        <Anchor component={Link} to={`/tarifas/${cat}/inclusiones`} size="sm">Inclusiones</Anchor>
      </Group>
      <Loaded query={covered} rows={3}>
        {({ elements }) => (elements.length === 0 ? <Text size="sm" c="dimmed">Todavía nada.</Text> : (
          <Stack gap={4} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {elements.map((e) => (
              <Group key={e.id} component="li" gap={6} justify="space-between" wrap="nowrap">
                <Text size="sm" td={e.is_active ? undefined : 'line-through'}>{e.name}</Text>
                <Group gap={4} wrap="nowrap">
                  {e.through.map((t) => <Badge key={t.tier} size="sm" color={t.tier === tier.code ? 'marine' : 'gray'}>{t.tier === tier.code ? 'propio' : `por ${t.tier}`}{t.max !== null && ` ≤ ${t.max}`}</Badge>)}
                </Group>
              </Group>
            ))}
          </Stack>
        ))}
      </Loaded>
    </Card>
  );
}
