import { expect, test } from 'vitest';

import { toCondition, toTrigger, whenText } from './triggers';

test('conditions are told as a sentence', () => {
  expect(whenText([], String)).toBe('siempre');
  expect(whenText([{ element_code: 'ESCAPE' }, { keyword: 'sin placa' }, { min_quantity: 2 }], (c) => c.toLowerCase()))
    .toBe('pide escape, o escribe «sin placa», o pide 2 unidades o más');
});

test('a condition is edited as text and sent as it was', () => {
  for (const trigger of [{ element_code: 'ESCAPE' }, { tier_code: 'T1' }, { keyword: 'gas' }, { min_quantity: 3 }]) {
    expect(toTrigger(toCondition(trigger))).toEqual(trigger);
  }
});
