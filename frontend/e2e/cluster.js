// A cluster of one's own: three nodes of the real program with the log within
// them, one PostgreSQL, and for each node a balancer's way in, which prefers it
// and takes another while it is gone, as the one in front of a real cluster does.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, freePort } from './server.js';

/** A PostgreSQL server of one's own, on a socket in its folder. */
class Database {
  /** Where Debian and others put the programs. */
  static programs() {
    const root = '/usr/lib/postgresql';
    const newest = Math.max(...readdirSync(root).map(Number));
    return join(root, String(newest), 'bin');
  }

  static async start() {
    const d = new Database();
    d.folder = mkdtempSync(join(tmpdir(), 'gobua-e2e-pg-'));
    // It refuses to be root.
    const id = (/** @type {string} */ flag) => Number(spawnSync('id', [flag, 'postgres']).stdout);
    const who = process.getuid?.() === 0 ? { uid: id('-u'), gid: id('-g') } : {};
    if (who.uid !== undefined) chownSync(d.folder, who.uid, who.gid);
    const bin = Database.programs();
    const data = join(d.folder, 'data');
    const made = spawnSync(
      join(bin, 'initdb'),
      ['-D', data, '-U', 'gobua', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N'],
      who,
    );
    if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
    d.child = spawn(join(bin, 'postgres'), ['-D', data, '-k', d.folder, '-h', ''], {
      ...who,
      stdio: 'ignore',
    });
    d.url = `postgres://gobua@/postgres?host=${d.folder}`;
    for (let n = 0; spawnSync(join(bin, 'pg_isready'), ['-h', d.folder]).status !== 0; n++) {
      if (n > 200) throw new Error('PostgreSQL does not come up');
      await new Promise((r) => setTimeout(r, 100));
    }
    return d;
  }

  folder = '';
  url = '';
  /** @type {import('node:child_process').ChildProcess | null} */
  child = null;

  async end() {
    const gone = new Promise((resolve) => this.child?.once('exit', resolve));
    this.child?.kill('SIGINT');
    await gone;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Passes connections on, to the first of some ports that takes them. */
class Balancer {
  /** @param {number[]} ports preferred first */
  static async start(ports) {
    const b = new Balancer();
    b.server = createServer((from) => {
      /** @param {number[]} left */
      const next = ([port, ...left]) => {
        if (port === undefined) {
          from.destroy();
          return;
        }
        const to = connect(port, '127.0.0.1');
        to.once('error', () => next(left));
        to.once('connect', () => {
          to.removeAllListeners('error');
          const tie = (
            /** @type {import('node:net').Socket} */ a,
            /** @type {import('node:net').Socket} */ z,
          ) => {
            a.on('error', () => z.destroy());
            a.on('close', () => z.destroy());
            a.pipe(z);
          };
          tie(from, to);
          tie(to, from);
        });
      };
      from.once('error', () => {});
      next(ports);
    });
    const port = await freePort();
    await new Promise((listening) => b.server?.listen(port, '127.0.0.1', () => listening(undefined)));
    b.url = `http://localhost:${port}`;
    return b;
  }

  url = '';
  /** @type {import('node:net').Server | null} */
  server = null;

  end() {
    this.server?.close();
  }
}

/** Ports for the log lie below those that the kernel gives to connections. */
async function routePorts() {
  const ports = [];
  for (let port = 20_000 + (process.pid % 8000); ports.length < 3; port++) {
    const free = await new Promise((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) ports.push(port);
  }
  return ports;
}

export class Cluster {
  static async start() {
    const c = new Cluster();
    c.database = await Database.start();
    const routes = (await routePorts()).map((port) => `127.0.0.1:${port}`);
    c.nodes = await Promise.all(
      routes.map(() => Server.prepare(['--database-url', c.database.url, '--demo', 'off'])),
    );
    const [first, ...others] = c.nodes;
    if (!first) throw new Error('a cluster has nodes');
    await first.run(); // a first start alone makes the keys, which the others get
    await first.stop();
    for (const n of others) cpSync(join(first.data, 'keys'), join(n.data, 'keys'), { recursive: true });
    for (const [i, n] of c.nodes.entries())
      n.flags.push(
        ...['--cluster', `n${i + 1}`, '--cluster-insecure', 'on', '--second-factor', 'off'],
        ...['--cluster-listen', String(routes[i]), '--cluster-routes', routes.join(',')],
        ...['--demo', i === 0 ? 'on' : 'off'],
      );
    await Promise.all(c.nodes.map((n) => n.run()));
    const ports = c.nodes.map((n) => n.port);
    c.ways = await Promise.all(
      ports.map((_, i) => Balancer.start([...ports.slice(i), ...ports.slice(0, i)])),
    );
    return c;
  }

  /** @type {Database} */
  database = new Database();
  /** @type {Server[]} */
  nodes = [];
  /** @type {Balancer[]} the n-th prefers the n-th node */
  ways = [];

  /** Where who is at the n-th node finds the page. @param {number} n */
  way(n) {
    return String(this.ways[n]?.url);
  }

  async end() {
    for (const w of this.ways) w.end();
    await Promise.all(this.nodes.map((n) => n.end()));
    await this.database.end();
  }
}
