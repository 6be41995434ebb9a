// The rules sheet of an auction as the server keeps it, and the form in which
// a person edits it: there and back without a loss. Pure.

import { isEmpty, readCount, readDate, readLength, readMoment, readTime } from '../typed.js';
import { writeLength, writeMoment } from '../typed.js';

/** @typedef {import('../../types').Sheet} Sheet */
/** @typedef {import('../types').SheetForm} SheetForm */
/** @typedef {import('../types').Moment} Moment */
/** @typedef {import('../types').ViewingForm} ViewingForm */
/** @typedef {(when: boolean, field: string, code: string) => void} Note */

/** What a reason may set aside: office.Overridable, which a test compares. */
export const OVERRIDABLE = [
  'above_legal_maximum',
  'below_legal_minimum',
  'closes_late',
  'listing_too_short',
  'no_calendar',
  'not_in_law',
  'opens_early',
  'viewing_outside',
  'viewing_too_short',
];

export const PRESETS = ['law2024', 'law2016', 'demo'];
export const PROPERTIES = ['movable', 'real_estate', 'home_land', 'land_use', 'project_land'];

/** What a new auction begins with: the law in force, and what most centres agree on. @type {() => Sheet} */
export const newSheet = () => ({
  preset: 'law2024',
  money: { cashLimit: 5_000_000 },
  after: {
    answerMs: 15 * 60_000,
    refundDays: 3,
    paymentDays: 30,
    singleBidder: 'consent',
    adjacentBidder: true,
  },
});

/** @param {number | undefined} n */
const orBlank = (n) => (n ? String(n) : '');

/** @param {Sheet} [sheet] @returns {SheetForm} */
export function sheetFormOf(sheet = {}) {
  const { money = {}, windows = {}, people = {}, after = {} } = sheet;
  const { bin = '', number = '', holder = '', branch = '' } = money.account ?? {};
  return {
    preset: sheet.preset ?? '',
    property: sheet.property ?? '',
    contract: sheet.contract ?? '',
    quality: sheet.quality ?? '',
    viewing: (sheet.viewing ?? []).map((v) => ({
      from: writeMoment(v.from),
      to: writeMoment(v.to),
      place: v.place ?? '',
      contact: v.contact ?? '',
    })),
    money: {
      dossierFee: money.dossierFee || null,
      cashLimit: money.cashLimit || null,
      guarantee: money.guarantee === true,
      keepOnWithdrawal: money.keepOnWithdrawal === true,
      account: { bin, number, holder, branch },
    },
    windows: {
      dossier: { from: writeMoment(windows.dossier?.from), to: writeMoment(windows.dossier?.to) },
      deposit: { from: writeMoment(windows.deposit?.from), to: writeMoment(windows.deposit?.to) },
      checkIn: writeMoment(windows.checkIn),
      listedOn: writeMoment(windows.listedOn),
    },
    people: {
      auctioneer: people.auctioneer ?? '',
      clerk: people.clerk ?? '',
      observers: people.observers ?? [],
    },
    after: {
      answerMs: writeLength(after.answerMs, 'min'),
      refundDays: orBlank(after.refundDays),
      paymentDays: orBlank(after.paymentDays),
      singleBidder: after.singleBidder ?? '',
      adjacentBidder: after.adjacentBidder === true,
      nameWinner: after.nameWinner === true,
    },
    contacts: sheet.contacts ?? '',
    terms: sheet.terms ?? '',
    override: sheet.override ?? [],
    room: { showCount: sheet.room?.showCount === true },
  };
}

/**
 * Only what says something: absent, empty, zero and false are the same to the
 * server. An empty sheet is an empty object.
 * @param {SheetForm} form
 * @returns {Sheet}
 */
