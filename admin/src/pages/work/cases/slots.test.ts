import type { Case, CaseFile } from '@msia/client';
import { expect, test } from 'vitest';

import { inOrder, slotGroups, slotState } from './slots';

const file = (id: string, element_code: string | null, slot_code: string | null, review: CaseFile['review'] = 'pending') => ({ id, element_code, slot_code, review }) as CaseFile;
const photo = (code: string, over: object = {}) => ({ slot: { code, kind: 'step', title: code, instruction: null, image_url: null, required: true, condition: null, ...over }, applies: true });

const made = {
  documents: [{ code: 'permiso', description: 'Permiso', required: true }, { code: 'otros', description: 'Otros', required: false }],
  elements: [
    { code: 'ESCAPE', name: 'Escape', quantity: 1, photos: [photo('montado'), photo('marca'), { ...photo('remolque'), applies: false }, photo('muestra', { kind: 'example' })] },
    { code: 'FARO', name: 'Faro', quantity: 2, photos: [photo('delante')] },
  ],
  files: [
    file('f', 'GONE', 'x'), file('e', 'FARO', null), file('d', 'ESCAPE', 'marca', 'rejected'), file('c', 'ESCAPE', 'montado', 'accepted'),
    file('b', 'ESCAPE', 'montado', 'rejected'), file('a', null, 'permiso'),
  ],
} as unknown as Case;

test('every file has one place, and what is missing is seen', () => {
  const groups = slotGroups(made);
  expect(groups.map((g) => [g.title, g.slots.map((s) => [s.title, slotState(s), s.files.map((f) => f.id)])])).toEqual([
    ['Documentación', [['Permiso', 'pending', ['a']], ['Otros', 'optional', []]]],
    ['Escape', [['montado', 'accepted', ['c', 'b']], ['marca', 'again', ['d']]]],
    ['Faro (2)', [['delante', 'missing', []], ['Sin ordenar', 'pending', ['e']]]],
    ['Sin colocar', [['No se sabe de qué son', 'pending', ['f']]]],
  ]);
  expect(inOrder(groups).map((p) => p.file.id)).toEqual(['a', 'c', 'b', 'd', 'e', 'f']);
});
