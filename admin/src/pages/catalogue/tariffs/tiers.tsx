import { Anchor, Badge, Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { Category, TierResponse } from '@msia/client';
import { deleteTier, orderTiers, updateTier } from '@msia/client';
import { listTiersOptions, listTiersQueryKey } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { useRowChanges } from '@/lib/useRowChanges';
import { Confirm } from '@/parts/confirm';
import { IconPlus } from '@/parts/icons';
import { Empty, Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { CatalogueRows, useEditing } from '../rows';
import { CategoryTab } from './frame';
import { PriceCell } from './pricecell';
import { TierForm, tierReads } from './tierform';
import { limit } from './words';

/** The tiers of a category as the pages about them read them: inactive ones, too. */
export const tiersOf = (slug: string) => ({ path: { category_id: slug }, query: { include_inactive: true } });

export default function Tiers() {
  const { edit } = useEditing();
  const mayWrite = useMay('editor');
  return (
    <CategoryTab
      title="Tramos" about="El precio de un conjunto es el del tramo activo más barato que lo cubre entero. Los importes van sin IVA."
      actions={mayWrite && <Button leftSection={<IconPlus size={16} />} onClick={() => edit('nuevo')}>Nuevo tramo</Button>}
    >
      {(category) => <TierRows category={category} />}
    </CategoryTab>
  );
}

function TierRows({ category }: { category: Category }) {
  const { cat } = useParams({ strict: false }) as { cat: string };
  const tiers = useQuery(listTiersOptions(tiersOf(cat)));
  const mayWrite = useMay('editor');
  const { editing, close } = useEditing();
  const [deleting, setDeleting] = useState<TierResponse | null>(null);
  const changes = useRowChanges<TierResponse>({
    key: listTiersQueryKey(tiersOf(cat)), operations: tierReads, name: (t) => t.code,
    activate: (t, is_active) => updateTier({ path: { tier_id: t.id }, body: { is_active }, headers: ifMatch(t.version), throwOnError: true }),
    order: (ids) => orderTiers({ path: { category_id: cat }, body: { ids }, throwOnError: true }),
  });
  return (
    <>
      <Loaded query={tiers}>
        {(rows) => (rows.length === 0
          ? <Empty title="Sin tramos no hay precio">Cree el primer tramo y ponga después qué elementos cubre.</Empty>
          : (
            <CatalogueRows label="Tramos" rows={rows} name={(t) => t.code} onMove={changes.move} onActive={changes.activate} onDelete={setDeleting}>
              {(tier) => (
                <Group gap="sm" justify="space-between">
                  <Stack gap={2} miw={0} flex="1 1 14rem">
                    <Group gap="xs">
                      <Badge size="lg" color={tier.is_active ? 'marine' : 'gray'}>{tier.code}</Badge>
                      <Anchor component={Link} to={`/tarifas/${cat}/tramos/${tier.code}`} fw={600}>{tier.name}</Anchor>
                      {tier.requires_project && <Badge color="violet">Con proyecto</Badge>}
                    </Group>
                    <Text size="sm" c="dimmed">{tier.conditions ?? coverage(tier)}</Text>
                  </Stack>
                  <PriceCell tier={tier} editable={mayWrite} />
                </Group>
              )}
            </CatalogueRows>
          ))}
      </Loaded>
      <Modal opened={mayWrite && editing === 'nuevo'} onClose={close} size="lg" title="Nuevo tramo" closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        <TierForm category={category.id} sortOrder={Math.max(0, ...(tiers.data ?? []).map((t) => t.sort_order)) + 10} onSaved={close} />
      </Modal>
      {deleting && <DeleteTier tier={deleting} all={tiers.data ?? []} onClose={() => setDeleting(null)} />}
    </>
  );
}

/** What a tier covers, in a sentence. */
export function coverage(tier: TierResponse): string {
  const parts = [
    ...(tier.elements.length > 0 && tier.own_max !== 0 ? [`${tier.elements.length} elementos propios (${limit(tier.own_max)})`] : []),
    ...tier.includes.map((i) => `lista de ${i.tier} (${limit(i.max)})`),
  ];
  return parts.length > 0 ? `Cubre ${parts.join(', ')}.` : 'Todavía no cubre nada.';
}

function DeleteTier({ tier, all, onClose }: { tier: TierResponse; all: TierResponse[]; onClose: () => void }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteTier({ path: { tier_id: tier.id }, headers: ifMatch(tier.version), throwOnError: true }),
    onSuccess: () => toastDone(`${tier.code} se ha eliminado.`),
    onSettled: () => {
      onClose();
      return refresh(queries, ...tierReads, 'listWarnings');
    },
  });
  const users = all.filter((t) => t.includes.some((i) => i.tier === tier.code)).map((t) => t.code);
  return (
    <Confirm opened onClose={onClose} title={`¿Eliminar ${tier.code} «${tier.name}»?`} deed="Eliminar el tramo" loading={remove.isPending} onConfirm={() => remove.mutate()}>
      <Stack gap="xs">
        {users.length > 0 && <Text size="sm" fw={600}>{users.join(', ')} {users.length > 1 ? 'incluyen' : 'incluye'} su lista: mientras sea así no se puede borrar.</Text>}
        {tier.elements.length > 0 && <Text size="sm">Su lista tiene {tier.elements.length} elementos; los que ningún otro tramo cubra se quedan sin precio.</Text>}
        <Text size="sm">Se borran también las advertencias que cuelgan de él. Si se ofreció en algún presupuesto no se puede borrar: se desactiva.</Text>
      </Stack>
    </Confirm>
  );
}
