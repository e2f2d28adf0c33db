import '@mantine/core/styles/Progress.css';

import { Progress, Stack, Text } from '@mantine/core';
import type { Regulation } from '@msia/client';

import { Status } from '@/parts/fields';

import { stageNames, statusLooks } from './words';

/** How far a document is; why it failed. */
export function StatusOf({ document }: { document: Regulation }) {
  if (document.status !== 'processing') {
    return (
      <Stack gap={2} align="flex-start">
        <Status value={document.status} looks={statusLooks} />
        {document.error && <Text size="xs">{document.error.detail}</Text>}
      </Stack>
    );
  }
  return (
    <Stack gap={2}>
      <Text size="xs" role="status">{stageNames[document.stage]} · {document.progress} %</Text>
      <Progress.Root size="sm"><Progress.Section value={document.progress} aria-label="Proceso del documento" /></Progress.Root>
      {document.error && <Text size="xs">{document.error.detail}</Text>}
    </Stack>
  );
}
