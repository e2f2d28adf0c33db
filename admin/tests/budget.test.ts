import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

import { settled, useMsia } from './browser';

const msia = useMsia();
const ui = resolve(import.meta.dirname, '../dist/ui');
const bytes = (name: string) => readFileSync(join(ui, 'assets', name));
const zipped = (name: string) => gzipSync(bytes(name), { level: 9 }).length;
const all = readdirSync(join(ui, 'assets')).filter((name) => /\.(js|css)$/.test(name));
const sum = (names: string[], size: (name: string) => number) => names.reduce((total, name) => total + size(name), 0);

test('what is loaded before anything shows is small', () => {
  const first = [...readFileSync(join(ui, 'index.html'), 'utf8').matchAll(/assets\/([^"]+)/g)].map((m) => m[1]!);
  expect(sum(first.filter((name) => name.endsWith('.js')), zipped)).toBeLessThanOrEqual(190_000);
  expect(sum(first.filter((name) => name.endsWith('.css')), zipped)).toBeLessThanOrEqual(25_000);
});

test('so is each page, and all of it', () => {
  // What most pages share comes with the first of them.
  for (const name of all.filter((n) => !n.startsWith('index'))) expect(zipped(name), name).toBeLessThanOrEqual(name.startsWith('parts') ? 85_000 : 35_000);
  expect(sum(all, zipped)).toBeLessThanOrEqual(450_000);
  expect(sum(all, (name) => bytes(name).length)).toBeLessThanOrEqual(1_800_000);
});

test('a list needs few requests', async () => {
  const page = await msia.open({ at: '/entrar' });
  const files = new Set<string>();
  const calls = new Set<string>(); // a slow machine reads some again
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname !== '/icon.svg') (pathname.startsWith('/api/') ? calls : files).add(pathname);
  });
  await page.goto('/clientes');
  await settled(page);
  expect(files.size, [...files].join('\n')).toBeLessThanOrEqual(8);
  // Who is signed in, the list, the banner's state, the stream of changes.
  expect(calls.size, [...calls].join('\n')).toBeLessThanOrEqual(4);
});
