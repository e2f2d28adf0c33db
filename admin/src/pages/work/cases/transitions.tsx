import { Button, Group, Menu, Modal, Stack, Text, Textarea } from '@mantine/core';
import type { Case, CaseNextStatus } from '@msia/client';
import { transitionCase } from '@msia/client';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { caseStatusLooks } from '@/lib/casestatus';
import { ifMatch } from '@/lib/client';
import type { Search } from '@/lib/search';
import { IconCheck, IconChevronDown } from '@/parts/icons';

import { useCaseChange } from './change';
import { judged, useVerdicts } from './verdicts';
import { transitionName } from './words';

type Props = { case: Case; /** The next case of the list one came from. */ next?: string; along: Search };
type Asked = CaseNextStatus & { thenNext?: boolean };

/** The statuses a case may be given, as the server lists them. */
export function Transitions({ case: c, next, along }: Props) {
  const navigate = useNavigate();
  const verdicts = useVerdicts();
  const { change, busy, question } = useCaseChange(c);
  const [asked, setAsked] = useState<Asked | null>(null);
  const unreviewed = c.files.filter((f) => judged(f, verdicts).review === 'pending').length;
  const go = (to: Asked, reason: string | null) => {
    setAsked(null);
    change({
      run: (version) => transitionCase({ path: { case_id: c.id }, headers: ifMatch(version), body: { status: to.status, reason }, throwOnError: true }),
      done: `Expediente ${c.number}: ${caseStatusLooks[to.status].text.toLowerCase()}`,
      then: () => { if (to.thenNext && next) void navigate({ to: `/expedientes/${next}`, search: along as never }); },
    });
  };
  // What is incomplete goes to the review only with a word on why.
  const allowed = c.next_statuses.map((to) => (to.status === 'pending_review' && c.missing.length > 0 ? { ...to, reason_needed: true } : to));
  const ask = (to: Asked) => (to.reason_needed || (to.status === 'resolved' && unreviewed + c.missing.length > 0) ? setAsked(to) : go(to, null));
  const [first, ...rest] = allowed.sort((a, b) => weight(a) - weight(b));
  if (!first) return null;
  const resolveAndNext = first.status === 'resolved' && next !== undefined;
  return (
    <Group gap="xs">
      {first.status === 'cancelled' ? null : (
        <Button loading={busy} leftSection={<IconCheck size={16} />} onClick={() => ask(first)}>{transitionName(c.status, first.status)}</Button>
      )}
      {resolveAndNext && <Button variant="light" loading={busy} onClick={() => ask({ ...first, thenNext: true })}>Resolver y siguiente</Button>}
      {(rest.length > 0 || first.status === 'cancelled') && (
        <Menu position="bottom-end">
          <Menu.Target><Button variant="default" disabled={busy} rightSection={<IconChevronDown size={14} />}>Más</Button></Menu.Target>
          <Menu.Dropdown>
            {(first.status === 'cancelled' ? [first] : rest).map((to) => (
              <Menu.Item key={to.status} color={to.status === 'cancelled' ? 'red' : undefined} onClick={() => ask(to)}>{transitionName(c.status, to.status)}</Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <Modal opened={asked !== null} onClose={() => setAsked(null)} title={asked ? transitionName(c.status, asked.status) : ''} closeButtonProps={{ 'aria-label': 'Cerrar' }}>
        {asked && <Reason case={c} to={asked} unreviewed={unreviewed} onSaid={(reason) => go(asked, reason)} />}
      </Modal>
      {question}
    </Group>
  );
}

// What leads on comes first, what ends it last.
const weight = ({ status }: CaseNextStatus) => ({ in_progress: 0, resolved: 0, pending_review: 1, collecting: 2, pending_images: 2, abandoned: 3, cancelled: 4 })[status];

function Reason({ case: c, to, unreviewed, onSaid }: { case: Case; to: Asked; unreviewed: number; onSaid: (reason: string | null) => void }) {
  const [reason, setReason] = useState('');
  const told = to.status === 'cancelled' || (to.status === 'collecting' && c.status === 'pending_review');
  return (
    <form onSubmit={(e) => { e.preventDefault(); onSaid(reason.trim() || null); }}>
      <Stack>
        {to.status === 'pending_review' && to.reason_needed && <Text size="sm">Todavía {c.missing.length === 1 ? 'falta una cosa' : `faltan ${c.missing.length} cosas`}.</Text>}
        {to.status === 'resolved' && (
          <Text size="sm">
            {[unreviewed > 0 && `Quedan ${unreviewed} imágenes sin revisar`, c.missing.length > 0 && `faltan ${c.missing.length} cosas`].filter(Boolean).join(' y ')}. ¿Resolverlo de todos modos?
          </Text>
        )}
        {to.reason_needed && (
          <Textarea
            label="Motivo" required value={reason} onChange={(e) => setReason(e.currentTarget.value)} maxLength={2000} autosize minRows={3} data-autofocus
            description={told && c.conversation_id ? 'Se le dice al cliente, tal como se escriba.' : 'Queda en el historial.'}
          />
        )}
        <Group justify="flex-end">
          <Button type="submit" color={to.status === 'cancelled' ? 'red' : undefined} disabled={to.reason_needed && !reason.trim()}>{transitionName(c.status, to.status)}</Button>
        </Group>
      </Stack>
    </form>
  );
}
