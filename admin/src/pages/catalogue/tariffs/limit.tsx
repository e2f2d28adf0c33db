import '@mantine/core/styles/NumberInput.css';
import '@mantine/core/styles/Radio.css';

import { Alert, NumberInput, Radio, Stack, Text } from '@mantine/core';
import type { TierResponse } from '@msia/client';
import { updateTierInclusions } from '@msia/client';
import { useQueryClient } from '@tanstack/react-query';

import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { EntityForm, useEntityForm } from '@/parts/form';
import { IconAlertTriangle } from '@/parts/icons';

import { tierReads } from './tierform';

/** Of a tier, by id, the list of another, by code; or its own. */
export type Place = { tier: string; of: string };

type Values = { how: 'none' | 'all' | 'some'; max: string | number };

/** How many elements of one list a tier covers. */
export function LimitDialog({ place, tiers, onClose }: { place: Place; tiers: TierResponse[]; onClose: () => void }) {
  const queries = useQueryClient();
  const tier = tiers.find((t) => t.id === place.tier)!;
  const own = tier.code === place.of;
  const read = (stored: TierResponse): Values => {
    const max = own ? stored.own_max : stored.includes.find((i) => i.tier === place.of)?.max;
    return max === undefined || (own && max === 0) ? { how: 'none', max: '' } : max === null ? { how: 'all', max: '' } : { how: 'some', max };
  };
  const entity = useEntityForm({
    initial: read(tier),
    version: tier.version,
    save: async ({ how, max }, version, stored) => {
      const base = (stored as TierResponse | undefined) ?? tier;
      const chosen = how === 'all' ? null : Number(max);
      const others = base.includes.filter((i) => i.tier !== place.of);
      const { data } = await updateTierInclusions({
        path: { tier_id: tier.id }, headers: version ? ifMatch(version) : undefined, throwOnError: true,
        body: own ? { elements: base.elements, includes: base.includes, own_max: how === 'none' ? 0 : chosen }
          : { elements: base.elements, includes: how === 'none' ? others : [...others, { tier: place.of, max: chosen }] },
      });
      await refresh(queries, ...tierReads);
      return data;
    },
    onSaved: onClose,
    saved: `Inclusiones de ${tier.code} guardadas.`,
    validate: ({ how, max }) => (how === 'some' && !(Number(max) >= 1) ? { max: 'Escriba cuántos, desde 1.' } : {}),
  });
  const { form } = entity;
  const circle = entity.error?.code === 'inclusion_cycle' ? (entity.error.problem.errors ?? []).map(pathOf) : [];
  return (
    <EntityForm entity={entity} labels={{ how: 'Cuánto cubre', max: 'Máximo' }} read={read} reload={() => refresh(queries, 'listTiers')}>
      <Text size="sm">
        {own ? <>De su propia lista, en <strong>{tier.code} «{tier.name}»</strong> caben:</> : <>De la lista de <strong>{place.of}</strong>, en <strong>{tier.code} «{tier.name}»</strong> caben:</>}
      </Text>
      <Radio.Group aria-label="Cuánto cubre" value={form.values.how} onChange={(how) => form.setFieldValue('how', how as Values['how'])}>
        <Stack gap="xs">
          <Radio value="none" label="Ninguno" />
          <Radio value="some" label="Hasta un número de elementos" />
          {form.values.how === 'some' && <NumberInput label="Máximo" min={1} max={999} allowDecimal={false} allowNegative={false} maw={140} ml={32} {...form.getInputProps('max')} />}
          <Radio value="all" label="Todos, sin límite" />
        </Stack>
      </Radio.Group>
      {circle.map((path) => (
        <Alert key={path} color="red" icon={<IconAlertTriangle />} title="Se incluirían en círculo">
          <Text size="sm" fw={650}>{path}</Text>
          <Text size="sm">Quite primero una de esas inclusiones.</Text>
        </Alert>
      ))}
    </EntityForm>
  );
}

/** "would close the circle T6 → T5 → T6" is "T6 › T5 › T6". */
const pathOf = ({ detail }: { detail: string }): string => detail.replace(/^.*circle /, '').replaceAll(' → ', ' › ');
