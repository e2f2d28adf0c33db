import type { MatchResult } from '@msia/client';
import { expect, test } from 'vitest';

import { formatPicks, linesOf, parsePicks, segments } from './set';

const match = (matches: [string, number, [number, number][]][]): MatchResult => ({
  matches: matches.map(([code, quantity, spans]) => ({ code, name: code, quantity, score: 1, spans })), questions: [], excluded: [], inactive: [], unrecognised: [],
});

test('spans count code points, not UTF-16 units', () => {
  expect(segments('🏍️ escape y más', match([['ESCAPE', 1, [[3, 9]]]]))).toEqual([
    { text: '🏍️ ', codes: [] }, { text: 'escape', codes: ['ESCAPE'] }, { text: ' y más', codes: [] },
  ]);
});

test('words that mean two things have both', () => {
  expect(segments('llanta y escape', match([['A', 1, [[0, 6]]], ['B', 1, [[0, 6], [9, 15]]]])).map((s) => [s.text, s.codes.join('+')]))
    .toEqual([['llanta', 'A+B'], [' y ', ''], ['escape', 'B']]);
});

test('what is chosen by hand goes over what the text names', () => {
  const picks = parsePicks(['ESPEJOS:2', 'ESCAPE:0', 'ASIENTO']);
  expect(linesOf(match([['ESCAPE', 1, []], ['ESPEJOS', 1, []]]), picks)).toEqual([
    { code: 'ESPEJOS', quantity: 2, named: true }, { code: 'ASIENTO', quantity: 1, named: false },
  ]);
  expect(formatPicks(picks)).toEqual(['ESPEJOS:2', 'ESCAPE:0', 'ASIENTO']);
});

test('an address made by hand does no harm', () => {
  expect([...parsePicks(['A:x', 'B:-1', 'C:500', ':2', ''])]).toEqual([['A', 1], ['B', 1], ['C', 1]]);
  expect([...parsePicks(undefined)]).toEqual([]);
});
