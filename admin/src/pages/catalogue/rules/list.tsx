import '@mantine/core/styles/Grid.css';

import { Anchor, Badge, Button, Code, Grid, Group, Stack, Text } from '@mantine/core';
import { orderResponseRules, type ResponseRule, updateResponseRule } from '@msia/client';
import { deleteResponseRuleMutation, listCategoriesOptions, listResponseRulesOptions } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { useRowChanges } from '@/lib/useRowChanges';
import { Confirm } from '@/parts/confirm';
import { IconPlus } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Empty, Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { CatalogueRows } from '../rows';
import { RuleTester } from './tester';
import { actions } from './values';

export default function Rules() {
  const rules = useQuery(listResponseRulesOptions());
  const categories = useQuery(listCategoriesOptions({ query: { include_inactive: true } })).data ?? [];
  const queries = useQueryClient();
  const mayWrite = useMay('editor');
  const [deleting, setDeleting] = useState<ResponseRule | null>(null);
  const rows = useRowChanges<ResponseRule>({
    key: listResponseRulesOptions().queryKey, operations: ['getResponseRule', 'testResponseRules'], name: (r) => r.name,
    activate: (r, is_active) => updateResponseRule({ path: { rule_id: r.id }, headers: ifMatch(r.version), body: { is_active }, throwOnError: true }),
    order: (ids) => orderResponseRules({ body: { ids }, throwOnError: true }),
  });
  const remove = useMutation({
    ...deleteResponseRuleMutation(),
    onSuccess: () => toastDone(`${deleting?.name}: borrada.`),
    onSettled: () => { setDeleting(null); void refresh(queries, 'listResponseRules', 'testResponseRules'); },
  });
  const add = mayWrite && <Button component={Link} to="/reglas/nueva" leftSection={<IconPlus size={16} />}>Nueva regla</Button>;
  return (
    <Page title="Reglas de respuesta" about="Respuestas fijas del asistente. Se prueban en este orden: decide la primera que se cumple." actions={add}>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Loaded query={rules}>{(all) => (all.length === 0 ? <Empty title="Todavía no hay reglas" action={add}>Sirven para lo que no está en el catálogo: el horario, dónde está el taller, o qué temas lleva siempre una persona.</Empty> : (
            <CatalogueRows label="Reglas" rows={all} name={(r) => r.name} onMove={rows.move} onActive={rows.activate} onDelete={setDeleting}>
              {(r) => (
                <Stack gap={2}>
                  <Group gap={8}>
                    <Anchor component={Link} to={`/reglas/${r.id}`} fw={600}>{r.name}</Anchor>
                    <Badge color={r.action === 'answer' ? 'blue' : 'orange'}>{actions[r.action]}</Badge>
                    {r.category && <Badge color="gray">{categories.find((c) => c.slug === r.category)?.name ?? r.category}</Badge>}
                  </Group>
                  <Code style={{ overflowWrap: 'anywhere', alignSelf: 'flex-start' }}>{r.pattern}</Code>
                  <Text size="sm" c="dimmed" lineClamp={2}>{r.answer ?? r.reason}</Text>
                </Stack>
              )}
            </CatalogueRows>
          ))}</Loaded>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}><RuleTester categories={categories} /></Grid.Col>
      </Grid>
      <Confirm
        opened={deleting !== null} onClose={() => setDeleting(null)} title={`Borrar «${deleting?.name}»`} deed="Borrar" loading={remove.isPending}
        onConfirm={() => deleting && remove.mutate({ path: { rule_id: deleting.id }, headers: ifMatch(deleting.version) })}
      >
        El asistente deja de aplicarla enseguida. No se puede deshacer; para dejar de aplicarla por un tiempo basta con desactivarla.
      </Confirm>
    </Page>
  );
}
