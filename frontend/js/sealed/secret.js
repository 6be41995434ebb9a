// The secret of an officer who holds a key of sealed offers: made in this
// browser, shown once, sent nowhere. From it come the keys of the rounds; the
// server gets the public ones before the opening, and of a round that has ended
// its private one. engine/sealing makes the same keys.

const BYTES = 20;
const GROUP = 4;
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'; // without I, L, O and U, which are misread
const PKCS8 = '302e020100300506032b656e04220420'; // what stands before an X25519 key of 32 bytes

/** Whether this browser can make keys: an old one cannot, nor any without HTTPS. */
export const possible = () => globalThis.crypto?.subtle !== undefined;

export const newSecret = () => crypto.getRandomValues(new Uint8Array(BYTES));

/**
 * A secret as groups of letters and figures, to be printed and typed.
 * @param {Uint8Array} secret
 */
export function groupsOf(secret) {
  let bits = 0n;
  for (const b of secret) bits = (bits << 8n) | BigInt(b);
  let text = '';
  for (let i = (BYTES * 8) / 5 - 1; i >= 0; i--) text += LETTERS[Number((bits >> BigInt(5 * i)) & 31n)];
  return text.match(new RegExp(`.{${GROUP}}`, 'g')) ?? [];
}

/** What was typed, without what people put between and with misread letters mended. @param {string} text */
export const tidy = (text) =>
  text
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');

/**
 * The secret that was typed; null: it is none.
 * @param {string} text
 * @returns {Uint8Array | null}
 */
export function readSecret(text) {
  const typed = tidy(text);
  if (typed.length !== (BYTES * 8) / 5 || [...typed].some((c) => !LETTERS.includes(c))) return null;
  let bits = 0n;
  for (const c of typed) bits = (bits << 5n) | BigInt(LETTERS.indexOf(c));
  return Uint8Array.from({ length: BYTES }, (_, i) => Number((bits >> BigInt(8 * (BYTES - 1 - i))) & 255n));
}

/** @param {Uint8Array} bytes */
export const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');

/** @param {string} text */
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (b) => parseInt(b, 16));

/**
 * The private key of one round, from 1.
 * @param {Uint8Array} secret @param {string} session @param {number} round
 */
export async function privateKey(secret, session, round) {
  const from = await crypto.subtle.importKey('raw', Uint8Array.from(secret), 'HKDF', false, ['deriveBits']);
  const info = new TextEncoder().encode(`gobua sealed round\n${session}\n${round}`);
  const bits = await crypto.subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info },
    from,
    256,
  );
  return new Uint8Array(bits);
}

/** The public key to a private one, in hexadecimal. @param {Uint8Array} key */
export async function publicKey(key) {
  const imported = await crypto.subtle.importKey('pkcs8', unhex(PKCS8 + hex(key)), { name: 'X25519' }, true, [
    'deriveBits',
  ]);
  const { x = '' } = await crypto.subtle.exportKey('jwk', imported);
  return hex(Uint8Array.from(atob(x.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0)));
}

/**
 * The public keys of rounds 1 to n: what an officer takes.
 * @param {Uint8Array} secret @param {string} session @param {number} n
 */
export const publicKeys = (secret, session, n) =>
  Promise.all(Array.from({ length: n }, async (_, i) => publicKey(await privateKey(secret, session, i + 1))));
