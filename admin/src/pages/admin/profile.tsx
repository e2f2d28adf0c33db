import { Badge, Button, Card, Group, PasswordInput, Stack, Table, Text, Title, VisuallyHidden } from '@mantine/core';
import { changePassword } from '@msia/client';
import { listSessionsOptions, revokeOtherSessionsMutation, revokeSessionMutation } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { roleNames, useSignedIn } from '@/lib/account';
import { browserName } from '@/lib/useragent';
import { refresh } from '@/lib/queries';
import { Ago, None, When } from '@/parts/fields';
import { EntityForm, useEntityForm } from '@/parts/form';
import { Page } from '@/parts/page';
import { Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { NewPassword } from './accounts/fields';

export default function Profile() {
  const { account, role } = useSignedIn();
  return (
    <Page title="Mi cuenta" about={`${account.display_name ?? account.username} · ${roleNames[role]}`}>
      <Sessions />
      <Password />
    </Page>
  );
}

function Password() {
  const queries = useQueryClient();
  const entity = useEntityForm({
    initial: { current_password: '', new_password: '' },
    saved: 'Contraseña cambiada. Las demás sesiones han terminado.',
    save: (body) => changePassword({ body, throwOnError: true }),
    onSaved: () => {
      entity.form.reset();
      void refresh(queries, 'listSessions');
    },
  });
  return (
    <Card withBorder>
      <Title order={2} mb="sm">Contraseña</Title>
      <EntityForm entity={entity} deed="Cambiar la contraseña">
        <PasswordInput
          label="Contraseña actual" autoComplete="current-password" required maxLength={256} visibilityToggleButtonProps={{ 'aria-label': 'Mostrar la contraseña actual' }}
          {...entity.form.getInputProps('current_password')}
        />
        <NewPassword {...entity.form.getInputProps('new_password')} />
      </EntityForm>
    </Card>
  );
}

function Sessions() {
  const queries = useQueryClient();
  const sessions = useQuery(listSessionsOptions());
  const settle = { onSettled: () => refresh(queries, 'listSessions') };
  const end = useMutation({ ...revokeSessionMutation(), ...settle, onSuccess: () => toastDone('Sesión terminada') });
  const endOthers = useMutation({ ...revokeOtherSessionsMutation(), ...settle, onSuccess: () => toastDone('Las demás sesiones han terminado') });
  return (
    <Card withBorder>
      <Group justify="space-between" mb="sm">
        <Title order={2}>Sesiones abiertas</Title>
        <Button variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate({})}>Terminar las demás</Button>
      </Group>
      <Loaded query={sessions} rows={2}>
        {(all) => (
          <Table.ScrollContainer minWidth={520} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': 'Sesiones' } }}>
            <Table aria-label="Sesiones">
              <Table.Thead><Table.Tr><Table.Th>Navegador</Table.Th><Table.Th>Desde</Table.Th><Table.Th>Última vez</Table.Th><Table.Th>Termina</Table.Th><Table.Th><VisuallyHidden>Acciones</VisuallyHidden></Table.Th></Table.Tr></Table.Thead>
              <Table.Tbody>
                {all.map((s) => (
                  <Table.Tr key={s.id}>
                    <Table.Td><Stack gap={0}><Text size="sm">{s.user_agent ? browserName(s.user_agent) : <None />}</Text><Text size="xs" c="dimmed">{s.address}</Text></Stack></Table.Td>
                    <Table.Td><When at={s.created_at} /></Table.Td>
                    <Table.Td><Ago at={s.last_used_at} /></Table.Td>
                    <Table.Td><When at={s.expires_at} /></Table.Td>
                    <Table.Td>{s.current ? <Badge>Esta</Badge> : <Button size="compact-sm" variant="default" onClick={() => end.mutate({ path: { session_id: s.id } })}>Terminar</Button>}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Loaded>
    </Card>
  );
}
