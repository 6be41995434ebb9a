// Why something was refused, as a sentence with the amounts of the room.

import { addWords, language, tCode } from '../i18n.js';
import { money } from '../text.js';
import { words } from './words.js';

addWords(words);

/**
 * The sentence for a refusal, of the server or of the page's own look at an amount.
 * @param {import('../types').Room} room
 * @param {string} reason a reason of the protocol
 * @param {{amount?: number, next?: number, free?: number}} [of] what was named; the least that would be taken, if
 *   another than now; what a limit leaves
 */
export function refusal({ rules, now }, reason, { amount = 0, next = now.nx, free = 0 } = {}) {
  const spell = (/** @type {number} */ n) => money(n, rules.currency, language.value);
  return tCode('refused.', reason, {
    price: spell(amount),
    next: spell(next),
    step: spell(now.st),
    free: spell(free),
  });
}
