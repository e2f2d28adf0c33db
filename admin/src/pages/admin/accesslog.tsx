import { Badge, Text } from '@mantine/core';
import type { AccessEvent, AccessLogEntry } from '@msia/client';
import { listAccessLogInfiniteOptions } from '@msia/client/query';
import { useInfiniteQuery } from '@tanstack/react-query';

import { madridDay } from '@/lib/madrid';
import { choice, one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { browserName } from '@/lib/useragent';
import { byCursor, type Column, DataTable } from '@/parts/datatable';
import { DayFilter } from '@/parts/dayfilter';
import { None, When } from '@/parts/fields';
import { FilterBar, type Option, SelectFilter, TextFilter } from '@/parts/filters';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

const eventNames: Record<AccessEvent, string> = {
  login: 'Ha entrado', login_failed: 'No ha podido entrar', login_throttled: 'Demasiados intentos', logout: 'Ha salido', session_revoked: 'Sesión terminada',
  password_changed: 'Contraseña cambiada', password_change_failed: 'Contraseña actual equivocada', password_reset: 'Contraseña repuesta',
  api_key_created: 'Clave API creada', api_key_revoked: 'Clave API borrada',
};
const outcomes: Record<AccessLogEntry['outcome'], string> = {
  ok: 'Bien', wrong_password: 'Contraseña equivocada', unknown_account: 'No existe la cuenta', inactive_account: 'Cuenta cerrada', throttled: 'Frenado',
};
const events = Object.entries(eventNames).map(([value, label]) => ({ value, label })) as Option<AccessEvent>[];

const columns: Column<AccessLogEntry>[] = [
  { header: 'Cuándo', cell: (e) => <When at={e.at} /> },
  { header: 'Usuario', cell: (e) => e.username },
  { header: 'Qué', cell: (e) => <>{eventNames[e.event]}{e.actor_name && <Text span inherit c="dimmed"> por {e.actor_name}</Text>}</> },
  { header: 'Resultado', cell: (e) => <Badge color={e.outcome === 'ok' ? 'green' : 'red'}>{outcomes[e.outcome]}</Badge> },
  { header: 'Dirección', cell: (e) => e.address ?? <None /> },
  { header: 'Navegador', cell: (e) => (e.user_agent ? browserName(e.user_agent) : <None />), wide: true },
];

export default function AccessLog() {
  const [search] = useFilters();
  const entries = useInfiniteQuery({
    ...listAccessLogInfiniteOptions({
      query: {
        username: one(search, 'username') || undefined, event: choice(search, 'event', events.map((e) => e.value)),
        from: madridDay(one(search, 'from'), 0), to: madridDay(one(search, 'to'), 1),
      },
    }),
    ...byCursor,
  });
  return (
    <Page title="Accesos" about="Quién ha entrado, desde dónde, y quién lo ha intentado.">
      <FilterBar names={['username', 'event', 'from', 'to']}>
        <TextFilter name="username" label="Usuario" />
        <SelectFilter name="event" label="Qué" options={events} />
        <DayFilter name="from" label="Desde" />
        <DayFilter name="to" label="Hasta" />
      </FilterBar>
      <DataTable label="Accesos" pages={entries} columns={columns} rowId={(e) => e.id} empty={<Empty title="Nada coincide">Quite algún filtro, o amplíe las fechas.</Empty>} />
    </Page>
  );
}
