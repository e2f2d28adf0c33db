import '@mantine/core/styles/Grid.css';
import '@mantine/core/styles/List.css';

import { Anchor, Button, Grid, List, Select, Stack, Text, Textarea, Title } from '@mantine/core';
import { type Category, type Image, type ImageUse, updateImage } from '@msia/client';
import { deleteImageMutation, getImageOptions, listCategoriesOptions } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { formatBytes } from '@/lib/format';
import { refresh } from '@/lib/queries';
import { Confirm } from '@/parts/confirm';
import { When } from '@/parts/fields';
import { EntityForm, useEntityForm } from '@/parts/form';
import { IconTrash } from '@/parts/icons';
import { imageName } from '@/parts/imagegrid';
import { ImageViewer } from '@/parts/imageviewer';
import { Page } from '@/parts/page';
import { Failed, Waiting } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import { orNull } from '../values';

export default function ImageDetail() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery({ ...getImageOptions({ path: { image_id: id } }), placeholderData: undefined });
  const categories = useQuery(listCategoriesOptions({ query: { include_inactive: true } })).data;
  const image = query.data;
  const mayWrite = useMay('editor');
  return (
    <Page
      title={image ? imageName(image) : 'Imagen'} above={[['Imágenes', '/imagenes']]}
      actions={image && mayWrite && <Remove image={image} categories={categories ?? []} />}
    >
      {!image || !categories ? (query.error ? <Failed error={query.error} retry={() => void query.refetch()} /> : <Waiting />) : (
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 7 }}><ImageViewer src={image.url} alt={imageName(image)} /></Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Stack>
              <Form key={image.id} image={image} categories={categories} readOnly={!mayWrite} reload={query.refetch} />
              <section>
                <Title order={2} mb="xs">Dónde se enseña</Title>
                {image.used_by.length === 0 ? <Text size="sm" c="dimmed">En ninguna parte.</Text> : <Uses uses={image.used_by} categories={categories} />}
              </section>
              <Text size="sm" c="dimmed">
                {image.width} × {image.height} píxeles, {formatBytes(image.size_bytes)}, {image.content_type === 'image/png' ? 'PNG' : 'JPEG'}. Subida el <When at={image.created_at} />{image.original_filename && <> como «{image.original_filename}»</>}.
              </Text>
            </Stack>
          </Grid.Col>
        </Grid>
      )}
    </Page>
  );
}

function Uses({ uses, categories }: { uses: ImageUse[]; categories: Category[] }) {
  return (
    <List size="sm" spacing={4}>
      {uses.map((use, i) => {
        const category = categories.find((c) => c.id === use.category_id);
        const to = use.kind === 'element_photo' ? `/elementos/${use.id}/fotos` : `/tarifas/${category?.slug ?? use.category_id}/documentacion`;
        return <List.Item key={`${use.id} ${i}`}><Anchor size="sm" component={Link} to={to}>{use.title}</Anchor>{category && ` · ${category.name}`}</List.Item>;
      })}
    </List>
  );
}

function Form({ image, categories, readOnly, reload }: { image: Image; categories: Category[]; readOnly: boolean; reload: () => Promise<unknown> }) {
  const queries = useQueryClient();
  const read = (i: Image) => ({ description: i.description ?? '', category: i.category_id ?? '' });
  const entity = useEntityForm({
    initial: read(image), version: image.version, saved: 'Imagen guardada.',
    save: async (v, version) => (await updateImage({ path: { image_id: image.id }, headers: version ? ifMatch(version) : {}, body: { description: orNull(v.description), category: orNull(v.category) }, throwOnError: true })).data,
    onSaved: () => refresh(queries, 'getImage', 'listImages'),
  });
  const fields = (
    <>
      <Textarea label="Descripción" description="Con ella se la encuentra." autosize readOnly={readOnly} maxLength={500} {...entity.form.getInputProps('description')} />
      <Select label="Categoría" readOnly={readOnly} allowDeselect={false} data={[{ value: '', label: 'Ninguna' }, ...categories.map((c) => ({ value: c.id, label: c.name }))]} {...entity.form.getInputProps('category')} />
    </>
  );
  return readOnly ? <Stack>{fields}</Stack> : <EntityForm entity={entity} reload={reload} labels={{ description: 'Descripción', category: 'Categoría' }} read={read}>{fields}</EntityForm>;
}

function Remove({ image, categories }: { image: Image; categories: Category[] }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    ...deleteImageMutation(),
    onSuccess: async () => {
      await navigate({ href: '/imagenes' });
      toastDone('Imagen borrada.');
      void refresh(queries, 'listImages');
    },
    onSettled: () => { setAsking(false); void refresh(queries, 'getImage'); },
  });
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={16} />} onClick={() => setAsking(true)}>Borrar…</Button>
      <Confirm opened={asking} onClose={() => setAsking(false)} title={`Borrar ${imageName(image)}`} deed="Borrar" loading={remove.isPending} onConfirm={() => remove.mutate({ path: { image_id: image.id }, headers: ifMatch(image.version) })}>
        {image.used_by.length > 0 ? <Stack gap="xs"><span>El catálogo la enseña aquí: no se puede borrar hasta que se quite.</span><Uses uses={image.used_by} categories={categories} /></Stack> : 'No se puede deshacer.'}
      </Confirm>
    </>
  );
}
