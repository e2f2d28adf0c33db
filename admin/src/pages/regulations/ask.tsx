import '@mantine/core/styles/Drawer.css';

import { Alert, Anchor, Button, Card, Drawer, Group, Stack, Text, Textarea } from '@mantine/core';
import { askRegulations, type Citation, type RegulationAnswer } from '@msia/client';
import { getQuestionHealthOptions, getRegulationOptions } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';

import { toApiError } from '@/lib/problem';
import { refresh } from '@/lib/queries';
import { one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { IconCopy, IconSend } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Empty, Failed, Loaded, Waiting } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { AnswerFacts, AnswerText, Citations, citationAddress } from './answer';
import { Feedback } from './feedback';
import { PageViewer } from './viewer';
import { pagesText } from './words';

/** Ask the documents; the question stands in the address, so that an answer can be linked to. */
export default function Ask() {
  const [search, change] = useFilters();
  const asked = one(search, 'q');
  const [typed, setTyped] = useState(asked);
  const [open, setOpen] = useState<Citation | null>(null);
  const queries = useQueryClient();
  const health = useQuery(getQuestionHealthOptions());
  const ask = useMutation({
    mutationFn: async (query: string) => (await askRegulations({ body: { query }, throwOnError: true })).data as RegulationAnswer,
    meta: { quiet: true },
    onSuccess: () => refresh(queries, 'listQuestions', 'getQuestionAnalytics'),
  });
  const begun = useRef('');
  useEffect(() => {
    if (!asked || begun.current === asked) return;
    begun.current = asked;
    setTyped(asked);
    ask.mutate(asked);
  });
  const submit = () => {
    const query = typed.trim();
    if (!query) return;
    if (query === asked) ask.mutate(query);
    else change({ q: query });
  };
  return (
    <Page title="Consultar la normativa" about={health.data && health.data.current === 0 ? undefined : 'Responde con las palabras de los documentos, y dice de dónde.'}>
      {health.data?.current === 0 && <Empty title="No hay documentos que consultar" action={<Anchor component={Link} to="/normativas/documentos">Subir documentos</Anchor>}>Suba un PDF de normativa y espere a que esté listo.</Empty>}
      <form onSubmit={(e) => { e.preventDefault(); submit(); }}>
        <Group align="flex-end" gap="xs">
          <Textarea
            label="Pregunta" value={typed} onChange={(e) => setTyped(e.currentTarget.value)} autosize minRows={1} maxRows={6} maxLength={2000} style={{ flex: 1 }} miw={220}
            placeholder="¿Qué documentación hace falta para cambiar el escape?" onKeyDown={(e) => { if (e.key === 'Enter' && !e.shiftKey) { e.preventDefault(); submit(); } }}
          />
          <Button type="submit" leftSection={<IconSend size={16} />} loading={ask.isPending}>Preguntar</Button>
        </Group>
      </form>
      {ask.isPending ? <Waiting rows={4} /> : ask.error ? <Failed error={toApiError(ask.error, undefined)} retry={submit} /> : ask.data && <Answer key={ask.data.query_id} question={asked} answer={ask.data} onOpen={setOpen} />}
      <Drawer opened={open !== null} onClose={() => setOpen(null)} position="right" size="xl" title={open ? `${open.document_short_title ?? open.document_title}, ${pagesText(open.pages)}` : ''}>
        {open && <Opened citation={open} />}
      </Drawer>
    </Page>
  );
}

function Answer({ question, answer, onOpen }: { question: string; answer: RegulationAnswer; onOpen: (c: Citation) => void }) {
  const copy = () =>
    void navigator.clipboard.writeText([
      question, answer.answer, ...answer.citations.map((c) => `[${c.number}] ${[c.document_title, c.article ?? c.heading, pagesText(c.pages)].filter(Boolean).join(', ')}`),
    ].join('\n\n')).then(() => toastDone('Copiado con sus citas'));
  return (
    <Stack role="region" aria-label="Respuesta">
      <Card withBorder>
        <Stack gap="sm">
          {answer.answered ? <AnswerText text={answer.answer} /> : <Alert color="yellow" title="Los documentos no lo dicen">{answer.answer}</Alert>}
          <Group justify="space-between" align="flex-start">
            <Feedback id={answer.query_id} useful={null} comment={null} />
            <Button size="compact-sm" variant="default" leftSection={<IconCopy size={15} />} onClick={copy}>Copiar con citas</Button>
          </Group>
          <AnswerFacts answer={answer} />
        </Stack>
      </Card>
      {!answer.answered && answer.citations.length > 0 && <Text size="sm">Lo más parecido que hay:</Text>}
      <Citations citations={answer.citations} closest={!answer.answered} onOpen={onOpen} />
    </Stack>
  );
}

/** The cited page beside the answer. */
function Opened({ citation }: { citation: Citation }) {
  const [page, setPage] = useState(citation.page);
  const document = useQuery(getRegulationOptions({ path: { document_id: citation.document_id } }));
  return (
    <Stack>
      <Loaded query={document}>{(d) => <PageViewer document={d} page={page} chunk={citation.chunk_id} onPage={setPage} />}</Loaded>
      <Anchor component={Link} to={citationAddress(citation)}>Abrir el documento</Anchor>
    </Stack>
  );
}
