import { Badge, Button, Card, Group, Select, Stack, Text } from '@mantine/core';
import type { AuditEntry, Category } from '@msia/client';
import { listAuditInfiniteOptions, listBaseDocumentsOptions, listServicesOptions, listTiersOptions, listWarningsOptions } from '@msia/client/query';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';

import { one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { Changes } from '@/parts/changes';
import { byCursor } from '@/parts/datatable';
import { Ago } from '@/parts/fields';
import { Empty, Loaded } from '@/parts/states';

import { CategoryTab } from './frame';
import { tiersOf } from './tiers';

const actions: Record<string, { text: string; color: string }> = {
  create: { text: 'Creado', color: 'green' }, update: { text: 'Cambiado', color: 'blue' }, delete: { text: 'Eliminado', color: 'red' },
};

/** Who changed what: of the category, or of one of its tiers, services, papers or warnings. */
export default function History() {
  return (
    <CategoryTab title="Historial" about="Quién cambió qué, y cuándo.">
      {(category) => <Entries category={category} />}
    </CategoryTab>
  );
}

function Entries({ category }: { category: Category }) {
  const { cat } = useParams({ strict: false }) as { cat: string };
  const [search, change] = useFilters();
  const tiers = useQuery(listTiersOptions(tiersOf(cat))).data ?? [];
  const services = useQuery(listServicesOptions({ query: { category: cat, include_global: false } })).data ?? [];
  const documents = useQuery(listBaseDocumentsOptions({ query: { category: cat } })).data ?? [];
  const warnings = useQuery(listWarningsOptions({ query: { category: cat, include_global: false } })).data ?? [];
  const chosen = one(search, 'de') || `category:${category.id}`;
  const [entity_type, entity_id] = chosen.split(':');
  const entries = useInfiniteQuery({ ...listAuditInfiniteOptions({ query: { entity_type, entity_id } }), ...byCursor });
  return (
    <Stack>
      <Select
        label="De qué" w={360} maw="100%" searchable allowDeselect={false} value={chosen} onChange={(value) => change({ de: value ?? undefined })}
        data={[
          { value: `category:${category.id}`, label: `La categoría ${category.name}` },
          { group: 'Tramos', items: tiers.map((t) => ({ value: `tier:${t.id}`, label: `${t.code} · ${t.name}` })) },
          { group: 'Servicios', items: services.map((s) => ({ value: `service:${s.id}`, label: s.name })) },
          { group: 'Documentación', items: documents.map((d) => ({ value: `document:${d.id}`, label: d.code })) },
          { group: 'Advertencias', items: warnings.map((w) => ({ value: `warning:${w.id}`, label: w.code })) },
        ]}
      />
      <Loaded query={entries}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.items);
          return all.length === 0
            ? <Empty title="Nadie lo ha cambiado">Está como vino con el catálogo inicial.</Empty>
            : <Stack gap="xs">{all.map((entry) => <Entry key={entry.id} entry={entry} />)}</Stack>;
        }}
      </Loaded>
      {entries.hasNextPage && <Group><Button variant="default" loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>Mostrar más</Button></Group>}
    </Stack>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const action = actions[entry.action] ?? { text: entry.action, color: 'gray' };
  return (
    <Card withBorder padding="sm">
      <Group gap="xs" mb={entry.action === 'update' ? 'xs' : 0}>
        <Badge color={action.color}>{action.text}</Badge>
        <Text size="sm">por <strong>{entry.actor === 'system' ? 'el sistema' : entry.actor}</strong></Text>
        <Text size="sm" c="dimmed"><Ago at={entry.at} /></Text>
      </Group>
      {entry.action === 'update' && <Changes changes={entry.changes} />}
    </Card>
  );
}
