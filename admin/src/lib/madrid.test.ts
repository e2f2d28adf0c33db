import { expect, test } from 'vitest';

import { fromMadrid, madridInput } from './madrid';

test('a time in Madrid is one hour ahead in winter, two in summer', () => {
  expect(fromMadrid('2026-01-15T09:30')).toBe('2026-01-15T08:30:00.000Z');
  expect(fromMadrid('2026-07-15T09:30')).toBe('2026-07-15T07:30:00.000Z');
  expect(fromMadrid('2026-03-29T03:00')).toBe('2026-03-29T01:00:00.000Z'); // the first minute of summer time
  expect(madridInput(new Date('2026-07-15T07:30:00Z'))).toBe('2026-07-15T09:30');
});

test('what is no moment is none', () => {
  expect(fromMadrid('')).toBeNull();
  expect(fromMadrid('2026-99-99T00:00')).toBeNull();
});
