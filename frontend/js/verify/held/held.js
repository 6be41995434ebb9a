// What people hold beside the record of a session, sorted out of text that they
// paste or drop: hashes that they noted, receipts, keys, and checkpoints of the
// public log. Whether any of it is genuine is for the verifier.

import { headsFor, readHeads } from './heads.js';

/**
 * @typedef {object} Holding
 * @property {import('./heads.js').Held[]} heads
 * @property {{session: string, line: string}[]} receipts
 * @property {string[]} keys of the server
 * @property {string[]} witnesses their keys
 * @property {string[]} checkpoints
 * @property {string[]} unread lines that are nothing of this
 */

/** @type {() => Holding} */
export const nothing = () => ({
  heads: [],
  receipts: [],
  keys: [],
  witnesses: [],
  checkpoints: [],
  unread: [],
});

const KEY = /^\S+\+[0-9a-f]{8}\+([A-Za-z0-9+/]{44})$/;
const ROOT = /^[A-Za-z0-9+/]{43}=$/;
/** What kind of signature a key makes, in its first byte. */
const OF_THE_LOG = 1;
const OF_A_WITNESS = 4;

/** @param {string} text @returns {Holding} */
export function readHeld(text) {
  const held = nothing();
  const lines = text.replaceAll('\r', '').split('\n');
  /** @type {string[]} */
  const others = [];
  for (let i = 0; i < lines.length; i++) {
    const note = checkpointAt(lines, i);
    if (note) {
      held.checkpoints.push(note.join('\n') + '\n');
      i += note.length - 1;
      continue;
    }
    const line = (lines[i] ?? '').trim();
    if (!readReceipt(held, line) && !readKey(held, line)) others.push(line);
  }
  const { held: heads, unread } = readHeads(others.join('\n'));
  return { ...held, heads, unread };
}

/** The lines of a signed checkpoint that begins there. @param {string[]} lines @param {number} i */
function checkpointAt(lines, i) {
  const [origin, size, root, empty] = lines.slice(i, i + 4);
  if (!origin || !/^\d+$/.test(size ?? '') || !ROOT.test(root ?? '') || empty !== '') return undefined;
  let end = i + 4;
  while (lines[end]?.startsWith('— ')) end++;
  return end > i + 4 ? lines.slice(i, end) : undefined;
}

/** @param {Holding} held @param {string} line */
function readReceipt(held, line) {
  if (!line.startsWith('{')) return false;
  try {
    const { session, by, receipt } = JSON.parse(line);
    if (typeof session !== 'string' || !by || !receipt?.cmd) return false;
    held.receipts.push({ session, line });
    return true;
  } catch {
    return false;
  }
}

/** @param {Holding} held @param {string} line */
function readKey(held, line) {
  const [, material] = KEY.exec(line) ?? [];
  if (!material) return false;
  const kind = atob(material).charCodeAt(0);
  if (kind !== OF_THE_LOG && kind !== OF_A_WITNESS) return false;
  held[kind === OF_THE_LOG ? 'keys' : 'witnesses'].push(line);
  return true;
}

/** Everything of several holdings, each thing once. @param {Holding[]} holdings */
export function together(holdings) {
  const all = nothing();
  for (const h of holdings) {
    all.heads.push(...h.heads);
    all.receipts.push(...h.receipts);
    all.keys.push(...h.keys);
    all.witnesses.push(...h.witnesses);
    all.checkpoints.push(...h.checkpoints);
    all.unread.push(...h.unread);
  }
  const lines = new Map(all.receipts.map((r) => [r.line, r]));
  return {
    ...all,
    receipts: [...lines.values()],
    keys: [...new Set(all.keys)],
    witnesses: [...new Set(all.witnesses)],
    checkpoints: [...new Set(all.checkpoints)],
  };
}

/** How many things there are. @param {Holding} h */
export const countOf = (h) =>
  h.heads.length + h.receipts.length + h.keys.length + h.witnesses.length + h.checkpoints.length;

/**
 * What is held against the file of a session. alone: there is no other file.
 * @param {Holding} held
 * @param {string | undefined} session
 * @param {boolean} alone
 * @returns {import('../run').Beside}
 */
export const besideOf = (held, session, alone) => ({
  heads: headsFor(held.heads, session, alone),
  receipts: held.receipts.filter((r) => alone || r.session === session).map((r) => r.line),
  keys: held.keys,
  witnesses: held.witnesses,
  checkpoints: held.checkpoints,
});

const MAX_BYTES = 16 << 20;

/**
 * What a file holds that is no record of a session; undefined: nothing of this.
 * @param {Blob} file
 */
export async function heldIn(file) {
  if (file.size > MAX_BYTES) return undefined;
  const held = readHeld(await file.text());
  return countOf(held) > held.heads.length ? held : undefined;
}
