import type { CaseFieldValue, FieldCondition } from '@msia/client';
import { expect, test } from 'vitest';

import { applies } from './applies';

const field = (key: string, condition: FieldCondition = null) => ({ field: { key, condition } }) as CaseFieldValue;
const all = [
  field('own'), field('name', { field: 'own', operator: 'equals', value: 'true' }), field('phone', { field: 'name', operator: 'exists', value: '' }),
  field('other', { field: 'own', operator: 'not_equals', value: 'true' }), field('none', { field: 'own', operator: 'not_exists', value: '' }),
  field('a', { field: 'b', operator: 'exists', value: '' }), field('b', { field: 'a', operator: 'exists', value: '' }),
];
const shown = (values: Record<string, string>) => all.filter((f) => applies(f, all, values)).map((f) => f.field.key).filter((key) => key.length > 1);

test('a field is asked for when its condition holds, and that of the field it depends on', () => {
  expect(shown({})).toEqual(['own', 'none']);
  expect(shown({ own: 'false', name: 'left over' })).toEqual(['own', 'other']);
  expect(shown({ own: 'true' })).toEqual(['own', 'name']);
  expect(shown({ own: 'true', name: 'Luis' })).toEqual(['own', 'name', 'phone']);
});
