import { Anchor, Badge, Box, Button, Group, Paper, Stack, Text } from '@mantine/core';
import type { Message, MessageAttachment } from '@msia/client';
import { listMessagesInfiniteOptions } from '@msia/client/query';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useLayoutEffect, useRef } from 'react';

import { formatDate, formatTime } from '@/lib/format';
import { pictureOf } from '@/lib/picture';
import { byCursor } from '@/parts/datatable';
import { IconFileText } from '@/parts/icons';
import { Empty, Failed, Waiting } from '@/parts/states';

import { attachmentName, authorNames, deliveryNames } from './words';

/** What was said, oldest first, with what only the staff see. New messages are read out. */
export function Transcript({ id, height = '60vh' }: { id: string; height?: string }) {
  const pages = useInfiniteQuery({ ...listMessagesInfiniteOptions({ path: { conversation_id: id } }), ...byCursor, placeholderData: undefined });
  const box = useRef<HTMLDivElement>(null);
  const seen = useRef({ last: '', height: 0 });
  const messages = pages.data?.pages.flatMap((page) => page.items).reverse() ?? [];
  const last = messages.at(-1)?.id ?? '';
  const first = messages[0]?.id ?? '';
  // A new message is scrolled to; older ones push nothing out of sight.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    if (last !== seen.current.last) element.scrollTop = element.scrollHeight;
    else element.scrollTop += element.scrollHeight - seen.current.height;
    seen.current = { last, height: element.scrollHeight };
  }, [last, first]);
  if (!pages.data) return pages.error ? <Failed error={pages.error} retry={() => void pages.refetch()} /> : <Waiting />;
  if (messages.length === 0) return <Empty title="Todavía no se ha dicho nada" />;
  return (
    <Box ref={box} role="log" aria-label="Mensajes" tabIndex={0} className="transcript" style={{ maxHeight: height, overflowY: 'auto' }} p={4}>
      {pages.hasNextPage && (
        <Group justify="center" mb="sm"><Button size="xs" variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>Cargar anteriores</Button></Group>
      )}
      <Stack gap={8}>
        {messages.map((message, i) => {
          const day = formatDate(message.sent_at);
          const newDay = i === 0 || formatDate(messages[i - 1]!.sent_at) !== day;
          return (
            <div key={message.id}>
              {newDay && <Text size="xs" c="dimmed" ta="center" my={6}>{day}</Text>}
              <Bubble message={message} />
            </div>
          );
        })}
      </Stack>
    </Box>
  );
}

function Bubble({ message: m }: { message: Message }) {
  const ours = m.author === 'staff' || m.author === 'assistant';
  const background = m.private ? 'var(--mantine-color-yellow-light)' : m.author === 'staff' ? 'var(--mantine-primary-color-light)' : m.author === 'assistant' ? 'var(--mantine-color-default-hover)' : undefined;
  const unsent = m.delivery !== null && m.delivery !== 'sent';
  return (
    <Group justify={m.author === 'system' ? 'center' : ours ? 'flex-end' : 'flex-start'}>
      <Paper withBorder p="xs" maw="85%" style={{ background, borderStyle: m.private ? 'dashed' : undefined }}>
        <Group gap={6} mb={2}>
          <Text size="xs" fw={650}>{authorNames[m.author]}</Text>
          {m.private && <Badge size="xs" color="yellow">Nota privada</Badge>}
          <Text size="xs" c="dimmed"><time dateTime={m.sent_at}>{formatTime(m.sent_at)}</time></Text>
        </Group>
        {m.content && <Text size="sm" className="prewrap">{m.content}</Text>}
        {m.attachments.length > 0 && <Group gap="xs" mt={m.content ? 6 : 0}>{m.attachments.map((a, i) => <Attachment key={i} attachment={a} />)}</Group>}
        {unsent && <Text size="xs" c={m.delivery === 'failed' ? 'red' : 'dimmed'} mt={2}>{deliveryNames[m.delivery!]}</Text>}
      </Paper>
    </Group>
  );
}

function Attachment({ attachment: a }: { attachment: MessageAttachment }) {
  const name = attachmentName(a.kind);
  if (a.url && a.content_type?.startsWith('image/')) {
    return (
      <a href={pictureOf(a.url)} target="_blank" rel="noreferrer">
        <img src={pictureOf(a.url, 320)} alt={`${name} del cliente`} loading="lazy" style={{ maxWidth: 220, maxHeight: 220, borderRadius: 6, display: 'block' }} />
      </a>
    );
  }
  if (a.url) return <Anchor href={pictureOf(a.url)} size="sm"><IconFileText size={14} aria-hidden /> {name}</Anchor>;
  return (
    <Stack gap={0}>
      <Badge color="gray" leftSection={<IconFileText size={12} aria-hidden />}>{name}</Badge>
      {a.transcript && <Text size="sm" fs="italic">«{a.transcript}»</Text>}
      {a.problem && <Text size="xs" c="dimmed">No está: {a.problem}</Text>}
    </Stack>
  );
}
