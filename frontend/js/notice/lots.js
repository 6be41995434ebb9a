// The lots of a notice, each with its prices, its rules and its room.

import { language, t } from '../i18n.js';
import { hourMinute, longDate, money } from '../text.js';
import { html, Icon } from '../view.js';
import { LotFace } from '../ui/lot-face.js';
import {
  buyNowSentence,
  closingSentence,
  duration,
  fallText,
  groupSentences,
  reserveSentence,
  sealedSentences,
  stepSentence,
} from '../ui/rules.js';
import { moment } from './dates.js';

/** @typedef {import('../types').PublicLot} PublicLot */

/** @param {{auction: string, lots: PublicLot[]}} props */
export function Lots({ auction, lots }) {
  return html`<section class="notice-lots" aria-labelledby="notice-lots">
    <h2 class="rule-head" id="notice-lots">${t('notice.lots.title', { n: lots.length })}</h2>
    ${lots.length > 1 && html`<${Schedule} auction=${auction} lots=${lots} />`}
    ${lots.map((lot) => html`<${Lot} key=${lot.id} lot=${lot} />`)}
  </section>`;
}

/** When each of several lots opens and ends, and where all are followed. @param {{auction: string, lots: PublicLot[]}} props */
function Schedule({ auction, lots }) {
  const lang = language.value;
  const days = new Set(lots.map(({ rules }) => (rules.opensAt ? longDate(rules.opensAt, lang) : '')));
  /** @param {number} ms */
  const when = (ms) => (days.size > 1 ? moment(ms) : hourMinute(ms));
  return html`<section class="card notice-schedule" aria-labelledby="notice-schedule">
    <h3 id="notice-schedule">${t('notice.schedule.title')}</h3>
    ${days.size === 1 && html`<p class="small quiet">${[...days][0]}</p>`}
    <div class="notice-schedule-scroll" tabindex="0" role="group" aria-labelledby="notice-schedule">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">${t('notice.schedule.lot')}</th>
            <th scope="col">${t('notice.schedule.opens')}</th>
            <th scope="col">${t('notice.schedule.ends')}</th>
          </tr>
        </thead>
        <tbody>
          ${lots.map(
            ({ id, number, title, rules }) => html`<tr key=${id}>
              <th scope="row"><strong>${number}</strong> ${title}</th>
              <td>${rules.opensAt ? when(rules.opensAt) : '–'}</td>
              <td>${rules.opensAt && !rules.turns ? when(rules.opensAt + rules.biddingMs) : '–'}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="small quiet">${t(lots.some(({ rules }) => rules.group?.extends) ? 'notice.schedule.linked' : 'notice.schedule.what')}</p>
    ${
      lots.some((lot) => lot.session) &&
      html`<p class="notice-screen">
        <a class="button" href=${`/cuoc-dau-gia/${auction}/cac-lo`}><${Icon} name="eye" />${t('notice.schedule.follow')}</a>
      </p>`
    }
  </section>`;
}

/** The step in a few words. @param {PublicLot['rules']} rules */
function stepText({ step, currency, descent }) {
  if (descent)
    return t('notice.step.falls', { fall: fallText(descent, currency), every: duration(descent.everyMs) });
  return t('notice.step.' + step.kind, {
    step: money(step.amount ?? 0, currency, language.value),
    percent: ((step.basisPoints ?? 0) / 100).toLocaleString(language.value),
  });
}

/** What the bidding time of a way to sell is. @param {PublicLot['rules']} rules */
const biddingLabel = ({ turns, gong, called }) =>
  turns ? 'notice.lots.pause' : gong || called ? 'notice.lots.most' : 'notice.lots.bidding';

/** The starting price, of one unit where several are sold. @param {PublicLot['rules']} rules */
function each({ start, currency, sealed }) {
  const price = money(start, currency, language.value);
  return sealed?.units ? t('notice.lots.each', { price }) : price;
}

/** @param {{lot: PublicLot}} props */
function Lot({ lot }) {
  const { rules } = lot;
  const amount = (/** @type {number} */ n) => money(n, rules.currency, language.value);
  return html`<article class="card card-brass notice-lot" aria-labelledby=${'lot-' + lot.number}>
    <div class="notice-lot-face"><${LotFace} lot=${{ ...lot, lotId: lot.id, auctionId: '' }} /></div>
    <div class="notice-lot-text">
      <p class="eyebrow">${t('lot.number', { n: lot.number })} · ${t('kind.' + lot.kind)}</p>
      <h3 id=${'lot-' + lot.number}>${lot.title}</h3>
      ${lot.place && html`<p class="small quiet notice-place"><${Icon} name="map-pin" />${lot.place}</p>`}
      <dl class="facts">
        <div>
          <dt>${t('notice.lots.start')}</dt>
          <dd class="figures">${lot.startHidden ? t('notice.lots.hidden') : each(rules)}</dd>
        </div>
        ${
          lot.startHidden &&
          html`<div><dt>${t('notice.lots.floor')}</dt><dd class="figures">${amount(rules.start)}</dd></div>`
        }
        <div>
          <dt>${t('notice.lots.deposit')}</dt>
          <dd class="figures">${lot.deposit ? amount(lot.deposit) : t('notice.rules.free')}</dd>
        </div>
        ${rules.descent && html`<div><dt>${t('fact.floor')}</dt><dd class="figures">${amount(rules.descent.floor)}</dd></div>`}
        <div><dt>${t(rules.descent ? 'fact.fall' : 'notice.lots.step')}</dt><dd class="figures">${stepText(rules)}</dd></div>
        <div><dt>${t(biddingLabel(rules))}</dt><dd>${duration(rules.biddingMs)}</dd></div>
        <div class="notice-wide"><dt>${t('notice.lots.opens')}</dt><dd>${rules.opensAt ? moment(rules.opensAt) : '–'}</dd></div>
      </dl>
      ${lot.detail && html`<p class="notice-lines">${lot.detail}</p>`}
      <${Bidding} rules=${rules} />
      ${
        lot.session &&
        html`<p class="notice-screen">
          <a class="button" href=${'/phong/' + lot.session}>
            <${Icon} name="gavel" />${t('notice.lots.room', { n: lot.number })}
          </a>
        </p>`
      }
    </div>
  </article>`;
}

/** How bidding goes and ends, in sentences; always printed. @param {{rules: PublicLot['rules']}} props */
function Bidding({ rules }) {
  const lang = language.value;
  const bands = rules.step.kind === 'bands' ? (rules.step.bands ?? []) : [];
  return html`<h4 class="eyebrow">${t('notice.lots.rules')}</h4>
    <ul class="rules">
      <li>${t('rules.method.' + rules.method)}</li>
      ${sealedSentences(rules).map((s) => html`<li key=${s}>${s}</li>`)}
      <li>${stepSentence(rules)}</li>
      ${bands.map(
        (b) =>
          html`<li key=${b.from}>
            ${t('rules.band', { from: money(b.from, rules.currency, lang), step: money(b.step, rules.currency, lang) })}
          </li>`,
      )}
      ${rules.proxy && html`<li>${t('rules.proxy')}</li>`}
      ${rules.reserve && html`<li>${reserveSentence(rules)}</li>`}
      ${rules.buyNow && html`<li>${buyNowSentence(rules)}</li>`}
      <li>${closingSentence(rules)}</li>
      ${groupSentences(rules).map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}
      ${rules.cap && html`<li>${t('notice.lots.cap', { amount: money(rules.cap, rules.currency, lang) })}</li>`}
      <li>${t(rules.hideCodes ? 'notice.lots.codes.hidden' : 'notice.lots.codes.shown')}</li>
      <li>${t('rules.time')}</li>
    </ul>`;
}
