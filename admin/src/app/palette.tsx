import { Badge, Group, Modal, ScrollArea, Stack, Text, TextInput, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { SearchHit } from '@msia/client';
import { searchOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';

import { allows, useSignedIn } from '@/lib/account';
import { fold } from '@/lib/fold';
import { toApiError } from '@/lib/problem';
import { IconSearch } from '@/parts/icons';

import { areas } from './nav';
import { type Recent, readRecent } from './recent';

/** One line of the palette. */
type Item = { id: string; title: string; subtitle?: string; kind: string; run: () => void };

const kinds: Record<SearchHit['kind'], string> = {
  case: 'Expediente', customer: 'Cliente', conversation: 'Conversación', element: 'Elemento', tier: 'Tramo', category: 'Categoría', account: 'Cuenta',
};

/** Where a hit is looked at. */
export function hitAddress(hit: Pick<SearchHit, 'kind' | 'id' | 'category'>): string {
  switch (hit.kind) {
    case 'case': return `/expedientes/${hit.id}`;
    case 'customer': return `/clientes/${hit.id}`;
    case 'conversation': return `/conversaciones/${hit.id}`;
    case 'element': return `/elementos/${hit.id}`;
    case 'tier': return `/tarifas/${hit.category}/tramos`;
    case 'category': return `/tarifas/${hit.id}`;
    case 'account': return `/ajustes/usuarios/${hit.id}`;
  }
}

/** Search over everything, and everything that can be done from anywhere. Enter takes the first line. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const [q] = useDebouncedValue(typed.trim(), 150);
  const list = useId();
  const navigate = useNavigate();
  const { role } = useSignedIn();
  const { setColorScheme } = useMantineColorScheme();
  const found = useQuery({ ...searchOptions({ query: { q } }), enabled: q.length >= 2, placeholderData: undefined });

  const go = (to: string) => {
    onClose();
    void navigate({ to });
  };
  const places: Item[] = areas.flatMap((area) => area.places)
    .filter((place) => allows(role, place.needs ?? 'viewer'))
    .map((place) => ({ id: place.to, title: place.text, kind: 'Página', run: () => go(place.to) }));
  const deeds: Item[] = [
    ...(allows(role, 'editor') ? [{ id: 'nuevo-cliente', title: 'Nuevo cliente', kind: 'Acción', run: () => go('/clientes/nuevo') }] : []),
    { id: 'claro', title: 'Colores claros', kind: 'Acción', run: () => { setColorScheme('light'); onClose(); } },
    { id: 'oscuro', title: 'Colores oscuros', kind: 'Acción', run: () => { setColorScheme('dark'); onClose(); } },
  ];
  const recent: Item[] = readRecent().map((r: Recent) => ({ id: `reciente${r.to}`, title: r.title, kind: 'Reciente', run: () => go(r.to) }));
  const hits: Item[] = (q === typed.trim() ? found.data?.items ?? [] : []).map((hit) => ({
    id: hit.kind + hit.id, title: hit.title, subtitle: [hit.subtitle, hit.match].filter(Boolean).join(' · '), kind: kinds[hit.kind], run: () => go(hitAddress(hit)),
  }));
  const wanted = fold(typed.trim());
  const own = [...places, ...deeds].filter((item) => fold(item.title).includes(wanted));
  const items = wanted ? [...hits, ...own] : [...recent, ...places, ...deeds];
  const waiting = wanted.length >= 2 && (q !== typed.trim() || found.isFetching);

  // Pressed before the answer is there: the first line of the answer is meant.
  const pressed = useRef(false);
  useEffect(() => {
    if (!pressed.current || waiting) return;
    pressed.current = false;
    items[0]?.run();
  });
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) {
      e.preventDefault();
      setChosen((at) => (items.length ? (at + step + items.length) % items.length : 0));
    } else if (e.key === 'Enter') {
      e.preventDefault();
      if (waiting && chosen === 0) pressed.current = true;
      else items[chosen]?.run();
    }
  };
  const active = items[Math.min(chosen, items.length - 1)];
  useEffect(() => {
    document.getElementById(`${list}-${active?.id}`)?.scrollIntoView({ block: 'nearest' });
  }, [active?.id, list]);

  return (
    <Modal opened onClose={onClose} withCloseButton={false} padding={0} size="lg" yOffset="10vh" title={undefined} aria-label="Buscar">
      <Stack gap={0}>
        <TextInput
          value={typed} onChange={(e) => { setTyped(e.currentTarget.value); setChosen(0); }} onKeyDown={onKeyDown} data-autofocus maxLength={100}
          placeholder="Matrícula, número, nombre, teléfono, elemento, página…" aria-label="Buscar" size="md" variant="unstyled" px="sm" leftSection={<IconSearch size={18} />}
          role="combobox" aria-expanded aria-controls={list} aria-activedescendant={active && `${list}-${active.id}`} autoComplete="off"
        />
        <ScrollArea.Autosize mah="55vh" viewportProps={{ tabIndex: -1 }} style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
          <div role="listbox" id={list} aria-label="Resultados">
            {items.map((item) => (
              <UnstyledButton
                key={item.id} id={`${list}-${item.id}`} role="option" aria-selected={item === active} tabIndex={-1} w="100%" px="md" py={8} onClick={item.run}
                style={{ background: item === active ? 'var(--mantine-primary-color-light)' : undefined }}
              >
                <Group justify="space-between" wrap="nowrap">
                  <div style={{ minWidth: 0 }}>
                    <Text size="sm" fw={500} truncate>{item.title}</Text>
                    {item.subtitle && <Text size="xs" c="dimmed" truncate>{item.subtitle}</Text>}
                  </div>
                  <Badge color="gray">{item.kind}</Badge>
                </Group>
              </UnstyledButton>
            ))}
          </div>
        </ScrollArea.Autosize>
        <Text size="sm" c="dimmed" px="md" py="xs" role="status">
          {found.error ? toApiError(found.error, undefined).message : waiting ? 'Buscando…' : items.length === 0 ? 'Nada coincide.' : `${items.length} resultados`}
        </Text>
      </Stack>
    </Modal>
  );
}
