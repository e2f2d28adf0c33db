import { expect, test } from 'vitest';

import { ApiError, fieldErrors } from './problem';

const of = (problem: object) => new ApiError(422, problem, '');

test('what is in the way is named, in Spanish', () => {
  expect(of({ code: 'element_in_use', detail: 'ESCAPE cannot be deleted while the warning ruido is triggered by it.' }).message)
    .toBe('ESCAPE no se puede borrar mientras dispare la advertencia ruido.');
  expect(of({ code: 'element_in_use', detail: 'Something else.' }).message).toBe('El elemento está en uso.');
});

test('a sentence without words of ours stays, and none at all is told by the status', () => {
  expect(of({ code: 'new_code', detail: 'Something new.' }).message).toBe('Something new.');
  expect(new ApiError(413, {}, '').message).toBe('Es demasiado grande.');
});

test('fields are told in Spanish, with what they say', () => {
  const errors = fieldErrors(of({ errors: [
    { pointer: '/keywords', detail: 'has "escape" twice' },
    { pointer: '/name', detail: 'minimum string length is 1' },
    { pointer: '/min', detail: 'something new' },
  ] }));
  expect(errors).toEqual({ keywords: '«escape» está dos veces.', name: 'No puede quedar vacío.', min: 'something new' });
});
