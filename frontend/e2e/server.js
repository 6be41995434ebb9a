// A gobua of one's own: started on a free port, killed and started again at
// will, gone with the worker.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_MS = 40_000; // the first start makes a database

/** @returns {Promise<number>} */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });

/** The environment without settings of another gobua. */
const bare = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('GOBUA_') && name !== 'DATABASE_URL'),
  );

export class Server {
  /** A running program elsewhere, or a new one. @param {string[]} [flags] */
  static async start(flags = []) {
    if (process.env.BASE_URL && flags.length === 0) {
      const s = new Server();
      s.base = process.env.BASE_URL;
      return s;
    }
    const s = await Server.prepare(flags);
    await s.run();
    return s;
  }

  /** A new one that does not run yet. @param {string[]} flags */
  static async prepare(flags) {
    const s = new Server();
    s.flags = flags;
    s.port = await freePort();
    s.base = `http://localhost:${s.port}`;
    s.data = mkdtempSync(join(tmpdir(), 'gobua-e2e-data-'));
    return s;
  }

  /** @type {string[]} besides the usual ones, and stronger */
  flags = [];
  base = '';
  port = 0;
  data = '';
  /** @type {import('node:child_process').ChildProcess | null} */
  child = null;
  log = '';

  get own() {
    return this.data !== '';
  }

  async run() {
    const flags = [
      '--demo',
      'on',
      '--demo-bots',
      'off',
      '--min-bidding',
      '5s',
      '--requests-per-second',
      '1000',
      ...this.flags,
    ];
    const child = spawn(
      String(process.env.E2E_PROGRAM),
      ['serve', '--addr', `127.0.0.1:${this.port}`, '--data', this.data, ...flags],
      { stdio: ['ignore', 'pipe', 'pipe'], env: bare() },
    );
    this.child = child;
    for (const out of [child.stdout, child.stderr])
      out?.on('data', (text) => (this.log = (this.log + text).slice(-8000)));
    const until = performance.now() + READY_MS;
    for (;;) {
      const ready = await fetch(this.base + '/readyz').then(
        (r) => r.ok,
        () => false,
      );
      if (ready) return;
      if (child.exitCode !== null || performance.now() > until)
        throw new Error(`gobua does not serve:\n${this.log}`);
      await new Promise((r) => setTimeout(r, 100));
    }
  }

  /** @param {NodeJS.Signals} [signal] */
  async stop(signal = 'SIGTERM') {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
    this.child = null;
  }

  async end() {
    if (!this.own) return;
    await this.stop();
    rmSync(this.data, { recursive: true, force: true });
  }
}
