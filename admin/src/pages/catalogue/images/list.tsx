import { Anchor, Button, Card, Checkbox, Group, Select, Stack, Text } from '@mantine/core';
import type { BulkResult, Category, Image } from '@msia/client';
import { bulkImagesMutation, listCategoriesOptions, listImagesInfiniteOptions } from '@msia/client/query';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { refresh } from '@/lib/queries';
import { one } from '@/lib/search';
import { sentenceOf } from '@/lib/spanish';
import { useFilters } from '@/lib/useFilters';
import { Confirm } from '@/parts/confirm';
import { byCursor } from '@/parts/datatable';
import { FilterBar, SelectFilter, TextFilter } from '@/parts/filters';
import { imageName, ImageGrid, Thumbnail } from '@/parts/imagegrid';
import { ImageUpload } from '@/parts/imageupload';
import { Page } from '@/parts/page';
import { Empty, Failed, Waiting } from '@/parts/states';
import { toastDone } from '@/parts/toast';

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
      <FilterBar names={['q', 'category']}>
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
      {list && chosen.size > 0 && <Bulk chosen={list.filter((i) => chosen.has(i.id))} onChange={setChosen} />}
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

function Bulk({ chosen, onChange }: { chosen: Image[]; onChange: (ids: ReadonlySet<string>) => void }) {
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    ...bulkImagesMutation(),
    onSuccess: ({ results }: BulkResult) => {
      const failed = results.filter((r) => !r.ok);
      onChange(new Set(failed.map((r) => r.id)));
      const done = results.length - failed.length;
      if (done > 0) toastDone(done === 1 ? 'Una imagen borrada.' : `${done} imágenes borradas.`);
    },
    onSettled: () => { setAsking(false); void refresh(queries, 'listImages'); },
  });
  const refused = remove.data?.results.filter((r) => !r.ok && chosen.some((i) => i.id === r.id)) ?? [];
  return (
    <Card withBorder shadow="md" padding="sm" style={{ position: 'sticky', bottom: 12, zIndex: 5 }} role="region" aria-label="Selección">
      <Group gap="sm">
        <Text fw={600} size="sm" role="status">{chosen.length} {chosen.length === 1 ? 'seleccionada' : 'seleccionadas'}</Text>
        <Button size="xs" color="red" onClick={() => setAsking(true)}>Borrar…</Button>
        <Button size="xs" variant="subtle" onClick={() => onChange(new Set())}>Quitar selección</Button>
      </Group>
      {refused.map((r) => {
        const image = chosen.find((i) => i.id === r.id)!;
        return <Text key={r.id} size="sm" mt={4}><Anchor component={Link} to={`/imagenes/${r.id}`}>{imageName(image)}</Anchor>: {sentenceOf(r.code ?? undefined, r.detail ?? '')}</Text>;
      })}
      <Confirm opened={asking} onClose={() => setAsking(false)} title={chosen.length === 1 ? 'Borrar una imagen' : `Borrar ${chosen.length} imágenes`} deed="Borrar" loading={remove.isPending} onConfirm={() => remove.mutate({ body: { ids: chosen.map((i) => i.id), action: 'delete' } })}>
        No se puede deshacer. Las que el catálogo enseña no se borran: se dirá cuáles son.
      </Confirm>
    </Card>
  );
}
