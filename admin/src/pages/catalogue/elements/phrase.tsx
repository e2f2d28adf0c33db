import '@mantine/core/styles/Code.css';

import { Alert, Anchor, Badge, Card, Code, Group, Select, Stack, Text, Textarea, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { matchElements } from '@msia/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import { one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { Marked } from '@/parts/marked';
import { Page } from '@/parts/page';
import { Empty, Failed } from '@/parts/states';

import { categoriesOptions, elementsOf } from './data';

/** What the assistant recognises in what a customer writes. */
export default function Phrase() {
  const [search, change] = useFilters();
  const categories = useQuery(categoriesOptions).data;
  const category = categories?.find((c) => c.slug === one(search, 'categoria')) ?? categories?.[0];
  const [text, setText] = useState(one(search, 'texto'));
  const [asked] = useDebouncedValue(text.trim(), 300);
  useEffect(() => change({ texto: asked || undefined }, false), [asked, change]);
  const elements = useQuery({ ...elementsOf(category?.id), enabled: category !== undefined }).data ?? [];
  const match = useQuery({
    queryKey: [{ _id: 'matchElements', category: category?.id, text: asked }],
    queryFn: async ({ signal }) => (await matchElements({ body: { category: category!.id, text: asked }, signal, throwOnError: true })).data,
    enabled: category !== undefined && asked !== '',
  });
  const link = (code: string, name: string) => {
    const element = elements.find((e) => e.code === code);
    return element ? <Anchor component={Link} to={`/elementos/${element.id}`} fw={600}>{name}</Anchor> : <Text fw={600} span>{name}</Text>;
  };
  const found = asked ? match.data : undefined;
  return (
    <Page title="Probar frase" above={[['Elementos', `/elementos${category ? `?categoria=${category.slug}` : ''}`]]} about="Qué elementos reconoce el asistente en lo que escribe un cliente. No se guarda nada.">
      <Stack maw={880}>
        <Select label="Categoría" w={280} allowDeselect={false} data={categories?.map((c) => ({ value: c.slug, label: c.name })) ?? []} value={category?.slug ?? null} onChange={(slug) => change({ categoria: slug ?? undefined })} />
        <Textarea label="Frase" placeholder="quiero homologar el escape y los dos retrovisores" autosize minRows={2} maxLength={10000} value={text} onChange={(e) => setText(e.currentTarget.value)} autoFocus />
        {match.error && <Failed error={match.error} retry={() => void match.refetch()} />}
        {!asked && <Empty title="Escriba una frase">Se marca lo que se reconoce, y se dice qué se preguntaría.</Empty>}
        {found && (
          <Stack aria-live="polite">
            <Card withBorder><Marked text={asked} spans={found.matches.flatMap((m) => m.spans)} /></Card>
            {found.matches.length > 0 && (
              <section>
                <Title order={2} mb="xs">Reconocido</Title>
                <Stack gap={6}>
                  {found.matches.map((m) => (
                    <Group key={m.code} gap={8}>
                      {link(m.code, m.name)}<Code>{m.code}</Code>
                      {m.quantity > 1 && <Badge>{m.quantity} unidades</Badge>}
                      <Badge color={m.score >= 0.8 ? 'green' : 'yellow'}>Seguridad {Math.round(m.score * 100)} %</Badge>
                    </Group>
                  ))}
                </Stack>
              </section>
            )}
            {found.questions.length > 0 && (
              <section>
                <Title order={2} mb="xs">Se preguntaría</Title>
                {found.questions.map((q) => (
                  <Card withBorder key={q.element_code} mb="xs" padding="sm">
                    <Text fw={600} size="sm">{q.question}</Text>
                    <Group gap={6} mt={6}>{q.options.map((o) => <Badge key={o.code} color="gray">{o.name}</Badge>)}</Group>
                  </Card>
                ))}
              </section>
            )}
            {found.excluded.length > 0 && <Text size="sm">Descartado, porque la frase lo niega: {found.excluded.map((e) => e.name).join(', ')}.</Text>}
            {found.inactive.map((e) => <Alert key={e.code} color="yellow" title={`${e.name} está inactivo`}>Se contestaría: {e.reason}</Alert>)}
            {found.unrecognised.length > 0 && <Text size="sm">Sin reconocer: {found.unrecognised.map((u) => `«${u}»`).join(', ')}. Si nombra un elemento, añádalo a sus palabras clave.</Text>}
            {found.matches.length + found.questions.length + found.inactive.length + found.excluded.length === 0 && <Empty title="No se reconoce ningún elemento">Pruebe otra frase, o añada palabras clave al elemento.</Empty>}
          </Stack>
        )}
      </Stack>
    </Page>
  );
}
