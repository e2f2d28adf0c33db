import '@mantine/core/styles/Accordion.css';

import { Accordion, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import type { AuditEntry } from '@msia/client';
import { listAuditInfiniteOptions } from '@msia/client/query';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { madridDay } from '@/lib/madrid';
import { one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { Changes } from '@/parts/changes';
import { byCursor } from '@/parts/datatable';
import { DayFilter } from '@/parts/dayfilter';
import { ExportMenu } from '@/parts/exportmenu';
import { When } from '@/parts/fields';
import { FilterBar, SelectFilter, TextFilter } from '@/parts/filters';
import { Page } from '@/parts/page';
import { Empty, Loaded } from '@/parts/states';

/** What is written down, in words, and where it is looked at. */
const entities: Record<string, { name: string; at?: (id: string) => string }> = {
  account: { name: 'Cuenta', at: (id) => `/ajustes/usuarios/${id}` },
  api_key: { name: 'Clave API' },
  case: { name: 'Expediente', at: (id) => `/expedientes/${id}` },
  catalogue: { name: 'Catálogo' },
  category: { name: 'Categoría', at: (id) => `/tarifas/${id}` },
  conversation: { name: 'Conversación', at: (id) => `/conversaciones/${id}` },
  customer: { name: 'Cliente', at: (id) => `/clientes/${id}` },
  document: { name: 'Documentación' },
  element: { name: 'Elemento', at: (id) => `/elementos/${id}` },
  error: { name: 'Error', at: (id) => `/errores?ver=${id}` },
  escalation: { name: 'Escalación' },
  field: { name: 'Campo' },
  image: { name: 'Imagen' },
  job: { name: 'Trabajo', at: (id) => (/^\d+$/.test(id) ? `/trabajos?ver=${id}` : '/trabajos') },
  message: { name: 'Mensaje' },
  photo: { name: 'Foto pedida' },
  response_rule: { name: 'Regla de respuesta' },
  service: { name: 'Servicio' },
  setting: { name: 'Ajuste', at: () => '/ajustes/sistema' },
  tier: { name: 'Tramo' },
  view: { name: 'Vista' },
  warning: { name: 'Advertencia' },
};

const actions: Record<string, string> = { create: 'creado', update: 'cambiado', delete: 'borrado', export: 'exportado' };

const options = (names: Record<string, string>) => Object.entries(names).map(([value, label]) => ({ value, label }));
const entityOptions = options(Object.fromEntries(Object.entries(entities).map(([type, { name }]) => [type, name])));

export default function Audit() {
  const [search] = useFilters();
  const value = (name: string) => one(search, name) || undefined;
  const query = {
    actor: value('actor'), entity_type: value('entity_type'), entity_id: value('entity_id'), action: value('action'),
    from: madridDay(one(search, 'from'), 0), to: madridDay(one(search, 'to'), 1),
  };
  const entries = useInfiniteQuery({
    ...listAuditInfiniteOptions({ query }),
    ...byCursor,
  });
  return (
    <Page title="Auditoría" about="Quién cambió qué y cuándo. Nada se borra de aquí." actions={<ExportMenu to="/api/admin/audit/export" query={query} />}>
      <FilterBar names={['actor', 'entity_type', 'entity_id', 'action', 'from', 'to']}>
        <TextFilter name="actor" label="Usuario" placeholder="marta, system…" />
        <SelectFilter name="entity_type" label="Qué" options={entityOptions} />
        <SelectFilter name="action" label="Acción" options={options(actions)} />
        <DayFilter name="from" label="Desde" />
        <DayFilter name="to" label="Hasta" />
      </FilterBar>
      <Loaded query={entries} rows={8}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.items);
          return all.length === 0 ? <Empty title="Nada coincide">Quite algún filtro, o amplíe las fechas.</Empty> : (
            <Stack>
              <Accordion multiple variant="contained" chevronPosition="left" order={2}>
                {all.map((entry) => <Entry key={entry.id} entry={entry} />)}
              </Accordion>
              {entries.hasNextPage && <Group justify="center"><Button variant="default" loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>Mostrar más</Button></Group>}
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const entity = entities[entry.entity_type];
  const at = entry.action === 'delete' ? undefined : entity?.at?.(entry.entity_id);
  return (
    <Accordion.Item value={entry.id}>
      <Accordion.Control>
        <Group justify="space-between" gap="xs" wrap="wrap">
          <Text size="sm" fw={500}>{entity?.name ?? entry.entity_type} {actions[entry.action] ?? entry.action} <Text span inherit fw={400} c="dimmed">por {entry.actor === 'system' ? 'el sistema' : entry.actor}</Text></Text>
          <Text size="sm" c="dimmed"><When at={entry.at} /></Text>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <Stack gap="xs">
          <Changes changes={entry.changes} />
          <Group gap="md">
            {at && <Anchor component={Link} to={at} size="sm">Ver</Anchor>}
            <Anchor component={Link} to={`/auditoria?entity_type=${entry.entity_type}&entity_id=${encodeURIComponent(entry.entity_id)}`} size="sm">Toda su historia</Anchor>
            {entry.request_id && <Text size="xs" c="dimmed">Petición {entry.request_id}</Text>}
          </Group>
        </Stack>
      </Accordion.Panel>
    </Accordion.Item>
  );
}
