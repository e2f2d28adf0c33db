import { expect, test } from 'vitest';

import { detailOf, sentenceOf } from './spanish';

test('a refusal is told by its code, a field by what is said of it', () => {
  expect(sentenceOf('tier_code_taken', 'Tier code already exists')).toBe('Ya hay un tramo con ese código.');
  expect(detailOf('has "escape" twice')).toBe('«escape» está dos veces.');
  expect(detailOf('would close the circle T6 → T5 → T6')).toBe('Cerraría el círculo T6 → T5 → T6');
  expect(detailOf('has 12 characters, at most 10 fit')).toBe('Tiene 12 caracteres; caben 10.');
  expect(detailOf('there is no element "NADA" in the category')).toBe('«NADA» no existe en la categoría.');
});

test('what is in the way is named where the server names it', () => {
  expect(sentenceOf('element_in_use', 'ESCAPE cannot be deleted while the warning ruido, marcado is triggered by it.')).toBe('ESCAPE no se puede borrar mientras dispare advertencias: ruido, marcado.');
  expect(sentenceOf('element_in_use', 'Something else.')).toBe('El elemento está en uso.');
});

test('what is not known, or Spanish already, stays', () => {
  expect(sentenceOf('not_covered', 'Ninguna tarifa cubre el conjunto.')).toBe('Ninguna tarifa cubre el conjunto.');
  expect(sentenceOf(undefined, 'Something else')).toBe('Something else');
});
