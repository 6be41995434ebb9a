import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sizeText, typeOf, upload } from '../js/upload.js';

/** A server that keeps bytes, and a line that breaks where the test says. */
function server(/** @type {{broken?: (ask: string, n: number) => any}} */ { broken } = {}) {
  const kept = { bytes: /** @type {number[]} */ ([]), asked: /** @type {string[]} */ ([]), waited: 0 };
  const api = async (
    /** @type {string} */ method,
    /** @type {string} */ path,
    /** @type {any} */ _body,
    /** @type {any} */ { bytes } = {},
  ) => {
    const ask = `${method} ${path}`;
    kept.asked.push(ask);
    const failure = broken?.(ask, kept.asked.length);
    if (failure && !failure.afterwards) throw failure;
    if (method === 'PUT') {
      const at = Number(path.split('offset=')[1]);
      if (at > kept.bytes.length) throw { status: 409, code: 'edited_meanwhile' };
      kept.bytes = [...kept.bytes.slice(0, at), ...new Uint8Array(await bytes.arrayBuffer())];
    }
    if (failure) throw failure;
    if (path.endsWith('/finish')) return { id: 'f', hash: _body.hash };
    return { id: 'f', received: kept.bytes.length, chunk: 4 };
  };
  return { kept, ways: { api, wait: async () => void kept.waited++, hash: async () => 'abc' } };
}

const file = new File([new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])], 'a.pdf');

test('a file goes up in chunks', async () => {
  const { kept, ways } = server();
  const shares = /** @type {number[]} */ ([]);
  const got = await upload(file, { purpose: 'document' }, ways, { onProgress: (s) => shares.push(s) });
  assert.deepEqual(kept.bytes, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(got, { id: 'f', hash: 'abc' });
  assert.deepEqual(shares, [0, 0.4, 0.8, 1]);
});

test('after a broken line it goes on where the server stands, sending nothing twice', async () => {
  for (const afterwards of [false, true]) {
    const lost = { status: 0, code: 'offline', afterwards };
    const { kept, ways } = server({ broken: (_ask, n) => (n === 3 || n === 4 ? lost : null) });
    await upload(file, { purpose: 'document' }, ways);
    assert.deepEqual(kept.bytes, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], String(afterwards));
    assert.ok(kept.waited >= 2);
    assert.equal(kept.asked.filter((a) => a.startsWith('POST /files')).length, 2);
  }
});

test('a refusal is no broken line', async () => {
  const { ways } = server({
    broken: (ask) => (ask.endsWith('/finish') ? { status: 422, code: 'invalid' } : null),
  });
  await assert.rejects(upload(file, { purpose: 'photo' }, ways), { code: 'invalid' });
});

test('the type is that of the name where the browser does not know', () => {
  assert.equal(typeOf({ name: 'Sao kê.CSV', type: 'application/vnd.ms-excel' }), 'text/csv');
  assert.equal(typeOf({ name: 'x', type: 'image/png' }), 'image/png');
});

test('sizes for people', () => {
  assert.equal(sizeText(1_234_567, 'vi'), '1,2 MB');
  assert.equal(sizeText(45_000, 'en'), '45 kB');
});
