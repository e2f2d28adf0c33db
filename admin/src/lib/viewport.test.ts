import { expect, test } from 'vitest';

import { fit, fitted, moveBy, turn, zoomAt } from './viewport';

const stage = { width: 800, height: 600 };

test('a picture fits, lying and standing; a small one is not enlarged', () => {
  expect(fit({ width: 1600, height: 900 }, stage, 0)).toEqual({ width: 800, height: 450 });
  expect(fit({ width: 1600, height: 900 }, stage, 1)).toEqual({ width: 600, height: 337.5 });
  expect(fit({ width: 40, height: 30 }, stage, 3)).toEqual({ width: 40, height: 30 });
});

test('what the pointer is on stays under it', () => {
  const size = { width: 800, height: 600 };
  const at = { x: 100, y: -50 };
  const view = zoomAt(zoomAt(fitted, 2, at, size, stage), 1.5, at, size, stage);
  expect(view.scale).toBe(3);
  expect({ x: (at.x - view.x) / view.scale, y: (at.y - view.y) / view.scale }).toEqual(at);
});

test('neither smaller than fits nor larger than eight times', () => {
  const size = { width: 800, height: 600 };
  expect(zoomAt(fitted, 0.5, { x: 10, y: 10 }, size, stage)).toEqual(fitted);
  expect(zoomAt(fitted, 100, { x: 0, y: 0 }, size, stage).scale).toBe(8);
});

test('it cannot be moved out of sight, also when turned', () => {
  const size = { width: 600, height: 300 };
  expect(moveBy(fitted, { x: 500, y: 500 }, size, stage)).toEqual(fitted);
  const enlarged = { ...fitted, scale: 2 };
  expect(moveBy(enlarged, { x: 500, y: 500 }, size, stage)).toMatchObject({ x: 200, y: 0 });
  expect(moveBy({ ...enlarged, turns: 1 }, { x: -500, y: -500 }, size, stage)).toMatchObject({ x: 0, y: -300 });
});

test('turning goes round and fits again', () => {
  expect(turn({ scale: 3, x: 9, y: 9, turns: 3 }, 1)).toEqual(fitted);
  expect(turn(fitted, -1).turns).toBe(3);
});
