import { Badge } from '@mantine/core';
import type { Element } from '@msia/client';

/** What is special about an element, in words and colour. */
export function Marks({ element }: { element: Element }) {
  return (
    <>
      {!element.is_active && <Badge color="gray">Inactivo</Badge>}
      {element.is_generic && <Badge color="blue">Genérico</Badge>}
      {element.needs_review && <Badge color="yellow">Por revisar</Badge>}
    </>
  );
}
