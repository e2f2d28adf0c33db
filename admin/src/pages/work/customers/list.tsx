import { Anchor, Button } from '@mantine/core';
import type { ClientType, CustomerSummary } from '@msia/client';
import { listCustomersInfiniteOptions } from '@msia/client/query';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { useMay } from '@/lib/account';
import { choice, one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { byCursor, type Column, DataTable } from '@/parts/datatable';
import { Ago, None } from '@/parts/fields';
import { FilterBar, type Option, SelectFilter, TextFilter } from '@/parts/filters';
import { IconPlus } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

export const clientTypes: Option<ClientType>[] = [{ value: 'particular', label: 'Particular' }, { value: 'professional', label: 'Profesional' }];

const columns: Column<CustomerSummary>[] = [
  { header: 'Nombre', cell: (c) => <Anchor component={Link} to={`/clientes/${c.id}`} size="sm">{c.display_name}</Anchor> },
  { header: 'Teléfono', cell: (c) => c.phone ?? <None /> },
  { header: 'Correo', cell: (c) => c.email ?? <None />, wide: true },
  { header: 'Última actividad', cell: (c) => <Ago at={c.last_activity_at} /> },
];

export default function Customers() {
  const [search] = useFilters();
  const q = one(search, 'q');
  const clientType = choice(search, 'client_type', clientTypes.map((t) => t.value));
  const customers = useInfiniteQuery({
    ...listCustomersInfiniteOptions({ query: { q: q || undefined, client_type: clientType } }),
    ...byCursor,
  });
  const mayWrite = useMay('editor');
  const filtered = q !== '' || clientType !== undefined;
  return (
    <Page title="Clientes" actions={mayWrite && <Button component={Link} to="/clientes/nuevo" leftSection={<IconPlus size={16} />}>Nuevo cliente</Button>}>
      <FilterBar names={['q', 'client_type']}>
        <TextFilter label="Buscar" placeholder="Nombre, teléfono, correo o NIF" />
        <SelectFilter name="client_type" label="Tipo" options={clientTypes} />
      </FilterBar>
      <DataTable
        label="Clientes" pages={customers} columns={columns} rowId={(c) => c.id} rowTo={(c) => `/clientes/${c.id}`}
        empty={filtered ? <Empty title="Ningún cliente coincide">Quite algún filtro o busque de otra forma.</Empty>
          : <Empty title="Todavía no hay clientes">Aparecen aquí cuando escriben por WhatsApp; también puede dar de alta uno.</Empty>}
      />
    </Page>
  );
}
