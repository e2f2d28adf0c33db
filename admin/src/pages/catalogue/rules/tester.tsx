import { Alert, Badge, Card, Group, Select, Stack, Text, Textarea, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type Category, type ResponseRuleCreate, testResponseRules } from '@msia/client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { fieldErrors, toApiError } from '@/lib/problem';
import { Marked } from '@/parts/marked';
import { Failed } from '@/parts/states';

import { actions } from './values';

/** What the assistant would say to a sentence, with the rules as they are and, when there is one, the rule that is being written. */
export function RuleTester({ categories, rule }: { categories: Category[]; rule?: ResponseRuleCreate }) {
  const [text, setText] = useState('');
  const [category, setCategory] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 300);
  const [tried] = useDebouncedValue(rule && JSON.stringify(rule), 300);
  const test = useQuery({
    queryKey: [{ _id: 'testResponseRules', text: asked, category, rule: tried }],
    queryFn: async ({ signal }) =>
      (await testResponseRules({ body: { text: asked, category: category || null, ...(tried ? { rule: JSON.parse(tried) as ResponseRuleCreate } : {}) }, signal, throwOnError: true })).data,
    enabled: asked !== '',
  });
  const error = test.error && toApiError(test.error, undefined);
  const result = asked ? test.data : undefined;
  return (
    <Card withBorder component="section" aria-label="Probar">
      <Title order={2} mb="sm">Probar</Title>
      <Stack>
        <Textarea label="Lo que escribe el cliente" placeholder="¿Qué horario tenéis?" autosize minRows={2} maxLength={4096} value={text} onChange={(e) => setText(e.currentTarget.value)} />
        <Select label="La conversación va de" data={[{ value: '', label: 'Todavía nada' }, ...categories.map((c) => ({ value: c.slug, label: c.name }))]} value={category} allowDeselect={false} onChange={(slug) => setCategory(slug ?? '')} />
        {error && (error.status === 422 && rule ? <Alert color="yellow" title="La regla todavía no sirve">{Object.values(fieldErrors(error))[0] ?? error.message}</Alert> : <Failed error={error} retry={() => void test.refetch()} />)}
        {result && !error && (
          <Stack gap="sm" aria-live="polite">
            {result.matches.length === 0 ? <Text size="sm" c="dimmed">No la cumple ninguna regla.</Text> : (
              <>
                <Text size="sm"><Marked text={asked} spans={result.matches[0]!.spans} /></Text>
                <Stack gap={4}>
                  {result.matches.map((m, i) => (
                    <Group key={m.id ?? 'draft'} gap={8}>
                      <Text size="sm" fw={i === 0 ? 600 : undefined}>{m.id === null ? `${m.name || 'Esta regla'} (sin guardar)` : m.name}</Text>
                      <Badge color={m.action === 'answer' ? 'blue' : 'orange'}>{actions[m.action]}</Badge>
                      {i === 0 ? <Badge color="green">Decide</Badge> : <Text size="sm" c="dimmed">también se cumple</Text>}
                    </Group>
                  ))}
                </Stack>
              </>
            )}
            <Title order={3}>El asistente diría</Title>
            {result.replies.length === 0 && <Text size="sm" c="dimmed">Nada.</Text>}
            {result.replies.map((reply, i) => <Card key={i} padding="sm" radius="lg" bg="var(--mantine-color-default-hover)"><Text size="sm" className="prewrap">{reply}</Text></Card>)}
            {result.hand_over && <Text size="sm" fw={600}>La conversación pasaría a una persona.</Text>}
          </Stack>
        )}
      </Stack>
    </Card>
  );
}
