import {
  ActionIcon, Alert, Anchor, AppShell, Burger, Button, Group, Kbd, Menu, NavLink, Stack, Text, Tooltip, useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { logoutMutation } from '@msia/client/query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

import { allows, roleNames, useSignedIn } from '@/lib/account';
import { IconHelp, IconLogout, IconMoon, IconSearch, IconSun, IconSunMoon, IconUser } from '@/parts/icons';

import { KeyHelp } from './keyhelp';
import { areas } from './nav';
import { Palette } from './palette';
import { PanicBanner } from './panic';

/** The frame of the signed-in UI: menu, search, who is signed in, and the page. */
export function Shell() {
  const [menu, { toggle, close }] = useDisclosure();
  const [help, { open: openHelp, close: closeHelp }] = useDisclosure();
  const [palette, { open: openPalette, close: closePalette }] = useDisclosure();
  const path = useRouterState({ select: (s) => s.location.pathname });
  const here = placeOf(path);
  const role = useSignedIn().role;
  const main = useRef<HTMLElement>(null);

  useHotkeys([['mod+K', openPalette]], []);
  useHotkeys([['shift+?', openHelp], ['?', openHelp]]);
  useGoKeys();
  useEffect(close, [path, close]);

  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 232, breakpoint: 'md', collapsed: { mobile: !menu } }} padding="md">
      <a className="skip" href="#contenido" onClick={() => main.current?.focus()}>Saltar al contenido</a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={menu} onClick={toggle} hiddenFrom="md" size="sm" aria-label={menu ? 'Cerrar el menú' : 'Abrir el menú'} />
            <Anchor component={Link} to="/" fw={750} fz="lg" underline="never" c="inherit">msia</Anchor>
          </Group>
          <Button variant="default" leftSection={<IconSearch size={16} />} rightSection={<Group gap={2} visibleFrom="sm"><Kbd size="xs">Ctrl</Kbd><Kbd size="xs">K</Kbd></Group>} onClick={openPalette}>
            Buscar
          </Button>
          <Group gap={4} wrap="nowrap">
            <Tooltip label="Atajos de teclado (?)">
              <ActionIcon aria-label="Atajos de teclado" onClick={openHelp} visibleFrom="sm"><IconHelp size={20} /></ActionIcon>
            </Tooltip>
            <ColorScheme />
            <Account />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Menú" style={{ overflowY: 'auto' }}>
        <Stack gap="md">
          {areas.map((area) => (
            <div key={area.title}>
              <Text size="xs" fw={700} c="dimmed" px="sm" pb={4} tt="uppercase">{area.title}</Text>
              {area.places.filter((place) => allows(role, place.needs ?? 'viewer')).map((place) => (
                <NavLink
                  key={place.to} component={Link} to={place.to} label={place.text} leftSection={<place.icon size={18} stroke={1.7} />}
                  active={place === here} aria-current={place === here ? 'page' : undefined}
                />
              ))}
            </div>
          ))}
        </Stack>
      </AppShell.Navbar>
      <AppShell.Main id="contenido" ref={main} tabIndex={-1} style={{ outline: 'none' }}>
        <PanicBanner />
        <Offline />
        <Outlet />
      </AppShell.Main>
      <KeyHelp opened={help} onClose={closeHelp} />
      <Palette opened={palette} onClose={closePalette} />
    </AppShell>
  );
}

/** The place of the menu that a page belongs to. */
function placeOf(path: string) {
  return areas.flatMap((area) => area.places)
    .filter((place) => path === place.to || (place.to !== '/' && path.startsWith(`${place.to}/`)))
    .sort((a, b) => b.to.length - a.to.length)[0];
}

/** G, then a letter, goes to a page. */
function useGoKeys() {
  const navigate = useNavigate();
  const pressed = useRef(0);
  useEffect(() => {
    const onKeyDown = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || (e.target as HTMLElement).closest('input, textarea, select, [contenteditable], [role=dialog]')) return;
      if (e.key === 'g') {
        pressed.current = e.timeStamp;
        return;
      }
      const place = areas.flatMap((area) => area.places).find((p) => p.key === e.key);
      if (place && e.timeStamp - pressed.current < 1500) {
        e.preventDefault();
        void navigate({ to: place.to });
      }
      pressed.current = -Infinity;
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [navigate]);
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

/** Said for as long as the browser knows that it has no network. */
function Offline() {
  const [offline, { open, close }] = useDisclosure(!navigator.onLine);
  useEffect(() => {
    window.addEventListener('offline', open);
    window.addEventListener('online', close);
    return () => {
      window.removeEventListener('offline', open);
      window.removeEventListener('online', close);
    };
  }, [open, close]);
  return offline ? <Alert color="yellow" mb="md" role="status">Sin conexión: lo que se ve puede no estar al día, y nada se guarda.</Alert> : null;
}
