import { createServer } from 'node:http';
import { Office, expect, test } from './kit.js';
import { Server } from './server.js';

/**
 * The fields of a protobuf message, by number: numbers of 64 bits as they are,
 * all else as bytes.
 * @param {Buffer} b
 * @returns {Map<number, (Buffer | bigint)[]>}
 */
function fields(b) {
  const found = new Map();
  let at = 0;
  const varint = () => {
    let n = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(Number(b[at++]));
      n |= (byte & 127n) << shift;
      if (byte < 128n) return n;
    }
  };
  while (at < b.length) {
    const key = Number(varint());
    /** @type {Buffer | bigint} */
    let value;
    switch (key & 7) {
      case 0:
        value = varint();
        break;
      case 1:
        value = b.readBigUInt64LE(at);
        at += 8;
        break;
      case 2: {
        const n = Number(varint());
        value = b.subarray(at, at + n);
        at += n;
        break;
      }
      default:
        value = b.subarray(at, (at += 4));
    }
    found.set(key >> 3, [...(found.get(key >> 3) ?? []), value]);
  }
  return found;
}

/** @param {Map<number, any[]>} f @param {number} n @returns {any[]} */
const all = (f, n) => f.get(n) ?? [];

/**
 * An OpenTelemetry collector that keeps the name and the moments of each span, by
 * trace.
 */
async function collect() {
  /** @type {Map<string, {name: string, fromMs: number, toMs: number}[]>} */
  const traces = new Map();
  const server = createServer((request, response) => {
    /** @type {Buffer[]} */
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      for (const resource of all(fields(Buffer.concat(parts)), 1))
        for (const scope of all(fields(resource), 2))
          for (const raw of all(fields(scope), 2)) {
            const span = fields(raw);
            const trace = all(span, 1)[0].toString('hex');
            const [fromMs, toMs] = [7, 8].map((n) => Number(all(span, n)[0] / 1000n) / 1000);
            const one = { name: String(all(span, 5)[0]), fromMs: Number(fromMs), toMs: Number(toMs) };
            traces.set(trace, [...(traces.get(trace) ?? []), one]);
          }
      response.end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { traces, url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

test('a bid is traced from the click until its price can be seen', async ({ person }) => {
  const collector = await collect();
  const server = await Server.start(['--trace', collector.url, '--trace-share', '1']);
  try {
    const office = new Office(server.base);
    const session = await office.sale();
    const lan = Object.assign(await person(), { url: server.base });
    /** @type {any[]} */
    const seen = [];
    /** @type {string[]} */
    const errors = [];
    lan.page.on('websocket', (ws) => {
      ws.on('framesent', ({ payload }) => {
        const m = JSON.parse(String(payload));
        if (m.op === 'seen') seen.push(m);
      });
      ws.on('framereceived', ({ payload }) => {
        for (const line of String(payload).split('\n')) if (line.includes('"t":"err"')) errors.push(line);
      });
    });
    await lan.enter('lan', session);
    await lan.bid();
    const whole = () => [...collector.traces.values()].find((t) => t.some((s) => s.name === 'command bid'));
    await expect.poll(() => whole()?.length).toBe(9);
    const spans = Object.fromEntries((whole() ?? []).map((s) => [s.name, s]));
    expect(Object.keys(spans).sort()).toEqual([
      'append',
      'click',
      'command bid',
      'decide',
      'mailbox',
      'send',
      'shown',
      'sign',
      'tell',
    ]);
    const { off, cmd } = seen.at(-1);
    const [click, root, shown] = ['click', 'command bid', 'shown'].map((name) => spans[name]);
    expect(collector.traces.has(cmd.replaceAll('-', ''))).toBe(true);
    // One after the other, as far as the page's clock can tell.
    expect(click?.fromMs).toBeLessThanOrEqual(Number(click?.toMs));
    expect(click?.toMs).toBeLessThanOrEqual(Number(root?.fromMs) + off + 1);
    expect(shown?.fromMs).toBeGreaterThanOrEqual(Number(root?.toMs) - off - 1);
    expect(shown?.toMs).toBeGreaterThanOrEqual(Number(shown?.fromMs));
    expect(seen).toHaveLength(2); // to check in, and to bid
    expect(errors).toEqual([]);
    await lan.page.close(); // before its server
  } finally {
    await server.end();
    collector.close();
  }
});
