import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

import { expectAccessible, settled, useMsia } from './browser';
import { places } from './places';

const msia = useMsia();
// `make screenshots` keeps pictures of what is checked here.
const pictures = process.env.SCREENSHOTS ? resolve(import.meta.dirname, '../../screenshots') : '';
if (pictures) mkdirSync(pictures, { recursive: true });

const looks = [
  { look: 'claro', dark: false, phone: false },
  { look: 'oscuro', dark: true, phone: false },
  { look: 'movil', dark: false, phone: true },
];

describe.each(places)('$name', ({ name, at }) => {
  test.each(looks)('$look: it can be read by all, and nothing is wider than the screen', async ({ look, ...how }) => {
    const page = await msia.open({ at: typeof at === 'string' ? at : await at(msia.api), ...how });
    await settled(page);
    expect(await page.getByRole('heading', { level: 1, name: /No existe|ha fallado/ }).count()).toBe(0);
    if (pictures) await page.screenshot({ path: join(pictures, `${name}-${look}.png`), fullPage: true });
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(1);
  });
});
