import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { simulate, simulateFalling, simulateRounds } from '../js/admin/simulate.js';
import { simulateBuyNow, simulateGong, simulateTurns } from '../js/admin/ways/simulate.js';

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

test('golden: the gong, rounds in turn, and a price to buy now', () => {
  const rows = JSON.parse(
    readFileSync(new URL('../../engine/testdata/simulate_ways.golden', import.meta.url), 'utf8'),
  );
  assert.ok(rows.length > 12, `${rows.length} rows`);
  for (const { name, rules, gong = null, turns = null, buyNow = null } of rows) {
    assert.deepEqual(simulateGong(rules), gong, name);
    assert.deepEqual(simulateTurns(rules), turns, name);
    assert.deepEqual(simulateBuyNow(rules), buyNow, name);
  }
});

test('what ends an offer to buy now unseen is not told', () => {
  const [row] = JSON.parse(readFileSync(golden, 'utf8'));
  assert.equal(simulateBuyNow({ ...row.rules, buyNow: { amount: 5_000, until: 'reserve' } }), null);
});

test('rules it knows nothing of are not simulated', () => {
  const [row] = JSON.parse(readFileSync(golden, 'utf8'));
  assert.equal(simulate({ ...row.rules, method: 'another' }), null);
  assert.equal(simulate({ ...row.rules, closing: { kind: 'another' } }), null);
});
