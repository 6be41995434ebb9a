// The lines of docs/record.md that check a chain do what the page says, on the
// files that the specification offers.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const vectors = join(root, 'engine/proof/testdata/vectors');

test('the few lines of the specification find the head of every right file', () => {
  const doc = readFileSync(join(root, 'docs/record.md'), 'utf8');
  const code = /```js\n(.*?)```/s.exec(doc)?.[1];
  assert.ok(code, 'docs/record.md has no program');
  const program = join(mkdtempSync(join(tmpdir(), 'record-')), 'chain.mjs');
  writeFileSync(program, code);
  const run = (/** @type {string} */ file) =>
    execFileSync(process.execPath, [program, join(vectors, file)], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  /** @type {{file: string, right: boolean, head?: string}[]} */
  const index = JSON.parse(readFileSync(join(vectors, 'vectors.json'), 'utf8'));
  assert.ok(index.filter((v) => v.right).length >= 5);
  for (const v of index.filter((x) => x.right)) assert.equal(run(v.file), v.head, v.file);
  assert.throws(() => run('wrong-chain.txt'), /breaks the chain/);
});
