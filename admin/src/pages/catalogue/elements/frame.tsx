import '@mantine/core/styles/Code.css';

import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { deleteElementMutation } from '@msia/client/query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
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
import { familyOf } from './tree';

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
  const count = (text: string, n: number) => (n > 0 ? `${text} (${n})` : text);
  return (
    <Page
      title={element.name}
      above={[['Elementos', `/elementos${category ? `?categoria=${category.slug}` : ''}`], ...(parent ? [[parent.name, `/elementos/${parent.id}`] as [string, string]] : [])]}
      about={<Group gap={8}><Code>{element.code}</Code>{category && <Text size="sm" span>{category.name}</Text>}<Marks element={element} /></Group>}
      actions={<Actions element={element} category={category} others={others} reload={query.refetch} />}
    >
      <PageTabs
        label="Partes del elemento"
        tabs={[
          { to: at, text: 'Datos' },
          { to: `${at}/variantes`, text: count('Variantes', variants) },
          { to: `${at}/fotos`, text: count('Fotos', element.photos.length) },
          { to: `${at}/campos`, text: count('Campos', element.fields.length) },
          { to: `${at}/advertencias`, text: 'Advertencias' },
          { to: `${at}/uso`, text: 'Uso' },
        ]}
      />
      {children({ element, category, others, reload: query.refetch })}
    </Page>
  );
}

function Actions({ element, category, others }: ElementContext) {
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
  const below = [...familyOf(others, element.code)].filter((code) => code !== element.code);
  return (
    <>
      {category && <Button component={Link} to="/elementos/frase" search={{ categoria: category.slug } as never} variant="default" leftSection={<IconSearch size={16} />}>Probar frase</Button>}
      {mayWrite && <Button variant="default" leftSection={<IconTrash size={16} />} onClick={() => setAsking(true)}>Borrar…</Button>}
      <Confirm
        opened={asking} onClose={() => setAsking(false)} title={`Borrar ${element.name}`} deed="Borrar" loading={remove.isPending}
        onConfirm={() => remove.mutate({ path: { element_id: element.id }, headers: ifMatch(element.version) })}
      >
        <Stack gap="xs">
          {below.length > 0 && <span>Se van también sus variantes: {below.join(', ')}.</span>}
          <span>Sale de las listas de los tramos, y sus advertencias se van con él. Los presupuestos y expedientes que ya lo tienen quedan como están. No se puede deshacer.</span>
        </Stack>
      </Confirm>
    </>
  );
}
