import { PasswordInput, Select } from '@mantine/core';
import type { Role } from '@msia/client';
import type { ComponentProps } from 'react';

import { roleNames } from '@/lib/account';

const roles = (Object.keys(roleNames) as Role[]).map((value) => ({ value, label: roleNames[value] }));
const about = 'Lectura ve todo el trabajo; Edición lo cambia; Administración, además, cuentas y ajustes.';

/** What an account may do. */
export const RoleSelect = (props: Partial<ComponentProps<typeof Select>>) => (
  <Select label="Papel" description={about} data={roles} allowDeselect={false} required withCheckIcon={false} {...props} />
);

/** A new password: at least twelve characters; nothing else is asked of it. */
export const NewPassword = (props: Partial<ComponentProps<typeof PasswordInput>>) => (
  <PasswordInput
    label="Contraseña nueva" description="12 caracteres como mínimo." autoComplete="new-password" required maxLength={256}
    visibilityToggleButtonProps={{ 'aria-label': 'Mostrar la contraseña nueva' }} {...props}
  />
);
