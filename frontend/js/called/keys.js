// What the auctioneer, and in the hall the clerk, does at a lot that is called,
// and when: pure, so that the keys, the desk and the tests read the same table.
// The server decides; this only shows.

import { leaderOf } from '../console/acts.js';

/** @typedef {import('../types').Room} Room */
/** @typedef {import('../types').DeskRecord} DeskRecord */
/** @typedef {import('../console/acts.js').Act} Act */

/** Whether the price has been called as often as the rules say. @param {Room} room */
export const allCalled = ({ now, rules }) => (now.cl?.c ?? 0) >= (rules.called?.calls ?? 0);

/** Whether a valid bid would win. @param {Room} room */
const sells = ({ now }) => now.n > 0 && now.p !== undefined && now.rv !== 'unmet';

/** What a call, the hammer and a pass name. @type {NonNullable<Act['fill']>} */
const price = (room) => ({ price: room.now.p ?? 0 });

/** What an undo names: the bid that leads. @type {NonNullable<Act['fill']>} */
const lastBid = (room, records) => ({ code: leaderOf(room, records), price: room.now.p ?? 0 });

/**
 * The acts of the moment. Those with `now` are sent by the key alone; the others
 * ask first. Each is shown on the desk, not in the list of acts.
 * @param {Room} room
 * @returns {Act[]}
 */
export function keys(room) {
  const { now, rules } = room;
  const running = now.ph === 'running';
  const done = allCalled(room);
  const early = rules.called?.earlyHammer === true;
  /** @type {[boolean, Act][]} */
  const all = [
    [running && !done, { ...CALL, now: true, fill: price }],
    [running && !now.cl?.w, { ...WARN, now: true }],
    [running && done && !now.cl?.u, { ...HAMMER, now: true, fill: price }],
    [running && !done && early && !now.cl?.u, { ...HAMMER, weight: 'plain', fill: price }],
    [running && !sells(room) && (done || early) && !now.cl?.u, { ...PASS, fill: price }],
    [running, { ...FLOOR, focus: '#floor-code' }],
    [running, { ...ASK, focus: '#ask-price' }],
    [(running || now.ph === 'paused') && now.p !== undefined && !now.cl?.u, { ...UNDO, fill: lastBid }],
    [now.ph === 'closed', REOPEN],
  ];
  return all.filter(([when]) => when).map(([, act]) => act);
}

/** @type {Act} */
const CALL = { act: 'call', key: 'C', icon: 'megaphone', phases: [], weight: 'main', desk: true };
/** @type {Act} */
const WARN = { act: 'warn', key: 'W', icon: 'triangle-alert', phases: [], weight: 'plain', desk: true };
/** @type {Act} */
const HAMMER = { act: 'hammer', key: 'G', icon: 'gavel', phases: [], weight: 'main', desk: true };
/** @type {Act} */
const PASS = { act: 'pass', key: 'Q', icon: 'x', phases: [], weight: 'plain', desk: true };
/** @type {Act} */
const FLOOR = {
  act: 'floor_bid',
  key: 'B',
  icon: 'users',
  phases: [],
  weight: 'plain',
  desk: true,
  clerk: true,
};
/** @type {Act} */
const ASK = { act: 'ask', key: 'A', icon: 'arrow-up', phases: [], weight: 'plain', desk: true };
/** @type {Act} */
const UNDO = {
  act: 'undo',
  key: 'Z',
  icon: 'undo-2',
  phases: [],
  weight: 'plain',
  text: 'needed',
  desk: true,
};
/** @type {Act} */
const REOPEN = {
  act: 'reopen',
  key: 'K',
  icon: 'refresh-cw',
  phases: [],
  weight: 'plain',
  text: 'needed',
  desk: true,
};

/** What a confirmation and a refusal name: the bid that the undo is asked of. @type {NonNullable<Act['fill']>} */
export const disputed = (room, records) => ({
  code: room.now.cl?.u?.c ?? leaderOf(room, records),
  price: room.now.cl?.u?.a ?? 0,
});

/** @type {Act} */
export const CONFIRM = {
  act: 'confirm_undo',
  key: '',
  icon: 'check',
  phases: [],
  weight: 'main',
  fill: disputed,
};
/** @type {Act} */
export const DROP = {
  act: 'drop_undo',
  key: '',
  icon: 'x',
  phases: [],
  weight: 'plain',
  text: 'needed',
  fill: disputed,
};

/**
 * Who asked, as the record says; null: it is not among the records shown.
 * @param {DeskRecord[]} records newest first
 */
export const asker = (records) => records.find((r) => r.k === 'undo_asked')?.by ?? null;

/**
 * Whether somebody is who asked. Where the record is not at hand the server says so.
 * @param {DeskRecord[]} records @param {{role: string, staffRef?: string} | null} who
 */
export function asked(records, who) {
  const by = asker(records);
  return by !== null && by.role === who?.role && (by.ref ?? '') === (who.staffRef ?? '');
}

/**
 * The participant that a few typed characters mean: the whole code, or its end
 * where only one ends so ("105" for M-105).
 * @param {import('../types').DeskParticipant[]} people @param {string} typed
 */
export function whoIs(people, typed) {
  const text = typed.trim().toUpperCase();
  if (text === '') return null;
  const whole = people.find((p) => p.code.toUpperCase() === text);
  if (whole) return whole;
  const ending = people.filter((p) => p.code.toUpperCase().endsWith(text));
  return ending.length === 1 ? (ending[0] ?? null) : null;
}
