import { Checkbox, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import type { TierResponse } from '@msia/client';
import { createTier, updateTier } from '@msia/client';
import { useQueryClient } from '@tanstack/react-query';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { moneyInput, parseMoney } from '@/lib/format';
import { refresh } from '@/lib/queries';
import { EntityForm, useEntityForm } from '@/parts/form';
import { MoneyInput } from '@/parts/moneyinput';

import { errorsOf, orNull, required, wrongMoney } from '../values';

type Values = { code: string; name: string; price: string; description: string; conditions: string; requires_project: boolean; is_active: boolean };

const read = (tier: TierResponse): Values => ({
  code: tier.code, name: tier.name, price: moneyInput(tier.price), description: tier.description ?? '', conditions: tier.conditions ?? '',
  requires_project: tier.requires_project, is_active: tier.is_active,
});

const labels = {
  code: 'Código', name: 'Nombre', price: 'Precio', description: 'Descripción', conditions: 'Condiciones', requires_project: 'Con proyecto', is_active: 'Activo',
};

/** What depends on the tiers, and is out of date when one changes. */
export const tierReads = ['listTiers', 'getTier', 'getTierCoverage', 'listTierPrices', 'calculateQuote', 'listAudit'];

type Props = { category: string; tier?: TierResponse; sortOrder?: number; onSaved?: (tier: TierResponse) => void };

/** A price level's own data; a new one of a category without `tier`. */
export function TierForm({ category, tier, sortOrder, onSaved }: Props) {
  const queries = useQueryClient();
  const mayWrite = useMay('editor');
  const entity = useEntityForm({
    initial: tier ? read(tier) : { code: '', name: '', price: '', description: '', conditions: '', requires_project: false, is_active: true },
    version: tier?.version,
    save: async (values, version) => {
      const body = {
        ...values, code: values.code.trim(), name: values.name.trim(), price: parseMoney(values.price)!,
        description: orNull(values.description), conditions: orNull(values.conditions),
      };
      const saved = tier ? await updateTier({ path: { tier_id: tier.id }, body, headers: version ? ifMatch(version) : undefined, throwOnError: true })
        : await createTier({ body: { ...body, category_id: category, sort_order: sortOrder }, throwOnError: true });
      await refresh(queries, ...tierReads);
      return saved.data;
    },
    onSaved,
    saved: 'Tramo guardado.',
    validate: (values) => errorsOf({ code: required(values.code), name: required(values.name), price: wrongMoney(values.price) }),
  });
  const { form } = entity;
  return (
    <EntityForm entity={entity} deed={tier ? 'Guardar' : 'Crear tramo'} labels={labels} read={read} editable={mayWrite} reload={() => refresh(queries, 'listTiers')}>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <TextInput label="Código" required maxLength={20} data-autofocus={tier ? undefined : true} {...form.getInputProps('code')} />
        <TextInput label="Nombre" required maxLength={100} {...form.getInputProps('name')} />
        <MoneyInput label="Precio sin IVA" required {...form.getInputProps('price')} />
      </SimpleGrid>
      <Textarea label="Condiciones" description="En qué casos vale, como se explica al cliente." autosize minRows={2} maxLength={2000} {...form.getInputProps('conditions')} />
      <Textarea label="Descripción interna" autosize minRows={1} maxLength={2000} {...form.getInputProps('description')} />
      <Checkbox label="Necesita proyecto técnico" {...form.getInputProps('requires_project', { type: 'checkbox' })} />
      <Checkbox label="Activo" description="Un tramo inactivo no entra en ningún presupuesto nuevo." {...form.getInputProps('is_active', { type: 'checkbox' })} />
    </EntityForm>
  );
}
