// An auction's draft as the server keeps it, and the form in which a person
// edits it: there and back without a loss. Pure.

import { filled, hidesStart, newKey, orNull, rulesDraftOf, rulesFormOf } from './rules-draft.js';
import { newSheet, sheetDraftOf, sheetFormOf } from './sheet/model.js';

/** @typedef {import('./types').Draft} Draft */
/** @typedef {import('./types').LotDraft} LotDraft */
/** @typedef {import('./types').Form} Form */
/** @typedef {import('./types').LotForm} LotForm */

/** @type {() => Draft} */
export const emptyDraft = () => ({
  title: '',
  centre: '',
  owner: '',
  place: '',
  lots: [],
  participants: [],
  sheet: newSheet(),
});

/**
 * @param {Draft} draft
 * @returns {Form}
 */
export function formOf({ title, centre, owner, place, lots, participants, sheet }) {
  return {
    ...{ title, centre, owner, place },
    lots: lots.map(lotFormOf),
    participants: participants ?? [],
    sheet: sheetFormOf(sheet),
  };
}

/**
 * @param {LotDraft} lot
 * @returns {LotForm}
 */
export function lotFormOf({ id, number, kind, title, detail = '', place = '', deposit, startHidden, rules }) {
  return {
    key: newKey(),
    ...(id && { id }),
    number,
    kind,
    title,
    detail,
    place,
    deposit: orNull(deposit),
    startHidden: startHidden === true,
    rules: rulesFormOf(rules),
  };
}

/**
 * What is sent. Unreadable fields count as empty: check() finds them first.
 * Lots are numbered as they are listed.
 * @param {Form} form
 * @returns {Draft}
 */
export function draftOf({ title, centre, owner, place, lots, participants, sheet }) {
  const rest = sheetDraftOf(sheet);
  return {
    title: title.trim(),
    centre: centre.trim(),
    owner: owner.trim(),
    place: place.trim(),
    lots: lots.map(lotDraftOf),
    participants: participants.map(({ accountId }) => ({ accountId })),
    ...(Object.keys(rest).length > 0 && { sheet: rest }),
  };
}

/**
 * @param {LotForm} lot
 * @param {number} i
 * @returns {LotDraft}
 */
export function lotDraftOf({ id, kind, title, detail, place, deposit, startHidden, rules }, i) {
  return {
    ...(id && { id }),
    number: i + 1,
    kind,
    title: title.trim(),
    ...filled({
      detail: detail.trim(),
      place: place.trim(),
      deposit: deposit ?? 0,
      startHidden: startHidden && hidesStart(rules.method),
    }),
    rules: rulesDraftOf(rules),
  };
}

/**
 * A copy of a form, or of a part of it, with one value changed.
 * @template T
 * @param {T} whole
 * @param {string} path "lots.0.rules.start"; empty: the whole
 * @param {unknown} value
 * @returns {T}
 */
export function put(whole, path, value) {
  if (path === '') return /** @type {T} */ (value);
  const [key = '', ...rest] = path.split('.');
  const copy = /** @type {any} */ (Array.isArray(whole) ? [...whole] : { ...whole });
  copy[key] = put(copy[key], rest.join('.'), value);
  return copy;
}

/**
 * The value at a path, undefined where there is none.
 * @param {unknown} whole
 * @param {string} path
 * @returns {any}
 */
export const pick = (whole, path) =>
  path.split('.').reduce((at, key) => /** @type {any} */ (at)?.[key], whole);

/**
 * A text that is equal for what looks equal to a reader: rows have keys only
 * for the drawing, and lots are numbered as they are listed. (The number of a
 * bank account is a text.)
 * @param {unknown} value
 * @returns {string}
 */
export const look = (value) =>
  JSON.stringify(value, (name, v) =>
    name === 'key' || (name === 'number' && typeof v === 'number') ? undefined : v,
  ) ?? '';

/**
 * A lot that the server does not know (any more).
 * @param {LotForm} lot
 * @returns {LotForm}
 */
export function unsaved(lot) {
  const copy = { ...lot };
  delete copy.id;
  return copy;
}
