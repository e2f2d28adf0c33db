import { Alert, Anchor, Badge, Button, Card, Group, Menu, Modal, Stack, Text, Title } from '@mantine/core';
import type { Customer } from '@msia/client';
import { updateCustomer } from '@msia/client';
import { anonymiseCustomerMutation, getCustomerOptions, getCustomerQueryKey, listCasesOptions, listConversationsOptions } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { caseStatusLooks } from '@/lib/casestatus';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { Confirm } from '@/parts/confirm';
import { Ago, Money, Status, When } from '@/parts/fields';
import { EntityForm, type EntityForm as EntityFormOf, useEntityForm } from '@/parts/form';
import { IconChevronDown, IconPlus, IconUsers } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { conversationLooks } from '../conversations/words';
import { changesOf, CustomerFields, labels, type Values, valuesOf } from './form';
import { Merge, sameNames } from './merge';

export default function CustomerDetail() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery({ ...getCustomerOptions({ path: { customer_id: id } }), placeholderData: undefined });
  if (!query.data) return <Page title="Cliente" above={[['Clientes', '/clientes']]}><Loaded query={query}>{() => null}</Loaded></Page>;
  return <Whole key={id} customer={query.data} />;
}

function Whole({ customer: c }: { customer: Customer }) {
  const gone = c.anonymised_at !== null;
  const mayWrite = useMay('editor') && !gone;
  const admin = useMay('admin');
  return (
    <Page
      record title={c.display_name} above={[['Clientes', '/clientes']]}
      about={(
        <Group gap="xs">
          {c.client_type && <Badge>{c.client_type === 'particular' ? 'Particular' : 'Profesional'}</Badge>}
          {c.whatsapp_name && c.whatsapp_name !== c.display_name && <span>En WhatsApp: {c.whatsapp_name}</span>}
          <span>Cliente desde <When at={c.created_at} dayOnly /></span>
        </Group>
      )}
      actions={(
        <>
          {mayWrite && <Button component={Link} to="/expedientes/nuevo" search={{ cliente: c.id } as never} variant="default" leftSection={<IconPlus size={16} />}>Nuevo expediente</Button>}
          {admin && <Privacy customer={c} gone={gone} />}
        </>
      )}
    >
      {gone && <Alert color="gray" title="Anonimizado">Sus datos se borraron el <When at={c.anonymised_at} />; esto solo queda para contarlo.</Alert>}
      <Duplicates customer={c} mayWrite={mayWrite} />
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 16, alignItems: 'flex-start' }}>
        <div style={{ flex: '2 1 460px', minWidth: 0 }}><Profile customer={c} editable={mayWrite} /></div>
        <Stack style={{ flex: '1 1 300px', minWidth: 0 }} gap="sm"><Related customer={c} /></Stack>
      </div>
    </Page>
  );
}

function Profile({ customer: c, editable }: { customer: Customer; editable: boolean }) {
  const queries = useQueryClient();
  const key = getCustomerQueryKey({ path: { customer_id: c.id } });
  const entity: EntityFormOf<Values> = useEntityForm<Values, Customer>({
    initial: valuesOf(c), version: c.version, saved: 'Cliente guardado',
    save: async (values, version) => (await updateCustomer({ path: { customer_id: c.id }, headers: ifMatch(version!), body: changesOf(values, entity.form.isDirty), throwOnError: true })).data,
    onSaved: (now) => {
      queries.setQueryData(key, now);
      void refresh(queries, 'listCustomers');
    },
  });
  return (
    <EntityForm entity={entity} labels={labels} editable={editable} read={valuesOf} reload={() => queries.invalidateQueries({ queryKey: key })}>
      <CustomerFields form={entity.form} />
    </EntityForm>
  );
}

function Duplicates({ customer: c, mayWrite }: { customer: Customer; mayWrite: boolean }) {
  const [merging, setMerging] = useState<string | null>(null);
  if (c.duplicates.length === 0) return null;
  return (
    <Alert color="yellow" icon={<IconUsers />} title={c.duplicates.length === 1 ? 'Puede que esté dos veces' : 'Puede que esté varias veces'}>
      <Stack gap="xs">
        {c.duplicates.map((d) => (
          <Group key={d.id} gap="sm">
            <Anchor component={Link} to={`/clientes/${d.id}`} size="sm" fw={650} c="inherit" td="underline">{d.display_name}</Anchor>
            <Text size="sm">tiene {d.same.map((s) => sameNames[s]).join(' y ')}</Text>
            {mayWrite && <Button size="compact-sm" variant="default" onClick={() => setMerging(d.id)} aria-label={`Comparar y unir con ${d.display_name}`}>Comparar y unir</Button>}
          </Group>
        ))}
      </Stack>
      <Modal opened={merging !== null} onClose={() => setMerging(null)} size="xl" title="Unir dos clientes" closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        {merging && <Merge kept={c} duplicateId={merging} onDone={() => setMerging(null)} />}
      </Modal>
    </Alert>
  );
}

