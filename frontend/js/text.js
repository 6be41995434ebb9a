// Money, words and times, in both languages. Pure, except that the language is
// an argument everywhere. Intl objects are made once: making one per tick of a
// clock is slow.

/** @typedef {'vi' | 'en'} Language */

const NBSP = '\u00a0';
const ZONE = 'Asia/Ho_Chi_Minh';
/** @type {Record<Language, string>} */
const LOCALE = { vi: 'vi-VN', en: 'en-GB' };
export const MAX_AMOUNT = 9_000_000_000_000_000;

/** @type {Map<string, Intl.NumberFormat>} */
const numberFormats = new Map();

/**
 * @param {Language} lang
 * @param {number} digits decimals
 */
function numberFormat(lang, digits) {
  const key = lang + digits;
  let f = numberFormats.get(key);
  if (!f) {
    f = new Intl.NumberFormat(LOCALE[lang], { minimumFractionDigits: digits, maximumFractionDigits: digits });
    numberFormats.set(key, f);
  }
  return f;
}

/** @type {Map<string, number>} */
const decimals = new Map([['VND', 0]]);

/**
 * How many decimals a currency's amounts have: amounts count its smallest unit.
 * @param {string} currency ISO 4217
 * @returns {number}
 */
export function decimalsOf(currency) {
  let d = decimals.get(currency);
  if (d === undefined) {
    const o = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
    d = o.maximumFractionDigits ?? 2;
    decimals.set(currency, d);
  }
  return d;
}

/**
 * The figures of an amount without the unit: 12.850.000.000. In Vietnamese
 * and for đồng, dots group in both languages: that is how the documents write it.
 * @param {number} amount
 * @param {string} currency
 * @param {Language} lang
 */
export function figures(amount, currency, lang) {
  const digits = decimalsOf(currency);
  if (currency === 'VND') return numberFormat('vi', 0).format(amount);
  return numberFormat(lang, digits).format(amount / 10 ** digits);
}

/**
 * The unit that follows the figures. Never a symbol: ₫ is missing in many
 * fonts, and compact forms ("75 T") are read wrongly.
 * @param {string} currency
 */
export function unit(currency) {
  return currency === 'VND' ? 'đồng' : currency;
}

/**
 * Figures and unit, kept together by a no-break space.
 * @param {number} amount
 * @param {string} currency
 * @param {Language} lang
 */
export function money(amount, currency, lang) {
  return figures(amount, currency, lang) + NBSP + unit(currency);
}

/**
 * How wide figures are in the serif, in em, to fit a price on one line.
 * Its tabular figures measure 0.547 em, points and spaces about half.
 * @param {string} text
 */
export function widthEm(text) {
  let em = 0;
  for (const c of text) em += c >= '0' && c <= '9' ? 0.55 : 0.28;
  return em;
}

// ---- amounts in words ------------------------------------------------------

const VI = ['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'];

/**
 * @param {number} n     0 to 999
 * @param {boolean} full name a zero in the hundreds: something stands before
 */
function viTriple(n, full) {
  const h = Math.floor(n / 100);
  const t = Math.floor((n % 100) / 10);
  const u = n % 10;
  /** @type {(string | undefined)[]} */
  const out = [];
  if (h || full) out.push(VI[h], 'trăm');
  if (t === 0) {
    if (u && (h || full)) out.push('linh');
    if (u) out.push(VI[u]);
    return out;
  }
  out.push(...(t === 1 ? ['mười'] : [VI[t], 'mươi']));
  if (u === 1) out.push(t === 1 ? 'một' : 'mốt');
  else if (u === 4) out.push(t === 1 ? 'bốn' : 'tư');
  else if (u === 5) out.push('lăm');
  else if (u) out.push(VI[u]);
  return out;
}

/**
 * @param {number} n 0 to 999,999,999
 * @param {boolean} full
 */
function viBelowBillion(n, full) {
  const m = Math.floor(n / 1e6);
  const k = Math.floor((n % 1e6) / 1e3);
  const r = n % 1e3;
  const out = [];
  if (m) out.push(...viTriple(m, full), 'triệu');
  if (k) out.push(...viTriple(k, full || m > 0), 'nghìn');
  if (r) out.push(...viTriple(r, full || m > 0 || k > 0));
  return out;
}

/** @param {number} n */
function viNumber(n) {
  if (n === 0) return 'không';
  const g = Math.floor(n / 1e9);
  const r = n % 1e9;
  const out = [];
  if (g) out.push(...viBelowBillion(g, false), 'tỷ');
  if (r) out.push(...viBelowBillion(r, g > 0));
  return out.join(' ');
}

const EN_ONES = (
  'zero one two three four five six seven eight nine ten eleven twelve ' +
  'thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
).split(' ');
const EN_TENS = ', , twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety'.split(', ');
const EN_SCALES = ['', 'thousand', 'million', 'billion', 'trillion', 'quadrillion'];

