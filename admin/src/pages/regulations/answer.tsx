import { Alert, Anchor, Badge, Card, Group, Stack, Text } from '@mantine/core';
import type { Citation, RegulationAnswer } from '@msia/client';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Marked } from '@/parts/marked';

import { degradationNames, pagesText } from './words';

/** The answer's text, each [n] a link to its citation. */
export function AnswerText({ text }: { text: string }) {
  const parts = text.split(/(\[\d+\])/);
  return (
    <Text component="div" className="prewrap">
      {parts.map((part, i): ReactNode => {
        const number = /^\[(\d+)\]$/.exec(part)?.[1];
        return number ? <Anchor key={i} td="underline" href={`#cita-${number}`} aria-label={`Cita ${number}`}>{part}</Anchor> : part;
      })}
    </Text>
  );
}

/** Where a citation is read: its document, open at the page, the passage marked. */
export const citationAddress = (c: Citation): string => `/normativas/documentos/${c.document_id}?pagina=${c.page}&pasaje=${c.chunk_id}`;

export function Citations({ citations, closest, onOpen }: { citations: Citation[]; /** They do not answer; they came closest. */ closest?: boolean; onOpen?: (c: Citation) => void }) {
  if (citations.length === 0) return null;
  return (
    <Stack gap="xs" component="ol" p={0} m={0} style={{ listStyle: 'none' }} aria-label={closest ? 'Lo más parecido' : 'Citas'}>
      {citations.map((c) => (
        <Card component="li" key={c.number} id={`cita-${c.number}`} withBorder padding="sm">
          <Group gap={6} mb={4}>
            <Badge variant="filled">{c.number}</Badge>
            <Anchor component={Link} to={citationAddress(c)} fw={600} size="sm" onClick={(e: { preventDefault: () => void; ctrlKey: boolean; metaKey: boolean }) => {
              if (!onOpen || e.ctrlKey || e.metaKey) return;
              e.preventDefault();
              onOpen(c);
            }}>
              {[c.document_short_title ?? c.document_title, c.article && c.heading ? `${c.article}. ${c.heading}` : c.article ?? c.heading].filter(Boolean).join(' · ')}
            </Anchor>
            <Text size="xs" c="dimmed">{pagesText(c.pages)}{c.ocr ? ' · leído de un escaneado' : ''}</Text>
          </Group>
          {c.section.length > 0 && <Text size="xs" c="dimmed">{c.section.join(' › ')}</Text>}
          <Text size="sm" component="blockquote" m={0} mt={4}><Marked text={c.snippet} spans={c.highlights} /></Text>
        </Card>
      ))}
    </Stack>
  );
}

/** With what the answer was found, and how long it took. */
export function AnswerFacts({ answer }: { answer: Pick<RegulationAnswer, 'parts' | 'degraded' | 'timings_ms'> & { cached: boolean } }) {
  const { parts, timings_ms: t } = answer;
  const stages: [string, number][] = [['análisis', t.analyse], ['vectores', t.embed], ['búsqueda', t.search], ['orden', t.rerank], ['respuesta', t.answer]];
  return (
    <Stack gap={4}>
      {answer.degraded.length > 0 && <Alert color="yellow">Respondido {answer.degraded.map((d) => degradationNames[d]).join(', ')}.</Alert>}
      <Text size="xs" c="dimmed">
        {answer.cached ? 'De la caché' : `${t.total.toFixed(0)} ms`} · {parts.answer === 'generated' ? 'redactado por el modelo con estas citas' : parts.answer === 'extractive' ? 'palabras de los documentos' : 'sin respuesta'}
        {parts.vector ? ` · búsqueda por texto y por significado (${parts.vector})` : ' · búsqueda por texto'}
        {!answer.cached && ` · ${stages.filter(([, ms]) => ms >= 0.5).map(([name, ms]) => `${name} ${ms.toFixed(0)}`).join(', ')}`}
      </Text>
    </Stack>
  );
}