function Related({ customer: c }: { customer: Customer }) {
  const cases = useQuery(listCasesOptions({ query: { customer_id: c.id, limit: 10 } }));
  const conversations = useQuery(listConversationsOptions({ query: { customer_id: c.id, limit: 10 } }));
  return (
    <>
      <Card withBorder padding="sm">
        <Stack gap={6}>
          <Title order={2} size="h4">Expedientes</Title>
          <Loaded query={cases} rows={2}>
            {({ items }) => (items.length === 0 ? <Text size="sm" c="dimmed">Ninguno.</Text> : items.map((one) => (
              <Group key={one.id} justify="space-between" gap="xs">
                <Anchor component={Link} to={`/expedientes/${one.id}`} size="sm" className="nums">{one.number}</Anchor>
                <Text size="sm"><Money amount={one.total} /></Text>
                <Status value={one.status} looks={caseStatusLooks} />
              </Group>
            )))}
          </Loaded>
        </Stack>
      </Card>
      <Card withBorder padding="sm">
        <Stack gap={6}>
          <Title order={2} size="h4">Conversaciones</Title>
          <Loaded query={conversations} rows={2}>
            {({ items }) => (items.length === 0 ? <Text size="sm" c="dimmed">Ninguna.</Text> : items.map((one) => (
              <Group key={one.id} justify="space-between" gap="xs" wrap="nowrap">
                <Anchor component={Link} to={`/conversaciones/${one.id}`} size="sm" lineClamp={1}>{one.last_message?.preview || 'Conversación'}</Anchor>
                <Status value={one.status} looks={conversationLooks} />
              </Group>
            )))}
          </Loaded>
        </Stack>
      </Card>
      <Card withBorder padding="sm">
        <Stack gap={4}>
          <Title order={2} size="h4">En números</Title>
          <Text size="sm">{c.statistics.messages} mensajes · {c.statistics.quotes} presupuestos · {c.statistics.escalations} escalaciones</Text>
          <Text size="sm">{c.contacts.length === 0 ? 'Todavía no ha escrito por WhatsApp.' : c.contacts.length === 1 ? 'Un contacto en Chatwoot.' : `${c.contacts.length} contactos en Chatwoot.`}</Text>
          <Text size="sm">Última actividad: <Ago at={c.last_activity_at} /></Text>
        </Stack>
      </Card>
    </>
  );
}

/** What the law gives the customer: their data, and to be forgotten. */
function Privacy({ customer: c, gone }: { customer: Customer; gone: boolean }) {
  const [asking, setAsking] = useState(false);
  const queries = useQueryClient();
  const confirm = c.phone ?? (c.first_name || c.company_name || c.whatsapp_name || c.id);
  const anonymise = useMutation({
    ...anonymiseCustomerMutation(),
    onSuccess: (now) => {
      queries.setQueryData(getCustomerQueryKey({ path: { customer_id: c.id } }), now);
      toastDone('Cliente anonimizado');
      return refresh(queries, 'listCustomers', 'listConversations', 'listMessages', 'listCases', 'getCase', 'listEscalations');
    },
    onSettled: () => setAsking(false),
  });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target><Button variant="default" rightSection={<IconChevronDown size={14} />}>Privacidad</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component="a" href={`/api/admin/customers/${c.id}/export`} download={`cliente-${c.id}.json`}>Descargar todos sus datos</Menu.Item>
          {!gone && <Menu.Item color="red" onClick={() => setAsking(true)}>Anonimizar…</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={asking} onClose={() => setAsking(false)} title="Anonimizar al cliente" deed="Anonimizar" typed={confirm} loading={anonymise.isPending}
        onConfirm={() => anonymise.mutate({ path: { customer_id: c.id }, body: { confirm } })}
      >
        <Stack gap="xs">
          <Text size="sm">Desaparecen para siempre sus datos, todo lo que dijo ({c.statistics.messages} mensajes), sus fotos y sus presupuestos; los expedientes activos se cancelan. No se puede deshacer.</Text>
          <Text size="sm">Lo que Chatwoot tenga no se toca: hay que borrar el contacto allí.</Text>
        </Stack>
      </Confirm>
    </>
  );
}
