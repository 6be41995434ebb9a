// What people hold of a session beside its file: ends of its record that the
// room showed while it went on.

/** @typedef {import('../run').Head & {session?: string}} Held */

/**
 * Reads pasted text: on each line a number and the hash beside it, before them
 * the session where several are verified at once. Returns also the lines that
 * say neither.
 * @param {string} text
 * @returns {{held: Held[], unread: string[]}}
 */
export function readHeads(text) {
  /** @type {Held[]} */
  const held = [];
  /** @type {string[]} */
  const unread = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const found = /^(?:.*?\b([0-9a-hjkmnp-tv-z]{12})\b)?.*?\b(\d{1,15})\b\D.*?\b([0-9a-f]{64})\b/i.exec(line);
    if (!found?.[2] || !found[3]) {
      unread.push(line.trim());
      continue;
    }
    const session = found[1]?.toLowerCase();
    held.push({ ...(session && { session }), seq: Number(found[2]), hash: found[3].toLowerCase() });
  }
  return { held, unread };
}

const BEGINNING = 200;

/**
 * The session of which a file says that it is, undefined: of none. Whether it
 * says so rightly is for the verifier.
 * @param {Blob} file
 */
export async function sessionOf(file) {
  const [first, second] = (await file.slice(0, BEGINNING).text()).split('\n');
  if (!first?.startsWith('gobua record ')) return undefined;
  return /^session ([0-9a-hjkmnp-tv-z]{12})$/.exec(second ?? '')?.[1];
}

/**
 * The heads to compare a file with: those of its session, and those of no named
 * session if there is no other file they could belong to.
 * @param {Held[]} held
 * @param {string | undefined} session
 * @param {boolean} alone
 * @returns {import('../run').Head[]}
 */
export const headsFor = (held, session, alone) =>
  held.filter((h) => (h.session ? h.session === session : alone)).map(({ seq, hash }) => ({ seq, hash }));
