import { Anchor, Badge, Text } from '@mantine/core';
import type { QuestionSource, QuestionSummary } from '@msia/client';
import { listQuestionsInfiniteOptions } from '@msia/client/query';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { choice, one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { byCursor, type Column, DataTable } from '@/parts/datatable';
import { Ago, None } from '@/parts/fields';
import { FilterBar, type Option, SelectFilter, TextFilter } from '@/parts/filters';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

const sources: Option<QuestionSource>[] = [{ value: 'api', label: 'Personal' }, { value: 'assistant', label: 'Cliente por WhatsApp' }];
const yesNo = [{ value: 'true', label: 'Sí' }, { value: 'false', label: 'No' }];

const columns: Column<QuestionSummary>[] = [
  { header: 'Pregunta', cell: (q) => <Anchor component={Link} to={`/normativas/preguntas/${q.id}`}>{q.query || 'Borrada con su cliente'}</Anchor> },
  { header: 'Respondida', cell: (q) => <Badge color={q.answered ? 'green' : 'orange'}>{q.answered ? 'Sí' : 'No'}</Badge> },
  { header: 'Ha servido', cell: (q) => (q.useful === null ? <None /> : <Badge color={q.useful ? 'green' : 'red'}>{q.useful ? 'Sí' : 'No'}</Badge>) },
  { header: 'De quién', cell: (q) => q.asked_by ?? (q.conversation_id ? <Anchor component={Link} to={`/conversaciones/${q.conversation_id}`}>Cliente</Anchor> : <None />) },
  { header: 'Cuándo', cell: (q) => <Text span size="sm"><Ago at={q.created_at} /></Text> },
];

const flag = (value: 'true' | 'false' | undefined) => (value === undefined ? undefined : value === 'true');

export default function Questions() {
  const [search] = useFilters();
  const q = one(search, 'q');
  const answered = flag(choice(search, 'answered', ['true', 'false'] as const));
  const useful = flag(choice(search, 'useful', ['true', 'false'] as const));
  const source = choice(search, 'source', sources.map((s) => s.value));
  const questions = useInfiniteQuery({ ...listQuestionsInfiniteOptions({ query: { q: q || undefined, answered, useful, source } }), ...byCursor });
  return (
    <Page title="Preguntas hechas" about="Lo que se ha preguntado a la normativa, y qué se respondió.">
      <FilterBar names={['q', 'answered', 'useful', 'source']}>
        <TextFilter label="Buscar" />
        <SelectFilter name="answered" label="Respondida" options={yesNo} />
        <SelectFilter name="useful" label="Ha servido" options={yesNo} />
        <SelectFilter name="source" label="De quién" options={sources} />
      </FilterBar>
      <DataTable
        label="Preguntas" pages={questions} columns={columns} rowId={(r) => r.id} rowTo={(r) => `/normativas/preguntas/${r.id}`}
        empty={<Empty title="Ninguna pregunta" action={<Anchor component={Link} to="/normativas/consulta">Preguntar</Anchor>}>Aquí quedan las del personal y las de los clientes.</Empty>}
      />
    </Page>
  );
}
