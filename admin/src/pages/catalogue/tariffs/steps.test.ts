import { expect, test } from 'vitest';

import { steps } from './steps';

const at = (day: number) => `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`;

test('prices are steps from the first day to now, the dearest on top', () => {
  const now = new Date(at(11)).getTime();
  expect(steps([{ price: '150.00', valid_from: at(6) }, { price: '140.00', valid_from: at(1) }], now, 100, 72)).toBe('M0 66H50V6H100');
});

test('one price is a flat line', () => {
  expect(steps([{ price: '140.00', valid_from: at(1) }], new Date(at(2)).getTime(), 100, 72)).toBe('M0 66H100');
});
