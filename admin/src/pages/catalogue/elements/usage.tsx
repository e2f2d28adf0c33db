import '@mantine/core/styles/List.css';

import { Anchor, Group, List, Stack, Text, Title } from '@mantine/core';
import { getElementUsageOptions, listServicesOptions, listTiersOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Money, When } from '@/parts/fields';
import { Loaded } from '@/parts/states';

import type { ElementContext } from './data';
import { ElementPage } from './frame';

export default function ElementUsage() {
  return <ElementPage>{(context) => <Usage {...context} />}</ElementPage>;
}

function Usage({ element, category }: ElementContext) {
  const tiers = useQuery(listTiersOptions({ path: { category_id: element.category_id }, query: { include_inactive: true } }));
  const services = useQuery(listServicesOptions({ query: { category: element.category_id, include_global: true } })).data ?? [];
  const usage = useQuery({ ...getElementUsageOptions({ path: { element_id: element.id } }), placeholderData: undefined }).data;
  return (
    <Loaded query={tiers}>{(all) => {
      const own = all.filter((t) => t.elements.includes(element.code));
      const through = all.filter((t) => !own.includes(t) && t.includes.some((i) => own.some((o) => o.code === i.tier)));
      const tier = (t: (typeof all)[number]) => (
        <List.Item key={t.id}>
          <Group gap={8}><Anchor size="sm" component={Link} to={`/tarifas/${category?.slug ?? element.category_id}/tramos/${t.code}`}>{t.code} · {t.name}</Anchor><Money amount={t.price} />{!t.is_active && <Text size="sm" c="dimmed">inactivo</Text>}</Group>
        </List.Item>
      );
      return (
        <Stack maw={880}>
          <Part title="Tramos que lo tienen en su lista" none={element.is_generic ? 'Ninguno: un elemento genérico no se pone en listas, se ponen sus variantes.' : 'Ninguno: un presupuesto con él no tendría precio.'}>{own.map(tier)}</Part>
          {through.length > 0 && <Part title="Tramos que lo cubren a través de otro">{through.map(tier)}</Part>}
          <Part title="Servicios que sugiere" none="Ninguno.">
            {services.filter((s) => element.suggested_services.includes(s.code)).map((s) => <List.Item key={s.id}><Group gap={8}>{s.name}<Money amount={s.price} /></Group></List.Item>)}
          </Part>
          {usage && (
            <section>
              <Title order={2} mb="xs">Expedientes sin cerrar que lo tienen</Title>
              <Text size="sm">{usage.open_cases === 0 ? 'Ninguno.' : usage.open_cases}</Text>
            </section>
          )}
          <Text size="sm" c="dimmed">Creado el <When at={element.created_at} />; cambiado por última vez el <When at={element.updated_at} />.</Text>
        </Stack>
      );
    }}</Loaded>
  );
}

function Part({ title, none, children }: { title: string; none?: string; children: ReactNode[] }) {
  return (
    <section>
      <Title order={2} mb="xs">{title}</Title>
      {children.length > 0 ? <List spacing={4} size="sm">{children}</List> : <Text size="sm" c="dimmed">{none}</Text>}
    </section>
  );
}
