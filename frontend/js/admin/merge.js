// What becomes of a form when a draft was saved: by somebody else meanwhile, or
// by the reader, who may have gone on typing. Nothing typed is lost. Pure.

import { formOf, look, pick, put, unsaved } from './draft.js';

/** @typedef {import('./types').Draft} Draft */
/** @typedef {import('./types').Form} Form */
/** @typedef {import('./types').LotForm} LotForm */

const TEXTS = [
  'title',
  'centre',
  'owner',
  'place',
  'sheet.preset',
  'sheet.property',
  'sheet.contract',
  'sheet.quality',
  'sheet.viewing',
  'sheet.money',
  'sheet.windows',
  'sheet.people',
  'sheet.after',
  'sheet.contacts',
  'sheet.terms',
  'sheet.override',
  'sheet.room',
];
// What of a lot is changed as a whole: half a step rule of each would be a rule nobody wrote.
const LOT_PARTS = [
  'kind',
  'title',
  'detail',
  'place',
  'deposit',
  'startHidden',
  'rules.method',
  'rules.start',
  'rules.step',
  'rules.proxy',
  'rules.reserveAmount',
  'rules.reserveKind',
  'rules.buyNow',
  'rules.gong',
  'rules.turns',
  'rules.closing',
  'rules.opening',
  'rules.opensAt',
  'rules.biddingMs',
  'rules.confirmAbove',
  'rules.cap',
  'rules.minIntervalMs',
  'rules.recoveryMinMs',
  'rules.hideCodes',
  'rules.descent',
  'rules.sealed',
  'rules.hybrid',
  'rules.group',
  'rules.called',
];

/**
 * @param {Draft} base   what the reader began with
 * @param {Form} mine    what the reader has typed since
 * @param {Draft} theirs what is saved now
 * @returns {{form: Form, both: string[]}} both: paths in the result that both had changed; the reader's stands
 */
export function merge(base, mine, theirs) {
  const before = formOf(base);
  let form = formOf(theirs);
  /** @type {string[]} */
  const both = [];
  for (const field of TEXTS) {
    const change = choose(pick(before, field), pick(mine, field), pick(form, field));
    if (change === 'both') both.push(field);
    if (change !== 'theirs') form = put(form, field, pick(mine, field));
  }
  form = { ...form, participants: mergePeople(before, mine, form) };
  return mergeLots(before, mine, form, both);
}

/** @param {unknown} base @param {unknown} mine @param {unknown} theirs */
function choose(base, mine, theirs) {
  if (look(mine) === look(base) || look(mine) === look(theirs)) return 'theirs';
  return look(theirs) === look(base) ? 'mine' : 'both';
}

/** @param {Form} before @param {Form} mine @param {Form} theirs */
function mergePeople(before, mine, theirs) {
  const ids = (/** @type {Form} */ f) => new Set(f.participants.map((p) => p.accountId));
  const [had, have] = [ids(before), ids(mine)];
  const removed = new Set([...had].filter((id) => !have.has(id)));
  const kept = theirs.participants.filter((p) => !removed.has(p.accountId));
  const there = ids({ ...theirs, participants: kept });
  const added = mine.participants.filter((p) => !had.has(p.accountId) && !there.has(p.accountId));
  return [...kept, ...added];
}

/** @param {Form} before @param {Form} mine @param {Form} form @param {string[]} both */
function mergeLots(before, mine, form, both) {
  const byId = (/** @type {LotForm[]} */ lots) => new Map(lots.filter((l) => l.id).map((l) => [l.id, l]));
  const [had, have, saved] = [byId(before.lots), byId(mine.lots), byId(form.lots)];
  /** @type {LotForm[]} */
  const lots = [];
  for (const theirs of form.lots) {
    const base = had.get(theirs.id);
    const own = have.get(theirs.id);
    if (base && !own) continue; // the reader took it out
    lots.push(base && own ? mergeLot(base, own, theirs, `lots.${lots.length}`, both) : theirs);
  }
  for (const own of mine.lots) {
    if (own.id && saved.has(own.id)) continue;
    const base = had.get(own.id);
    if (base && look(base) === look(own)) continue; // taken out by the other, and not touched here
    if (base) both.push(`lots.${lots.length}`);
    lots.push(unsaved(own));
  }
  return { form: { ...form, lots }, both };
}

/**
 * @param {LotForm} base @param {LotForm} own @param {LotForm} theirs
 * @param {string} at @param {string[]} both
 */
function mergeLot(base, own, theirs, at, both) {
  let lot = { ...theirs, key: own.key };
  for (const part of LOT_PARTS) {
    const change = choose(pick(base, part), pick(own, part), pick(theirs, part));
    if (change === 'both') both.push(`${at}.${part}`);
    if (change !== 'theirs') lot = put(lot, part, pick(own, part));
  }
  return lot;
}

/**
 * The form after it was saved: as the server writes it, or, when somebody went
 * on typing meanwhile, as it is, with the ids that new lots have got.
 * @param {Form} now
 * @param {Form} sent
 * @param {Draft} saved
 * @returns {Form}
 */
export function afterSaving(now, sent, saved) {
  const fresh = formOf(saved);
  if (now === sent)
    return { ...fresh, lots: fresh.lots.map((lot, i) => ({ ...lot, key: sent.lots[i]?.key ?? lot.key })) };
  const ids = new Map(sent.lots.map((lot, i) => [lot.key, fresh.lots[i]?.id]));
  return { ...now, lots: now.lots.map((lot) => ({ ...lot, id: ids.get(lot.key) ?? lot.id })) };
}
