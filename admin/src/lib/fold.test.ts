import { expect, test } from 'vitest';

import { fold, tidy } from './fold';

test('phrases are compared as the server does', () => {
  expect(fold('  Suspensión\n Trasera ')).toBe('suspension trasera');
  expect(fold('PIÑÓN')).toBe('pinon');
  expect(fold('ﬁltro')).toBe('filtro');
});

test('a phrase keeps its letters', () => {
  expect(tidy('  Tubo   de\tEscape ')).toBe('Tubo de Escape');
});
