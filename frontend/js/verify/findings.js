// What is said of receipts that were held against a file.

/** @typedef {import('./types').HeldReceipt} HeldReceipt */

/** What is said of a receipt. @param {HeldReceipt} r */
const finding = (r) =>
  r.signed === 'nobody' ? 'nobody' : r.says === 'agrees' ? 'agrees.' + r.signed : r.says;

/**
 * Receipts by what is said of them.
 * @param {HeldReceipt[]} receipts
 * @returns {[string, number][]}
 */
export function findings(receipts) {
  /** @type {Map<string, number>} */
  const counted = new Map();
  for (const r of receipts) counted.set(finding(r), (counted.get(finding(r)) ?? 0) + 1);
  return [...counted];
}

/** What receipts say that contradict a file. */
const CONTRADICTS = new Set(['differs', 'opens', 'gone', 'bare']);

/** @param {HeldReceipt} r */
export const contradicts = (r) => r.signed !== 'nobody' && CONTRADICTS.has(r.says);
