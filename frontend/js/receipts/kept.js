// Signed receipts that this browser keeps for its owner: of each session the
// newest, until the owner clears the browser. Nothing is sent anywhere.

/**
 * As docs/record.md describes the file of a receipt.
 * @typedef {{session: string, by: {role: string, ref: string}, receipt: import('../types').Receipt}} Kept
 */

const PREFIX = 'gobua.receipts.';
export const MAX_KEPT = 300; // of one session: about 250 kB

/**
 * Keeps a receipt that the server signed; a later giving of the same one takes
 * the place of the earlier.
 * @param {Storage} storage
 * @param {Kept} kept
 */
export function keep(storage, kept) {
  if (!kept.receipt.proof) return;
  const before = list(storage, kept.session).filter((k) => k.receipt.cmd !== kept.receipt.cmd);
  const all = [...before, kept].slice(-MAX_KEPT);
  for (let from = 0; from < all.length; from = Math.ceil((from + all.length) / 2)) {
    try {
      storage.setItem(PREFIX + kept.session, JSON.stringify(all.slice(from)));
      return;
    } catch {
      // The browser gives no more room: the older half of this session goes.
    }
  }
}

/**
 * The receipts of a session, oldest first.
 * @param {Storage} storage
 * @param {string} session
 * @returns {Kept[]}
 */
export function list(storage, session) {
  try {
    const found = JSON.parse(storage.getItem(PREFIX + session) ?? '[]');
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

/** The file: one receipt on each line. @param {Kept[]} kept */
export const fileOf = (kept) => kept.map((k) => JSON.stringify(k) + '\n').join('');
