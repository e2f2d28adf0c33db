import { Badge, Button, Group, Menu, Text, Title } from '@mantine/core';
import type { Category } from '@msia/client';
import { getCategoryOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { useSignedIn } from '@/lib/account';
import { IconCalculator, IconDownload } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Loaded } from '@/parts/states';
import { PageTabs } from '@/parts/pagetabs';

import { ExportItems } from './exports';
import { clientTypeNames, vehicleKindName } from './words';

type Props = {
  title: string;
  /** A sentence about the tab. */
  about?: ReactNode;
  actions?: ReactNode;
  children: (category: Category) => ReactNode;
};

/** A tab of a category. The address names the category by its slug. */
export function CategoryTab({ title, about, actions, children }: Props) {
  const { cat } = useParams({ strict: false }) as { cat: string };
  const category = useQuery(getCategoryOptions({ path: { category_id: cat } }));
  const admin = useSignedIn().role === 'admin';
  const at = `/tarifas/${cat}`;
  return (
    <Page
      title={category.data?.name ?? cat} above={[['Tarifas', '/tarifas']]}
      about={category.data && (
        <Group gap="xs">
          <Text span size="sm">{clientTypeNames[category.data.client_type]} · {vehicleKindName(category.data.vehicle_kind)} · {cat}</Text>
          {!category.data.is_active && <Badge color="gray">Inactiva</Badge>}
        </Group>
      )}
      actions={(
        <>
          <Button component={Link} to="/tarifas/simulador" search={{ categoria: cat } as never} variant="default" leftSection={<IconCalculator size={16} />}>Simular</Button>
          <Menu position="bottom-end">
            <Menu.Target><Button variant="default" leftSection={<IconDownload size={16} />}>Exportar</Button></Menu.Target>
            <Menu.Dropdown><ExportItems slug={cat} /></Menu.Dropdown>
          </Menu>
        </>
      )}
    >
      <PageTabs
        label="Partes de la categoría"
        tabs={[
          { to: `${at}/tramos`, text: 'Tramos' }, { to: `${at}/inclusiones`, text: 'Inclusiones' }, { to: `${at}/documentacion`, text: 'Documentación' },
          { to: `${at}/servicios`, text: 'Servicios' }, { to: `${at}/advertencias`, text: 'Advertencias' }, { to: `${at}/datos`, text: 'Datos' },
          ...(admin ? [{ to: `${at}/historial`, text: 'Historial' }] : []),
        ]}
      />
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2}>{title}</Title>
          {about && <Text size="sm" c="dimmed" component="div" maw={720}>{about}</Text>}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      <Loaded query={category}>{children}</Loaded>
    </Page>
  );
}