/** @param {number} n 1 to 999 */
function enTriple(n) {
  const out = [];
  const rest = n % 100;
  if (n >= 100) out.push(EN_ONES[Math.floor(n / 100)], 'hundred');
  if (rest >= 20) {
    const ones = rest % 10;
    out.push(EN_TENS[Math.floor(rest / 10)] + (ones ? '-' + EN_ONES[ones] : ''));
  } else if (rest > 0) out.push(EN_ONES[rest]);
  return out;
}

/** @param {number} n */
function enNumber(n) {
  if (n === 0) return 'zero';
  const out = [];
  for (let scale = EN_SCALES.length - 1; scale >= 0; scale--) {
    const part = Math.floor(n / 1000 ** scale) % 1000;
    if (part) out.push(...enTriple(part), EN_SCALES[scale]);
  }
  return out.join(' ').trim();
}

/**
 * An amount in words: "mười hai tỷ chín trăm triệu đồng". The empty string for
 * amounts that are none, and for currencies with cents, whose reading is no
 * practice here.
 * @param {number} amount
 * @param {string} currency
 * @param {Language} lang
 */
export function words(amount, currency, lang) {
  if (!Number.isSafeInteger(amount) || amount < 0 || decimalsOf(currency) > 0) return '';
  return (lang === 'vi' ? viNumber(amount) : enNumber(amount)) + ' ' + unit(currency);
}

/** @param {string} s */
export function capital(s) {
  return s.charAt(0).toUpperCase() + s.slice(1);
}

// ---- typing an amount ------------------------------------------------------

/**
 * Reads an amount as it was typed or pasted. Dots, commas and spaces may only
 * group by three; anything that would have to be guessed ("1,5 tỷ", "12.5") is
 * refused. With cents, the last two figures are the cents.
 * @param {string} text
 * @returns {number | null}
 */
export function parseAmount(text) {
  const s = text.trim().replace(/[\s\u00a0\u202f]+/g, ' ');
  if (!/^\d+$|^\d{1,3}([. ,])\d{3}(\1\d{3})*$/.test(s)) return null;
  const n = Number(s.replace(/\D/g, ''));
  return Number.isSafeInteger(n) && n > 0 ? n : null;
}

/**
 * Groups the figures of an amount field while somebody types, and finds where
 * the caret belongs: behind the same figure as before.
 * @param {string} text
 * @param {number} caret
 * @param {string} currency
 * @param {Language} lang
 * @returns {{text: string, caret: number, amount: number | null}}
 */
export function typed(text, caret, currency, lang) {
  const before = text.slice(0, caret).replace(/\D/g, '');
  const all = text.replace(/\D/g, '');
  const digits = all.replace(/^0+/, '').slice(0, 16);
  if (digits === '') return { text: '', caret: 0, amount: null };
  const amount = Number(digits);
  const shown = figures(amount, currency, lang);
  const behind = Math.max(0, all.length - before.length); // figures right of the caret
  let at = shown.length;
  for (let left = behind; left > 0 && at > 0; at--) if (/\d/.test(shown.charAt(at - 1))) left--;
  return { text: shown, caret: at, amount: Number.isSafeInteger(amount) ? amount : null };
}

// ---- times -----------------------------------------------------------------

/**
 * @param {Language} lang
 * @param {Intl.DateTimeFormatOptions} options
 */
const formatter = (lang, options) =>
  new Intl.DateTimeFormat(LOCALE[lang], { timeZone: ZONE, hourCycle: 'h23', ...options });

const clockFormat = formatter('en', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minuteFormat = formatter('en', { hour: '2-digit', minute: '2-digit' });
/** @type {Record<Language, Intl.DateTimeFormat>} */
const dateFormats = {
  vi: formatter('vi', { weekday: 'long', day: '2-digit', month: '2-digit', year: 'numeric' }),
  en: formatter('en', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
};
const shortDate = formatter('en', { day: '2-digit', month: '2-digit' });

/** 09:15:32 in Vietnam, whatever the device believes. @param {number} ms */
export const timeOfDay = (ms) => clockFormat.format(ms);
/** 09:15 @param {number} ms */
export const hourMinute = (ms) => minuteFormat.format(ms);
/** 09:15:32.120 @param {number} ms */
export const timeWithMs = (ms) =>
  `${clockFormat.format(ms)}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`;
/** 23/11 @param {number} ms */
export const dayMonth = (ms) => shortDate.format(ms);
/** @param {number} ms @param {Language} lang */
export const longDate = (ms, lang) => capital(dateFormats[lang].format(ms));

/**
 * Remaining time, rounded up to whole seconds: 01:42, 2:03:09.
 * @param {number} ms
 */
export function countdown(ms) {
  const s = Math.max(0, Math.ceil(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const hours = Math.floor(s / 3600);
  const rest = `${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
