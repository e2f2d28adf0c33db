import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import { createApiKey, openCookieSession } from '../../gen/ts/src';
import { createClient, createConfig } from '../../gen/ts/src/client';
import { admin, useMsia } from './browser';

const msia = useMsia();
const root = resolve(import.meta.dirname, '../..');
const project = mkdtempSync(join(tmpdir(), 'msia-client-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));

test('another project installs the client, and its example works against a server', async () => {
  const packed = readdirSync(join(root, 'bin')).find((name) => /^msia-client-.*\.tgz$/.test(name));
  expect(packed, 'make client').toBeDefined();
  writeFileSync(join(project, 'package.json'), '{ "private": true }');
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--omit=peer', '--loglevel=error', join(root, 'bin', packed!)], { cwd: project });
  cpSync(join(root, 'gen/ts/example.mjs'), join(project, 'example.mjs'));
  const { data } = await createApiKey({ client: msia.api, body: { name: 'ejemplo', role: 'viewer', expires_in_days: 1 }, throwOnError: true });
  const run = (...args: string[]) =>
    execFileSync('node', ['example.mjs', ...args], { cwd: project, encoding: 'utf8', stdio: 'pipe', env: { ...process.env, MSIA_URL: msia.url, MSIA_API_KEY: data.key } });
  expect(run('motos-part', 'ESCAPE', 'MANILLAR')).toMatch(/^T\d \d+\.\d\d \+ IVA = \d+\.\d\d EUR\n- base: /);
  expect(() => run('motos-part', 'NADA')).toThrow(/NADA/);
});

test('errors come typed, with the code of the contract', async () => {
  const nobody = createClient(createConfig({ baseUrl: msia.url }));
  const { error, response } = await openCookieSession({ client: nobody, body: { ...admin, password: 'no es esta' } });
  expect(response?.status).toBe(401);
  expect(error?.code).toBe('invalid_credentials');
});
