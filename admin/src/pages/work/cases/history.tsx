import '@mantine/core/styles/Timeline.css';

import { Button, Group, Stack, Text, Textarea, Timeline } from '@mantine/core';
import type { Case, CaseEvent, RejectReason } from '@msia/client';
import { addCaseNoteMutation, listCaseEventsOptions, listRejectReasonsOptions } from '@msia/client/query';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { caseStatusLooks } from '@/lib/casestatus';
import { useMay } from '@/lib/account';
import { refresh } from '@/lib/queries';
import { When } from '@/parts/fields';
import { IconCamera, IconCheck, IconEdit, IconFlag, IconNote, IconUser } from '@/parts/icons';
import { Empty, Loaded } from '@/parts/states';
import { toastDone } from '@/parts/toast';

import type { TabProps } from './detail';
import { sectionName } from './missing';
import { eventNames, reviewLooks } from './words';

/** What happened to the case, the latest first, and notes of the staff. */
export default function History({ case: c }: TabProps) {
  const events = useQuery(listCaseEventsOptions({ path: { case_id: c.id } }));
  const reasons = useQuery({ ...listRejectReasonsOptions(), staleTime: Infinity }).data ?? [];
  const mayWrite = useMay('editor');
  return (
    <Stack maw={800}>
      {mayWrite && <Note id={c.id} />}
      <Loaded query={events}>
        {(list) => (list.length === 0 ? <Empty title="Todavía no ha pasado nada" /> : (
          <Timeline bulletSize={26} lineWidth={2}>
            {[...list].reverse().map((event) => (
              <Timeline.Item key={event.id} bullet={<Icon kind={event.kind} />} title={<Text size="sm" fw={600} component="span">{titleOf(event)}</Text>}>
                {tellOf(event, c, reasons).map((line) => <Text key={line} size="sm" className="prewrap">{line}</Text>)}
                <Text size="xs" c="dimmed"><When at={event.at} /> · {event.actor}</Text>
              </Timeline.Item>
            ))}
          </Timeline>
        ))}
      </Loaded>
    </Stack>
  );
}

function Note({ id }: { id: string }) {
  const [text, setText] = useState('');
  const queries = useQueryClient();
  const add = useMutation({
    ...addCaseNoteMutation(),
    onSuccess: () => { setText(''); toastDone('Nota añadida'); return refresh(queries, 'listCaseEvents', 'getCase'); },
  });
  return (
    <form onSubmit={(e) => { e.preventDefault(); add.mutate({ path: { case_id: id }, body: { text: text.trim() } }); }}>
      <Group align="flex-end" gap="xs">
        <Textarea label="Nota" description="Solo la ve el equipo." value={text} onChange={(e) => setText(e.currentTarget.value)} maxLength={2000} autosize minRows={1} maxRows={8} style={{ flex: 1 }} />
        <Button type="submit" disabled={!text.trim()} loading={add.isPending}>Añadir</Button>
      </Group>
    </form>
  );
}

function Icon({ kind }: { kind: CaseEvent['kind'] }) {
  switch (kind) {
    case 'note':
      return <IconNote size={14} />;
    case 'status':
    case 'opened':
      return <IconFlag size={14} />;
    case 'assigned':
      return <IconUser size={14} />;
    case 'data':
      return <IconEdit size={14} />;
    case 'file':
    case 'file_moved':
    case 'file_removed':
      return <IconCamera size={14} />;
    default:
      return <IconCheck size={14} />;
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function titleOf(event: CaseEvent): string {
  const to = caseStatusLooks[event.to_status as keyof typeof caseStatusLooks];
  if (event.kind === 'status' && to) return to.text;
  const review = reviewLooks[event.detail.review as keyof typeof reviewLooks];
  if (event.kind === 'file_reviewed' && review) return `${text(event.detail.label) || 'Archivo'}: ${review.text.toLowerCase()}`;
  return eventNames[event.kind];
}

/** An event in words: which data, which file, why. */
function tellOf(event: CaseEvent, c: Case, reasons: RejectReason[]): string[] {
  const out: string[] = [];
  if (event.kind === 'data' && Array.isArray(event.detail.fields)) {
    out.push(event.detail.fields.map((path) => {
      const [key = '', name] = String(path).split('/');
      const section = c.sections.find((s) => s.key === key);
      const label = section?.fields.find((f) => f.field.key === name)?.field.label ?? name;
      return section ? `${sectionName(section)}: ${label}` : label;
    }).join(' · '));
  }
  if (event.kind === 'assigned') out.push(text(event.detail.to) ? `A ${text(event.detail.to)}` : 'A nadie');
  if (event.kind === 'file' || event.kind === 'file_moved' || event.kind === 'file_removed') out.push(text(event.detail.label));
  if (event.kind === 'file_reviewed') out.push(reasons.find((r) => r.code === event.detail.reason)?.label ?? '');
  if (event.reason) out.push(event.reason);
  return out.filter(Boolean);
}
