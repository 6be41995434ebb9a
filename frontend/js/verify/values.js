// The arguments of what is wrong, as people read them.

import { has, t } from '../i18n.js';
import { timeWithMs } from '../text.js';

const TIMES = new Set(['at', 'due', 'from', 'to', 'before', 'wantAt']);
const SHORT = 8;

/** 1,2 or 1.2 @param {number} n @param {import('../text.js').Language} lang */
export const decimal = (n, lang) =>
  n.toLocaleString(lang === 'vi' ? 'vi-VN' : 'en-GB', { maximumFractionDigits: 1 });

/** A length of time in seconds, with two figures that count. @param {number} ms @param {import('../text.js').Language} lang */
export const seconds = (ms, lang) =>
  (ms / 1000).toLocaleString(lang === 'vi' ? 'vi-VN' : 'en-GB', { maximumSignificantDigits: 2 });

/** The beginning of a hash, as it is read aloud. @param {string} hash */
export const short = (hash) => hash.slice(0, SHORT);

/** What a kind of record is called. @param {string} kind */
export const kindName = (kind) => (has('verify.kind.' + kind) ? t('verify.kind.' + kind) : kind);

/** @param {unknown} v @returns {v is import('./types').Told} */
export const isTold = (v) => typeof v === 'object' && v !== null && 'kind' in v;

/**
 * The values of a sentence.
 * @param {Record<string, unknown>} [args]
 * @returns {Record<string, string | number>}
 */
export function valuesOf(args = {}) {
  /** @type {Record<string, string | number>} */
  const values = {};
  for (const [name, value] of Object.entries(args)) values[name] = valueOf(name, value);
  return values;
}

/** @param {string} name @param {unknown} value */
function valueOf(name, value) {
  if (isTold(value)) return kindName(value.kind);
  if (typeof value === 'number') return TIMES.has(name) ? timeWithMs(value) : value;
  const text = String(value);
  if (name === 'want' || name === 'have') return kindName(text);
  if (name === 'phase') return t('stamp.' + text);
  return /^[0-9a-f]{64}$/.test(text) ? short(text) : text;
}

/**
 * In what two records of one kind differ, as field, by the rules, in the file.
 * @param {Record<string, unknown>} [args]
 * @returns {[string, string, string][]}
 */
export function differences(args = {}) {
  const { want, have } = args;
  if (!isTold(want) || !isTold(have) || want.kind !== have.kind) return [];
  const fields = new Set([...Object.keys(want.event), ...Object.keys(have.event)]);
  const text = (/** @type {unknown} */ v) => (v === undefined ? '–' : JSON.stringify(v));
  return [...fields]
    .map((f) => /** @type {[string, string, string]} */ ([f, text(want.event[f]), text(have.event[f])]))
    .filter(([, w, h]) => w !== h);
}
