import { ActionIcon, Group } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import { IconArrowDown, IconArrowUp, IconGripVertical } from './icons';

type Props<Item> = {
  items: Item[];
  id: (item: Item) => string;
  name: (item: Item) => string;
  /** Absent: shown only. */
  onMove?: (ids: string[]) => void;
  children: (item: Item, handle: ReactNode) => ReactNode;
};

/** A list whose order staff set: by dragging the handle, or with its two buttons. `children` places the handle. */
export function SortableList<Item>({ items, id, name, onMove, children }: Props<Item>) {
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const ids = items.map(id);
  const move = (from: number, to: number) => {
    if (!onMove || to < 0 || to >= ids.length || from === to) return;
    const next = [...ids];
    next.splice(to, 0, ...next.splice(from, 1));
    onMove(next);
  };
  return items.map((item, i) => {
    const handle = onMove && (
      <Group gap={0} wrap="nowrap">
        <span
          draggable aria-hidden style={{ cursor: 'grab', display: 'inline-flex', touchAction: 'none' }}
          onDragStart={(e) => { e.dataTransfer.effectAllowed = 'move'; e.dataTransfer.setData('text/plain', id(item)); setDragged(id(item)); }}
          onDragEnd={() => { setDragged(null); setOver(null); }}
        >
          <IconGripVertical size={18} />
        </span>
        <ActionIcon size={24} {...end(i === 0)} aria-label={`Subir ${name(item)}`} onClick={() => move(i, i - 1)}><IconArrowUp size={15} /></ActionIcon>
        <ActionIcon size={24} {...end(i === items.length - 1)} aria-label={`Bajar ${name(item)}`} onClick={() => move(i, i + 1)}><IconArrowDown size={15} /></ActionIcon>
      </Group>
    );
    return (
      <div
        key={id(item)} data-sortable={id(item)} role="presentation"
        style={{ opacity: dragged === id(item) ? 0.4 : 1, outline: over === id(item) && dragged !== id(item) ? '2px dashed var(--mantine-primary-color-filled)' : undefined }}
        onDragOver={(e) => { if (dragged) { e.preventDefault(); setOver(id(item)); } }}
        onDrop={(e) => { e.preventDefault(); if (dragged) move(ids.indexOf(dragged), i); setDragged(null); setOver(null); }}
      >
        {children(item, handle)}
      </div>
    );
  });
}

/** A button that can do no more keeps the focus. */
const end = (reached: boolean) => (reached ? { 'data-disabled': true, 'aria-disabled': true } : {});
