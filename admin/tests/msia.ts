import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const binary = resolve(import.meta.dirname, '../../bin/msia');

export const admin = { username: 'admin', password: 'Clave-de-prueba-1' };

/** bin/msia on a data folder of its own, with its private PostgreSQL. */
export class Msia {
  readonly url: string;
  readonly data: string;
  readonly #child: ChildProcess;
  readonly #log: string;

  private constructor(child: ChildProcess, url: string, data: string, log: string) {
    this.#child = child;
    this.url = url;
    this.data = data;
    this.#log = log;
  }

  /** Starts it, on a copy of a data folder when one is given. */
  static async start(template?: string, env: Record<string, string> = {}): Promise<Msia> {
    const data = template ? copyOf(template) : mkdtempSync(join(tmpdir(), 'msia-ui-'));
    const port = await freePort();
    const log = `${data}.log`;
    const out = openSync(log, 'a');
    const child = spawn(binary, ['serve'], {
      stdio: ['ignore', out, out],
      env: { ...withoutSettings(), ...settings(data), MSIA_ADDR: `127.0.0.1:${port}`, ...env },
    });
    const server = new Msia(child, `http://127.0.0.1:${port}`, data, log);
    await server.#ready();
    return server;
  }

  /** Runs a subcommand beside the server. */
  run(...args: string[]): string {
    return execFileSync(binary, args, { encoding: 'utf8', env: { ...withoutSettings(), ...settings(this.data) } });
  }

  /** Asks its private PostgreSQL, to arrange what no user can. */
  sql(text: string): string {
    const pg = readdirSync(this.data).find((name) => /^pg\d+$/.test(name))!;
    const socket = readFileSync(join(this.data, pg, 'postmaster.pid'), 'utf8').split('\n')[4]!;
    return execFileSync('psql', ['-h', socket, '-U', 'postgres', '-d', 'msia', '-v', 'ON_ERROR_STOP=1', '-Atc', text], { encoding: 'utf8' }).trim();
  }

  async #ready(): Promise<void> {
    for (const deadline = Date.now() + 90_000; Date.now() < deadline; await sleep(100)) {
      if (this.#child.exitCode !== null) break;
      const ok = await fetch(`${this.url}/readyz`).then((r) => r.ok, () => false);
      if (ok) return;
    }
    throw new Error(`bin/msia is not ready:\n${this.log()}`);
  }

  log(): string {
    return readFileSync(this.#log, 'utf8');
  }

  /** Ends it as an operator would; the data folder stays when asked to. */
  async stop(keep = false): Promise<void> {
    if (this.#child.exitCode === null) {
      const gone = new Promise((done) => this.#child.once('exit', done));
      this.#child.kill('SIGTERM');
      await gone;
    }
    if (!keep) {
      rmSync(this.data, { recursive: true, force: true });
      rmSync(this.#log, { force: true });
    }
  }
}

/** Tests ask faster than people do. */
const uncounted = Object.fromEntries(['PUBLIC', 'QUOTE', 'UPLOAD', 'RAG', 'ACCOUNT'].map((name) => [`MSIA_RATE_${name}`, '0']));

const settings = (data: string) => ({ ...uncounted, MSIA_DATA_DIR: data, MSIA_ADMIN_USERNAME: admin.username, MSIA_ADMIN_PASSWORD: admin.password });

/** The machine's own settings must not reach what is tested. */
function withoutSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MSIA_|CHATWOOT_|DATABASE_URL)/.test(name)));
}

/** PostgreSQL's files keep their owner. */
function copyOf(template: string): string {
  const data = mkdtempSync(join(tmpdir(), 'msia-ui-'));
  execFileSync('cp', ['-a', `${template}/.`, data]);
  return data;
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

export const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
