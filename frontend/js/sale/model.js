// What a page makes of the lots of a sale: which is the current one, how the
// reader stands, and when a page that follows may move on. Pure.

import { hasWon } from '../room.js';

/** @typedef {import('./types').Sale} Sale */
/** @typedef {import('./types').SaleNews} SaleNews */
/** @typedef {import('./types').SaleNow} SaleNow */
/** @typedef {import('./types').SaleRow} SaleRow */
/** @typedef {import('./types').SaleStanding} SaleStanding */

/**
 * The sale after an answer of the server. Rows that did not move stay the same
 * objects, so that they need not be drawn again.
 * @param {Sale | null} sale
 * @param {SaleNews} news
 * @returns {Sale}
 */
export function foldSale(sale, news) {
  const moved = new Map(news.now.map((now) => [now.s, now]));
  if (news.lots) {
    const rows = news.lots.map((lot) => ({
      lot,
      now: moved.get(lot.session) ?? { s: lot.session, ph: /** @type {const} */ ('scheduled') },
    }));
    return { v: news.v, rows };
  }
  const rows = (sale?.rows ?? []).map((row) => {
    const now = moved.get(row.lot.session);
    return now ? { ...row, now } : row;
  });
  return { v: news.v, rows };
}

/** Whether bidding in a lot is over, announced or not. @param {SaleNow} now */
export const isOver = ({ ph }) => ph !== 'scheduled' && !isOn(ph);

/** @param {string} ph */
export const isOn = (ph) => ph === 'running' || ph === 'paused';

/**
 * The lot that the hall looks at: the running one that ends first; else one
 * that is paused; else the one that waits longest for its announcement; else
 * the next to open. Null once everything is announced.
 * @param {SaleRow[]} rows
 * @returns {SaleRow | null}
 */
export function currentOf(rows) {
  return (
    first(rows, 'running', ({ now }) => now.e ?? Infinity) ??
    first(rows, 'paused', ({ lot }) => lot.number) ??
    first(rows, 'closed', ({ now }) => now.e ?? 0) ??
    first(rows, 'scheduled', ({ lot }) => lot.opensAt || Infinity)
  );
}

/** What a page shows where nothing is current: the lot that ended last. @param {SaleRow[]} rows */
export const lastOf = (rows) =>
  rows.reduce(
    (last, row) => (last === null || (row.now.e ?? 0) >= (last.now.e ?? 0) ? row : last),
    /** @type {SaleRow | null} */ (null),
  );

/**
 * The row of a phase with the smallest key, the lower number before the higher.
 * @param {SaleRow[]} rows @param {string} phase @param {(row: SaleRow) => number} key
 */
function first(rows, phase, key) {
  /** @type {SaleRow | null} */
  let found = null;
  for (const row of rows) if (row.now.ph === phase && (found === null || key(row) < key(found))) found = row;
  return found;
}

/**
 * The lots that come after one, in the order in which they will be current.
 * @param {SaleRow[]} rows @param {string} session @param {number} n
 */
export function nextOf(rows, session, n) {
  const at = (/** @type {SaleRow} */ { lot, now }) =>
    now.ph === 'running' ? (now.e ?? 0) : lot.opensAt + lot.biddingMs;
  return rows
    .filter(({ lot, now }) => lot.session !== session && !isOver(now))
    .sort(
      (a, b) =>
        Number(isOn(b.now.ph)) - Number(isOn(a.now.ph)) || at(a) - at(b) || a.lot.number - b.lot.number,
    )
    .slice(0, n);
}

/** How many lots are over, go on, and are still to come. @param {SaleRow[]} rows */
export function progressOf(rows) {
  const on = rows.filter(({ now }) => isOn(now.ph)).length;
  const over = rows.filter(({ now }) => isOver(now)).length;
  return { over, on, coming: rows.length - over - on };
}

/**
 * How the reader stands in a lot, as one word of the list.
 * @param {SaleRow} row @param {SaleStanding | undefined} you
 * @returns {'' | 'won' | 'leading' | 'outbid' | 'lost' | 'out' | 'in' | 'absent'} empty: takes no part
 */
