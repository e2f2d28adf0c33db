import { expect, test } from 'vitest';

import { valuesOf } from './form';
import { fromDuplicate } from './merge';

test('what is known stays, and addresses and names are not mixed', () => {
  const kept = { ...valuesOf(), first_name: 'Ana', city: 'Getafe', phone: '+34600100200' };
  expect(fromDuplicate('email', kept)).toBe(true);
  expect(fromDuplicate('phone', kept)).toBe(false);
  expect(fromDuplicate('last_name', kept)).toBe(false);
  expect(fromDuplicate('street', kept)).toBe(false);
  expect(fromDuplicate('street', { ...kept, city: '' })).toBe(true);
});
