// What the rules of single ways to sell make of a few bids, in sentences.

import { language, t } from '../../i18n.js';
import { money, timeOfDay } from '../../text.js';
import { html } from '../../view.js';
import { duration } from '../../ui/rules.js';
import { simulateBuyNow, simulateGong, simulateTurns } from './simulate.js';

/** @typedef {import('../types').RulesDraft} RulesDraft */

/** @param {RulesDraft} rules */
const amountIn = (rules) => (/** @type {number} */ n) => money(n, rules.currency, language.value);

/** @param {{rules: RulesDraft}} props with an opening */
export function TriedGong({ rules }) {
  const tried = simulateGong(rules);
  if (!tried) return null;
  const amount = amountIn(rules);
  const { asks, silentAt, bidAt, movedTo, next, latestAt } = tried;
  return html`<p class="label">${t('tried.title')}</p>
    <ul class="office-tried">
      <li>${t('tried.gong.silent', { opens: timeOfDay(rules.opensAt), asks: amount(asks), ends: timeOfDay(silentAt) })}</li>
      <li>${t(movedTo > silentAt ? 'tried.gong.moved' : 'tried.stays', { at: timeOfDay(bidAt), to: timeOfDay(movedTo) })}</li>
      <li>${t(next ? 'tried.gong.next' : 'tried.gong.only', { asks: amount(asks), next: amount(next) })}</li>
      <li>${t('tried.gong.latest', { ends: timeOfDay(latestAt) })}</li>
    </ul>`;
}

/** @param {{rules: RulesDraft}} props with an opening */
export function TriedTurns({ rules }) {
  const tried = simulateTurns(rules);
  if (!tried || !rules.turns) return null;
  const amount = amountIn(rules);
  const { firstAt, turnEndsAt, second, endsAt } = tried;
  const more = duration(rules.turns.rounds * rules.turns.turnMs);
  return html`<p class="label">${t('tried.title')}</p>
    <ul class="office-tried">
      <li>${t('tried.turns.first', { opens: timeOfDay(rules.opensAt), at: timeOfDay(firstAt), ends: timeOfDay(turnEndsAt) })}</li>
      <li>${t(second ? 'tried.second' : 'tried.only', { first: amount(rules.start), second: amount(second) })}</li>
      <li>${t('tried.turns.silent', { ends: timeOfDay(endsAt), more })}</li>
    </ul>`;
}

/** What a first bid does to the offer to buy now. @param {{rules: RulesDraft}} props */
export function TriedBuyNow({ rules }) {
  const tried = simulateBuyNow(rules);
  if (!tried || !rules.buyNow) return null;
  const amount = amountIn(rules);
  const words = { price: amount(rules.buyNow.amount), least: amount(tried.endedBy) };
  return html`<li>${t(tried.endedBy ? 'tried.buynow.ended' : 'tried.buynow.stands', words)}</li>`;
}
