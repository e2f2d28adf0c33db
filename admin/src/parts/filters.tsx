import { Button, Group, MultiSelect, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks';
import type { ViewPage } from '@msia/client';
import { type ReactNode, useRef, useState } from 'react';

import { many, one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';

import { IconSearch, IconX } from './icons';
import { SavedViews } from './savedviews';

export type Option<T extends string = string> = { value: T; label: string };

type BarProps = {
  /** Those that "Quitar filtros" clears. */
  names: string[];
  /** Lets the filters be saved under a name, as views of this page. */
  views?: ViewPage;
  children: ReactNode;
};

/** The row of filters above a list. Every filter stands in the address. */
export function FilterBar({ names, views, children }: BarProps) {
  const [search, change] = useFilters();
  const set = names.some((name) => search[name] !== undefined);
  return (
    <Group role="search" gap="xs" align="flex-end">
      {children}
      {set && (
        <Button variant="subtle" leftSection={<IconX size={16} />} onClick={() => change(Object.fromEntries(names.map((name) => [name, undefined])))}>
          Quitar filtros
        </Button>
      )}
      {views && <Group ml="auto"><SavedViews page={views} /></Group>}
    </Group>
  );
}

/** Free text; `/` puts the cursor there. */
export function TextFilter({ name = 'q', label, placeholder }: { name?: string; label: string; placeholder?: string }) {
  const [search, change] = useFilters();
  const stored = one(search, name);
  const [typed, setTyped] = useState(stored);
  const [known, setKnown] = useState(stored);
  if (stored !== known) { // changed by Back, by "Quitar filtros", by a link
    setKnown(stored);
    setTyped(stored);
  }
  const input = useRef<HTMLInputElement>(null);
  const send = useDebouncedCallback((text: string) => {
    setKnown(text);
    change({ [name]: text || undefined }, false);
  }, 250);
  useHotkeys([['/', () => input.current?.focus()]]);
  return (
    <TextInput
      ref={input} label={label} placeholder={placeholder} type="search" value={typed} leftSection={<IconSearch size={16} />} w={280} maxLength={200}
      onChange={(e) => { setTyped(e.currentTarget.value); send(e.currentTarget.value.trim()); }}
    />
  );
}

export function SelectFilter({ name, label, options, placeholder = 'Cualquiera' }: { name: string; label: string; options: readonly Option[]; placeholder?: string }) {
  const [search, change] = useFilters();
  return <Select label={label} data={options} value={one(search, name) || null} clearable onChange={(value) => change({ [name]: value ?? undefined })} placeholder={placeholder} w={190} clearButtonProps={{ 'aria-label': `Quitar ${label}` }} />;
}

export function MultiFilter<T extends string>({ name, label, options }: { name: string; label: string; options: Option<T>[] }) {
  const [search, change] = useFilters();
  const chosen = many(search, name, options.map((o) => o.value));
  return <MultiSelect label={label} data={options} value={chosen} clearable onChange={(values) => change({ [name]: values })} placeholder={chosen.length ? undefined : 'Cualquiera'} miw={190} maw={420} clearButtonProps={{ 'aria-label': `Quitar ${label}` }} />;
}
