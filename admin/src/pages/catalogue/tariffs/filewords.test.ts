import { expect, test } from 'vitest';

import { placeText, valueText } from './filewords';

test('places in a file are told for people', () => {
  expect(placeText('Tarifas!C5')).toBe('Hoja Tarifas, celda C5');
  expect(placeText('line 12: tiers[0].price')).toBe('Línea 12, tiers[0].price');
  expect(placeText('line 12')).toBe('Línea 12');
  expect(placeText('Tarifas')).toBe('Tarifas');
});

test('values are told for people', () => {
  expect(valueText('price', '140.5')).toBe('140,50 €');
  expect(valueText('active', 'false')).toBe('no');
  expect(valueText('includes', 'T4 (max 2), T6')).toBe('T4 (hasta 2), T6');
  expect(valueText('name', null)).toBe('—');
});
