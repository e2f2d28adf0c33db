import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from '@mantine/core';
import { logoutMutation } from '@msia/client/query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';

import { roleNames, useSignedIn } from '@/lib/account';
import { IconHelp, IconLogout, IconMoon, IconSun, IconSunMoon, IconUser } from '@/parts/icons';

/** The header's right end: help, colours, account. */
export default function Menus({ onHelp }: { onHelp: () => void }) {
  return (
    <>
      <Tooltip label="Atajos de teclado (?)">
        <ActionIcon aria-label="Atajos de teclado" onClick={onHelp} visibleFrom="sm"><IconHelp size={20} /></ActionIcon>
      </Tooltip>
      <ColorScheme />
      <Account />
    </>
  );
}

function ColorScheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Icon = { auto: IconSunMoon, light: IconSun, dark: IconMoon }[colorScheme];
  return (
    <Menu>
      <Menu.Target><ActionIcon aria-label="Colores"><Icon size={20} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconSunMoon size={16} />} onClick={() => setColorScheme('auto')}>Como el sistema</Menu.Item>
        <Menu.Item leftSection={<IconSun size={16} />} onClick={() => setColorScheme('light')}>Claro</Menu.Item>
        <Menu.Item leftSection={<IconMoon size={16} />} onClick={() => setColorScheme('dark')}>Oscuro</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Account() {
  const { account, role } = useSignedIn();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const logout = useMutation({
    ...logoutMutation(),
    onSuccess: async () => {
      await navigate({ to: '/entrar' });
      queries.clear();
      sessionStorage.clear();
    },
  });
  return (
    <Menu>
      <Menu.Target><ActionIcon aria-label={`Cuenta de ${account.username}`}><IconUser size={20} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{account.display_name ?? account.username} · {roleNames[role]}</Menu.Label>
        <Menu.Item leftSection={<IconUser size={16} />} component={Link} to="/ajustes/perfil">Mi cuenta</Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => logout.mutate({})}>Salir</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
