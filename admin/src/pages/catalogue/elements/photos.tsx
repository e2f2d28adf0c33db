import '@mantine/core/styles/Code.css';

import { Anchor, Badge, Button, Card, Code, Group, Stack, Text, Title } from '@mantine/core';
import { type ElementPhoto, orderElementPhotos, updateElementPhoto } from '@msia/client';
import { deleteElementPhotoMutation, listElementFieldsOptions, listElementPhotosOptions } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { useRowChanges } from '@/lib/useRowChanges';
import { Confirm } from '@/parts/confirm';
import { IconPhoto, IconPlus } from '@/parts/icons';
import { Empty, Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { CatalogueRows, useEditing } from '../rows';
import { conditionText } from './condition';
import { type ElementContext, elementReads } from './data';
import { ElementPage } from './frame';
import { PhotoForm } from './photoform';
import { photoKinds } from './photovalues';

export default function ElementPhotos() {
  return <ElementPage>{(context) => <Photos key={context.element.id} {...context} />}</ElementPage>;
}

function Photos({ element, others }: ElementContext) {
  const path = { element_id: element.id };
  const photos = useQuery({ ...listElementPhotosOptions({ path }), placeholderData: undefined });
  const fields = useQuery({ ...listElementFieldsOptions({ path }), placeholderData: undefined }).data ?? [];
  const queries = useQueryClient();
  const mayWrite = useMay('editor');
  const { editing, edit, close } = useEditing();
  const [deleting, setDeleting] = useState<ElementPhoto | null>(null);
  const rows = useRowChanges<ElementPhoto>({
    key: listElementPhotosOptions({ path }).queryKey, operations: elementReads, name: (p) => p.title,
    activate: (p, is_active) => updateElementPhoto({ path: { photo_id: p.id }, headers: ifMatch(p.version), body: { is_active }, throwOnError: true }),
    order: (ids) => orderElementPhotos({ path, body: { ids }, throwOnError: true }),
  });
  const remove = useMutation({
    ...deleteElementPhotoMutation(),
    onSuccess: () => toastDone(`${deleting?.title}: borrada.`),
    onSettled: () => { setDeleting(null); void refresh(queries, ...elementReads); },
  });
  const parent = element.inherits_from_parent ? others.find((e) => e.code === element.parent_code) : undefined;
  return (
    <Loaded query={photos}>{(all) => {
      const edited = all.find((p) => p.id === editing);
      const open = editing === 'nuevo' || edited !== undefined;
      return (
        <Stack maw={880}>
          {parent && <Text size="sm">Además de estas se piden las de <Anchor component={Link} to={`/elementos/${parent.id}/fotos`}>{parent.name}</Anchor>, del que es variante.</Text>}
          {all.length === 0 && !open && <Empty title="No se pide ninguna foto suya">Cada foto dice qué se tiene que ver, con un ejemplo si ayuda.</Empty>}
          <CatalogueRows label="Fotos" rows={all} name={(p) => p.title} onMove={rows.move} onActive={rows.activate} onEdit={(p) => edit(p.id)} onDelete={setDeleting}>
            {(p) => (
              <Group gap="sm" wrap="nowrap">
                {p.image_url?.startsWith('/') ? <img src={`${p.image_url}?w=320`} alt={`Ejemplo de ${p.title}`} width={64} height={48} loading="lazy" style={{ objectFit: 'cover', borderRadius: 4, flexShrink: 0 }} />
                  : <Group w={64} h={48} justify="center" style={{ flexShrink: 0, borderRadius: 4, background: 'var(--mantine-color-default-hover)' }}><IconPhoto size={20} aria-hidden /></Group>}
                <Stack gap={2} miw={0}>
                  <Group gap={8}><Text fw={600} size="sm">{p.title}</Text><Code>{p.code}</Code>{p.kind !== 'example' && !p.required && <Badge color="gray">Opcional</Badge>}</Group>
                  <Text size="sm" c="dimmed">{[photoKinds[p.kind], conditionText(p.condition, fields)].filter(Boolean).join(' · ')}</Text>
                  {p.instruction && <Text size="sm" lineClamp={2}>{p.instruction}</Text>}
                </Stack>
              </Group>
            )}
          </CatalogueRows>
          {open ? (
            <Card withBorder>
              <Title order={2} mb="sm">{edited ? edited.title : 'Foto nueva'}</Title>
              <PhotoForm key={editing} element={element.id} category={element.category_id} photo={edited} fields={fields} onClose={close} />
            </Card>
          ) : mayWrite && <Group><Button leftSection={<IconPlus size={16} />} onClick={() => edit('nuevo')}>Nueva foto</Button></Group>}
          <Confirm
            opened={deleting !== null} onClose={() => setDeleting(null)} title={`Borrar «${deleting?.title}»`} deed="Borrar" loading={remove.isPending}
            onConfirm={() => deleting && remove.mutate({ path: { photo_id: deleting.id }, headers: ifMatch(deleting.version) })}
          >
            Deja de pedirse. Las que ya mandaron los clientes quedan en sus expedientes, y la imagen de ejemplo en la biblioteca.
          </Confirm>
        </Stack>
      );
    }}</Loaded>
  );
}
