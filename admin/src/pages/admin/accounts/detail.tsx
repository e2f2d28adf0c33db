import '@mantine/core/styles/Switch.css';

import { Alert, Anchor, Button, Card, Group, Stack, Switch, Text, TextInput, Title } from '@mantine/core';
import { type Account, resetPassword, updateAccount } from '@msia/client';
import { getAccountOptions, revokeAccountSessionsMutation } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';

import { useSignedIn } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { Confirm } from '@/parts/confirm';
import { EntityForm, useEntityForm } from '@/parts/form';
import { Page } from '@/parts/page';
import { Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { NewPassword, RoleSelect } from './fields';

export default function AccountPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const account = useQuery(getAccountOptions({ path: { account_id: id } }));
  const title = account.data ? account.data.display_name ?? account.data.username : 'Cuenta';
  return (
    <Page title={title} above={[['Cuentas', '/ajustes/usuarios']]} actions={account.data && <Anchor component={Link} to={`/accesos?username=${account.data.username}`}>Sus accesos</Anchor>}>
      <Loaded query={account}>
        {(a) => (
          <Stack>
            <Profile account={a} reload={account.refetch} />
            <Keys account={a} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Profile({ account, reload }: { account: Account; reload: () => Promise<unknown> }) {
  const queries = useQueryClient();
  const own = useSignedIn().account.id === account.id;
  const entity = useEntityForm({
    initial: { display_name: account.display_name ?? '', role: account.role, is_active: account.is_active },
    version: account.version,
    saved: 'Guardado',
    save: async ({ display_name, ...rest }, version) => {
      const { data } = await updateAccount({
        path: { account_id: account.id }, body: { ...rest, display_name: display_name.trim() || null }, headers: ifMatch(version ?? account.version), throwOnError: true,
      });
      await refresh(queries, 'getAccount', 'listAccounts', 'getSignedIn');
      return data;
    },
  });
  const { form } = entity;
  return (
    <Card withBorder>
      <EntityForm entity={entity} reload={reload} labels={{ display_name: 'Nombre', role: 'Papel', is_active: 'Activa' }}>
        <Text size="sm">Usuario: <b>{account.username}</b></Text>
        {own && <Alert color="blue">Es la cuenta con la que ha entrado.</Alert>}
        <TextInput label="Nombre" maxLength={100} {...form.getInputProps('display_name')} />
        <RoleSelect {...form.getInputProps('role')} />
        <Switch label="Activa" description="Una cuenta cerrada no puede entrar; sus sesiones y claves terminan al momento." {...form.getInputProps('is_active', { type: 'checkbox' })} />
      </EntityForm>
    </Card>
  );
}

function Keys({ account }: { account: Account }) {
  const [ending, setEnding] = useState(false);
  const own = useSignedIn().account.id === account.id;
  const end = useMutation({
    ...revokeAccountSessionsMutation(),
    onSuccess: () => {
      setEnding(false);
      toastDone('Sus sesiones han terminado.');
    },
  });
  const password = useEntityForm({
    initial: { new_password: '' },
    saved: 'Contraseña cambiada. Sus sesiones han terminado.',
    save: (body) => resetPassword({ path: { account_id: account.id }, body, throwOnError: true }),
    onSaved: () => password.form.reset(),
  });
  if (own) return <Text size="sm">Su contraseña y sus sesiones están en <Anchor component={Link} to="/ajustes/perfil">Mi cuenta</Anchor>.</Text>;
  return (
    <Card withBorder>
      <Title order={2} mb="sm">Acceso</Title>
      <EntityForm entity={password} deed="Cambiar la contraseña">
        <NewPassword {...password.form.getInputProps('new_password')} />
      </EntityForm>
      <Group mt="md"><Button variant="default" onClick={() => setEnding(true)}>Terminar todas sus sesiones</Button></Group>
      <Confirm opened={ending} onClose={() => setEnding(false)} title="Terminar sus sesiones" deed="Terminar" loading={end.isPending} onConfirm={() => end.mutate({ path: { account_id: account.id } })}>
        {account.username} tendrá que volver a entrar en todos sus aparatos. Lo que no haya guardado se pierde.
      </Confirm>
    </Card>
  );
}
