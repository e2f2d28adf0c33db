import { ActionIcon, Alert, Button, Group, NumberInput, ScrollArea, Stack, Text } from '@mantine/core';
import '@mantine/core/styles/NumberInput.css';
import type { Regulation } from '@msia/client';
import { getRegulationPageTextOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { IconChevronLeft, IconChevronRight } from '@/parts/icons';
import { ImageViewer } from '@/parts/imageviewer';
import { Marked } from '@/parts/marked';
import { Loaded } from '@/parts/states';

type Props = { document: Pick<Regulation, 'id' | 'title' | 'pages'>; page: number; /** The passage to mark in the text. */ chunk?: number; onPage: (page: number) => void };

/** A document's pages as pictures, with their text for copying, searching and screen readers. */
export function PageViewer({ document, page, chunk, onPage }: Props) {
  const [textShown, setTextShown] = useState(chunk !== undefined);
  const last = document.pages ?? page;
  const text = useQuery({ ...getRegulationPageTextOptions({ path: { document_id: document.id, page } }), enabled: textShown, placeholderData: undefined });
  return (
    <Stack gap="xs">
      <Group gap="xs" justify="space-between">
        <Group gap={4}>
          <ActionIcon aria-label="Página anterior" disabled={page <= 1} onClick={() => onPage(page - 1)}><IconChevronLeft size={18} /></ActionIcon>
          <NumberInput aria-label="Página" w={84} size="xs" min={1} max={last} allowDecimal={false} hideControls value={page} onChange={(n) => typeof n === 'number' && n >= 1 && n <= last && onPage(n)} />
          <Text size="sm">de {last}</Text>
          <ActionIcon aria-label="Página siguiente" disabled={page >= last} onClick={() => onPage(page + 1)}><IconChevronRight size={18} /></ActionIcon>
        </Group>
        <Button size="compact-sm" variant="default" aria-expanded={textShown} onClick={() => setTextShown(!textShown)}>{textShown ? 'Ocultar el texto' : 'Ver el texto'}</Button>
      </Group>
      <ImageViewer
        src={`/api/rag/documents/${document.id}/pages/${page}?w=1280`} alt={`Página ${page} de ${document.title}`} height="70vh"
        original={`/api/rag/documents/${document.id}/file#page=${page}`}
      />
      {textShown && (
        <Loaded query={text} rows={4}>
          {(t) => (
            <ScrollArea.Autosize mah="40vh" viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': `Texto de la página ${page}` }}>
              {t.ocr && <Alert color="yellow" mb="xs">Leído de una página escaneada: puede tener errores.</Alert>}
              <Text size="sm" component="div"><Marked text={t.text} spans={t.chunks.filter((c) => c.id === chunk).map((c) => [c.start, c.end])} /></Text>
            </ScrollArea.Autosize>
          )}
        </Loaded>
      )}
    </Stack>
  );
}
