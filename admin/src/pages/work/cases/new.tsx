import { ActionIcon, Alert, Button, Card, Checkbox, Group, MultiSelect, NumberInput, Select, Stack, Text, Title } from '@mantine/core';
import '@mantine/core/styles/NumberInput.css';
import { calculateQuote } from '@msia/client';
import { createCaseMutation, getCategoryCatalogueOptions, getCustomerOptions, listCategoriesOptions, listConversationsOptions, listCustomersOptions } from '@msia/client/query';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

import { formatPercent } from '@/lib/format';
import { toApiError } from '@/lib/problem';
import { refresh } from '@/lib/queries';
import { one, type Search } from '@/lib/search';
import { Money } from '@/parts/fields';
import { IconTrash } from '@/parts/icons';
import { Page } from '@/parts/page';
import { toastDone } from '@/parts/toast';

/** A case for a customer who called or came by; the price is the server's. */
export default function NewCase() {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [customer, setCustomer] = useState<string | null>(one(search, 'cliente') || null);
  const [conversation, setConversation] = useState<string | null>(null);
  const [category, setCategory] = useState<string | null>(null);
  const [elements, setElements] = useState<{ code: string; quantity: number }[]>([]);
  const [services, setServices] = useState<string[]>([]);

  const categories = useQuery(listCategoriesOptions()).data ?? [];
  const catalogue = useQuery({ ...getCategoryCatalogueOptions({ path: { category_id: category ?? '' } }), enabled: category !== null, placeholderData: undefined }).data;
  const conversations = useQuery({ ...listConversationsOptions({ query: { customer_id: customer ?? '' } }), enabled: customer !== null, placeholderData: undefined }).data?.items ?? [];
  const priced = { category: category ?? '', elements, services };
  const [asked] = useDebouncedValue(priced, 300);
  const quote = useQuery({
    queryKey: ['quote of a new case', asked], queryFn: async ({ signal }) => (await calculateQuote({ body: asked, signal, throwOnError: true })).data,
    enabled: asked.category !== '' && asked.elements.length > 0, retry: false, placeholderData: undefined,
  });
  const refused = quote.error && toApiError(quote.error, undefined);
  const create = useMutation({
    ...createCaseMutation(), meta: { quiet: true },
    onSuccess: (now) => {
      toastDone(`Expediente ${now.number} abierto`);
      void refresh(queries, 'listCases', 'getCaseStats');
      void navigate({ to: `/expedientes/${now.id}` as '/' });
    },
  });
  const failed = create.error && toApiError(create.error, undefined);
  const name = (code: string) => catalogue?.elements.find((e) => e.code === code)?.name ?? code;

  return (
    <Page title="Nuevo expediente" above={[['Expedientes', '/expedientes']]} about="Para quien ha llamado o ha venido. A quien escribe por WhatsApp se lo abre el asistente.">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          if (customer && category) create.mutate({ body: { customer_id: customer, conversation_id: conversation, category, elements, services } });
        }}
      >
        <Stack maw={860}>
          {failed && <Alert color="red" role="alert" title="No se ha abierto">{failed.message}</Alert>}
          <CustomerSelect value={customer} onChange={(to) => { setCustomer(to); setConversation(null); }} />
          {conversations.length > 0 && (
            <Select
              label="Conversación" description="En ella se avisa al cliente de lo que pase con el expediente." placeholder="Ninguna: no se le avisa" value={conversation} onChange={setConversation} clearable
              clearButtonProps={{ 'aria-label': 'Ninguna' }} data={conversations.map((c) => ({ value: c.id, label: c.last_message?.preview.slice(0, 60) || 'Sin mensajes' }))}
            />
          )}
          <Select
            label="Categoría" required value={category} data={categories.map((c) => ({ value: c.id, label: `${c.name} (${c.client_type === 'particular' ? 'particular' : 'profesional'})` }))}
            onChange={(to) => { setCategory(to); setElements([]); setServices([]); }}
          />
          {catalogue && (
            <>
              <MultiSelect
                label="Elementos" required searchable hidePickedOptions nothingFoundMessage="Ninguno así" value={elements.map((e) => e.code)} placeholder="Escriba para buscar"
                data={catalogue.elements.filter((e) => !e.is_generic && e.is_active).map((e) => ({ value: e.code, label: e.name }))}
                onChange={(codes) => setElements(codes.map((code) => elements.find((e) => e.code === code) ?? { code, quantity: 1 }))}
              />
              {elements.map((e) => (
                <Group key={e.code} gap="sm" wrap="nowrap">
                  <Text size="sm" style={{ flex: 1 }}>{name(e.code)}</Text>
                  <NumberInput aria-label={`Cantidad de ${name(e.code)}`} size="xs" w={80} min={1} max={99} clampBehavior="strict" value={e.quantity} onChange={(n) => setElements(elements.map((other) => (other.code === e.code ? { ...other, quantity: Number(n) || 1 } : other)))} />
                  <ActionIcon aria-label={`Quitar ${name(e.code)}`} onClick={() => setElements(elements.filter((other) => other.code !== e.code))}><IconTrash size={18} /></ActionIcon>
                </Group>
              ))}
              {catalogue.services.length > 0 && (
                <Checkbox.Group label="Servicios" value={services} onChange={setServices}>
                  <Stack gap="xs" mt={6}>
                    {catalogue.services.map((s) => <Checkbox key={s.code} value={s.code} label={<>{s.name} (<Money amount={s.price} />)</>} />)}
                  </Stack>
                </Checkbox.Group>
              )}
            </>
          )}
          <Card withBorder padding="md" aria-live="polite" component="section" aria-label="Precio">
            <Title order={2} size="h4">Precio</Title>
            {refused ? <Text size="sm" c="red">{refused.problem.question ?? refused.message}</Text>
              : quote.data ? (
                <Stack gap={2}>
                  <Text size="sm">{quote.data.tier.name}: <Money amount={quote.data.subtotal} /> + IVA {formatPercent(quote.data.iva_percent)}</Text>
                  <Text fw={700}>Total: <Money amount={quote.data.total} /></Text>
                  {quote.data.provisional && <Text size="sm" c="dimmed">Provisional: alguien tiene que confirmarlo.</Text>}
                </Stack>
              ) : <Text size="sm" c="dimmed">Elija categoría y elementos.</Text>}
          </Card>
          <Group justify="flex-end"><Button type="submit" loading={create.isPending} disabled={!customer || !category || elements.length === 0 || refused !== null}>Abrir el expediente</Button></Group>
        </Stack>
      </form>
    </Page>
  );
}

function CustomerSelect({ value, onChange }: { value: string | null; onChange: (to: string | null) => void }) {
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 250);
  const found = useQuery(listCustomersOptions({ query: { q: q.length > 1 ? q : undefined, limit: 20 } })).data?.items ?? [];
  const chosen = useQuery({ ...getCustomerOptions({ path: { customer_id: value ?? '' } }), enabled: value !== null, placeholderData: undefined }).data;
  const all = chosen && !found.some((c) => c.id === chosen.id) ? [chosen, ...found] : found;
  return (
    <Select
      label="Cliente" required searchable value={value} onChange={onChange} searchValue={typed} onSearchChange={setTyped} placeholder="Nombre, teléfono, correo o NIF"
      data={all.filter((c) => c.anonymised_at === null).map((c) => ({ value: c.id, label: c.phone && c.phone !== c.display_name ? `${c.display_name} · ${c.phone}` : c.display_name }))}
      filter={({ options }) => options} nothingFoundMessage="Nadie así: puede darlo de alta en Clientes"
    />
  );
}
