import { ActionIcon, Alert, Button, Card, Center, Group, Kbd, ScrollArea, Stack, Text, TextInput, Title, Tooltip, UnstyledButton } from '@mantine/core';
import type { Case, CaseFile, CaseFileVerdict } from '@msia/client';
import { getCaseOptions, listRejectReasonsOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';

import { useMay } from '@/lib/account';
import { pictureOf } from '@/lib/picture';
import { one, type Search } from '@/lib/search';
import { Status } from '@/parts/fields';
import { IconArrowBackUp, IconCheck, IconChevronLeft, IconChevronRight, IconExternalLink, IconFileText, IconX } from '@/parts/icons';
import { ImageViewer, type ViewerHandle } from '@/parts/imageviewer';
import { Page } from '@/parts/page';
import { Empty, Loaded } from '@/parts/states';
import { toastUndo } from '@/parts/toast';

import classes from './reviewer.module.css';
import { inOrder, slotGroups } from './slots';
import { judged, useVerdicts } from './verdicts';
import { isActive, reviewLooks } from './words';

/** The photos of a case one by one, to say of each whether it is good enough; by mouse, by touch, and by keys alone. */
export default function Reviewer() {
  const { id = '', file = '' } = useParams({ strict: false }) as { id?: string; file?: string };
  const query = useQuery({ ...getCaseOptions({ path: { case_id: id } }), placeholderData: undefined });
  if (!query.data) return <Page title="Imágenes" above={[['Expedientes', '/expedientes']]}><Loaded query={query}>{() => null}</Loaded></Page>;
  return <Review case={query.data} fileId={file} />;
}

function Review({ case: c, fileId }: { case: Case; fileId: string }) {
  const search = useSearch({ strict: false }) as Search;
  const along: Search = search.lista === undefined ? {} : { lista: one(search, 'lista') };
  const navigate = useNavigate();
  const verdicts = useVerdicts();
  const mayJudge = useMay('editor') && isActive(c.status);
  const reasons = useQuery({ ...listRejectReasonsOptions(), staleTime: Infinity }).data ?? [];
  const [rejecting, setRejecting] = useState(false);
  const viewer = useRef<ViewerHandle>(null);
  const frame = useRef<HTMLDivElement>(null);

  const order = inOrder(slotGroups({ ...c, files: c.files.map((f) => judged(f, verdicts)) }));
  const at = order.findIndex((p) => p.file.id === fileId);
  const here = order[at];
  const done = order.filter((p) => p.file.review !== 'pending').length;
  const images = `/expedientes/${c.id}/imagenes`;
  const go = (to: { file: CaseFile } | undefined) => {
    if (!to) return;
    setRejecting(false);
    void navigate({ to: `${images}/${to.file.id}`, search: along as never, replace: true, resetScroll: false });
  };
  const next = order[at + 1];
  const nextUrl = next?.file.content_type.startsWith('image/') ? pictureOf(next.file.url) : undefined;
  useEffect(() => {
    if (nextUrl) new Image().src = nextUrl;
  }, [nextUrl]);
  // The keys count from the first picture on, and go on counting when what had the focus has gone with its picture.
  useEffect(() => {
    if (document.activeElement === document.body || !document.activeElement) frame.current?.focus({ preventScroll: true });
  }, [fileId, rejecting]);

  const undo = (file?: string) => {
    const undone = verdicts.undo(file);
    go(order.find((p) => p.file.id === undone));
  };
  const judge = (verdict: CaseFileVerdict) => {
    if (!here || !mayJudge) return;
    // What is judged is the file as it is stored, not as an earlier verdict that waits would make it.
    const file = c.files.find((f) => f.id === here.file.id)!;
    verdicts.give(c.id, file, verdict);
    toastUndo(`${here.slot.title}: ${verdict.accepted ? 'válida' : 'no válida'}`, () => undo(file.id), 'verdict');
    frame.current?.focus({ preventScroll: true });
    const waiting = [...order.slice(at + 1), ...order.slice(0, at)].find((p) => p.file.review === 'pending');
    if (waiting) go(waiting);
    else setRejecting(false);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey || (e.target as HTMLElement).closest('input, textarea')) return;
    switch (e.key) {
      case 'j': go(order[at + 1]); break;
      case 'k': go(order[at - 1]); break;
      case 'z': viewer.current?.toggleZoom(); break;
      case 'r': viewer.current?.rotate(); break;
      case 'v': judge({ accepted: true }); break;
      case 'x': if (mayJudge) setRejecting(true); break;
      case 'u': if (mayJudge) undo(); break;
      default: return;
    }
    e.preventDefault();
  };

  if (!here) {
    return (
      <Page title="Imágenes" above={[['Expedientes', '/expedientes'], [`Expediente ${c.number}`, images]]}>
        <Empty title="Esta imagen ya no está" action={<Button component={Link} to={images} search={along as never} variant="default">Ver las demás</Button>}>Alguien la ha quitado del expediente.</Empty>
      </Page>
    );
  }
  const { file, slot, group } = here;
  const isPicture = file.content_type.startsWith('image/');
  const why = reasons.find((r) => r.code === file.reject_reason)?.label;
  return (
    <Page
      title={slot.title} above={[['Expedientes', '/expedientes'], [`Expediente ${c.number}`, images]]}
      about={<Group gap="xs"><Status value={file.review} looks={reviewLooks} /><span>{group.title}</span>{why && <span>· {why}</span>}</Group>}
      actions={<Text size="sm" className="nums" role="status">{done}/{order.length} revisadas</Text>}
    >
      <div ref={frame} tabIndex={-1} role="group" aria-label="Revisión: V válida, X no válida, J y K siguiente y anterior, Z amplía, R gira, U deshace" onKeyDown={onKeyDown} className={classes.frame}>
        <ScrollArea type="auto" offsetScrollbars="x" viewportProps={{ tabIndex: -1 }}>
          <Group gap={6} wrap="nowrap" role="group" aria-label="Imágenes del expediente" pb={2}>
            {order.map((p, i) => <Frame key={p.file.id} file={p.file} title={p.slot.title} n={i + 1} current={p === here} onClick={() => go(p)} />)}
          </Group>
        </ScrollArea>
        <div className={classes.sides}>
          <div>
            {isPicture ? <ImageViewer ref={viewer} src={pictureOf(file.url)} alt={`${slot.title}, ${group.title}`} height="clamp(240px, calc(100dvh - 27rem), 760px)" /> : (
              <Center mih={240} bg="var(--mantine-color-default-hover)" style={{ borderRadius: 'var(--mantine-radius-md)' }}>
                <Button component="a" href={`/api/cases/${c.id}/files/${file.id}`} variant="default" leftSection={<IconFileText size={18} />} rightSection={<IconExternalLink size={16} />}>Abrir el PDF</Button>
              </Center>
            )}
          </div>
          <Card withBorder padding="sm" component="aside" aria-label="Lo que se pide">
            <Stack gap="xs">
              <Title order={2} size="h4">Lo que se pide</Title>
              {slot.instruction ? <Text size="sm">{slot.instruction}</Text> : <Text size="sm" c="dimmed">Sin indicaciones.</Text>}
              {slot.example && <a href={slot.example} target="_blank" rel="noreferrer"><img src={`${slot.example}?w=640`} alt={`Ejemplo: ${slot.title}`} style={{ width: '100%', borderRadius: 6, display: 'block' }} /></a>}
              {slot.example && <Text size="xs" c="dimmed">Ejemplo que vio el cliente</Text>}
              {file.reject_note && <Alert color="red" title="Se le dijo al cliente"><span className="prewrap">{file.reject_note}</span></Alert>}
            </Stack>
          </Card>
        </div>
        {mayJudge ? (
          <Card withBorder padding="sm" className={classes.bar}>
            {rejecting ? (
              <Rejection reasons={reasons} onChosen={(reason, note) => judge({ accepted: false, reason, note })} onCancel={() => { setRejecting(false); frame.current?.focus({ preventScroll: true }); }} />
            ) : (
              <Group gap="xs" justify="center">
                <Button color="#1c6b2e" leftSection={<IconCheck size={18} />} rightSection={<Key k="V" />} onClick={() => judge({ accepted: true })}>Válida</Button>
                <Button color="red" leftSection={<IconX size={18} />} rightSection={<Key k="X" />} onClick={() => setRejecting(true)}>No válida</Button>
                <Tooltip label="Anterior (K)"><ActionIcon variant="default" size={36} aria-label="Anterior" disabled={at === 0} onClick={() => go(order[at - 1])}><IconChevronLeft size={20} /></ActionIcon></Tooltip>
                <Tooltip label="Siguiente (J)"><ActionIcon variant="default" size={36} aria-label="Siguiente" disabled={!next} onClick={() => go(next)}><IconChevronRight size={20} /></ActionIcon></Tooltip>
                <Tooltip label="Deshacer (U)">
                  <ActionIcon variant="default" size={36} aria-label="Deshacer" disabled={!verdicts.held().some((h) => !h.sent)} onClick={() => undo()}><IconArrowBackUp size={20} /></ActionIcon>
                </Tooltip>
              </Group>
            )}
          </Card>
        ) : <Text size="sm" c="dimmed">{isActive(c.status) ? 'Su cuenta puede ver las imágenes, no revisarlas.' : 'El expediente está cerrado: las imágenes ya no se revisan.'}</Text>}
        {mayJudge && done === order.length && (
          <Alert color="green" icon={<IconCheck />} role="status" title="Está todo revisado">
            <Button component={Link} to={`/expedientes/${c.id}`} search={along as never} variant="default" size="xs">Volver al expediente</Button>
          </Alert>
        )}
      </div>
    </Page>
  );
}

