import { expect, test } from 'vitest';

import { reordered } from './order';

const rows = ['a', 'x', 'b', 'y', 'c'].map((id) => ({ id }));
const ids = (list: { id: string }[]) => list.map((row) => row.id).join('');

test('some are put in another order, the others stay where they are', () => {
  expect(ids(reordered(rows, ['c', 'a', 'b']))).toBe('cxayb');
  expect(ids(reordered(rows, ['y', 'x']))).toBe('aybxc');
});

test('what is gone meanwhile changes nothing of the rest', () => {
  expect(ids(reordered(rows, ['gone', 'b', 'a']))).toBe('bxayc');
});
