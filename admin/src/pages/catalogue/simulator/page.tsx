import '@mantine/core/styles/Grid.css';
import '@mantine/core/styles/NumberInput.css';
import '@mantine/core/styles/Mark.css';

import { ActionIcon, Alert, Button, Card, Checkbox, CopyButton, Grid, Group, Loader, Mark, NumberInput, Select, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { Category, Element, ServiceResponse } from '@msia/client';
import { calculateQuote, matchElements } from '@msia/client';
import { listCategoriesOptions, listElementsOptions, listServicesOptions } from '@msia/client/query';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { formatMoney } from '@/lib/format';
import { fromMadrid, madridInput } from '@/lib/madrid';
import { toApiError } from '@/lib/problem';
import { one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { IconLink, IconX } from '@/parts/icons';
import { Page } from '@/parts/page';
import { QuoteCard, QuoteWarnings } from '@/parts/quotecard';
import { Empty, Failed, Loaded } from '@/parts/states';

import { formatPicks, type Line, linesOf, parsePicks, segments } from './set';

/** What a customer's sentence costs, and why. All of it stands in the address. */
export default function Simulator() {
  const categories = useQuery(listCategoriesOptions({ query: { include_inactive: true } }));
  return (
    <Page
      title="Simulador de precios" about="Escriba lo que diría un cliente, o elija elementos: sale el precio exacto que daría el asistente. No se guarda nada."
      actions={<CopyLink />}
    >
      <Loaded query={categories}>
        {(all) => (all.length === 0 ? <Empty title="Todavía no hay categorías">Cree o importe una tarifa primero.</Empty> : <Simulation categories={all} />)}
      </Loaded>
    </Page>
  );
}

function CopyLink() {
  useFilters(); // the address changes with what is typed
  return (
    <CopyButton value={window.location.href}>
      {({ copied, copy }) => <Button variant="default" leftSection={<IconLink size={16} />} onClick={copy}>{copied ? 'Enlace copiado' : 'Copiar el enlace'}</Button>}
    </CopyButton>
  );
}

function Simulation({ categories }: { categories: Category[] }) {
  const [search, change] = useFilters();
  const category = categories.find((c) => c.slug === one(search, 'categoria')) ?? categories.find((c) => c.is_active) ?? categories[0]!;
  const text = one(search, 'texto');
  const picks = parsePicks(search.e);
  const chosen = parsePicks(search.s);
  const asOf = fromMadrid(one(search, 'fecha')) ?? undefined;

  const elements = useQuery(listElementsOptions({ query: { category: category.slug } })).data ?? [];
  const services = (useQuery(listServicesOptions({ query: { category: category.slug } })).data ?? []).filter((s) => s.is_active);
  const match = useQuery({
    queryKey: [{ _id: 'matchElements', category: category.slug, text }],
    queryFn: async ({ signal }) => (await matchElements({ body: { category: category.slug, text }, signal, throwOnError: true })).data,
    enabled: text !== '',
  });
  const understood = text === '' ? undefined : match.data;
  const lines = linesOf(understood, picks);
  const setPick = (code: string, quantity: number) => change({ e: formatPicks(new Map(picks).set(code, quantity)) }, false);
  const takeAway = (line: Line) => {
    const next = new Map(picks);
    if (line.named) next.set(line.code, 0);
    else next.delete(line.code);
    change({ e: formatPicks(next) }, false);
  };
  const setService = (code: string, on: boolean) => {
    const next = new Map(chosen);
    if (on) next.set(code, 1);
    else next.delete(code);
    change({ s: formatPicks(next) }, false);
  };

  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, lg: 6 }}>
        <Stack>
          <Group grow align="flex-start">
            <Select
              label="Categoría" allowDeselect={false} value={category.slug} data={categories.map((c) => ({ value: c.slug, label: c.is_active ? c.name : `${c.name} (inactiva)` }))}
              onChange={(slug) => change({ categoria: slug ?? undefined, e: undefined, s: undefined })}
            />
            <TextInput
              label="Con los precios de" type="datetime-local" max={madridInput(new Date())} value={one(search, 'fecha')} onChange={(e) => change({ fecha: e.currentTarget.value || undefined }, false)}
              rightSection={one(search, 'fecha') && <ActionIcon size="sm" aria-label="Volver a los precios de ahora" onClick={() => change({ fecha: undefined }, false)}><IconX size={15} /></ActionIcon>}
            />
          </Group>
          <CustomerText stored={text} onChange={(typed) => change({ texto: typed || undefined }, false)} />
          {text !== '' && (
            <Loaded query={match} rows={1}>
              {(result) => (
                <Card withBorder padding="sm" component="section" aria-label="Lo que se ha entendido">
                  <Text className="prewrap" size="sm" data-testid="understood">
                    {segments(text, result).map((s, i) => (s.codes.length === 0 ? s.text : <Mark key={i} color="yellow" title={s.codes.map((code) => nameOf(elements, code)).join(' y ')}>{s.text}</Mark>))}
                  </Text>
                  {result.unrecognised.length > 0 && <Text size="sm" c="dimmed" mt={6}>Sin entender: {result.unrecognised.map((u) => `«${u}»`).join(', ')}</Text>}
                  {result.excluded.length > 0 && <Text size="sm" c="dimmed" mt={6}>Dice que no: {result.excluded.map((e) => e.name).join(', ')}</Text>}
                  {result.inactive.map((e) => <Text key={e.code} size="sm" mt={6}><strong>{e.name}:</strong> {e.reason}</Text>)}
                </Card>
              )}
            </Loaded>
          )}
          {understood?.questions.filter((q) => !q.options.some((o) => lines.some((l) => l.code === o.code))).map((q) => (
            <Question
              key={q.element_code} question={q.question} options={q.options} several={elements.some((e) => e.code === q.element_code && e.all_answers.length > 0)}
              onAnswer={(codes) => change({ e: formatPicks(new Map([...picks, ...codes.map((code) => [code, 1] as const)])) }, false)}
            />
          ))}
          <Lines lines={lines} elements={elements} onQuantity={setPick} onRemove={takeAway} />
          <ServicePicker services={services} chosen={chosen} onChange={setService} onQuantity={(code, n) => change({ s: formatPicks(new Map(chosen).set(code, n)) }, false)} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 6 }}>
        <Result
          category={category.slug} lines={lines} services={[...chosen].filter(([, n]) => n > 0).map(([code, quantity]) => ({ code, quantity }))} text={text} asOf={asOf}
          elements={elements}
          onAnswer={(generic, codes) => change({ e: formatPicks(new Map([...[...picks].filter(([c]) => c !== generic), ...codes.map((code) => [code, 1] as const)])) }, false)} onService={(code) => setService(code, true)}
        />
      </Grid.Col>
    </Grid>
  );
}

