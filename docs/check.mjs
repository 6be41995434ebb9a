// Checks receipts and a public log as docs/record.md and docs/ledger.md say, with
// nothing but Node: node docs/check.mjs receipts.json log.json. The files are the
// test vectors; of each case they say whether it is right, and it ends with
// status 1 where this program finds otherwise.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * @typedef {{name: string, id: string, key: import('node:crypto').KeyObject}} Key
 * @typedef {{note: string, index: number, size: number, path: string[] | null}} Proof
 * @typedef {{session: string, by: string, receipt: {proof?: Proof}}} Receipt
 * @typedef {{key: string, witness: string, entries: string[]}} Log
 * @typedef {{kind: string, what: string, right: boolean, receipt: Receipt}} Case receipt: of that kind alone
 */

/** @param {(string | Buffer)[]} parts */
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();
/** @param {string} text */
const leaf = (text) => sha256(Buffer.from([0]), text);
/** @param {Buffer} left @param {Buffer} right */
const node = (left, right) => sha256(Buffer.from([1]), left, right);
/** @param {string[] | null} hashes */
const hex = (hashes) => (hashes ?? []).map((h) => Buffer.from(h, 'hex'));

// Verifier keys and signed notes (C2SP signed-note): the text, an empty line, and
// for each signature the name, four bytes of the key's id, and what was signed.
/** @param {string} text @returns {Key} */
function keyOf(text) {
  const [name = '', id = '', material = ''] = text.split(/\+(.{8})\+/);
  const raw = Buffer.from(material, 'base64');
  if (sha256(`${name}\n`, raw).subarray(0, 4).toString('hex') !== id) throw new Error(`key ${text}`);
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw.subarray(1)]);
  return { name, id, key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

/** @param {string} note */
function opened(note) {
  const end = note.lastIndexOf('\n\n');
  const lines = note
    .slice(end + 2)
    .split('\n')
    .slice(0, -1);
  const signatures = lines.map((line) => {
    const [, name, raw] = line.match(/^— (\S+) (\S+)$/) ?? [];
    const bytes = Buffer.from(raw ?? '', 'base64');
    return { name, id: bytes.subarray(0, 4).toString('hex'), rest: bytes.subarray(4) };
  });
  return { text: note.slice(0, end + 1), signatures };
}

/** @param {string} note @param {Key} key */
function signedBy(note, { name, id, key }) {
  const { text, signatures } = opened(note);
  return signatures.some(
    (s) => s.name === name && s.id === id && verify(null, Buffer.from(text), key, s.rest),
  );
}

// Proofs in the tree of RFC 6962, as RFC 9162 says in 2.1.3.2 and 2.1.4.2.
/** @param {Buffer} hash @param {number} index @param {number} size @param {Buffer[]} path @param {Buffer} root */
function included(hash, index, size, path, root) {
  if (!(index >= 0 && index < size)) return false;
  let [fn, sn, r] = [index, size - 1, hash];
  for (const p of path) {
    if (sn === 0) return false;
    if (fn % 2 || fn === sn) {
      r = node(p, r);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else {
      r = node(r, p);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && r.equals(root);
}

/** @param {number} from @param {number} to @param {Buffer[]} path @param {Buffer} old @param {Buffer} root */
function grew(from, to, path, old, root) {
  if (from === to) return old.equals(root);
  if (!(from > 0 && from < to) || path.length === 0) return false;
  const [first, ...rest] = Number.isInteger(Math.log2(from)) ? [old, ...path] : path;
  if (!first) return false;
  let [fn, sn, fr, sr] = [from - 1, to - 1, first, first];
  while (fn % 2) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  for (const c of rest) {
    if (sn === 0) return false;
    if (fn % 2 || fn === sn) {
      [fr, sr] = [node(c, fr), node(c, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else {
      sr = node(sr, c);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && fr.equals(old) && sr.equals(root);
}

/** @param {Buffer[]} leaves @returns {Buffer} */
function rootOf(leaves) {
  const [first] = leaves;
  if (!first) throw new Error('a tree without leaves');
  if (leaves.length === 1) return first;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return node(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

// A receipt: what was signed is the root of a tree that has its text as a leaf.
/** @type {Record<string, string>} */
const escapes = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', '\u2028': '\\u2028', '\u2029': '\\u2029' };
/** @param {Receipt} of @param {Key[]} keys */
function receiptIsRight({ session, by, receipt }, keys) {
  const { proof, ...said } = receipt;
  if (!proof || !keys.some((key) => signedBy(proof.note, key))) return false;
  const body = JSON.stringify({ by, receipt: said }).replace(/[<>&\u2028\u2029]/g, (c) => escapes[c] ?? c);
  const [what, of, size, root = '', end] = opened(proof.note).text.split('\n');
  if (what !== 'gobua receipts 1' || of !== session || size !== String(proof.size) || end !== '')
    return false;
  const hash = leaf(`gobua receipt 1\n${session}\n${body}\n`);
  return included(hash, proof.index, proof.size, hex(proof.path), Buffer.from(root, 'base64'));
}

// The keys of a log: the first one is known, each signs in the one after it.
/** @param {Log} log */
function keysOf(log) {
  /** @type {(Key & {index: number})[]} */
  const keys = [];
  log.entries.forEach((entry, index) => {
    if (!entry.startsWith('gobua key 1\n')) return;
    const [, , text = ''] = entry.split('\n');
    const by = keys.at(-1) ?? keyOf(log.key);
    if (!signedBy(entry, by) || (!keys.length && text !== log.key))
      throw new Error(`the key in entry ${index}`);
    keys.push({ ...keyOf(text), index });
  });
  return keys;
}

/** @type {Record<string, (c: any, log: Log) => boolean>} by the kind of a case, which has what its check says */
const checks = {
  /** @param {{note: string}} of @param {Log} log */
  checkpoint({ note }, log) {
    const [origin, size, root] = opened(note).text.split('\n');
    const n = Number(size);
    const inForce = keysOf(log).filter(
      (k, i, all) => n > k.index && n <= (all[i + 1]?.index ?? Infinity) + 1,
    );
    const real =
      n > 0 && n <= log.entries.length ? rootOf(log.entries.slice(0, n).map(leaf)).toString('base64') : '';
    return origin === inForce[0]?.name && root === real && inForce.some((key) => signedBy(note, key));
  },
  /** @param {{index: number, size: number, entry: string, proof: string[]}} of @param {Log} log */
  inclusion({ index, size, entry, proof }, log) {
    return included(leaf(entry), index, size, hex(proof), rootOf(log.entries.slice(0, size).map(leaf)));
  },
  /** @param {{from: number, to: number, proof: string[]}} of @param {Log} log */
  consistency({ from, to, proof }, log) {
    /** @param {number} n */
    const root = (n) => rootOf(log.entries.slice(0, n).map(leaf));
    return grew(from, to, hex(proof), root(from), root(to));
  },
  /** @param {{note: string}} of @param {Log} log */
  cosignature({ note }, log) {
    const { name, id, key } = keyOf(log.witness);
    const { text, signatures } = opened(note);
    return signatures.some((s) => {
      if (s.name !== name || s.id !== id) return false;
      const said = `cosignature/v1\ntime ${s.rest.readBigUInt64BE()}\n${text}`;
      return verify(null, Buffer.from(said), key, s.rest.subarray(8));
    });
  },
  /** @param {{entry: string, opening: {salt: string, head: {seq: number, hash: string}}}} of */
  opening({ entry, opening: { salt, head } }) {
    const [what, session, commitment] = entry.split('\n');
    const said = `gobua head opening 1\n${session}\n${salt}\n${head.seq}\n${head.hash}\n`;
    return what === 'gobua blind head 1' && sha256(said).toString('hex') === commitment;
  },
};

let wrong = 0;
for (const name of process.argv.slice(2)) {
  /** @type {Log & {keys?: string[], cases: Case[]}} */
  const file = JSON.parse(readFileSync(name, 'utf8'));
  const keys = (file.keys ?? []).map(keyOf);
  for (const c of file.cases) {
    const found = c.kind === 'receipt' ? receiptIsRight(c.receipt, keys) : checks[c.kind]?.(c, file);
    if (found === c.right) continue;
    console.log(`${name}: ${c.kind}: ${c.what}: should be ${c.right ? 'right' : 'wrong'}`);
    wrong++;
  }
  console.log(`${name}: ${file.cases.length} cases`);
}
process.exit(wrong ? 1 : 0);
