import { Anchor, Button, Checkbox, Group, Select, Stack } from '@mantine/core';
import { bulkImages, type Category, type Image } from '@msia/client';
import { listCategoriesOptions, listImagesInfiniteOptions } from '@msia/client/query';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { refresh } from '@/lib/queries';
import { one } from '@/lib/search';
import { useFilters } from '@/lib/useFilters';
import { BulkBar } from '@/parts/bulkbar';
import { Confirm } from '@/parts/confirm';
import { byCursor, type Selection } from '@/parts/datatable';
import { FilterBar, SelectFilter, TextFilter } from '@/parts/filters';
import { imageName, ImageGrid, Thumbnail } from '@/parts/imagegrid';
import { ImageUpload } from '@/parts/imageupload';
import { Page } from '@/parts/page';
import { Empty, Failed, Waiting } from '@/parts/states';

export default function Images() {
  const [search] = useFilters();
  const categories = useQuery(listCategoriesOptions({ query: { include_inactive: true } })).data ?? [];
  const q = one(search, 'q');
  const category = one(search, 'category');
  const images = useInfiniteQuery({ ...listImagesInfiniteOptions({ query: { q: q || undefined, category: category || undefined, limit: 48 } }), ...byCursor });
  const mayWrite = useMay('editor');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const list = images.data?.pages.flatMap((page) => page.items);
  const toggle = (id: string) => setChosen((before) => {
    const after = new Set(before);
    if (!after.delete(id)) after.add(id);
    return after;
  });
  return (
    <Page title="Imágenes" about="Las que enseña el catálogo: ejemplos de las fotos que se piden y de los documentos.">
      {mayWrite && <Uploads categories={categories} filtered={category} />}
      <FilterBar names={['q', 'category']} views="images">
        <TextFilter label="Buscar" placeholder="Descripción o nombre del archivo" />
        <SelectFilter name="category" label="Categoría" options={categories.map((c) => ({ value: c.slug, label: c.name }))} />
      </FilterBar>
      {!list ? (images.error ? <Failed error={images.error} retry={() => void images.refetch()} /> : <Waiting />)
        : list.length === 0 ? (q || category ? <Empty title="Ninguna imagen coincide">Quite algún filtro o busque de otra forma.</Empty>
          : <Empty title="La biblioteca está vacía">{mayWrite ? 'Arrastre fotos a esta página para subirlas.' : 'Alguien con permiso de edición puede subirlas.'}</Empty>)
          : (
            <ImageGrid label="Imágenes">
              {list.map((image) => (
                <li key={image.id}>
                  <Anchor component={Link} to={`/imagenes/${image.id}`} className="plain"><Thumbnail image={image} name={imageName(image)} /></Anchor>
                  {mayWrite && <span className="pick"><Checkbox aria-label={`Seleccionar ${imageName(image)}`} checked={chosen.has(image.id)} onChange={() => toggle(image.id)} /></span>}
                </li>
              ))}
            </ImageGrid>
          )}
      {images.hasNextPage && <Group justify="center"><Button variant="default" loading={images.isFetchingNextPage} onClick={() => void images.fetchNextPage()}>Mostrar más</Button></Group>}
      {list && mayWrite && <Bulk list={list} selection={{ ids: chosen, change: setChosen }} />}
    </Page>
  );
}

function Uploads({ categories, filtered }: { categories: Category[]; filtered: string }) {
  const [to, setTo] = useState<string | null>(null);
  const category = to ?? filtered;
  return (
    <Stack gap="xs">
      <ImageUpload category={category || undefined} onUploaded={() => undefined} />
      <Select label="Las que se suban son de" w={240} size="xs" data={[{ value: '', label: 'Ninguna categoría' }, ...categories.map((c) => ({ value: c.slug, label: c.name }))]} value={category} allowDeselect={false} onChange={setTo} />
    </Stack>
  );
}

function Bulk({ list, selection }: { list: Image[]; selection: Selection }) {
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  return (
    <BulkBar selection={selection} name={(id) => { const image = list.find((i) => i.id === id); return image ? imageName(image) : ''; }} onDone={() => void refresh(queries, 'listImages')}>
      {(go, busy) => (
        <>
          <Button size="xs" color="red" loading={busy} onClick={() => setAsking(true)}>Borrar…</Button>
          <Confirm
            opened={asking} onClose={() => setAsking(false)} title={selection.ids.size === 1 ? 'Borrar una imagen' : `Borrar ${selection.ids.size} imágenes`} deed="Borrar"
            onConfirm={() => {
              setAsking(false);
              go({ run: async (ids) => (await bulkImages({ body: { ids, action: 'delete' }, throwOnError: true })).data, done: (n) => (n === 1 ? 'Una imagen borrada.' : `${n} imágenes borradas.`) });
            }}
          >
            <Stack gap="xs">
              {used(list, selection).length > 0 && <span>El catálogo enseña estas, que no se borrarán: {used(list, selection).map(imageName).join(', ')}.</span>}
              <span>No se puede deshacer.</span>
            </Stack>
          </Confirm>
        </>
      )}
    </BulkBar>
  );
}

const used = (list: Image[], selection: Selection) => list.filter((i) => selection.ids.has(i.id) && i.used_by.length > 0);