export function sheetDraftOf(form) {
  const { money, windows, people, after } = form;
  return filled({
    preset: form.preset,
    property: form.property,
    contract: form.contract.trim(),
    quality: form.quality.trim(),
    viewing: form.viewing.map(viewingDraftOf),
    money: filled({ ...money, account: filled({ ...money.account }) }),
    windows: filled({
      dossier: filled({ from: msOf(windows.dossier.from), to: msOf(windows.dossier.to) }),
      deposit: filled({ from: msOf(windows.deposit.from), to: msOf(windows.deposit.to) }),
      checkIn: msOf(windows.checkIn),
      listedOn: msOf(windows.listedOn),
    }),
    people: filled({ ...people }),
    after: filled({
      answerMs: readLength(after.answerMs),
      refundDays: readCount(after.refundDays),
      paymentDays: readCount(after.paymentDays),
      singleBidder: after.singleBidder,
      adjacentBidder: after.adjacentBidder,
      nameWinner: after.nameWinner,
    }),
    contacts: form.contacts.trim(),
    terms: form.terms.trim(),
    override: form.override.filter((o) => o.reason.trim() !== ''),
    room: filled({ ...form.room }),
  });
}

/** @param {ViewingForm} v */
const viewingDraftOf = (v) =>
  filled({ from: msOf(v.from), to: msOf(v.to), place: v.place.trim(), contact: v.contact.trim() });

/** @param {Moment} moment */
const msOf = (moment) => (isEmpty(moment) ? 0 : (readMoment(moment) ?? 0));

/** @param {Record<string, any>} o */
function filled(o) {
  return Object.fromEntries(Object.entries(o).filter(([, v]) => !isBlank(v)));
}

/** @param {any} v */
const isBlank = (v) => !v || (typeof v === 'object' && Object.keys(v).length === 0);

/**
 * What cannot be read; what the law or the server wants, the server says.
 * @param {SheetForm} sheet
 * @param {Note} note
 */
export function checkSheet(sheet, note) {
  const { windows } = sheet;
  checkMoment(windows.listedOn, 'sheet.windows.listedOn', note);
  checkMoment(windows.checkIn, 'sheet.windows.checkIn', note);
  for (const name of /** @type {const} */ (['dossier', 'deposit'])) {
    checkMoment(windows[name].from, `sheet.windows.${name}.from`, note);
    checkMoment(windows[name].to, `sheet.windows.${name}.to`, note);
  }
  sheet.viewing.forEach((v, i) => {
    checkMoment(v.from, `sheet.viewing.${i}.from`, note);
    checkMoment(v.to, `sheet.viewing.${i}.to`, note);
  });
  note(readLength(sheet.after.answerMs) === null, 'sheet.after.answerMs', 'not_a_number');
  note(readCount(sheet.after.refundDays) === null, 'sheet.after.refundDays', 'not_a_number');
  note(readCount(sheet.after.paymentDays) === null, 'sheet.after.paymentDays', 'not_a_number');
}

/** @param {Moment} moment @param {string} field @param {Note} note */
function checkMoment(moment, field, note) {
  if (isEmpty(moment)) return;
  note(moment.date === '', field, 'no_date');
  const known = readDate(moment.date) !== null;
  note(!known, field, 'not_a_date');
  note(known && readTime(moment.time) === null, field, 'not_a_time');
}

/**
 * Lays what the server suggests over a sheet: the windows always, the rest only
 * where nothing was typed.
 * @param {SheetForm} form
 * @param {Sheet} suggested
 * @returns {SheetForm}
 */
export function fillIn(form, suggested) {
  const s = sheetFormOf(suggested);
  const viewed = form.viewing[0];
  const viewing = s.viewing.map((v) => ({
    ...v,
    place: viewed?.place ?? '',
    contact: viewed?.contact ?? '',
  }));
  return {
    ...form,
    windows: s.windows,
    viewing: viewing.length > 0 ? viewing : form.viewing,
    money: {
      ...form.money,
      dossierFee: form.money.dossierFee ?? s.money.dossierFee,
      cashLimit: form.money.cashLimit ?? s.money.cashLimit,
    },
    after: form.after.answerMs.n === '' ? s.after : form.after,
  };
}

/** What the law calls a thing of this kind; empty where that must be chosen. @param {string} kind */
export const propertyOf = (kind) => ({ house: 'real_estate', land: '' })[kind] ?? 'movable';
