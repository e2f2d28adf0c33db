import { AxeBuilder } from '@axe-core/playwright';
import { execFileSync } from 'node:child_process';
import { type Browser, type BrowserContext, chromium, type Page, type Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject, onTestFailed } from 'vitest';

import { client } from '../../gen/ts/src/client.gen';
import { createClient, createConfig } from '../../gen/ts/src/client';
import { createAccount, login } from '../../gen/ts/src';
import type { Role } from '../../gen/ts/src';
import { admin, Msia } from './msia';

export { admin, sleep } from './msia';

function chromiumPath(): string {
  for (const name of [process.env.CHROMIUM, 'chromium', 'google-chrome', 'chromium-browser']) {
    if (!name) continue;
    try {
      return execFileSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' }).trim();
    } catch {
      // not this one
    }
  }
  throw new Error('no Chromium: run scripts/setup.sh browser');
}

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Whom the tests sign in as, besides the first admin. */
export const people: Record<Exclude<Role, 'admin'>, { username: string; password: string }> = {
  viewer: { username: 'lectura', password: 'Clave-de-lectura-1' },
  editor: { username: 'edicion', password: 'Clave-de-edicion-1' },
};

/**
 * A server and a browser for the tests of one file. What a page must never do fails its test: an error in the console, a
 * request to another host, a violation of the content security policy.
 */
export function useMsia(env: Record<string, string> = {}) {
  let server: Msia;
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const wrong: string[] = [];
  const api = createClient(createConfig());

  beforeAll(async () => {
    server = await Msia.start(inject('template'), env);
    client.setConfig({ baseUrl: server.url });
    const signedIn = await login({ body: admin, throwOnError: true });
    api.setConfig({ baseUrl: server.url, auth: signedIn.data.access_token, throwOnError: true });
    for (const [role, person] of Object.entries(people)) {
      await createAccount({ client: api, body: { ...person, role: role as Role } });
    }
    browser = await chromium.launch({ executablePath: chromiumPath(), args: flags });
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(wrong.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  type Options = { as?: Role | null; at?: string; dark?: boolean; phone?: boolean; allow?: RegExp };
  return {
    get url() {
      return server.url;
    },
    get server() {
      return server;
    },
    /** The API as the first admin, for arranging and checking: `getCase({ client: msia.api, … })`. */
    api,
    /** A new browser window, signed in unless `as` is null. `allow`: errors in the console that the test provokes. */
    async open({ as = 'admin', at = '/', dark, phone, allow }: Options = {}): Promise<Page> {
      const context = await browser.newContext({
        baseURL: server.url, locale: 'es-ES', timezoneId: 'Europe/Madrid', colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce',
        viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 900 }, hasTouch: phone,
      });
      contexts.push(context);
      if (as) {
        const { username, password } = as === 'admin' ? admin : people[as];
        const response = await context.request.post('/api/admin/auth/cookie', { data: { username, password } });
        expect(response.status()).toBe(200);
      }
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      page.on('console', (message) => {
        // Refusals that a test provokes are shown to the user and, by the browser, in the console.
        if (message.type() === 'error' && !allow?.test(message.text()) && !/status of (400|401|403|404|409|412|422)/.test(message.text())) wrong.push(`console: ${message.text()}`);
      });
      page.on('pageerror', (error) => wrong.push(`page: ${error.stack ?? error.message}`));
      const open = new Set<Request>();
      inFlight.set(page, open);
      page.on('request', (request) => {
        const { protocol, origin, pathname } = new URL(request.url());
        if (protocol.startsWith('http') && origin !== server.url) wrong.push(`request: ${request.url()}`);
        if (pathname !== '/api/admin/events') open.add(request); // the stream never ends
      });
      page.on('requestfinished', (request) => open.delete(request));
      page.on('requestfailed', (request) => open.delete(request));
      onTestFailed(async () => {
        await page.screenshot({ path: `/tmp/msia-ui-failed-${Date.now()}.png` }).then((_) => undefined, () => undefined);
      });
      await page.goto(at);
      return page;
    },
    /** What Chatwoot sends when a customer writes. */
    async customerWrites(message: { id: number; conversation: number; text: string; name?: string; phone?: string; attachments?: unknown[] }): Promise<void> {
      const body = JSON.stringify({
        event: 'message_created', id: message.id, message_type: 'incoming', private: false, content: message.text,
        account: { id: 1 }, inbox: { id: 1 }, conversation: { id: message.conversation, status: 'open', can_reply: true },
        sender: { id: message.conversation, name: message.name ?? 'Ana Prueba', phone_number: message.phone ?? `+346001${String(message.conversation).padStart(5, '0')}` },
        attachments: message.attachments,
      });
      const response = await fetch(`${server.url}/api/chatwoot/webhook`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
      expect(response.status).toBe(200);
    },
  };
}

/** What each page is waiting for. */
const inFlight = new WeakMap<Page, Set<Request>>();

/** Fails with every rule of WCAG 2.2 AA that the page breaks. */
export async function expectAccessible(page: Page, look = ''): Promise<void> {
  const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  const told = found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')} ${n.failureSummary?.split('\n').slice(1).join(' ') ?? ''}`));
  expect(told, `${page.url()} ${look}`).toEqual([]);
}

/** Waits until what the page shows first has been read. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('status', { name: 'Cargando' }).first().waitFor({ state: 'detached' });
  for (let quiet = 0; quiet < 3; quiet = inFlight.get(page)?.size ? 0 : quiet + 1) await page.waitForTimeout(50);
}
