import { Anchor, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { Dashboard as Numbers, DashboardDay } from '@msia/client';
import { getCaseStatsOptions, getDashboardOptions, listEscalationsOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { caseStatuses, caseStatusLooks } from '@/lib/casestatus';
import { formatMoney, formatNumber } from '@/lib/format';
import { Bars } from '@/parts/chart';
import { Ago } from '@/parts/fields';
import { Page } from '@/parts/page';
import { Empty, Loaded } from '@/parts/states';

export default function Dashboard() {
  const numbers = useQuery({ ...getDashboardOptions(), refetchInterval: 60_000 });
  return (
    <Page title="Panel">
      <Loaded query={numbers}>
        {(n) => (
          <Stack gap="lg">
            <Today n={n} />
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              <Cases />
              <Waiting />
            </SimpleGrid>
            <Days days={n.days} />
            <Top n={n} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

/** A number that leads to what it counts. */
function Number({ label, value, to, more }: { label: string; value: string; to?: string; more?: ReactNode }) {
  return (
    <Card withBorder padding="md">
      <Text size="sm" c="dimmed">{to ? <Anchor component={Link} to={to} c="inherit" underline="always">{label}</Anchor> : label}</Text>
      <Text fz={28} fw={700} lh={1.3} className="nums">{value}</Text>
      {more && <Text size="xs" c="dimmed" component="div">{more}</Text>}
    </Card>
  );
}

function Today({ n }: { n: Numbers }) {
  const seconds = n.first_answer_seconds;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }}>
      <Number label="Sin contestar" value={formatNumber(n.conversations.unanswered)} to="/conversaciones?unanswered=true" more={`de ${formatNumber(n.conversations.total)} conversaciones`} />
      <Number label="Escalaciones pendientes" value={formatNumber(n.escalations.pending)} to="/escalaciones?status=pending" more={`${formatNumber(n.escalations.in_progress)} en curso · ${formatNumber(n.escalations.resolved_today)} resueltas hoy`} />
      <Number label="Con una persona" value={formatNumber(n.conversations.paused)} to="/conversaciones?paused=true" more="el asistente calla" />
      <Number label="Presupuestos de hoy" value={formatNumber(n.today.quotes)} more={<>{formatMoney(n.today.quotes_subtotal)} sin IVA · {formatNumber(n.today.quotes_accepted)} aceptados</>} />
      <Number label="Conversaciones nuevas hoy" value={formatNumber(n.today.conversations)} more={`${formatNumber(n.today.incoming)} mensajes de clientes`} />
      <Number label="Primera respuesta hoy" value={seconds === null ? '—' : seconds < 90 ? `${formatNumber(Math.round(seconds))} s` : `${formatNumber(Math.round(seconds / 60))} min`} more="mediana" />
      <Number label="Clientes" value={formatNumber(n.customers.total)} to="/clientes" more={`${formatNumber(n.customers.today)} nuevos hoy`} />
      <Number label="Respuestas por enviar" value={formatNumber(n.outbox.waiting)} more={n.outbox.failed_today > 0 ? <Text span inherit c="red">{formatNumber(n.outbox.failed_today)} no llegaron hoy</Text> : 'ninguna ha fallado hoy'} />
    </SimpleGrid>
  );
}

function Cases() {
  const stats = useQuery(getCaseStatsOptions());
  return (
    <Card withBorder>
      <Title order={2} mb="sm">Expedientes</Title>
      <Loaded query={stats} rows={4}>
        {(s) => (
          <Stack gap={6}>
            {caseStatuses.map((status) => (
              <Group key={status} justify="space-between">
                <Anchor component={Link} to={`/expedientes?status=${status}`} size="sm">{caseStatusLooks[status].text}</Anchor>
                <Text fw={600} className="nums">{formatNumber(s[status])}</Text>
              </Group>
            ))}
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

/** Who has waited longest for a person. */
function Waiting() {
  const queue = useQuery(listEscalationsOptions({ query: { status: ['pending'], order: 'oldest', limit: 6 } }));
  return (
    <Card withBorder>
      <Title order={2} mb="sm">Esperan a una persona</Title>
      <Loaded query={queue} rows={4}>
        {({ items }) => items.length === 0 ? <Empty title="Nadie espera">Aquí aparecen los clientes que el asistente no puede atender solo.</Empty> : (
          <Stack gap={6}>
            {items.map((e) => (
              <Group key={e.id} justify="space-between" wrap="nowrap">
                <div style={{ minWidth: 0 }}>
                  <Anchor component={Link} to={`/conversaciones/${e.conversation_id}`} size="sm">{e.customer_name}</Anchor>
                  <Text size="xs" c="dimmed" truncate>{e.reason}</Text>
                </div>
                <Text size="sm" style={{ whiteSpace: 'nowrap' }}><Ago at={e.created_at} /></Text>
              </Group>
            ))}
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

const shortDay = new Intl.DateTimeFormat('es-ES', { day: 'numeric', month: 'short', timeZone: 'UTC' });

function Days({ days }: { days: DashboardDay[] }) {
  const points = (value: (d: DashboardDay) => number) => days.map((d) => ({ label: shortDay.format(new Date(d.date)), value: value(d) }));
  return (
    <Card withBorder>
      <Title order={2} mb="sm">Últimos 14 días</Title>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} spacing="xl">
        <Bars title="Mensajes de clientes" points={points((d) => d.incoming)} />
        <Bars title="Respuestas del asistente" points={points((d) => d.assistant)} />
        <Bars title="Presupuestos" points={points((d) => d.quotes)} />
        <Bars title="Aceptados" points={points((d) => d.quotes_accepted)} />
      </SimpleGrid>
    </Card>
  );
}

function Top({ n }: { n: Numbers }) {
  if (n.top_elements.length === 0) return null;
  const most = n.top_elements[0]!.conversations;
  return (
    <Card withBorder>
      <Title order={2} mb="sm">Lo más pedido en 30 días</Title>
      <Stack gap={6}>
        {n.top_elements.map((e) => (
          <div key={e.category + e.code}>
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm">{e.name} <Text span c="dimmed" size="xs">{e.category}</Text></Text>
              <Text size="sm" fw={600} className="nums">{formatNumber(e.conversations)}</Text>
            </Group>
            <div aria-hidden style={{ height: 4, borderRadius: 2, width: `${(e.conversations / most) * 100}%`, background: 'var(--mantine-primary-color-filled)' }} />
          </div>
        ))}
      </Stack>
    </Card>
  );
}
