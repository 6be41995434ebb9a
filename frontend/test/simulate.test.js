import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { simulate, simulateFalling, simulateRounds } from '../js/admin/simulate.js';

const golden = new URL('../../engine/testdata/simulate.golden', import.meta.url);

test('golden: the form says what the sessions of the engine did', () => {
  const rows = JSON.parse(readFileSync(golden, 'utf8'));
  assert.ok(rows.length > 10, `${rows.length} rows`);
  for (const { name, rules, want } of rows) assert.deepEqual(simulate(rules), want, name);
});

test('golden: a falling price and rounds', () => {
  const rows = JSON.parse(
    readFileSync(new URL('../../engine/testdata/simulate_others.golden', import.meta.url), 'utf8'),
  );
  assert.ok(rows.length > 8, `${rows.length} rows`);
  for (const { name, rules, falling = null, rounds = null } of rows) {
    assert.deepEqual(simulateFalling(rules), falling, name);
    assert.deepEqual(simulateRounds(rules), rounds, name);
  }
});

test('rules it knows nothing of are not simulated', () => {
  const [row] = JSON.parse(readFileSync(golden, 'utf8'));
  assert.equal(simulate({ ...row.rules, method: 'another' }), null);
  assert.equal(simulate({ ...row.rules, closing: { kind: 'another' } }), null);
});
