import { ActionIcon, Group, UnstyledButton } from '@mantine/core';
import type { TierResponse } from '@msia/client';
import { updateTier } from '@msia/client';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { ifMatch } from '@/lib/client';
import { formatMoney, moneyInput, parseMoney } from '@/lib/format';
import { refresh } from '@/lib/queries';
import { Money } from '@/parts/fields';
import { FormDialogs, useEntityForm } from '@/parts/form';
import { IconCheck, IconEdit, IconX } from '@/parts/icons';
import { MoneyInput } from '@/parts/moneyinput';

import { errorsOf, wrongMoney } from '../values';
import { tierReads } from './tierform';

/** A tier's price, edited where it stands. */
export function PriceCell({ tier, editable }: { tier: TierResponse; editable: boolean }) {
  const [editing, setEditing] = useState(false);
  if (!editable) return <Money amount={tier.price} />;
  if (editing) return <PriceForm tier={tier} onClose={() => setEditing(false)} />;
  return (
    <UnstyledButton onClick={() => setEditing(true)} aria-label={`Cambiar el precio de ${tier.code}: ${formatMoney(tier.price)}`} mih={28} px={6} fw={600}>
      <Group gap={6} wrap="nowrap"><Money amount={tier.price} /><IconEdit size={14} aria-hidden /></Group>
    </UnstyledButton>
  );
}

const read = (tier: TierResponse) => ({ price: moneyInput(tier.price) });

function PriceForm({ tier, onClose }: { tier: TierResponse; onClose: () => void }) {
  const queries = useQueryClient();
  const entity = useEntityForm({
    initial: read(tier),
    version: tier.version,
    save: async ({ price }, version) => {
      const { data } = await updateTier({ path: { tier_id: tier.id }, body: { price: parseMoney(price)! }, headers: version ? ifMatch(version) : undefined, throwOnError: true });
      await refresh(queries, ...tierReads);
      return data;
    },
    onSaved: onClose,
    saved: `Precio de ${tier.code} guardado.`,
    validate: ({ price }) => errorsOf({ price: wrongMoney(price) }),
  });
  const input = entity.form.getInputProps('price');
  return (
    <form noValidate onSubmit={(e) => { e.preventDefault(); entity.submit(); }} onKeyDown={(e) => { if (e.key === 'Escape' && !entity.conflict) onClose(); }}>
      <Group gap={4} wrap="nowrap" align="flex-start">
        <MoneyInput
          aria-label={`Precio de ${tier.code} sin IVA`} size="xs" w={120} autoFocus onFocus={(e) => e.currentTarget.select()}
          {...input} error={input.error ?? entity.error?.message}
        />
        <ActionIcon type="submit" size="md" loading={entity.saving} loaderProps={{ 'aria-label': 'Trabajando' }} aria-label="Guardar el precio"><IconCheck size={17} /></ActionIcon>
        <ActionIcon size="md" aria-label="Dejar el precio como estaba" onClick={onClose}><IconX size={17} /></ActionIcon>
      </Group>
      <FormDialogs entity={entity} labels={{ price: 'Precio' }} read={read} reload={() => refresh(queries, 'listTiers')} />
    </form>
  );
}
