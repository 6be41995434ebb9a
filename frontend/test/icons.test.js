// An icon that the sprite lacks leaves a gap that nobody sees in a test of words.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const js = new URL('../js/', import.meta.url).pathname;
const sources = readdirSync(js, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.js'));
const sprite = readFileSync(new URL('../icons.svg', import.meta.url), 'utf8');
const drawn = new Set([...sprite.matchAll(/<symbol id="([^"]+)"/g)].map((m) => m[1]));

test('every icon that is named is in the sprite', () => {
  let named = 0;
  /** @param {string} file @param {string | undefined} name */
  const has = (file, name) => {
    named++;
    assert.ok(drawn.has(String(name)), `${file}: ${name}`);
  };
  for (const f of sources) {
    const text = readFileSync(join(js, f), 'utf8');
    for (const [, name] of text.matchAll(/\bicon[:=]\s*["']([\w-]+)["']/g)) has(f, name);
    for (const [, name] of text.matchAll(/<\$\{Icon\} name="([\w-]+)"/g)) has(f, name);
    // What an expression can come to stands in it as text, after ? : or a key.
    for (const [, expression] of text.matchAll(/<\$\{Icon\} name=\$\{(.*?)\}(?= |\n|\/)/g))
      for (const [, name] of String(expression).matchAll(/(?<![=]\s*)(?<=[?:]\s*)'([\w-]+)'/g)) has(f, name);
  }
  assert.ok(named > 50, `${named} were found`);
});
