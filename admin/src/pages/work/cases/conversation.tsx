import { Anchor, Group, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';

import { Empty } from '@/parts/states';

import { Transcript } from '../conversations/transcript';
import type { TabProps } from './detail';

/** What was said about the case; answering is done in the conversation itself. */
export default function CaseConversation({ case: c }: TabProps) {
  if (!c.conversation_id) return <Empty title="Sin conversación">Este expediente se abrió a mano; de lo que pase no se avisa al cliente.</Empty>;
  return (
    <Stack maw={900}>
      <Group><Anchor component={Link} to={`/conversaciones/${c.conversation_id}`}>Abrir la conversación para contestar</Anchor></Group>
      <Transcript id={c.conversation_id} />
    </Stack>
  );
}
