import { Anchor, Badge, Text } from '@mantine/core';
import type { Conversation } from '@msia/client';
import { listConversationsInfiniteOptions } from '@msia/client/query';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { choice, many, one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { byCursor, type Column, DataTable } from '@/parts/datatable';
import { Ago, None, Status } from '@/parts/fields';
import { FilterBar, MultiFilter, SelectFilter, TextFilter } from '@/parts/filters';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

import { authorNames, conversationLooks, conversationStatuses } from './words';

const yesNo = ['true', 'false'] as const;
const names = ['q', 'status', 'paused', 'unanswered'];

const columns: Column<Conversation>[] = [
  { header: 'Cliente', cell: (c) => <Anchor component={Link} to={`/conversaciones/${c.id}`} size="sm">{c.customer_name}</Anchor>, width: 220 },
  {
    header: 'Lo último', cell: (c) => (c.last_message ? (
      <Text size="sm" lineClamp={2}><Text span size="sm" c="dimmed">{authorNames[c.last_message.author]}: </Text>{c.last_message.preview || 'Adjunto'}</Text>
    ) : <None />),
  },
  { header: 'Espera', cell: (c) => (c.unanswered_since ? <Badge color="orange"><Ago at={c.unanswered_since} /></Badge> : <None />), width: 150 },
  { header: 'Contesta', cell: (c) => (c.paused_at ? <Badge color="violet">{c.paused_by ?? 'Una persona'}</Badge> : <Text span size="sm">El asistente</Text>), width: 150 },
  { header: 'Estado', cell: (c) => <Status value={c.status} looks={conversationLooks} />, width: 110, wide: true },
  { header: 'Último cambio', cell: (c) => <Ago at={c.updated_at} />, width: 140 },
];

export default function Conversations() {
  const [search] = useFilters();
  const q = one(search, 'q');
  const status = many(search, 'status', conversationStatuses);
  const paused = choice(search, 'paused', yesNo);
  const unanswered = choice(search, 'unanswered', yesNo);
  const conversations = useInfiniteQuery({
    ...listConversationsInfiniteOptions({
      query: {
        q: q.length > 1 ? q : undefined, status: status.length > 0 ? status : undefined,
        paused: paused && paused === 'true', unanswered: unanswered && unanswered === 'true', customer_id: one(search, 'customer_id') || undefined,
      },
    }),
    ...byCursor,
  });
  const filtered = names.some((name) => search[name] !== undefined);
  return (
    <Page title="Conversaciones">
      <FilterBar names={[...names, 'customer_id']} views="conversations">
        <TextFilter label="Buscar" placeholder="Nombre, teléfono, correo o NIF" />
        <SelectFilter name="unanswered" label="Espera respuesta" options={[{ value: 'true', label: 'Sin contestar' }, { value: 'false', label: 'Contestadas' }]} />
        <SelectFilter name="paused" label="Contesta" options={[{ value: 'false', label: 'El asistente' }, { value: 'true', label: 'Una persona' }]} />
        <MultiFilter name="status" label="Estado" options={conversationStatuses.map((value) => ({ value, label: conversationLooks[value].text }))} />
      </FilterBar>
      <DataTable
        label="Conversaciones" pages={conversations} columns={columns} rowId={(c) => c.id} rowTo={(c) => `/conversaciones/${c.id}`}
        empty={filtered ? <Empty title="Ninguna conversación coincide">Quite algún filtro o busque de otra forma.</Empty>
          : <Empty title="Todavía no hay conversaciones">Aparecen aquí en cuanto un cliente escribe por WhatsApp.</Empty>}
      />
    </Page>
  );
}
