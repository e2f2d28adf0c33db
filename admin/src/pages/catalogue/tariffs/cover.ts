import type { Element, TierInclusion, TierResponse } from '@msia/client';

/** Through which lists a tier covers an element: its own first, then the other tiers' own lists that it includes. */
export function through(tier: TierResponse, element: string, all: TierResponse[]): TierInclusion[] {
  const own = tier.elements.includes(element) && tier.own_max !== 0 ? [{ tier: tier.code, max: tier.own_max }] : [];
  return [...own, ...tier.includes.filter((i) => i.max !== 0 && all.find((t) => t.code === i.tier)?.elements.includes(element))];
}

/** Whether some active tier covers an element. */
export const isCovered = (element: string, all: TierResponse[]): boolean =>
  all.some((tier) => tier.is_active && through(tier, element, all).length > 0);

export type ElementRow = { element: Element; /** How many elements it is a variant of. */ depth: number };

/** Elements in their order, each followed by its variants. */
export function byTree(elements: Element[]): ElementRow[] {
  const codes = new Set(elements.map((e) => e.code));
  const below = (parent: string | null, depth: number): ElementRow[] =>
    elements.filter((e) => (e.parent_code !== null && codes.has(e.parent_code) ? e.parent_code : null) === parent)
      .flatMap((element) => [{ element, depth }, ...below(element.code, depth + 1)]);
  return below(null, 0);
}
