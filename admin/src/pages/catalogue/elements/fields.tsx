import '@mantine/core/styles/Code.css';
import '@mantine/core/styles/Grid.css';

import { Badge, Button, Card, Code, Grid, Group, Stack, Text, Title } from '@mantine/core';
import { type ElementField, orderElementFields, updateElementField } from '@msia/client';
import { deleteElementFieldMutation, listElementFieldsOptions } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { useRowChanges } from '@/lib/useRowChanges';
import { Confirm } from '@/parts/confirm';
import { IconPlus } from '@/parts/icons';
import { Empty, Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { CatalogueRows, useEditing } from '../rows';
import { conditionText } from './condition';
import { type ElementContext, elementReads } from './data';
import { FieldForm } from './fieldform';
import { type FieldValues, fieldTypes } from './fieldvalues';
import { ElementPage } from './frame';
import { FormPreview } from './preview';

export default function ElementFields() {
  return <ElementPage>{(context) => <Fields key={context.element.id} {...context} />}</ElementPage>;
}

function Fields({ element }: ElementContext) {
  const path = { element_id: element.id };
  const fields = useQuery({ ...listElementFieldsOptions({ path }), placeholderData: undefined });
  const queries = useQueryClient();
  const mayWrite = useMay('editor');
  const { editing, edit, close } = useEditing();
  const [draft, setDraft] = useState<FieldValues | null>(null);
  const [deleting, setDeleting] = useState<ElementField | null>(null);
  const rows = useRowChanges<ElementField>({
    key: listElementFieldsOptions({ path }).queryKey, operations: elementReads, name: (f) => f.label,
    activate: (f, is_active) => updateElementField({ path: { field_id: f.id }, headers: ifMatch(f.version), body: { is_active }, throwOnError: true }),
    order: (ids) => orderElementFields({ path, body: { ids }, throwOnError: true }),
  });
  const remove = useMutation({
    ...deleteElementFieldMutation(),
    onSuccess: () => toastDone(`${deleting?.label}: borrado.`),
    onSettled: () => { setDeleting(null); void refresh(queries, ...elementReads); },
  });
  const shut = () => { setDraft(null); close(); };
  return (
    <Loaded query={fields}>{(all) => {
      const edited = all.find((f) => f.id === editing);
      const open = editing === 'nuevo' || edited !== undefined;
      return (
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 7 }}>
            <Stack>
              {all.length === 0 && !open && (
                <Empty title="No se pide ningún dato">Los campos son los datos que el cliente da de este elemento: medidas, marca, si lleva luces…</Empty>
              )}
              <CatalogueRows label="Campos" rows={all} name={(f) => f.label} onMove={rows.move} onActive={rows.activate} onEdit={(f) => edit(f.id)} onDelete={setDeleting}>
                {(f) => (
                  <Stack gap={2}>
                    <Group gap={8}><Text fw={600} size="sm">{f.label}</Text><Code>{f.key}</Code>{f.required ? null : <Badge color="gray">Opcional</Badge>}</Group>
                    <Text size="sm" c="dimmed">{[fieldTypes[f.type] + (f.unit ? ` en ${f.unit}` : ''), f.options.length > 0 && f.options.join(' / '), conditionText(f.condition, all)].filter(Boolean).join(' · ')}</Text>
                  </Stack>
                )}
              </CatalogueRows>
              {open ? (
                <Card withBorder>
                  <Title order={2} mb="sm">{edited ? edited.label : 'Campo nuevo'}</Title>
                  <FieldForm key={editing} element={element.id} field={edited} others={all.filter((f) => f !== edited)} onDraft={setDraft} onClose={shut} />
                </Card>
              ) : mayWrite && <Group><Button leftSection={<IconPlus size={16} />} onClick={() => edit('nuevo')}>Nuevo campo</Button></Group>}
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <FormPreview element={element} fields={all} draft={draft} draftOf={edited?.id} />
          </Grid.Col>
          <Confirm
            opened={deleting !== null} onClose={() => setDeleting(null)} title={`Borrar «${deleting?.label}»`} deed="Borrar" loading={remove.isPending}
            onConfirm={() => deleting && remove.mutate({ path: { field_id: deleting.id }, headers: ifMatch(deleting.version) })}
          >
            Deja de pedirse. Lo que ya contestaron los clientes queda en sus expedientes. Para dejar de pedirlo por un tiempo basta con desactivarlo.
          </Confirm>
        </Grid>
      );
    }}</Loaded>
  );
}
