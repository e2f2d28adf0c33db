import { Anchor, Badge, Card, Group, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import type { QuestionAnalytics, QuestionComponent } from '@msia/client';
import { getQuestionAnalyticsOptions, getQuestionHealthOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { formatNumber } from '@/lib/format';
import { one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { Bars } from '@/parts/chart';
import { DayFilter } from '@/parts/dayfilter';
import { Ago, Status } from '@/parts/fields';
import { FilterBar } from '@/parts/filters';
import { Page } from '@/parts/page';
import { Empty, Loaded } from '@/parts/states';

const componentNames: Record<QuestionComponent['name'], string> = {
  database: 'Base de datos', files: 'Archivos', extraction: 'Lectura de PDF', ocr: 'Reconocimiento de escaneados', embeddings: 'Búsqueda por significado', rerank: 'Reordenación', chat: 'Redacción por modelo',
};
const componentLooks = { ok: { text: 'Bien', color: 'green' }, down: { text: 'No responde', color: 'red' }, builtin: { text: 'Incluido', color: 'green' }, off: { text: 'No configurado', color: 'gray' } } as const;

export default function Analytics() {
  const [search] = useFilters();
  const analytics = useQuery(getQuestionAnalyticsOptions({ query: { from: one(search, 'from') || undefined, to: one(search, 'to') || undefined } }));
  return (
    <Page title="Uso y salud" about="Cuánto se pregunta, qué queda sin respuesta y si todo funciona.">
      <Health />
      <FilterBar names={['from', 'to']}>
        <DayFilter name="from" label="Desde" />
        <DayFilter name="to" label="Hasta" />
      </FilterBar>
      <Loaded query={analytics}>{(a) => <Numbers a={a} />}</Loaded>
    </Page>
  );
}

function Health() {
  const health = useQuery({ ...getQuestionHealthOptions(), refetchInterval: 30_000 });
  return (
    <Card withBorder>
      <Loaded query={health} rows={3}>
        {(h) => (
          <Stack gap="xs">
            <Group justify="space-between"><Title order={2}>Salud</Title><Badge color={h.status === 'ok' ? 'green' : 'orange'}>{h.status === 'ok' ? 'Todo funciona' : 'Funciona en parte'}</Badge></Group>
            <Text size="sm">{formatNumber(h.current)} documentos se consultan de {formatNumber(h.documents)}; {formatNumber(h.processing)} en proceso, {formatNumber(h.failed)} fallidos; {formatNumber(h.chunks)} pasajes.</Text>
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} spacing="xs">
              {h.components.map((c) => (
                <div key={c.name}>
                  <Group gap={6}><Text size="sm" fw={500}>{componentNames[c.name]}</Text><Status value={c.status} looks={componentLooks} /></Group>
                  <Text size="xs" c="dimmed">{[c.model, c.detail].filter(Boolean).join(' · ')}</Text>
                </div>
              ))}
            </SimpleGrid>
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

const share = (n: number) => `${Math.round(n * 100)} %`;

function Numbers({ a }: { a: QuestionAnalytics }) {
  if (a.questions === 0) return <Empty title="Nadie ha preguntado en este tiempo">Amplíe las fechas.</Empty>;
  const facts: [string, string][] = [
    ['Preguntas', formatNumber(a.questions)], ['Sin respuesta', `${formatNumber(a.unanswered)} (${share(a.unanswered / a.questions)})`],
    ['De la caché', share(a.cache_hit_rate)], ['Han servido', `${formatNumber(a.useful)} sí, ${formatNumber(a.not_useful)} no`],
  ];
  const stages = [['En total', a.latency_ms.total], ['Vectores', a.latency_ms.embed], ['Búsqueda', a.latency_ms.search], ['Orden', a.latency_ms.rerank], ['Respuesta', a.latency_ms.answer]] as const;
  return (
    <Stack>
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        {facts.map(([name, value]) => <Card key={name} withBorder padding="md"><Text size="sm" c="dimmed">{name}</Text><Text fz={22} fw={700} className="nums">{value}</Text></Card>)}
      </SimpleGrid>
      <Card withBorder><Bars title="Preguntas por día" points={a.days.map((d) => ({ label: d.day.slice(5).split('-').reverse().join('/'), value: d.questions }))} /></Card>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card withBorder>
          <Title order={2} mb="xs">Sin respuesta</Title>
          {a.top_unanswered.length === 0 ? <Text size="sm">Todo se ha respondido.</Text> : a.top_unanswered.map((q) => (
            <Group key={q.query} justify="space-between" wrap="nowrap"><Anchor component={Link} to={`/normativas/consulta?q=${encodeURIComponent(q.query)}`} size="sm">{q.query}</Anchor><Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>{formatNumber(q.count)} · <Ago at={q.last_at} /></Text></Group>
          ))}
        </Card>
        <Card withBorder>
          <Title order={2} mb="xs">Tiempos</Title>
          <Table aria-label="Tiempos en milisegundos">
            <Table.Thead><Table.Tr><Table.Th>Milisegundos</Table.Th><Table.Th ta="end">Mitad (p50)</Table.Th><Table.Th ta="end">p95</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>{stages.map(([name, p]) => <Table.Tr key={name}><Table.Th scope="row" fw={500}>{name}</Table.Th><Table.Td ta="end">{p.p50?.toFixed(0) ?? '—'}</Table.Td><Table.Td ta="end">{p.p95?.toFixed(0) ?? '—'}</Table.Td></Table.Tr>)}</Table.Tbody>
          </Table>
        </Card>
      </SimpleGrid>
    </Stack>
  );
}
