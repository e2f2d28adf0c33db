import '@mantine/core/styles/Switch.css';

import { Badge, Button, Group, Modal, Stack, Switch, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { createGlossaryEntry, type GlossaryEntry, updateGlossaryEntry } from '@msia/client';
import { deleteGlossaryEntryMutation, listGlossaryEntriesOptions } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { fold } from '@/lib/fold';
import { refresh } from '@/lib/queries';
import { Confirm } from '@/parts/confirm';
import { EntityForm, useEntityForm } from '@/parts/form';
import { IconPlus } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Empty, Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

/** What people say, and the words the documents have for it. */
export default function Glossary() {
  const queries = useQueryClient();
  const mayWrite = useMay('editor');
  const entries = useQuery(listGlossaryEntriesOptions());
  const [editing, setEditing] = useState<GlossaryEntry | 'new' | null>(null);
  const [deleting, setDeleting] = useState<GlossaryEntry | null>(null);
  const [q, setQ] = useState('');
  const remove = useMutation({
    ...deleteGlossaryEntryMutation(),
    onSuccess: () => {
      setDeleting(null);
      toastDone('Borrado');
    },
    onSettled: () => refresh(queries, 'listGlossaryEntries'),
  });
  const fits = (e: GlossaryEntry) => fold(`${e.term} ${e.expansion}`).includes(fold(q));
  return (
    <Page
      title="Glosario" about="Lo que se dice en el taller, y cómo lo llaman los documentos. Se busca por ambas."
      actions={mayWrite && <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>Nueva palabra</Button>}
    >
      <TextInput label="Buscar" value={q} onChange={(e) => setQ(e.currentTarget.value)} maw={280} type="search" />
      <Loaded query={entries}>
        {(all) => all.filter(fits).length === 0 ? <Empty title={all.length === 0 ? 'El glosario está vacío' : 'Nada coincide'}>Por ejemplo: «bola de remolque» se busca también como «dispositivo de acoplamiento».</Empty> : (
          <Table.ScrollContainer minWidth={520} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': 'Glosario' } }}>
            <Table aria-label="Glosario">
              <Table.Thead><Table.Tr><Table.Th>Se dice</Table.Th><Table.Th>Se busca también</Table.Th><Table.Th>Estado</Table.Th>{mayWrite && <Table.Th><VisuallyHidden>Acciones</VisuallyHidden></Table.Th>}</Table.Tr></Table.Thead>
              <Table.Tbody>
                {all.filter(fits).map((e) => (
                  <Table.Tr key={e.id}>
                    <Table.Th scope="row" fw={500}>{e.term}{e.note && <Text size="xs" c="dimmed">{e.note}</Text>}</Table.Th>
                    <Table.Td>{e.expansion}</Table.Td>
                    <Table.Td><Badge color={e.is_active ? 'green' : 'gray'}>{e.is_active ? 'En uso' : 'Apartada'}</Badge></Table.Td>
                    {mayWrite && (
                      <Table.Td>
                        <Group gap={4} wrap="nowrap" justify="flex-end">
                          <Button size="compact-sm" variant="default" aria-label={`Cambiar ${e.term}`} onClick={() => setEditing(e)}>Cambiar</Button>
                          <Button size="compact-sm" variant="default" aria-label={`Borrar ${e.term}`} onClick={() => setDeleting(e)}>Borrar</Button>
                        </Group>
                      </Table.Td>
                    )}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Loaded>
      <Modal opened={editing !== null} onClose={() => setEditing(null)} title={editing === 'new' ? 'Nueva palabra' : 'Cambiar la palabra'}>
        {editing !== null && <Entry entry={editing === 'new' ? null : editing} reload={entries.refetch} onSaved={() => setEditing(null)} />}
      </Modal>
      <Confirm opened={deleting !== null} onClose={() => setDeleting(null)} title={`Borrar «${deleting?.term}»`} deed="Borrar" loading={remove.isPending} onConfirm={() => deleting && remove.mutate({ path: { entry_id: deleting.id }, headers: ifMatch(deleting.version) })}>
        Las preguntas con esa palabra dejarán de buscarse como «{deleting?.expansion}».
      </Confirm>
    </Page>
  );
}

function Entry({ entry, reload, onSaved }: { entry: GlossaryEntry | null; reload: () => Promise<unknown>; onSaved: () => void }) {
  const queries = useQueryClient();
  const entity = useEntityForm({
    initial: { term: entry?.term ?? '', expansion: entry?.expansion ?? '', note: entry?.note ?? '', is_active: entry?.is_active ?? true },
    version: entry?.version,
    saved: 'Guardado',
    save: async (v, version) => {
      const body = { ...v, note: v.note.trim() || null };
      const { data } = entry
        ? await updateGlossaryEntry({ path: { entry_id: entry.id }, body, headers: ifMatch(version ?? entry.version), throwOnError: true })
        : await createGlossaryEntry({ body, throwOnError: true });
      return data;
    },
    onSaved: () => {
      onSaved();
      void refresh(queries, 'listGlossaryEntries');
    },
  });
  const { form } = entity;
  return (
    <Stack>
      <EntityForm entity={entity} reload={reload} labels={{ term: 'Se dice', expansion: 'Se busca también', note: 'Nota' }}>
        <TextInput label="Se dice" required maxLength={80} data-autofocus {...form.getInputProps('term')} />
        <TextInput label="Se busca también" required maxLength={300} {...form.getInputProps('expansion')} />
        <TextInput label="Nota" maxLength={300} {...form.getInputProps('note')} />
        <Switch label="En uso" {...form.getInputProps('is_active', { type: 'checkbox' })} />
      </EntityForm>
    </Stack>
  );
}
