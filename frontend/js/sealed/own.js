// The own sealed offer, kept on this device alone: the server tells nobody an
// amount before the opening, not even who has offered it.

/** @typedef {{amount: number, units?: number, at: number, hash: string}} Own */

/** @param {string} session */
const key = (session) => 'gobua.offer.' + session;

/** @param {string} session @param {Own} own */
export function keepOwn(session, own) {
  try {
    localStorage.setItem(key(session), JSON.stringify(own));
  } catch {
    // Without storage the amount is shown until the page is left.
  }
}

/**
 * What this device has kept of the offer that the server received at a moment;
 * null: it was sent from another one.
 * @param {string} session @param {number | undefined} at @returns {Own | null}
 */
export function ownAt(session, at) {
  try {
    const own = JSON.parse(localStorage.getItem(key(session)) ?? 'null');
    return own && own.at === at ? own : null;
  } catch {
    return null;
  }
}