export function standingOf({ now }, you) {
  if (!you) return '';
  if (you.won || hasWon(now.res, you.code)) return 'won';
  if (you.out) return 'out';
  const done = now.ph === 'announced' || now.ph === 'stopped' || now.ph === 'cancelled';
  if (you.leading && !done) return 'leading';
  if (done) return you.outbid && now.ph === 'announced' ? 'lost' : '';
  if (you.outbid) return 'outbid'; // until the announcement nobody has lost: a leader may withdraw
  return you.in ? 'in' : 'absent';
}

/**
 * Where the reader leads, was outbid and has won, and what that binds to in
 * each currency: sum is at the present prices, most if every own maximum were
 * reached.
 * @param {SaleRow[]} rows @param {Map<string, SaleStanding>} mine by session
 */
export function boundOf(rows, mine) {
  const count = { leading: 0, outbid: 0, won: 0, taking: 0 };
  /** @type {Map<string, {currency: string, sum: number, most: number}>} */
  const sums = new Map();
  for (const row of rows) {
    const you = mine.get(row.lot.session);
    const standing = standingOf(row, you);
    if (you) count.taking++;
    if (standing === 'outbid') count.outbid++;
    if (standing !== 'leading' && standing !== 'won') continue;
    count[standing]++;
    const price = row.now.res?.price ?? row.now.p ?? 0;
    const { currency } = row.lot;
    const total = sums.get(currency) ?? { currency, sum: 0, most: 0 };
    total.sum += price;
    total.most += standing === 'leading' ? Math.max(price, you?.best ?? 0) : price;
    sums.set(currency, total);
  }
  return { ...count, sums: [...sums.values()] };
}

/**
 * The lots in which the reader led before and does not now, while they go on.
 * @param {Map<string, SaleStanding>} before @param {Map<string, SaleStanding>} after @param {SaleRow[]} rows
 */
export const outbidSince = (before, after, rows) =>
  rows.filter(
    ({ lot, now }) =>
      isOn(now.ph) && before.get(lot.session)?.leading === true && after.get(lot.session)?.outbid === true,
  );

/** How long a page stays where its reader was just outbid. */
export const OUTBID_HOLD_MS = 15_000;

/**
 * Why a page that follows may not move on by itself, empty if it may. The
 * reader's own business comes before the sale's.
 * @param {object} s
 * @param {SaleNow} s.now           of the lot that is shown
 * @param {boolean} [s.typing]      a field of the page has the focus
 * @param {boolean} [s.dialog]      a dialog is open
 * @param {boolean} [s.pending]     a bid waits for its answer
 * @param {boolean} [s.leading]     in the lot that is shown
 * @param {number} [s.outbidMsAgo]  in the lot that is shown
 * @returns {'' | 'on' | 'typing' | 'dialog' | 'pending' | 'leading' | 'outbid'}
 */
export function holdOf({ now, typing, dialog, pending, leading, outbidMsAgo = Infinity }) {
  if (pending) return 'pending';
  if (dialog) return 'dialog';
  if (typing) return 'typing';
  if (leading && (isOn(now.ph) || now.ph === 'closed')) return 'leading';
  if (outbidMsAgo < OUTBID_HOLD_MS) return 'outbid';
  return isOn(now.ph) ? 'on' : '';
}

/** The neighbours of a lot by number. @param {SaleRow[]} rows @param {string} session */
export function neighbours(rows, session) {
  const at = rows.findIndex(({ lot }) => lot.session === session);
  return { at, before: at > 0 ? rows[at - 1] : undefined, after: at >= 0 ? rows[at + 1] : undefined };
}

/**
 * The lot that needs an act of the auctioneer: over and not announced, then
 * paused, then due and opened by hand. After `from`, around the end.
 * @param {SaleRow[]} rows @param {string | undefined} from a session @param {number} nowMs
 */
export function needsAct(rows, from, nowMs) {
  const due = (/** @type {SaleRow} */ { lot, now }) =>
    now.ph === 'scheduled' && lot.opening === 'auctioneer' && lot.opensAt <= nowMs;
  const at = rows.findIndex(({ lot }) => lot.session === from);
  const around = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
  return (
    around.find(({ now }) => now.ph === 'closed') ??
    around.find(({ now }) => now.ph === 'paused') ??
    around.find(due) ??
    null
  );
}

/** The next lot that the auctioneer opens by hand. @param {SaleRow[]} rows */
export const toOpen = (rows) =>
  first(
    rows.filter(({ lot }) => lot.opening === 'auctioneer'),
    'scheduled',
    ({ lot }) => lot.opensAt,
  );
