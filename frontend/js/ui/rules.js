// The rules of a session in sentences that a bidder can keep in mind.

import { language, t } from '../i18n.js';
import { money } from '../text.js';
import { html } from '../view.js';

/** @typedef {import('../types').Rules} Rules */

/** A length of time: "30 giây", "5 phút". @param {number} ms */
export function duration(ms) {
  const s = Math.round(ms / 1000);
  if (s < 60 || s % 60 !== 0) return t('duration.s', { n: s });
  if (s % 3600 === 0) return t('duration.h', { n: s / 3600 });
  return t('duration.min', { n: s / 60 });
}

/** The same after "every" and "the last", where English has no "one". @param {number} ms */
const lone = (ms) => (language.value === 'en' ? duration(ms).replace(/^1 /, '') : duration(ms));

/** How much a price falls each time. @param {import('../types').Descent} descent @param {string} currency */
export function fallText({ amount, basisPoints }, currency) {
  if (!basisPoints) return money(amount ?? 0, currency, language.value);
  return t('rules.falls.share', { percent: (basisPoints / 100).toLocaleString(language.value) });
}

/** @param {Rules} rules @returns {string} */
export function stepSentence(rules) {
  const { step, currency, start, descent, hybrid, sealed } = rules;
  const lang = language.value;
  if (descent) {
    const falls = t('rules.falls', {
      fall: fallText(descent, currency),
      every: lone(descent.everyMs),
      floor: money(descent.floor, currency, lang),
    });
    return hybrid ? falls + ' ' + stepSentence({ ...rules, descent: undefined }) : falls;
  }
  const amount = money(step.amount ?? 0, currency, lang);
  if (sealed && !hybrid)
    return t(step.kind === 'fixed' ? 'rules.sealed.grid' : 'rules.sealed.least', {
      step: amount,
      start: money(start, currency, lang),
    });
  if (step.kind === 'fixed')
    return t('rules.step.fixed', { step: amount, start: money(start, currency, lang) });
  if (step.kind === 'percent') {
    const percent = ((step.basisPoints ?? 0) / 100).toLocaleString(lang);
    return t('rules.step.percent', { percent, step: amount });
  }
  return t('rules.step.bands');
}

/** @param {Rules} rules */
export function closingSentence({ closing, descent, hybrid, called, gong, turns, biddingMs }) {
  if (hybrid)
    return t('rules.closing.hybrid', {
      offers: duration(hybrid.offersMs),
      answer: duration(hybrid.answerMs),
    });
  if (called) return calledSentence(called);
  if (descent) return t(descent.preceding ? 'rules.closing.falling.preceding' : 'rules.closing.falling');
  if (turns)
    return t('rules.closing.turns', {
      n: turns.rounds,
      turn: duration(turns.turnMs),
      first: duration(biddingMs),
      pause: duration(turns.pauseMs),
    });
  if (gong) return t('rules.closing.gong', { silence: duration(gong.silenceMs), most: duration(biddingMs) });
  if (closing.kind === 'fixed') return t('rules.closing.fixed');
  const window = lone(closing.windowMs ?? 0);
  const by = duration(closing.byMs ?? 0);
  if (closing.kind === 'rounds') return roundsSentence(closing, window, by);
  const sentence = t('rules.closing.' + closing.kind, { window, by });
  if (closing.maxCount) return sentence + ' ' + t('rules.closing.count', { n: closing.maxCount });
  return sentence;
}

/** What the lot shares with others of its auction, a sentence each. @param {Rules} rules @returns {string[]} */
export function groupSentences({ group, sealed, hybrid }) {
  if (!group) return [];
  const shared = group.name ? t('rules.group.named', { name: group.name }) : t('rules.group.whole');
  return [
    group.extends ? shared : '',
    group.atOnce ? t('rules.group.atonce' + (sealed && !hybrid ? '.sealed' : ''), { n: group.atOnce }) : '',
  ].filter(Boolean);
}

/** How a lot that is called ends. @param {import('../types').Called} called */
function calledSentence({ calls, callEveryMs, earlyHammer }) {
  return [
    t('rules.closing.called', { n: calls }),
    callEveryMs ? t('rules.closing.called.every', { every: duration(callEveryMs) }) : '',
    t(earlyHammer ? 'rules.closing.called.early' : 'rules.closing.called.all'),
  ]
    .filter(Boolean)
    .join(' ');
}

/** What a hidden reserve does. @param {Rules} rules */
export const reserveSentence = ({ reserveKind }) =>
  reserveKind === 'reveal' ? t('rules.reserve') + ' ' + t('rules.reserve.reveal') : t('rules.reserve');
/** @param {Rules['closing']} closing @param {string} window @param {string} by */
function roundsSentence({ maxCount = 0, maxTotalMs, gapMs }, window, by) {
  return [
    t('rules.closing.rounds', { window, by, n: maxCount }),
    t('rules.closing.rounds.who'),
    maxTotalMs ? t('rules.closing.rounds.total', { total: duration(maxTotalMs) }) : '',
    gapMs ? t('rules.closing.rounds.gap', { gap: duration(gapMs) }) : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** How sealed offers are counted. @param {Rules} rules @returns {string[]} */
export function sealedSentences({ sealed }) {
  if (!sealed) return [];
  const { pricing, rounds, runOffs = 0, roundMs = 0, units = 0 } = sealed;
  const each = duration(roundMs);
  return [
    t('rules.sealed.keys'),
    t('rules.sealed.' + pricing, { units }),
    rounds > 1 ? t('rules.sealed.rounds', { n: rounds, each }) : '',
    runOffs > 0
      ? t('rules.sealed.runoffs', { n: runOffs, each })
      : pricing === 'uniform'
        ? ''
        : t('rules.sealed.ties'),
  ].filter(Boolean);
}

/** What a price to buy now does. @param {Rules} rules */
export function buyNowSentence({ buyNow, currency }) {
  if (!buyNow) return '';
  const share = ((buyNow.basisPoints ?? 0) / 100).toLocaleString(language.value);
  const until = t('rules.buynow.' + buyNow.until, { percent: share });
  return t('rules.buynow', { price: money(buyNow.amount, currency, language.value) }) + ' ' + until;
}

/** All that a bidder should know. @param {{rules: Rules, hash: string}} props */
export function RulesText({ rules, hash }) {
  const lang = language.value;
  const bands = rules.step.kind === 'bands' ? (rules.step.bands ?? []) : [];
  return html`<ul class="rules">
    <li>${t('rules.method.' + rules.method)}</li>
    ${sealedSentences(rules).map((s) => html`<li key=${s}>${s}</li>`)}
    <li>${stepSentence(rules)}</li>
    ${
      bands.length > 0 &&
      html`<li>
        <ul class="rules-bands">
          ${bands.map(
            (b) =>
              html`<li>${t('rules.band', { from: money(b.from, rules.currency, lang), step: money(b.step, rules.currency, lang) })}</li>`,
          )}
        </ul>
      </li>`
    }
    ${rules.proxy && html`<li>${t('rules.proxy')}</li>`}
    ${rules.reserve && html`<li>${reserveSentence(rules)}</li>`}
    ${rules.buyNow && html`<li>${buyNowSentence(rules)}</li>`}
    <li>${closingSentence(rules)}</li>
    ${groupSentences(rules).map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}
    <li>${t('rules.time')}</li>
    <li class="label">${t('rules.hash')} <span class="hash">${hash.slice(0, 16)}…</span></li>
  </ul>`;
}
