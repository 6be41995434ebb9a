// Every sentence exists in both languages, every key that is used exists, and
// no sentence for people stands outside the dictionaries.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fill } from '../js/i18n.js';

const js = new URL('../js/', import.meta.url).pathname;
const sources = readdirSync(js, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.js'));
const isWords = (/** @type {string} */ f) => /(^|\/)(words|vi|en)\.js$/.test(f);

/** @type {Record<string, {vi: Record<string, string>, en: Record<string, string>}>} */
const dictionaries = {
  main: { vi: (await import('../js/vi.js')).vi, en: (await import('../js/en.js')).en },
};
for (const f of sources.filter((x) => x.endsWith('/words.js'))) {
  const { words } = await import(join(js, f));
  dictionaries[f] = words;
}

const placeholders = (/** @type {string} */ s) => [...s.matchAll(/\{(\w+)/g)].map((m) => m[1]).sort();

test('both languages have the same keys, none is empty, and they take the same values', () => {
  for (const [name, { vi, en }] of Object.entries(dictionaries)) {
    assert.deepEqual(Object.keys(en), Object.keys(vi), name);
    for (const [key, sentence] of Object.entries(vi)) {
      assert.ok(sentence.trim() && en[key]?.trim(), `${name}: ${key} is empty`);
      assert.deepEqual(
        [...new Set(placeholders(String(en[key])))],
        [...new Set(placeholders(sentence))],
        `${name}: ${key}`,
      );
    }
  }
});

test('no key stands in two dictionaries: the one loaded last would change the other page', () => {
  /** @type {Map<string, string>} */
  const where = new Map();
  for (const [name, { vi }] of Object.entries(dictionaries)) {
    for (const key of Object.keys(vi)) {
      assert.equal(where.get(key), undefined, `${key} stands in ${where.get(key)} and in ${name}`);
      where.set(key, name);
    }
  }
});

test('every key that is used has a sentence', () => {
  const all = new Set(Object.values(dictionaries).flatMap((d) => Object.keys(d.vi)));
  for (const f of sources) {
    const text = readFileSync(join(js, f), 'utf8');
    for (const [, key] of text.matchAll(/\bt\(\s*'([^']+)'\s*[,)]/g))
      assert.ok(all.has(String(key)), `${f}: ${key}`);
    for (const [, prefix] of text.matchAll(/\b(?:t|tCode)\(\s*'([^']+\.)'/g)) {
      assert.ok(
        [...all].some((k) => k.startsWith(String(prefix))),
        `${f}: nothing begins with ${prefix}`,
      );
    }
    for (const [, prefix] of text.matchAll(/\btCode\(\s*'([^']+)'/g))
      assert.ok(all.has(prefix + 'other'), `${f}: ${prefix}other`);
  }
});

test('no Vietnamese stands outside the dictionaries', () => {
  const allowed = new Set(['text.js', 'admin/sheet/banks.js']); // numbers in words, names of banks
  for (const f of sources) {
    if (isWords(f) || allowed.has(f)) continue;
    const text = readFileSync(join(js, f), 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/^\s*\/\/.*$/gm, '')
      .replace(/Gõ Búa/g, '') // the name of the house
      .replace(/\(đồng\|[^)]*\)/g, ''); // how units are typed
    const found = text.match(/[àáảãạăắằẳẵặâấầẩẫậđèéẻẽẹêếềểễệìíỉĩịòóỏõọôốồổỗộơớờởỡợùúủũụưứừửữựỳýỷỹỵ]\S*/i);
    assert.equal(found, null, `${f}: ${found?.[0]}`);
  }
});

test('fill: values, plurals, and what is not given stays visible', () => {
  assert.equal(fill('{n|bid|bids} by {code}', { n: 1, code: 'M-1' }), '1 bid by M-1');
  assert.equal(fill('{n|bid|bids}', { n: 3 }), '3 bids');
  assert.equal(fill('{n} {who}', { n: 0 }), '0 {who}');
});
