import { Alert, Anchor, AppShell, Burger, Button, Group, Kbd, NavLink, Stack, Text } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';

import { allows, useSignedIn } from '@/lib/account';
import { IconSearch } from '@/parts/icons';

import { useLive } from './live';
import { areas } from './nav';
import { PanicBanner } from './panic';

// What opens on a key or a click is not part of the first load.
const KeyHelp = lazy(() => import('./keyhelp'));
const Menus = lazy(() => import('./menus'));
const Palette = lazy(() => import('./palette'));

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
  useLive();
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
          <Group gap={4} wrap="nowrap" miw={{ base: 76, sm: 114 }} justify="flex-end">
            <Suspense><Menus onHelp={openHelp} /></Suspense>
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
                  key={place.to} component={Link} to={place.to} activeOptions={{ exact: true }} label={place.text} leftSection={<place.icon size={18} stroke={1.7} />}
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
      <Suspense>
        {help && <KeyHelp onClose={closeHelp} />}
        {palette && <Palette onClose={closePalette} />}
      </Suspense>
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
