import '@mantine/core/styles/Progress.css';
import '@mantine/dropzone/styles.css';

import { ActionIcon, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import type { Image } from '@msia/client';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';

import { formatBytes } from '@/lib/format';
import { type ApiError, toApiError } from '@/lib/problem';
import { refresh } from '@/lib/queries';
import { maxUpload, sendImage, whyRefused } from '@/lib/upload';

import { IconAlertTriangle, IconCheck, IconRefresh, IconUpload, IconX } from './icons';

type Sending = {
  key: number;
  file: File;
  /** Sent so far; 1 while the server works on it. */
  share: number;
  image?: Image;
  refused?: string;
  /** Sending it again may help. */
  again?: boolean;
};

const atOnce = 2;
let lastKey = 0;

type Props = {
  /** Id or slug of the category the pictures belong to. */
  category?: string;
  /** Only one at a time. */
  single?: boolean;
  onUploaded: (image: Image) => void;
  /** What the area says beside its button. */
  children?: ReactNode;
};

/** Takes pictures into the library: dropped, chosen, or pasted anywhere on the page. What is refused says why and does not stop the others. */
export function ImageUpload({ category, single, onUploaded, children }: Props) {
  const queries = useQueryClient();
  const [list, setList] = useState<Sending[]>([]);
  const open = useRef<() => void>(null);
  // Those under way, and all that were sent: what the list says of them comes a little later.
  const [underWay] = useState(() => new Map<number, AbortController>());
  const [sent] = useState(() => new Set<number>());
  const change = (key: number, changed: Partial<Sending>) => setList((all) => all.map((one) => (one.key === key ? { ...one, ...changed } : one)));

  const add = (files: File[]) => {
    const added = files.slice(0, single ? 1 : undefined).map((file) => ({
      key: ++lastKey, file, share: 0, refused: file.size > maxUpload ? `Es demasiado grande (${formatBytes(file.size)}): como mucho 10 MB.` : undefined,
    }));
    setList((all) => [...all.filter((one) => !single || one.image === undefined), ...added]);
  };
  const send = async ({ key, file }: Sending) => {
    const abort = new AbortController();
    underWay.set(key, abort);
    sent.add(key);
    try {
      const image = await sendImage(file, category, (share) => change(key, { share }), abort.signal);
      change(key, { image, share: 1 });
      onUploaded(image);
      void refresh(queries, 'listImages');
    } catch (error) {
      if (abort.signal.aborted) return;
      const failed: ApiError = toApiError(error, undefined);
      change(key, { refused: whyRefused(failed), again: failed.passing || failed.status === 429 });
    } finally {
      underWay.delete(key);
    }
  };
  // The next ones start when there is room.
  useEffect(() => {
    const waiting = list.filter((one) => !one.refused && !sent.has(one.key));
    for (const one of waiting.slice(0, Math.max(0, atOnce - underWay.size))) void send(one);
  });
  useEffect(() => () => { for (const abort of underWay.values()) abort.abort(); }, [underWay]);
  useEffect(() => {
    const onPaste = (e: ClipboardEvent) => {
      const files = [...(e.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      e.preventDefault();
      add(files);
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  });
  const again = (key: number) => {
    sent.delete(key);
    change(key, { refused: undefined, again: undefined, share: 0 });
  };
  const remove = (key: number) => {
    underWay.get(key)?.abort();
    setList((all) => all.filter((one) => one.key !== key));
  };
  const done = list.filter((one) => one.image).length;

  return (
    <Stack gap="xs">
      <Dropzone
        onDrop={add} multiple={!single} openRef={open} activateOnClick={false} activateOnKeyboard={false} enablePointerEvents
        inputProps={{ 'aria-label': 'Archivos', tabIndex: -1 }} p="md"
      >
        <Group justify="center" gap="sm">
          <IconUpload size={24} stroke={1.5} aria-hidden />
          <Text size="sm">{children ?? (single ? 'Arrastre aquí una foto, péguela o' : 'Arrastre aquí fotos, péguelas o')}</Text>
          <Button variant="default" size="xs" onClick={() => open.current?.()}>{single ? 'Elegir foto' : 'Elegir fotos'}</Button>
        </Group>
      </Dropzone>
      {list.length > 0 && (
        <Stack component="ul" gap={4} p={0} m={0} style={{ listStyle: 'none' }} aria-label="Subidas">
          {list.map((one) => (
            <Group component="li" key={one.key} gap="xs" wrap="nowrap">
              <Text size="sm" truncate w={{ base: 120, sm: 220 }} style={{ flexShrink: 0 }} title={one.file.name}>{one.file.name}</Text>
              <div style={{ flex: 1, minWidth: 0 }}><State {...one} /></div>
              {one.again && <Button size="compact-sm" variant="default" leftSection={<IconRefresh size={14} />} onClick={() => again(one.key)}>Reintentar</Button>}
              <ActionIcon size={24} color="gray" aria-label={one.image || one.refused ? `Quitar ${one.file.name} de la lista` : `Cancelar ${one.file.name}`} onClick={() => remove(one.key)}><IconX size={15} /></ActionIcon>
            </Group>
          ))}
        </Stack>
      )}
      {list.length > 1 && (
        <Text size="xs" c="dimmed" role="status">{done} de {list.length} subidas{list.some((one) => one.refused) ? `, ${list.filter((one) => one.refused).length} rechazadas` : ''}</Text>
      )}
    </Stack>
  );
}

function State({ file, share, image, refused }: Sending) {
  if (refused) return <Group gap={4} wrap="nowrap" c="red" role="alert"><IconAlertTriangle size={16} aria-hidden style={{ flexShrink: 0 }} /><Text size="sm">{refused}</Text></Group>;
  if (image) return <Group gap={4} wrap="nowrap"><IconCheck size={16} aria-hidden /><Text size="sm">Subida</Text></Group>;
  return (
    <Group gap="xs" wrap="nowrap">
      <Progress.Root size="md" style={{ flex: 1 }}>
        <Progress.Section value={share * 100} animated={share === 1} aria-label={`Subida de ${file.name}`} />
      </Progress.Root>
      <Text size="xs" c="dimmed" className="nums" style={{ whiteSpace: 'nowrap' }}>{share === 1 ? 'Procesando…' : share === 0 ? formatBytes(file.size) : `${Math.round(share * 100)} %`}</Text>
    </Group>
  );
}
