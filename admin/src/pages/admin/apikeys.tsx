import '@mantine/core/styles/NumberInput.css';
import '@mantine/core/styles/Code.css';

import { Alert, Button, Card, Code, CopyButton, Group, NumberInput, Table, Text, TextInput, Title, VisuallyHidden } from '@mantine/core';
import { createApiKey, type Role } from '@msia/client';
import { deleteApiKeyMutation, listApiKeysOptions } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { allows, roleNames, useSignedIn } from '@/lib/account';
import { refresh } from '@/lib/queries';
import { Confirm } from '@/parts/confirm';
import { Ago, When } from '@/parts/fields';
import { EntityForm, useEntityForm } from '@/parts/form';
import { IconKey } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Empty, Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { RoleSelect } from './accounts/fields';

export default function APIKeys() {
  const [made, setMade] = useState<string | null>(null);
  return (
    <Page title="Claves API" about="Para programas que usan msia en su nombre: nunca pueden más que su cuenta.">
      {made && (
        <Alert color="green" icon={<IconKey />} title="Copie la clave ahora: no se vuelve a mostrar" withCloseButton closeButtonLabel="Ocultar" onClose={() => setMade(null)}>
          <Group>
            <Code style={{ overflowWrap: 'anywhere' }}>{made}</Code>
            <CopyButton value={made}>{({ copied, copy }) => <Button size="compact-sm" variant="default" onClick={copy}>{copied ? 'Copiada' : 'Copiar'}</Button>}</CopyButton>
          </Group>
        </Alert>
      )}
      <Keys />
      <NewKey onMade={setMade} />
    </Page>
  );
}

function NewKey({ onMade }: { onMade: (key: string) => void }) {
  const queries = useQueryClient();
  const { role } = useSignedIn();
  const entity = useEntityForm({
    initial: { name: '', role: 'viewer' as Role, expires_in_days: 90 },
    save: async (body) => (await createApiKey({ body, throwOnError: true })).data,
    onSaved: ({ key }) => {
      entity.form.reset();
      onMade(key);
      void refresh(queries, 'listApiKeys');
    },
  });
  const { form } = entity;
  return (
    <Card withBorder>
      <Title order={2} mb="sm">Nueva clave</Title>
      <EntityForm entity={entity} deed="Crear clave">
        <TextInput label="Nombre" description="Para qué es; por ejemplo, «informes»." required maxLength={100} {...form.getInputProps('name')} />
        <RoleSelect {...form.getInputProps('role')} data={(Object.keys(roleNames) as Role[]).filter((r) => allows(role, r)).map((value) => ({ value, label: roleNames[value] }))} />
        <NumberInput label="Días hasta que caduca" min={1} max={366} allowDecimal={false} clampBehavior="none" {...form.getInputProps('expires_in_days')} />
      </EntityForm>
    </Card>
  );
}

function Keys() {
  const queries = useQueryClient();
  const keys = useQuery(listApiKeysOptions());
  const [ending, setEnding] = useState<{ id: string; name: string } | null>(null);
  const end = useMutation({
    ...deleteApiKeyMutation(),
    onSuccess: () => {
      setEnding(null);
      toastDone('Clave borrada');
    },
    onSettled: () => refresh(queries, 'listApiKeys'),
  });
  return (
    <Loaded query={keys} rows={2}>
      {(all) => all.length === 0 ? <Empty title="No tiene ninguna clave">Cree una abajo si un programa ha de leer o escribir en msia.</Empty> : (
        <Table.ScrollContainer minWidth={520} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': 'Claves' } }}>
          <Table aria-label="Claves">
            <Table.Thead><Table.Tr><Table.Th>Nombre</Table.Th><Table.Th>Papel</Table.Th><Table.Th>Usada</Table.Th><Table.Th>Caduca</Table.Th><Table.Th><VisuallyHidden>Acciones</VisuallyHidden></Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {all.map((k) => (
                <Table.Tr key={k.id}>
                  <Table.Td>{k.name}</Table.Td>
                  <Table.Td>{roleNames[k.role]}</Table.Td>
                  <Table.Td>{k.last_used_at ? <Ago at={k.last_used_at} /> : <Text span size="sm" c="dimmed">Nunca</Text>}</Table.Td>
                  <Table.Td><When at={k.expires_at} dayOnly /></Table.Td>
                  <Table.Td><Button size="compact-sm" variant="default" onClick={() => setEnding(k)}>Borrar</Button></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Confirm opened={ending !== null} onClose={() => setEnding(null)} title={`Borrar la clave «${ending?.name}»`} deed="Borrar" loading={end.isPending} onConfirm={() => ending && end.mutate({ path: { key_id: ending.id } })}>
            El programa que la usa deja de poder entrar al momento.
          </Confirm>
        </Table.ScrollContainer>
      )}
    </Loaded>
  );
}
