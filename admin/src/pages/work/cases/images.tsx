import { ActionIcon, AspectRatio, Badge, Box, Button, Card, Center, FileButton, Group, Menu, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import '@mantine/core/styles/AspectRatio.css';
import type { Case, CaseFile } from '@msia/client';
import { moveCaseFile, removeCaseFile, uploadCaseFile } from '@msia/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { pictureOf } from '@/lib/picture';
import { type ApiError, toApiError } from '@/lib/problem';
import { refresh } from '@/lib/queries';
import type { Search } from '@/lib/search';
import { whyRefused } from '@/lib/upload';
import { Confirm } from '@/parts/confirm';
import { type Look, Status } from '@/parts/fields';
import { IconCamera, IconDots, IconFileText, IconTrash, IconUpload } from '@/parts/icons';
import { Empty } from '@/parts/states';
import { toastDone, toastError } from '@/parts/toast';

import { useStored } from './change';
import type { TabProps } from './detail';
import { inOrder, type Slot, type SlotGroup, slotGroups, type SlotState, slotState } from './slots';
import { judged, useSettled, useVerdicts } from './verdicts';
import { isActive, reviewLooks } from './words';

const stateLooks: Record<SlotState, Look> = {
  missing: { text: 'Falta', color: 'yellow' },
  again: { text: 'Rechazada: falta otra', color: 'red' },
  pending: { text: 'Por revisar', color: 'orange' },
  accepted: { text: 'Válida', color: 'green' },
  optional: { text: 'Opcional', color: 'gray' },
};

/** The photos and papers by where they belong. */
export default function Images({ case: c, along }: TabProps) {
  const verdicts = useVerdicts();
  const seen: Case = { ...c, files: c.files.map((f) => judged(f, verdicts)) };
  const groups = slotGroups(seen);
  const order = inOrder(groups);
  const mayWrite = useMay('editor') && isActive(c.status);
  const pending = order.find(({ file }) => file.review === 'pending');
  const first = pending ?? order[0];
  if (groups.length === 0) return <Empty title="No hay que mandar imágenes">Ningún elemento del expediente las pide.</Empty>;
  return (
    <Stack>
      <Group>
        {first && (
          <Button component={Link} to={`/expedientes/${c.id}/imagenes/${first.file.id}`} search={along as never} leftSection={<IconCamera size={16} />} variant={pending ? 'filled' : 'default'}>
            {pending ? 'Revisar' : 'Ver de cerca'}
          </Button>
        )}
        <Text size="sm" c="dimmed" role="status">{order.filter(({ file }) => file.review !== 'pending').length} de {order.length} revisadas</Text>
      </Group>
      {groups.map((group) => (
        <section key={group.key} aria-label={group.title}>
          <Title order={2} size="h3" mb="xs">{group.title}</Title>
          <SimpleGrid cols={{ base: 1, xs: 2, md: 3, xl: 4 }}>
            {group.slots.map((slot) => <SlotCard key={slot.slot_code ?? ''} case={c} slot={slot} groups={groups} mayWrite={mayWrite} along={along} />)}
          </SimpleGrid>
        </section>
      ))}
    </Stack>
  );
}

type SlotProps = { case: Case; slot: Slot; groups: SlotGroup[]; mayWrite: boolean; along: Search };

function SlotCard({ case: c, slot, groups, mayWrite, along }: SlotProps) {
  const known = slot.slot_code !== null;
  return (
    <Card withBorder padding="sm" component="article" aria-label={slot.title}>
      <Stack gap="xs" h="100%">
        <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
          <Text size="sm" fw={600}>{slot.title}</Text>
          {known && <Status value={slotState(slot)} looks={stateLooks} />}
        </Group>
        {slot.instruction && <Text size="xs" c="dimmed">{slot.instruction}</Text>}
        {slot.files.map((file) => <FileRow key={file.id} case={c} file={file} slot={slot} groups={groups} mayWrite={mayWrite} along={along} />)}
        {known && mayWrite && <Box mt="auto"><Upload case={c} slot={slot} /></Box>}
      </Stack>
    </Card>
  );
}

function FileRow({ case: c, file, slot, groups, mayWrite, along }: SlotProps & { file: CaseFile }) {
  const [removing, setRemoving] = useState(false);
  const queries = useQueryClient();
  const stored = useStored();
  const settled = useSettled();
  const failed = (error: ApiError) => {
    // Somebody else was quicker with this file: what is shown is read again.
    if (error.status === 412) void refresh(queries, 'getCase');
    toastError(error);
  };
  const move = useMutation({
    mutationFn: async (to: Slot) => {
      const now = (await settled(c)).files.find((f) => f.id === file.id) ?? file;
      return (await moveCaseFile({ path: { case_id: c.id, file_id: file.id }, headers: ifMatch(now.version), body: { element_code: to.element_code, slot_code: to.slot_code }, throwOnError: true })).data;
    },
    meta: { quiet: true },
    onSuccess: (now, to) => { stored(now); toastDone(`Movida a «${to.title}»`); },
    onError: (error) => failed(toApiError(error, undefined)),
  });
  const remove = useMutation({
    mutationFn: async () => {
      const now = (await settled(c)).files.find((f) => f.id === file.id) ?? file;
      return removeCaseFile({ path: { case_id: c.id, file_id: file.id }, headers: ifMatch(now.version), throwOnError: true });
    },
    meta: { quiet: true },
    onSuccess: () => { setRemoving(false); toastDone('Imagen borrada'); return refresh(queries, 'getCase', 'listCaseEvents', 'listCases'); },
    onError: (error) => { setRemoving(false); failed(toApiError(error, undefined)); },
  });
  const isPicture = file.content_type.startsWith('image/');
  return (
    <Stack gap={6}>
      <Link to={`/expedientes/${c.id}/imagenes/${file.id}` as '/'} search={along as never} aria-label={`${isPicture ? '' : 'PDF, '}${slot.title}: ${reviewLooks[file.review].text}`}>
        <AspectRatio ratio={4 / 3}>
          {isPicture ? <img src={pictureOf(file.url, 640)} alt="" loading="lazy" style={{ objectFit: 'cover', borderRadius: 'var(--mantine-radius-sm)', background: 'var(--mantine-color-default-hover)' }} />
            : <Center bg="var(--mantine-color-default-hover)" style={{ borderRadius: 'var(--mantine-radius-sm)' }}><IconFileText size={40} stroke={1.2} aria-hidden /><Text size="sm" ml={6}>PDF</Text></Center>}
        </AspectRatio>
      </Link>
      <Group gap={6} justify="space-between" wrap="nowrap">
        <Group gap={6}>
          <Status value={file.review} looks={reviewLooks} />
          {file.from_staff && <Badge color="gray">Del equipo</Badge>}
        </Group>
        {mayWrite && (
          <Menu position="bottom-end" withinPortal>
            <Menu.Target><ActionIcon size="md" aria-label={`Más: ${slot.title}`}><IconDots size={18} /></ActionIcon></Menu.Target>
            <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
              <Menu.Label>Mover a</Menu.Label>
              {groups.flatMap((group) => group.slots.filter((to) => to.slot_code !== null && to !== slot).map((to) => (
                <Menu.Item key={`${group.key} ${to.slot_code}`} onClick={() => move.mutate(to)}>{group.title}: {to.title}</Menu.Item>
              )))}
              <Menu.Divider />
              <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setRemoving(true)}>Borrar</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      {file.review === 'rejected' && file.reject_note && <Text size="xs" c="dimmed" className="prewrap">{file.reject_note}</Text>}
      <Confirm opened={removing} onClose={() => setRemoving(false)} title="Borrar la imagen" deed="Borrar" loading={remove.isPending} onConfirm={() => remove.mutate()}>
        Se borra del expediente para siempre{slot.required && slot.files.length === 1 ? `, y «${slot.title}» volverá a faltar` : ''}. Si solo está mal colocada, se puede mover.
      </Confirm>
    </Stack>
  );
}

const accepted = 'image/jpeg,image/png,image/webp,image/heic,application/pdf';

function Upload({ case: c, slot }: { case: Case; slot: Slot }) {
  const stored = useStored();
  const upload = useMutation({
    mutationFn: async (files: File[]) => {
      let now: Case | undefined;
      for (const file of files) {
        now = (await uploadCaseFile({ path: { case_id: c.id }, body: { file, element_code: slot.element_code ?? undefined, slot_code: slot.slot_code ?? undefined }, throwOnError: true })).data;
        stored(now);
      }
      return files.length;
    },
    meta: { quiet: true },
    onSuccess: (count) => { if (count > 0) toastDone(count === 1 ? `Subida: ${slot.title}` : `${count} subidas: ${slot.title}`); },
  });
  return (
    <Stack gap={4}>
      <FileButton multiple accept={accepted} onChange={(files) => files.length > 0 && upload.mutate(files)} inputProps={{ 'aria-label': `Archivos para ${slot.title}` }}>
        {(props) => <Button {...props} size="compact-sm" variant="default" leftSection={<IconUpload size={14} />} loading={upload.isPending} aria-label={`Subir: ${slot.title}`}>Subir</Button>}
      </FileButton>
      {upload.error && <Text size="xs" c="red" role="alert">{whyRefused(toApiError(upload.error, undefined))}</Text>}
    </Stack>
  );
}
