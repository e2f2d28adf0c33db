import '@mantine/core/styles/Code.css';

import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { deleteElementMutation, getElementUsageOptions } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';

import { keepRecent } from '@/app/recent';
import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { Confirm } from '@/parts/confirm';
import { IconSearch, IconTrash } from '@/parts/icons';
import { Page } from '@/parts/page';
import { PageTabs } from '@/parts/pagetabs';
import { Failed, Waiting } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { type ElementContext, elementReads, useElement } from './data';
import { Marks } from './marks';

/** The frame of an element's pages: its name, its tabs, and what can be done with it. */
export function ElementPage({ children }: { children: (context: ElementContext) => ReactNode }) {
  const { element: query, category, others } = useElement();
  const element = query.data;
  useEffect(() => {
    if (element) keepRecent({ to: `/elementos/${element.id}`, title: element.name });
  }, [element]);
  if (!element) {
    return <Page title="Elemento" above={[['Elementos', '/elementos']]}>{query.error ? <Failed error={query.error} retry={() => void query.refetch()} /> : <Waiting />}</Page>;
  }
  const at = `/elementos/${element.id}`;
  const parent = others.find((e) => e.code === element.parent_code);
  const variants = others.filter((e) => e.parent_code === element.code).length;
  return (
    <Page
      title={element.name}
      above={[['Elementos', `/elementos${category ? `?categoria=${category.slug}` : ''}`], ...(parent ? [[parent.name, `/elementos/${parent.id}`] as [string, string]] : [])]}
      about={<Group gap={8}><Code>{element.code}</Code>{category && <Text size="sm" span>{category.name}</Text>}<Marks element={element} /></Group>}
      actions={<Actions element={element} category={category} />}
    >
      <PageTabs
        label="Partes del elemento"
        tabs={[
          { to: at, text: 'Datos' },
          { to: `${at}/variantes`, text: 'Variantes', count: variants },
          { to: `${at}/fotos`, text: 'Fotos', count: element.photos.length },
          { to: `${at}/campos`, text: 'Campos', count: element.fields.length },
          { to: `${at}/advertencias`, text: 'Advertencias' },
          { to: `${at}/uso`, text: 'Uso' },
        ]}
      />
      {children({ element, category, others, reload: query.refetch })}
    </Page>
  );
}

function Actions({ element, category }: Pick<ElementContext, 'element' | 'category'>) {
  const mayWrite = useMay('editor');
  const [asking, setAsking] = useState(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    ...deleteElementMutation(),
    onSuccess: async () => {
      await navigate({ href: `/elementos${category ? `?categoria=${category.slug}` : ''}` });
      toastDone(`${element.name}: borrado.`);
      void refresh(queries, ...elementReads);
    },
    onError: () => setAsking(false),
  });
  const usage = useQuery({ ...getElementUsageOptions({ path: { element_id: element.id } }), placeholderData: undefined, enabled: asking }).data;
  return (
    <>
      {category && <Button component={Link} to="/elementos/frase" search={{ categoria: category.slug } as never} variant="default" leftSection={<IconSearch size={16} />}>Probar frase</Button>}
      {mayWrite && <Button variant="default" leftSection={<IconTrash size={16} />} onClick={() => setAsking(true)}>Borrar…</Button>}
      <Confirm
        opened={asking} onClose={() => setAsking(false)} title={`Borrar ${element.name}`} deed="Borrar" loading={remove.isPending}
        onConfirm={() => remove.mutate({ path: { element_id: element.id }, headers: ifMatch(element.version) })}
      >
        <Stack gap="xs">
          {usage && usage.triggers.length > 0 && <b>No se puede mientras dispare estas advertencias: {usage.triggers.join(', ')}.</b>}
          {usage && usage.variants.length > 0 && <span>Se van también sus variantes: {usage.variants.join(', ')}.</span>}
          {usage && usage.tiers.length > 0 && <span>Sale de la lista de estos tramos: {usage.tiers.join(', ')}.</span>}
          {usage && usage.warnings.length > 0 && <span>Se borran sus advertencias: {usage.warnings.join(', ')}.</span>}
          {usage && usage.open_cases > 0 && <span>{usage.open_cases === 1 ? 'Un expediente sin cerrar lo tiene y se lo queda.' : `${usage.open_cases} expedientes sin cerrar lo tienen y se lo quedan.`}</span>}
          <span>Lo que ya se presupuestó queda como está. No se puede deshacer.</span>
        </Stack>
      </Confirm>
    </>
  );
}
