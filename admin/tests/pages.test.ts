import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

import { expectAccessible, settled, useMsia } from './browser';
import { places } from './places';

const msia = useMsia();
// `make screenshots` keeps pictures of what is checked here.
const pictures = process.env.SCREENSHOTS ? resolve(import.meta.dirname, '../../screenshots') : '';
if (pictures) mkdirSync(pictures, { recursive: true });

const looks = [
  { look: 'claro', colorScheme: 'light', width: 1280, height: 900 },
  { look: 'oscuro', colorScheme: 'dark', width: 1280, height: 900 },
  { look: 'movil', colorScheme: 'light', width: 390, height: 844 },
] as const;

test.each(places)('$name can be read by all, light, dark and on a phone', async ({ name, at }) => {
  const page = await msia.open({ at: typeof at === 'string' ? at : await at(msia.api) });
  for (const { look, colorScheme, ...size } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(size);
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    await page.waitForTimeout(200); // until the styles follow
    await settled(page);
    expect(await page.getByRole('heading', { level: 1, name: /No existe|ha fallado/ }).count()).toBe(0);
    if (pictures) await page.screenshot({ path: join(pictures, `${name}-${look}.png`), fullPage: true });
    await expectAccessible(page, look);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `${look}: wider than the screen`).toBeLessThanOrEqual(1);
  }
}, 180_000); // long lists take axe a while