const Key = ({ k }: { k: string }) => <Kbd size="xs" visibleFrom="sm" aria-hidden>{k}</Kbd>;

function Frame({ file, title, n, current, onClick }: { file: CaseFile; title: string; n: number; current: boolean; onClick: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (current) button.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [current]);
  return (
    <UnstyledButton
      ref={button} onClick={onClick} aria-current={current || undefined} aria-label={`${n}. ${title}: ${reviewLooks[file.review].text}`}
      className={classes.thumb} data-review={file.review} data-current={current || undefined}
    >
      {file.content_type.startsWith('image/') ? <img src={pictureOf(file.url, 320)} alt="" loading="lazy" /> : <Center w="100%" h="100%"><IconFileText size={24} aria-hidden /></Center>}
      {file.review !== 'pending' && <span className={classes.mark}>{file.review === 'accepted' ? <IconCheck size={14} /> : <IconX size={14} />}</span>}
    </UnstyledButton>
  );
}

type Reason = { code: string; label: string; text: string };

/** Why it is not good enough: a reason by its number, in own words with "Otro motivo". */
function Rejection({ reasons, onChosen, onCancel }: { reasons: Reason[]; onChosen: (reason: string, note: string | null) => void; onCancel: () => void }) {
  const [note, setNote] = useState('');
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const choose = (reason: Reason | undefined) => {
    if (reason && (reason.text !== '' || note.trim())) onChosen(reason.code, note.trim() || null);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === 'Escape') onCancel();
    else if (/^[1-9]$/.test(e.key) && !(e.target as HTMLElement).closest('input')) choose(reasons[Number(e.key) - 1]);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <Stack gap="xs" role="group" aria-label="¿Por qué no es válida?" onKeyDown={onKeyDown}>
      <Text size="sm" fw={600}>¿Por qué no es válida? Se le pide otra al cliente.</Text>
      <Group gap={6}>
        {reasons.map((reason, i) => (
          <Button key={reason.code} ref={i === 0 ? first : undefined} size="xs" variant="default" disabled={reason.text === '' && !note.trim()} onClick={() => choose(reason)} leftSection={i < 9 ? <Key k={String(i + 1)} /> : undefined} title={reason.text || undefined}>
            {reason.label}
          </Button>
        ))}
      </Group>
      <Group gap="xs" align="flex-end">
        <TextInput label="Con sus palabras, para el cliente" description="Opcional; con «Otro motivo» hace falta." value={note} onChange={(e) => setNote(e.currentTarget.value)} maxLength={500} style={{ flex: 1 }} miw={200} />
        <Button variant="default" onClick={onCancel}>Cancelar</Button>
      </Group>
    </Stack>
  );
}
