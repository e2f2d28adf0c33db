import type { Element, TierResponse } from '@msia/client';
import { expect, test } from 'vitest';

import { byTree, isCovered, through } from './cover';

const tier = (code: string, rest: Partial<TierResponse>): TierResponse => ({
  id: code, category_id: 'c', code, name: code, description: null, price: '1.00', conditions: null, requires_project: false, own_max: null,
  elements: [], includes: [], sort_order: 0, is_active: true, version: 1, created_at: '', updated_at: '', ...rest,
});

test("an inclusion is of the other tier's own list, and no further", () => {
  const all = [
    tier('T4', { elements: ['ESCAPE'] }),
    tier('T5', { own_max: 0, elements: ['ASIENTO'], includes: [{ tier: 'T4', max: 2 }] }),
    tier('T3', { includes: [{ tier: 'T5', max: null }] }),
  ];
  expect(through(all[0]!, 'ESCAPE', all)).toEqual([{ tier: 'T4', max: null }]);
  expect(through(all[1]!, 'ESCAPE', all)).toEqual([{ tier: 'T4', max: 2 }]);
  expect(through(all[2]!, 'ESCAPE', all)).toEqual([]);
  expect(through(all[1]!, 'ASIENTO', all)).toEqual([]);
  expect(isCovered('ASIENTO', all)).toBe(true); // by T3, through T5's list
  expect(isCovered('ASIENTO', all.slice(0, 2))).toBe(false);
});

test('variants follow what they are variants of', () => {
  const element = (code: string, parent_code: string | null) => ({ code, parent_code }) as Element;
  const rows = byTree([element('A', null), element('B1', 'B'), element('B', null), element('B2', 'B'), element('X', 'GONE')]);
  expect(rows.map((row) => `${row.element.code}${row.depth}`)).toEqual(['A0', 'B0', 'B11', 'B21', 'X0']);
});
