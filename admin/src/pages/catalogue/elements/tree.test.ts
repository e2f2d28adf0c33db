import type { Element } from '@msia/client';
import { expect, test } from 'vitest';

import { familyOf, matches, type Node, treeOf } from './tree';

const make = (code: string, parent_code: string | null = null, keywords: string[] = []) => ({ id: code, code, name: code.toLowerCase(), parent_code, keywords, aliases: [] as string[] }) as Element;
const all = [make('SUSPENSION'), make('DELANTERA', 'SUSPENSION', ['Horquilla']), make('BARRAS', 'DELANTERA'), make('ESCAPE', null, ['tubo de escape']), make('HUERFANO', 'NADIE', ['horquílla'])];
const shape = (nodes: Node[]): unknown => nodes.map((n) => [n.context ? `(${n.element.code})` : n.element.code, ...(n.children.length ? [shape(n.children)] : [])]);

test('variants stand under their element; one whose parent is gone stands by itself', () => {
  expect(shape(treeOf(all))).toEqual([['SUSPENSION', [['DELANTERA', [['BARRAS']]]]], ['ESCAPE'], ['HUERFANO']]);
});

test('what is found shows what it is a variant of', () => {
  expect(shape(treeOf(all, (e) => e.code === 'BARRAS'))).toEqual([['(SUSPENSION)', [['(DELANTERA)', [['BARRAS']]]]]]);
});

test('search asks for every word, without accents', () => {
  expect(matches(all[3]!, 'TUBO escape')).toBe(true);
  expect(matches(all[3]!, 'tubo horquilla')).toBe(false);
  expect(matches(all[4]!, 'horquilla')).toBe(true);
});

test('nobody under an element can be over it', () => {
  expect([...familyOf(all, 'SUSPENSION')]).toEqual(['SUSPENSION', 'DELANTERA', 'BARRAS']);
});
