import type { Element } from '@msia/client';

import { fold } from '@/lib/fold';

export type Node = { element: Element; children: Node[]; /** Shown only because one of its variants is. */ context: boolean };

/** The elements of a category under what they are variants of, in their order; `wanted` leaves out the others, but for those above. */
export function treeOf(elements: Element[], wanted: (element: Element) => boolean = () => true): Node[] {
  const codes = new Set(elements.map((e) => e.code));
  const under = (code: string | null): Node[] =>
    elements.filter((e) => (e.parent_code !== null && codes.has(e.parent_code) ? e.parent_code : null) === code).flatMap((element) => {
      const children = under(element.code);
      return wanted(element) || children.length > 0 ? [{ element, children, context: !wanted(element) }] : [];
    });
  return under(null);
}

/** Whether every word is in the code, the name, a keyword or an alias, as the server searches. */
export function matches(element: Element, q: string): boolean {
  const text = fold([element.code, element.name, ...element.keywords, ...element.aliases].join(' '));
  return fold(q).split(' ').every((word) => text.includes(word));
}

/** The element itself and everything under it: none of them can be its parent. */
export function familyOf(elements: Element[], code: string): Set<string> {
  const family = new Set([code]);
  for (let grown = true; grown;) {
    grown = false;
    for (const e of elements) {
      if (e.parent_code !== null && family.has(e.parent_code) && !family.has(e.code)) {
        family.add(e.code);
        grown = true;
      }
    }
  }
  return family;
}
