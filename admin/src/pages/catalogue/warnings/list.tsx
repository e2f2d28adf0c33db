import { Button, Stack, Title } from '@mantine/core';
import type { Severity, WarningScope } from '@msia/client';
import { listCategoriesOptions, listWarningsOptions, listWarningsQueryKey } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';

import { useMay } from '@/lib/account';
import { many, one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { FilterBar, MultiFilter, type Option, SelectFilter, TextFilter } from '@/parts/filters';
import { IconPlus } from '@/parts/icons';
import { Page } from '@/parts/page';
import { severityLooks } from '@/parts/severity';
import { Empty, Loaded } from '@/parts/states';

import { useEditing } from '../rows';
import { scopes } from '../tariffs/words';
import { useWarningDialogs, WarningRows } from './rows';

const severityOptions = Object.entries(severityLooks).map(([value, { text }]): Option<Severity> => ({ value: value as Severity, label: text }));
const scopeOptions = Object.entries(scopes).map(([value, label]): Option<WarningScope> => ({ value: value as WarningScope, label }));

/** All warnings, by category. */
export default function Warnings() {
  const [search] = useFilters();
  const warnings = useQuery(listWarningsOptions());
  const categories = useQuery(listCategoriesOptions({ query: { include_inactive: true } }));
  const mayWrite = useMay('editor');
  const { edit } = useEditing();
  const { dialogs, onDelete } = useWarningDialogs(warnings.data ?? []);
  const q = one(search, 'q').toLocaleLowerCase('es');
  const severity = many(search, 'gravedad', severityOptions.map((o) => o.value));
  const scope = many(search, 'ambito', scopeOptions.map((o) => o.value));
  const slug = one(search, 'categoria');
  const filtered = q !== '' || severity.length > 0 || scope.length > 0;
  return (
    <Page
      title="Advertencias" about="Textos que acompañan a un presupuesto cuando su condición se cumple."
      actions={mayWrite && <Button leftSection={<IconPlus size={16} />} onClick={() => edit('nuevo')}>Nueva advertencia</Button>}
    >
      <FilterBar names={['q', 'gravedad', 'ambito', 'categoria']}>
        <TextFilter label="Buscar" placeholder="Texto, código, elemento o palabra" />
        <MultiFilter name="gravedad" label="Gravedad" options={severityOptions} />
        <MultiFilter name="ambito" label="Ámbito" options={scopeOptions} />
        <SelectFilter name="categoria" label="Categoría" options={(categories.data ?? []).map((c) => ({ value: c.slug, label: c.name }))} />
      </FilterBar>
      <Loaded query={warnings}>
        {(all) => {
          const shown = all.filter((w) => (severity.length === 0 || severity.includes(w.severity)) && (scope.length === 0 || scope.includes(w.scope))
            && JSON.stringify([w.message, w.code, w.element_code, w.tier_code, w.triggers]).toLocaleLowerCase('es').includes(q));
          const groups = [{ id: null, slug: '', name: 'Todas las categorías' }, ...(categories.data ?? [])]
            .filter((g) => slug === '' || g.slug === slug)
            .map((g) => ({ ...g, rows: shown.filter((w) => w.category_id === g.id) }))
            .filter((g) => g.rows.length > 0);
          if (all.length === 0) return <Empty title="No hay advertencias">Cree una para avisar al cliente de algo junto con el precio.</Empty>;
          if (groups.length === 0) return <Empty title="Ninguna advertencia coincide">Quite algún filtro.</Empty>;
          return groups.map((g) => (
            <Stack key={g.id ?? 'global'} gap="xs" component="section" aria-label={g.name}>
              <Title order={2}>{g.name}</Title>
              <WarningRows label={`Advertencias: ${g.name}`} rows={g.rows} listKey={listWarningsQueryKey()} category={g.id} sortable={!filtered} onDelete={onDelete} />
            </Stack>
          ));
        }}
      </Loaded>
      {dialogs}
    </Page>
  );
}
