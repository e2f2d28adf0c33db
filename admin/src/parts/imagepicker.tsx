import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Image } from '@msia/client';
import { listImagesInfiniteOptions } from '@msia/client/query';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { byCursor } from './datatable';
import { IconSearch } from './icons';
import { imageName, ImageGrid, Thumbnail } from './imagegrid';
import { Empty, Failed, Waiting } from './states';

/** Lets a picture be chosen from the library. */
export function ImagePicker({ opened, onClose, onPick }: { opened: boolean; onClose: () => void; onPick: (image: Image) => void }) {
  return (
    <Modal opened={opened} onClose={onClose} size="xl" title="Elegir de la biblioteca" closeButtonProps={{ 'aria-label': 'Cerrar' }}>
      <Choice onPick={onPick} />
    </Modal>
  );
}

function Choice({ onPick }: { onPick: (image: Image) => void }) {
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 250);
  const images = useInfiniteQuery({ ...listImagesInfiniteOptions({ query: { q: q || undefined, limit: 24 } }), ...byCursor });
  const list = images.data?.pages.flatMap((page) => page.items);
  return (
    <Stack>
      <TextInput label="Buscar" type="search" placeholder="Descripción o nombre del archivo" leftSection={<IconSearch size={16} />} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} maxLength={100} data-autofocus />
      {!list ? (images.error ? <Failed error={images.error} retry={() => void images.refetch()} /> : <Waiting rows={3} />)
        : list.length === 0 ? <Empty title={q ? 'Ninguna imagen coincide' : 'La biblioteca está vacía'}>{q ? 'Busque de otra forma.' : 'Suba la primera arrastrándola al campo.'}</Empty>
          : (
            <ImageGrid label="Imágenes">
              {list.map((image) => (
                <li key={image.id}>
                  <button type="button" className="plain" onClick={() => onPick(image)}><Thumbnail image={image} name={imageName(image)} /></button>
                </li>
              ))}
            </ImageGrid>
          )}
      {images.hasNextPage && <Group justify="center"><Button variant="default" loading={images.isFetchingNextPage} onClick={() => void images.fetchNextPage()}>Mostrar más</Button></Group>}
    </Stack>
  );
}
