// The two languages of the page. A dictionary is flat: key → sentence with
// {names}. `{n|bid|bids}` writes n with the singular or the plural; Vietnamese
// has one form. Sentences stand in vi.js and en.js, those of the staff pages
// beside them; a test holds the keys of both languages together.

import { signal } from '../vendor/preact.js';
import { vi } from './vi.js';

/** @typedef {import('./text.js').Language} Language */
/** @typedef {Record<string, string>} Dictionary */

const STORE = 'gobua.lang';

/** @type {Record<Language, Dictionary>} */
const dictionaries = { vi: { ...vi }, en: {} };
let englishLoaded = false;

/** How often sentences were added: what was drawn without them is drawn again. */
const added = signal(0);

/** The reader's language; whoever reads it in a component is drawn again when it changes. */
export const language = signal(/** @type {Language} */ ('vi'));

/**
 * Adds the sentences of a part of the page that is loaded later.
 * @param {{vi: Dictionary, en: Dictionary}} words
 */
export function addWords(words) {
  Object.assign(dictionaries.vi, words.vi);
  Object.assign(dictionaries.en, words.en);
  added.value = added.peek() + 1;
}

/**
 * Changes the language and remembers it on this device.
 * @param {Language} lang
 */
export async function setLanguage(lang) {
  if (lang === 'en' && !englishLoaded) {
    const { en } = await import('./en.js');
    dictionaries.en = { ...en, ...dictionaries.en };
    englishLoaded = true;
  }
  language.value = lang;
  document.documentElement.lang = lang;
  try {
    localStorage.setItem(STORE, lang);
  } catch {
    // Without storage the next visit begins in Vietnamese.
  }
}

/** The language of ?lang=, else the one chosen before, else Vietnamese. */
export async function chooseLanguage() {
  let wanted = new URLSearchParams(location.search).get('lang');
  try {
    wanted ??= localStorage.getItem(STORE);
  } catch {
    // as above
  }
  if (wanted === 'en') await setLanguage('en');
}

/**
 * The sentence of a key in the reader's language.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const sentence = dictionaries[language.value][key] ?? dictionaries.vi[key];
  if (sentence === undefined) {
    void added.value; // it may come with a part of the page that is still being loaded
    return key;
  }
  return fill(sentence, values);
}

/** Whether there is a sentence for a key. @param {string} key */
export function has(key) {
  void added.value; // as in t
  return dictionaries.vi[key] !== undefined;
}

/**
 * The sentence for a code of the server; the server's own text never reaches
 * the screen, and an unknown code still gives a sentence.
 * @param {string} prefix
 * @param {string} code
 * @param {Record<string, string | number>} [values]
 */
export function tCode(prefix, code, values) {
  return has(prefix + code) ? t(prefix + code, values) : t(prefix + 'other', { code, ...values });
}

/**
 * @param {string} sentence
 * @param {Record<string, string | number>} values
 */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name, one, many) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (many === undefined) return String(value);
    return `${value} ${value === 1 ? one : many}`;
  });
}
