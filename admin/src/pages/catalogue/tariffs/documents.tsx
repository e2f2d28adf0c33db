import { Badge, Button, Checkbox, Group, Image, Modal, Text, Textarea, TextInput } from '@mantine/core';
import '@mantine/core/styles/Image.css';
import type { BaseDocumentResponse, Category } from '@msia/client';
import { createBaseDocument, deleteBaseDocument, orderBaseDocuments, updateBaseDocument } from '@msia/client';
import { listBaseDocumentsOptions, listBaseDocumentsQueryKey } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { useRowChanges } from '@/lib/useRowChanges';
import { Confirm } from '@/parts/confirm';
import { EntityForm, useEntityForm } from '@/parts/form';
import { IconPlus } from '@/parts/icons';
import { ImageField } from '@/parts/imagefield';
import { Empty, Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { CatalogueRows, useEditing } from '../rows';
import { errorsOf, orNull, required } from '../values';
import { CategoryTab } from './frame';

const reads = ['listBaseDocuments', 'calculateQuote'];

export default function Documents() {
  const { edit } = useEditing();
  const mayWrite = useMay('editor');
  return (
    <CategoryTab
      title="Documentación base" about="Lo que se pide en todos los expedientes de la categoría, además de las fotos de cada elemento."
      actions={mayWrite && <Button leftSection={<IconPlus size={16} />} onClick={() => edit('nuevo')}>Nuevo documento</Button>}
    >
      {(category) => <DocumentRows category={category} />}
    </CategoryTab>
  );
}

function DocumentRows({ category }: { category: Category }) {
  const { cat } = useParams({ strict: false }) as { cat: string };
  const list = { query: { category: cat } };
  const documents = useQuery(listBaseDocumentsOptions(list));
  const mayWrite = useMay('editor');
  const queries = useQueryClient();
  const { editing, edit, close } = useEditing();
  const [deleting, setDeleting] = useState<BaseDocumentResponse | null>(null);
  const changes = useRowChanges<BaseDocumentResponse>({
    key: listBaseDocumentsQueryKey(list), operations: reads, name: (d) => d.code,
    activate: (d, is_active) => updateBaseDocument({ path: { document_id: d.id }, body: { is_active }, headers: ifMatch(d.version), throwOnError: true }),
    order: (ids) => orderBaseDocuments({ query: { category: cat }, body: { ids }, throwOnError: true }),
  });
  const remove = useMutation({
    mutationFn: (d: BaseDocumentResponse) => deleteBaseDocument({ path: { document_id: d.id }, headers: ifMatch(d.version), throwOnError: true }),
    onSuccess: () => toastDone('Documento eliminado.'),
    onSettled: () => { setDeleting(null); return refresh(queries, ...reads); },
  });
  const edited = documents.data?.find((d) => d.id === editing);
  return (
    <>
      <Loaded query={documents}>
        {(rows) => (rows.length === 0 ? <Empty title="No se pide ningún documento">Añada los que hacen falta siempre, como la ficha técnica.</Empty> : (
          <CatalogueRows label="Documentos" rows={rows} name={(d) => d.code} onMove={changes.move} onActive={changes.activate} onEdit={(d) => edit(d.id)} onDelete={setDeleting}>
            {(d) => (
              <Group gap="sm" wrap="nowrap">
                {d.image_url && <Image src={d.image_url} alt="" w={48} h={48} fit="cover" radius="sm" />}
                <div>
                  <Text size="sm">{d.description}</Text>
                  <Group gap="xs"><Text size="xs" c="dimmed">{d.code}</Text>{!d.is_required && <Badge size="sm" color="gray">Opcional</Badge>}</Group>
                </div>
              </Group>
            )}
          </CatalogueRows>
        ))}
      </Loaded>
      <Modal opened={mayWrite && (editing === 'nuevo' || edited !== undefined)} onClose={close} size="lg" title={edited ? `Documento ${edited.code}` : 'Nuevo documento'} closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        <DocumentForm category={category} document={edited} next={(documents.data?.length ?? 0) * 10 + 10} onSaved={close} />
      </Modal>
      {deleting && (
        <Confirm opened onClose={() => setDeleting(null)} title={`¿Eliminar ${deleting.code}?`} deed="Eliminar el documento" loading={remove.isPending} onConfirm={() => remove.mutate(deleting)}>
          Deja de pedirse en los expedientes y en los presupuestos nuevos; lo que ya se recibió se queda. Para dejar de pedirlo un tiempo, basta desactivarlo.
        </Confirm>
      )}
    </>
  );
}

const read = (d: BaseDocumentResponse) => ({ code: d.code, description: d.description, image_url: d.image_url ?? '', is_required: d.is_required, is_active: d.is_active });

function DocumentForm({ category, document, next, onSaved }: { category: Category; document?: BaseDocumentResponse; next: number; onSaved: () => void }) {
  const queries = useQueryClient();
  const entity = useEntityForm({
    initial: document ? read(document) : { code: '', description: '', image_url: '', is_required: true, is_active: true },
    version: document?.version,
    save: async (values, version) => {
      const body = { ...values, code: values.code.trim(), description: values.description.trim(), image_url: orNull(values.image_url) };
      const { data } = document
        ? await updateBaseDocument({ path: { document_id: document.id }, body, headers: version ? ifMatch(version) : undefined, throwOnError: true })
        : await createBaseDocument({ body: { ...body, category_id: category.id, sort_order: next }, throwOnError: true });
      await refresh(queries, ...reads);
      return data;
    },
    onSaved,
    saved: 'Documento guardado.',
    validate: (values) => errorsOf({ code: required(values.code), description: required(values.description) }),
  });
  const { form } = entity;
  return (
    <EntityForm
      entity={entity} read={read} reload={() => refresh(queries, 'listBaseDocuments')}
      labels={{ code: 'Código', description: 'Qué se pide', image_url: 'Imagen de ejemplo', is_required: 'Obligatorio', is_active: 'Activo' }}
    >
      <TextInput label="Código" description="Minúsculas, cifras y guion bajo" required maxLength={60} data-autofocus {...form.getInputProps('code')} />
      <Textarea label="Qué se pide" description="Como se le dice al cliente" required autosize minRows={2} maxLength={1000} {...form.getInputProps('description')} />
      <ImageField label="Imagen de ejemplo" value={form.values.image_url} onChange={(url) => form.setFieldValue('image_url', url)} category={category.slug} />
      <Checkbox label="Obligatorio" {...form.getInputProps('is_required', { type: 'checkbox' })} />
      <Checkbox label="Activo" {...form.getInputProps('is_active', { type: 'checkbox' })} />
    </EntityForm>
  );
}
