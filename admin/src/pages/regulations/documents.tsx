import '@mantine/core/styles/Progress.css';
import '@mantine/dropzone/styles.css';

import { ActionIcon, Anchor, Badge, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import type { Regulation } from '@msia/client';
import { listRegulationsInfiniteOptions } from '@msia/client/query';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';

import { useMay } from '@/lib/account';
import { formatBytes, formatNumber } from '@/lib/format';
import { toApiError } from '@/lib/problem';
import { refresh } from '@/lib/queries';
import { choice, one } from '@/lib/search';
import { sendForm } from '@/lib/upload';
import { useFilters } from '@/lib/useFilters';
import { byCursor, type Column, DataTable } from '@/parts/datatable';
import { None, When } from '@/parts/fields';
import { FilterBar, SelectFilter, TextFilter } from '@/parts/filters';
import { IconUpload, IconX } from '@/parts/icons';
import { Page } from '@/parts/page';
import { Empty } from '@/parts/states';

import { StatusOf } from './status';
import { statusOptions, typeNames, typeOptions } from './words';

const columns: Column<Regulation>[] = [
  {
    header: 'Documento',
    cell: (d) => (
      <Stack gap={0}>
        <Anchor component={Link} to={`/normativas/documentos/${d.id}`}>{d.title}</Anchor>
        <Text size="xs" c="dimmed">{[typeNames[d.type], d.number, d.edition > 1 && `edición ${d.edition}`].filter(Boolean).join(' · ')}</Text>
      </Stack>
    ),
  },
  { header: 'Estado', cell: (d) => <StatusOf document={d} />, width: 240 },
  { header: 'Se consulta', cell: (d) => <Badge color={d.is_current ? 'green' : 'gray'}>{d.is_current ? 'Sí' : d.superseded_by_id ? 'Sustituido' : d.is_active ? 'Todavía no' : 'Retirado'}</Badge> },
  { header: 'Páginas', cell: (d) => (d.pages === null ? <None /> : formatNumber(d.pages)), align: 'end', wide: true },
  { header: 'En vigor', cell: (d) => <When at={d.valid_from} dayOnly />, wide: true },
];

export default function Documents() {
  const [search] = useFilters();
  const q = one(search, 'q');
  const status = choice(search, 'status', statusOptions.map((o) => o.value));
  const type = choice(search, 'type', typeOptions.map((o) => o.value));
  const documents = useInfiniteQuery({ ...listRegulationsInfiniteOptions({ query: { q: q || undefined, status, type } }), ...byCursor });
  const mayWrite = useMay('editor');
  return (
    <Page title="Documentos" about="Los PDF de normativa de los que salen las respuestas.">
      {mayWrite && <Upload />}
      <FilterBar names={['q', 'status', 'type']}>
        <TextFilter label="Buscar" placeholder="Título o número" />
        <SelectFilter name="status" label="Estado" options={statusOptions} />
        <SelectFilter name="type" label="Clase" options={typeOptions} />
      </FilterBar>
      <DataTable
        label="Documentos" pages={documents} columns={columns} rowId={(d) => d.id} rowTo={(d) => `/normativas/documentos/${d.id}`}
        empty={q || status || type ? <Empty title="Ningún documento coincide">Quite algún filtro.</Empty>
          : <Empty title="Todavía no hay documentos">{mayWrite ? 'Arrastre aquí el primer PDF; en cuanto esté listo se le puede preguntar.' : 'Quien pueda editar ha de subir el primero.'}</Empty>}
      />
    </Page>
  );
}

/** As in the contract of UploadRegulation. */
const maxBytes = 50 * (1 << 20);

type Sending = { key: number; name: string; share: number; done?: boolean; refused?: string };

/** Takes PDFs in one after another; what is refused says why and does not stop the others. */
function Upload() {
  const queries = useQueryClient();
  const [list, setList] = useState<Sending[]>([]);
  const open = useRef<() => void>(null);
  const [queue] = useState(() => ({ last: 0, turn: Promise.resolve() as Promise<unknown> }));
  const change = (key: number, changed: Partial<Sending>) => setList((all) => all.map((item) => (item.key === key ? { ...item, ...changed } : item)));

  const send = async (key: number, file: File) => {
    if (file.size > maxBytes) return change(key, { refused: `Es demasiado grande (${formatBytes(file.size)}): como mucho 50 MB.` });
    try {
      await sendForm<Regulation>('/api/rag/documents', { file }, (share) => change(key, { share }), new AbortController().signal);
      change(key, { share: 1, done: true });
    } catch (e) {
      const error = toApiError(e, undefined);
      change(key, { refused: error.status === 409 ? 'Ya está: es el mismo archivo que otro documento.' : error.code === 'invalid_file_type' ? 'No es un PDF.' : error.message });
    }
    await refresh(queries, 'listRegulations');
  };
  const add = (files: File[]) => {
    for (const file of files) {
      const key = ++queue.last;
      setList((all) => [...all, { key, name: file.name, share: 0 }]);
      queue.turn = queue.turn.then(() => send(key, file));
    }
  };
  return (
    <Stack gap="xs">
      <Dropzone onDrop={add} openRef={open} activateOnClick={false} activateOnKeyboard={false} enablePointerEvents inputProps={{ 'aria-label': 'Archivos PDF', tabIndex: -1 }} p="md">
        <Group justify="center" gap="sm">
          <IconUpload size={24} stroke={1.5} aria-hidden />
          <Text size="sm">Arrastre aquí uno o varios PDF, o</Text>
          <Button variant="default" size="xs" onClick={() => open.current?.()}>Elegir PDF</Button>
        </Group>
      </Dropzone>
      {list.length > 0 && (
        <Stack component="ul" gap={4} p={0} m={0} style={{ listStyle: 'none' }} aria-label="Subidas">
          {list.map((item) => (
            <Group component="li" key={item.key} gap="xs" wrap="nowrap">
              <Text size="sm" truncate w={{ base: 120, sm: 260 }} style={{ flexShrink: 0 }}>{item.name}</Text>
              <div style={{ flex: 1, minWidth: 0 }}>
                {item.refused ? <Text size="sm" c="red" role="alert">{item.refused}</Text> : item.done ? <Text size="sm" role="status">Subido; se está procesando</Text> : (
                  <Progress.Root size="md"><Progress.Section value={item.share * 100} aria-label={`Subida de ${item.name}`} /></Progress.Root>
                )}
              </div>
              {(item.done || item.refused) && <ActionIcon size="sm" color="gray" aria-label={`Quitar ${item.name} de la lista`} onClick={() => setList((all) => all.filter((i) => i.key !== item.key))}><IconX size={15} /></ActionIcon>}
            </Group>
          ))}
        </Stack>
      )}
    </Stack>
  );
}