const nameOf = (elements: Element[], code: string): string => elements.find((e) => e.code === code)?.name ?? code;

/** What the customer writes; the address follows when they pause. */
function CustomerText({ stored, onChange }: { stored: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(stored);
  const [known, setKnown] = useState(stored);
  if (stored !== known) { // changed by Back or by a link
    setKnown(stored);
    setTyped(stored);
  }
  const send = useDebouncedCallback((text: string) => {
    setKnown(text);
    onChange(text);
  }, 350);
  return (
    <Textarea
      label="Lo que escribe el cliente" placeholder="Quiero homologar el escape y los dos retrovisores" autosize minRows={3} maxLength={2000} value={typed}
      onChange={(e) => { setTyped(e.currentTarget.value); send(e.currentTarget.value.trim()); }}
    />
  );
}

type QuestionProps = {
  question: string;
  options: { code: string; name: string }[];
  /** "Both" is an answer, too. */
  several: boolean;
  onAnswer: (codes: string[]) => void;
};

function Question({ question, options, several, onAnswer }: QuestionProps) {
  return (
    <Alert color="blue" title={question} role="group" aria-label={question}>
      <Group gap="xs">
        {options.map((o) => <Button key={o.code} size="xs" variant="default" onClick={() => onAnswer([o.code])}>{o.name}</Button>)}
        {several && <Button size="xs" variant="default" onClick={() => onAnswer(options.map((o) => o.code))}>Todo ello</Button>}
      </Group>
    </Alert>
  );
}

type LinesProps = { lines: Line[]; elements: Element[]; onQuantity: (code: string, quantity: number) => void; onRemove: (line: Line) => void };

function Lines({ lines, elements, onQuantity, onRemove }: LinesProps) {
  const [picker, setPicker] = useState(0); // a new one after each choice, empty again
  return (
    <Stack gap="xs" component="section" aria-label="Elementos">
      <Title order={2} size="h3">Elementos</Title>
      {lines.map((line) => (
        <Group key={line.code} gap="xs" wrap="nowrap" justify="space-between">
          <div style={{ minWidth: 0 }}>
            <Text size="sm">{nameOf(elements, line.code)}</Text>
            <Text size="xs" c="dimmed">{line.named ? 'Lo dice el cliente' : 'Elegido a mano'}</Text>
          </div>
          <Group gap={4} wrap="nowrap">
            <NumberInput
              aria-label={`Cantidad de ${nameOf(elements, line.code)}`} w={84} size="xs" min={1} max={99} clampBehavior="strict" allowDecimal={false} allowNegative={false}
              value={line.quantity} onChange={(n) => { if (Number(n) >= 1) onQuantity(line.code, Number(n)); }}
            />
            <ActionIcon aria-label={`Quitar ${nameOf(elements, line.code)}`} onClick={() => onRemove(line)}><IconX size={17} /></ActionIcon>
          </Group>
        </Group>
      ))}
      <Select
        key={picker} aria-label="Añadir un elemento" placeholder="Añadir un elemento…" searchable limit={100} nothingFoundMessage="Ninguno"
        data={elements.filter((e) => !lines.some((l) => l.code === e.code)).map((e) => ({ value: e.code, label: e.is_generic ? `${e.name} (genérico)` : e.name }))}
        onChange={(code) => { if (code) { onQuantity(code, 1); setPicker((n) => n + 1); } }}
      />
    </Stack>
  );
}

type ServicesProps = { services: ServiceResponse[]; chosen: Map<string, number>; onChange: (code: string, on: boolean) => void; onQuantity: (code: string, n: number) => void };

function ServicePicker({ services, chosen, onChange, onQuantity }: ServicesProps) {
  if (services.length === 0) return null;
  return (
    <Stack gap={6} component="section" aria-label="Servicios">
      <Title order={2} size="h3">Servicios</Title>
      {services.map((s) => (
        <Group key={s.id} gap="xs" justify="space-between" wrap="nowrap" mih={30}>
          <Checkbox label={s.name} checked={(chosen.get(s.code) ?? 0) > 0} onChange={(e) => onChange(s.code, e.currentTarget.checked)} />
          <Group gap="xs" wrap="nowrap">
            {(chosen.get(s.code) ?? 0) > 0 && (
              <NumberInput aria-label={`Cantidad de ${s.name}`} w={72} size="xs" min={1} max={99} clampBehavior="strict" allowDecimal={false} allowNegative={false} value={chosen.get(s.code)} onChange={(n) => { if (Number(n) >= 1) onQuantity(s.code, Number(n)); }} />
            )}
            <Text size="sm" c="dimmed" className="nums" style={{ whiteSpace: 'nowrap' }}>{formatMoney(s.price)}</Text>
          </Group>
        </Group>
      ))}
    </Stack>
  );
}

type ResultProps = {
  category: string; lines: Line[]; elements: Element[]; services: { code: string; quantity: number }[]; text: string; asOf: string | undefined;
  onAnswer: (generic: string, codes: string[]) => void; onService: (code: string) => void;
};

function Result({ category, lines, elements, services, text, asOf, onAnswer, onService }: ResultProps) {
  const body = { category, elements: lines.map(({ code, quantity }) => ({ code, quantity })), services, text: text || undefined, as_of: asOf };
  const quote = useQuery({
    queryKey: [{ _id: 'calculateQuote', ...body }],
    queryFn: async ({ signal }) => (await calculateQuote({ body, signal, throwOnError: true })).data,
    enabled: lines.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  if (lines.length === 0) return <Empty title="Todavía no hay nada que presupuestar">Escriba una frase o añada un elemento.</Empty>;
  if (quote.error) {
    const error = toApiError(quote.error, undefined);
    const { question, options, errors } = error.problem;
    if (question && options) {
      const generic = genericOf(errors, lines);
      return <Question question={question} options={options} several={elements.some((e) => e.code === generic && e.all_answers.length > 0)} onAnswer={(codes) => onAnswer(generic, codes)} />;
    }
    if (error.status === 422) {
      return (
        <Alert color="yellow" title={error.message} role="status">
          {errors?.filter((e) => e.detail !== error.message).map((e) => <Text key={e.pointer} size="sm">{e.detail}</Text>)}
        </Alert>
      );
    }
    return <Failed error={error} retry={() => void quote.refetch()} />;
  }
  if (!quote.data) return <Loader aria-label="Calculando" />;
  const q = quote.data;
  return (
    <Stack aria-busy={quote.isFetching} aria-live="polite" component="section" aria-label="Presupuesto">
      <QuoteCard quote={q} />
      {q.suggested_services.length > 0 && (
        <Part title="Servicios que se sugieren">
          {q.suggested_services.map((s) => (
            <Group key={s.code} justify="space-between" wrap="nowrap">
              <Text size="sm">{s.name} <Text span size="sm" c="dimmed">por {s.because_of.map((code) => q.lines.find((l) => l.code === code)?.name ?? code).join(', ')}</Text></Text>
              <Button size="xs" variant="default" onClick={() => onService(s.code)}>Añadir {formatMoney(s.price)}</Button>
            </Group>
          ))}
        </Part>
      )}
      <Part title="Por qué no un tramo más barato">
        {q.rejected_tiers.length === 0 ? <Text size="sm" c="dimmed">Es el tramo activo más barato que hay.</Text> : (
          <Stack gap={6} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {q.rejected_tiers.map((r) => (
              <Text key={r.code} component="li" size="sm"><strong>{r.code}</strong> <span className="nums">({formatMoney(r.price)})</span>: {r.reason}</Text>
            ))}
          </Stack>
        )}
      </Part>
      {q.warnings.length > 0 && <Part title="Advertencias"><QuoteWarnings quote={q} /></Part>}
      {q.documentation.length > 0 && (
        <Part title="Documentación y fotos">
          <Stack gap={4} component="ul" m={0} pl="md">
            {q.documentation.map((d, i) => (
              <Text key={i} component="li" size="sm">
                {d.description}
                <Text span size="sm" c="dimmed">{d.element_code && ` · ${q.lines.find((l) => l.code === d.element_code)?.name ?? d.element_code}`}{!d.required && ' · opcional'}</Text>
              </Text>
            ))}
          </Stack>
        </Part>
      )}
    </Stack>
  );
}

/** The generic element that a variant is asked for. */
function genericOf(errors: { pointer: string }[] | undefined, lines: Line[]): string {
  const at = Number(/^\/elements\/(\d+)/.exec(errors?.[0]?.pointer ?? '')?.[1]);
  return lines[at]?.code ?? '';
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card withBorder padding="md">
      <Title order={2} size="h3" mb="xs">{title}</Title>
      <Stack gap="xs">{children}</Stack>
    </Card>
  );
}
