// What the rules of a lot come to, said while they are chosen.

import { language, t } from '../i18n.js';
import { money, timeOfDay } from '../text.js';
import { html } from '../view.js';
import {
  buyNowSentence,
  closingSentence,
  groupSentences,
  sealedSentences,
  stepSentence,
} from '../ui/rules.js';
import { lotDraftOf } from './draft.js';
import { TriedBuyNow, TriedGong, TriedTurns } from './ways/tried.js';
import { simulate, simulateFalling, simulateRounds, simulateStages } from './simulate.js';

/** @typedef {import('./types').LotForm} LotForm */
/** @typedef {import('./types').RulesDraft} RulesDraft */

/** The rules as a bidder will read them, as soon as they can be said. @param {{lot: LotForm}} props */
export function Preview({ lot }) {
  const { rules } = lotDraftOf(lot, 0);
  const { descent } = rules;
  if (rules.hybrid && rules.step.kind !== 'bands' && !rules.step.amount) return null;
  const stepped = descent
    ? (descent.amount || descent.basisPoints) && descent.floor && descent.everyMs
    : rules.step.kind === 'bands'
      ? rules.step.bands?.length
      : rules.step.amount;
  const ends = rules.closing.kind === 'fixed' || (rules.closing.windowMs && rules.closing.byMs);
  if (!rules.start || !stepped || !ends) return null;
  return html`<div class="office-preview">
    <p>
      <span class="label">${t('lotform.preview')}</span>
      ${stepSentence(rules)} ${buyNowSentence(rules)} ${sealedSentences(rules).join(' ')} ${closingSentence(rules)}
      ${groupSentences(rules).join(' ')}
    </p>
    <${Tried} rules=${rules} />
  </div>`;
}

/** A Monday at nine in Vietnam, for rules that have no opening yet. */
const SOME_MORNING = Date.UTC(2026, 0, 5, 2);

/** What the rules make of a few bids. @param {{rules: RulesDraft}} props */
function Tried({ rules }) {
  const opensAt = rules.opensAt || SOME_MORNING;
  if (!rules.biddingMs || rules.called) return null;
  const opened = { ...rules, opensAt };
  if (rules.gong) return html`<${TriedGong} rules=${opened} />`;
  if (rules.turns) return html`<${TriedTurns} rules=${opened} />`;
  if (rules.descent) return html`<${TriedFalling} rules=${opened} />`;
  if (rules.closing.kind === 'rounds') return html`<${TriedRounds} rules=${opened} />`;
  const tried = simulate(opened);
  if (!tried) return null;
  const { endsAt, bidAt, movedTo, second, maxima } = tried;
  const amount = (/** @type {number} */ n) => money(n, rules.currency, language.value);
  return html`<p class="label">${t('tried.title')}</p>
    <ul class="office-tried">
      <li>${t('tried.time', { opens: timeOfDay(opensAt), ends: timeOfDay(endsAt) })}</li>
      <li>
        ${t(movedTo > endsAt ? 'tried.moved' : 'tried.stays', { at: timeOfDay(bidAt), to: timeOfDay(movedTo) })}
      </li>
      <li>${t(second ? 'tried.second' : 'tried.only', { first: amount(rules.start), second: amount(second) })}</li>
      ${
        maxima &&
        html`<li>
          ${t('tried.maxima', { a: amount(maxima.a), b: amount(maxima.b), price: amount(maxima.price) })}
        </li>`
      }
      <${TriedBuyNow} rules=${opened} />
    </ul>`;
}

/** @param {{rules: RulesDraft}} props */
function TriedFalling({ rules }) {
  const tried = simulateFalling(rules);
  if (!tried) return null;
  const amount = (/** @type {number} */ n) => money(n, rules.currency, language.value);
  const { prices, nextAt, next, floorAt, endsAt } = tried;
  const stages = simulateStages(rules);
  return html`<p class="label">${t('tried.title')}</p>
    <ul class="office-tried">
      <li>${t('tried.falls', { opens: timeOfDay(rules.opensAt), start: amount(rules.start), at: timeOfDay(nextAt), next: amount(next) })}</li>
      <li>${t('tried.floor', { n: prices, floor: amount(rules.descent?.floor ?? 0), at: timeOfDay(floorAt) })}</li>
      ${
        stages !== null &&
        stages.least > 0 &&
        html`<li>
          ${t('tried.offers', { at: timeOfDay(rules.opensAt), least: amount(stages.least), ends: timeOfDay(stages.endsAt) })}
        </li>`
      }
      <li>${t('tried.untaken', { ends: timeOfDay(endsAt) })}</li>
    </ul>`;
}

/** @param {{rules: RulesDraft}} props */
function TriedRounds({ rules }) {
  const tried = simulateRounds(rules);
  if (!tried) return null;
  const { mainEndsAt, bidAt, opensAt, closesAt, latestAt } = tried;
  return html`<p class="label">${t('tried.title')}</p>
    <ul class="office-tried">
      <li>${t('tried.time', { opens: timeOfDay(rules.opensAt), ends: timeOfDay(mainEndsAt) })}</li>
      <li>${t('tried.round', { at: timeOfDay(bidAt), opens: timeOfDay(opensAt), ends: timeOfDay(closesAt) })}</li>
      ${latestAt > 0 && html`<li>${t('tried.latest', { ends: timeOfDay(latestAt) })}</li>`}
    </ul>`;
}
