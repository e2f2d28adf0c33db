import { TextInput } from '@mantine/core';
import { createAccount, type Role } from '@msia/client';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';

import { refresh } from '@/lib/queries';
import { EntityForm, useEntityForm } from '@/parts/form';
import { Page } from '@/parts/page';

import { NewPassword, RoleSelect } from './fields';

export default function NewAccount() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const entity = useEntityForm({
    initial: { username: '', display_name: '', role: 'viewer' as Role, password: '' },
    saved: 'Cuenta creada. Dele usted la contraseña; podrá cambiarla en «Mi cuenta».',
    save: async ({ display_name, ...rest }) =>
      (await createAccount({ body: { ...rest, username: rest.username.trim(), display_name: display_name.trim() || null }, throwOnError: true })).data,
    onSaved: () => {
      void refresh(queries, 'listAccounts');
      void navigate({ to: '/ajustes/usuarios' as string, ignoreBlocker: true });
    },
  });
  const { form } = entity;
  return (
    <Page title="Nueva cuenta" above={[['Cuentas', '/ajustes/usuarios']]}>
      <EntityForm entity={entity} deed="Crear cuenta">
        <TextInput label="Usuario" required autoCapitalize="none" spellCheck={false} autoComplete="off" maxLength={50} {...form.getInputProps('username')} />
        <TextInput label="Nombre" maxLength={100} {...form.getInputProps('display_name')} />
        <RoleSelect {...form.getInputProps('role')} />
        <NewPassword label="Contraseña" {...form.getInputProps('password')} />
      </EntityForm>
    </Page>
  );
}
