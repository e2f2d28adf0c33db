import '@mantine/core/styles/Switch.css';
import '@mantine/core/styles/List.css';

import { Alert, Anchor, Button, Card, FileButton, Group, List, ScrollArea, Select, SimpleGrid, Stack, Switch, Text, TextInput, Title } from '@mantine/core';
import { type Regulation, type RegulationUnit, updateRegulation } from '@msia/client';
import { deleteRegulationMutation, getRegulationOptions, listRegulationUnitsOptions, listRegulationVersionsOptions, reprocessRegulationMutation } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { formatBytes, formatNumber } from '@/lib/format';
import { refresh } from '@/lib/queries';
import { one } from '@/lib/search';
import { sendForm } from '@/lib/upload';
import { useFilters } from '@/lib/useFilters';
import { Confirm } from '@/parts/confirm';
import { When } from '@/parts/fields';
import { EntityForm, useEntityForm } from '@/parts/form';
import { IconDownload, IconRefresh, IconTrash, IconUpload } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { StatusOf } from './status';
import { PageViewer } from './viewer';
import { typeOptions } from './words';

export default function DocumentPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const document = useQuery(getRegulationOptions({ path: { document_id: id } }));
  const d = document.data;
  return (
    <Page title={d?.title ?? 'Documento'} record={d !== undefined} above={[['Documentos', '/normativas/documentos']]} actions={d && <Actions document={d} />}>
      <Loaded query={document}>
        {(doc) => (
          <Stack>
            <Card withBorder>
              <Group justify="space-between" align="flex-start">
                <StatusOf document={doc} />
                <Text size="sm" c="dimmed">{[doc.original_filename, formatBytes(doc.size_bytes), doc.pages !== null && `${formatNumber(doc.pages)} páginas`, `${formatNumber(doc.chunks)} pasajes`].filter(Boolean).join(' · ')}</Text>
              </Group>
              {doc.superseded_by_id && <Alert color="yellow" mt="sm">Hay una edición más nueva: <Anchor component={Link} to={`/normativas/documentos/${doc.superseded_by_id}`}>verla</Anchor>. De esta ya no se responde.</Alert>}
            </Card>
            {doc.status === 'indexed' && <Reader document={doc} />}
            <SimpleGrid cols={{ base: 1, lg: 2 }}>
              <Data document={doc} reload={document.refetch} />
              <Versions document={doc} />
            </SimpleGrid>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ document }: { document: Regulation }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const mayWrite = useMay('editor');
  const mayDelete = useMay('admin');
  const path = { document_id: document.id };
  const again = useMutation({ ...reprocessRegulationMutation(), onSuccess: () => toastDone('Se procesa otra vez'), onSettled: () => refresh(queries, 'getRegulation', 'listRegulations') });
  const remove = useMutation({
    ...deleteRegulationMutation(),
    onSuccess: () => {
      void refresh(queries, 'listRegulations');
      void navigate({ to: '/normativas/documentos' as string, ignoreBlocker: true });
      toastDone('Documento borrado');
    },
  });
  return (
    <>
      <Button component="a" href={`/api/rag/documents/${document.id}/file`} variant="default" leftSection={<IconDownload size={16} />}>PDF</Button>
      {mayWrite && <Button variant="default" leftSection={<IconRefresh size={16} />} loading={again.isPending} disabled={document.status === 'pending' || document.status === 'processing'} onClick={() => again.mutate({ path })}>Procesar otra vez</Button>}
      {mayDelete && <Button variant="default" leftSection={<IconTrash size={16} />} onClick={() => setDeleting(true)}>Borrar</Button>}
      <Confirm opened={deleting} onClose={() => setDeleting(false)} title="Borrar el documento" deed="Borrar" typed="BORRAR" loading={remove.isPending} onConfirm={() => remove.mutate({ path, headers: ifMatch(document.version) })}>
        «{document.title}» y todo lo que se ha leído de él. De él no se volverá a responder; las respuestas ya dadas quedan. Para retirarlo sin borrarlo, quite «Se usa en las respuestas».
      </Confirm>
    </>
  );
}

/** The outline on the left, the page on the right; both in the address. */
function Reader({ document }: { document: Regulation }) {
  const [search, change] = useFilters();
  const units = useQuery(listRegulationUnitsOptions({ path: { document_id: document.id } }));
  const page = Math.min(Math.max(Number.parseInt(one(search, 'pagina'), 10) || 1, 1), document.pages ?? 1);
  const chunk = Number.parseInt(one(search, 'pasaje'), 10) || undefined;
  return (
    <Card withBorder>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Stack gap="xs" miw={0}>
          <Title order={2}>Índice</Title>
          <Loaded query={units}>{(all) => <Outline units={all} page={page} onPage={(n) => change({ pagina: String(n), pasaje: undefined })} />}</Loaded>
        </Stack>
        <PageViewer key={chunk} document={document} page={page} chunk={chunk} onPage={(n) => change({ pagina: String(n) }, false)} />
      </SimpleGrid>
    </Card>
  );
}

function Outline({ units, page, onPage }: { units: RegulationUnit[]; page: number; onPage: (page: number) => void }) {
  const [q, setQ] = useState('');
  const wanted = q.trim().toLowerCase();
  const shown = units.filter((u) => !wanted || `${u.label} ${u.title}`.toLowerCase().includes(wanted));
  return (
    <>
      <TextInput aria-label="Buscar en el índice" placeholder="Artículo, código, título…" value={q} onChange={(e) => setQ(e.currentTarget.value)} size="xs" />
      <ScrollArea.Autosize mah="70vh" viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': 'Índice' }}>
        <List listStyleType="none" size="sm" spacing={2}>
          {shown.map((u) => (
            <List.Item key={u.id} pl={u.depth * 12}>
              <Anchor component="button" type="button" ta="left" size="sm" fw={u.page_from <= page && page <= u.page_to ? 700 : 400} onClick={() => onPage(u.page_from)}>
                {[u.label, u.title].filter(Boolean).join('. ')} <Text span size="xs" c="dimmed">{u.page_from}</Text>
              </Anchor>
            </List.Item>
          ))}
        </List>
        {shown.length === 0 && <Text size="sm" c="dimmed">Nada coincide.</Text>}
      </ScrollArea.Autosize>
    </>
  );
}

function Data({ document, reload }: { document: Regulation; reload: () => Promise<unknown> }) {
  const queries = useQueryClient();
  const mayWrite = useMay('editor');
  const entity = useEntityForm({
    initial: {
      title: document.title, short_title: document.short_title ?? '', type: document.type, number: document.number ?? '', valid_from: document.valid_from ?? '',
      valid_to: document.valid_to ?? '', tags: document.tags.join(', '), is_active: document.is_active,
    },
    version: document.version,
    saved: 'Guardado',
    save: async (v, version) => {
      const { data } = await updateRegulation({
        path: { document_id: document.id }, headers: ifMatch(version ?? document.version), throwOnError: true,
        body: {
          title: v.title.trim(), short_title: v.short_title.trim() || null, type: v.type, number: v.number.trim() || null, valid_from: v.valid_from || null,
          valid_to: v.valid_to || null, tags: v.tags.split(',').map((tag) => tag.trim()).filter(Boolean), is_active: v.is_active,
        },
      });
      await refresh(queries, 'getRegulation', 'listRegulations');
      return data;
    },
  });
  const { form } = entity;
  return (
    <Card withBorder>
      <Title order={2} mb="sm">Datos</Title>
      <EntityForm entity={entity} reload={reload} editable={mayWrite}>
        <TextInput label="Título" required maxLength={300} {...form.getInputProps('title')} />
        <TextInput label="Nombre corto" description="Como se cita a los clientes." maxLength={80} {...form.getInputProps('short_title')} />
        <Group grow align="flex-start">
          <Select label="Clase" data={typeOptions} allowDeselect={false} {...form.getInputProps('type')} />
          <TextInput label="Número" placeholder="866/2010" maxLength={50} {...form.getInputProps('number')} />
        </Group>
        <Group grow align="flex-start">
          <TextInput type="date" label="En vigor desde" {...form.getInputProps('valid_from')} />
          <TextInput type="date" label="Hasta" {...form.getInputProps('valid_to')} />
        </Group>
        <TextInput label="Etiquetas" description="Separadas por comas." {...form.getInputProps('tags')} />
        <Switch label="Se usa en las respuestas" {...form.getInputProps('is_active', { type: 'checkbox' })} />
      </EntityForm>
    </Card>
  );
}

function Versions({ document }: { document: Regulation }) {
  const mayWrite = useMay('editor');
  const versions = useQuery(listRegulationVersionsOptions({ path: { document_id: document.id } }));
  return (
    <Card withBorder>
      <Title order={2} mb="sm">Ediciones</Title>
      <Loaded query={versions} rows={2}>
        {(all) => (
          <Stack gap={6}>
            {all.map((v) => (
              <Group key={v.id} justify="space-between">
                {v.id === document.id ? <Text size="sm" fw={600}>Edición {v.edition} (esta)</Text> : <Anchor component={Link} to={`/normativas/documentos/${v.id}`} size="sm">Edición {v.edition}</Anchor>}
                <Text size="sm" c="dimmed"><When at={v.valid_from ?? v.created_at} dayOnly /></Text>
              </Group>
            ))}
          </Stack>
        )}
      </Loaded>
      {mayWrite && document.superseded_by_id === null && <NewEdition document={document} />}
    </Card>
  );
}

/** Another PDF of the same regulation; this one answers until the new one can. */
function NewEdition({ document }: { document: Regulation }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const upload = useMutation({
    mutationFn: (file: File) => sendForm<Regulation>('/api/rag/documents', { file, supersedes_id: document.id }, () => undefined, new AbortController().signal),
    onSuccess: (made) => {
      toastDone('Edición nueva subida; se está procesando');
      void navigate({ to: `/normativas/documentos/${made.id}` as string });
    },
    onSettled: () => refresh(queries, 'listRegulations', 'listRegulationVersions'),
  });
  return (
    <FileButton accept="application/pdf" onChange={(file) => file && upload.mutate(file)} inputProps={{ 'aria-label': 'PDF de la edición nueva' }}>
      {(props) => <Button {...props} mt="md" variant="default" leftSection={<IconUpload size={16} />} loading={upload.isPending}>Subir una edición nueva</Button>}
    </FileButton>
  );
}
