import type { Case } from '@msia/client';
import { expect, test } from 'vitest';

import { missingGroups, nextAction } from './missing';

const made = {
  status: 'pending_review',
  sections: [{ key: 'personal', title: 'Tus datos', fields: [] }, { key: 'element:ESCAPE', title: 'Escape', fields: [] }],
  missing: [
    { kind: 'photo', section: 'element:ESCAPE', key: 'montado', label: 'Escape montado', again: true },
    { kind: 'field', section: 'element:ESCAPE', key: 'marca', label: 'Marca', again: false },
    { kind: 'document', section: '', key: 'permiso', label: 'Permiso de circulación', again: false },
    { kind: 'field', section: 'personal', key: 'nif', label: 'DNI', again: false },
    { kind: 'field', section: 'personal', key: 'email', label: 'Correo', again: false },
  ],
} as unknown as Case;

test('what is missing is named where it is missing', () => {
  expect(missingGroups(made).map((g) => [g.title, g.tab, g.items.map((i) => i.label)])).toEqual([
    ['Escape', 'imagenes', ['Escape montado']],
    ['Escape', 'datos', ['Marca']],
    ['Documentación', 'imagenes', ['Permiso de circulación']],
    ['Datos personales', 'datos', ['DNI', 'Correo']],
  ]);
});

test('the next action depends on what is to be reviewed', () => {
  expect(nextAction(made, 2)).toBe('Revisar las 2 imágenes y empezar a trabajar.');
  expect(nextAction({ ...made, status: 'in_progress' }, 1)).toBe('Revisar la imagen.');
  expect(nextAction({ ...made, status: 'in_progress' }, 0)).toBe('Esperar a lo que se ha vuelto a pedir.');
});
