// How the lots of an auction ended, for everybody: code and price, and a name
// only where the rules sheet makes it public.

import { api } from '../account.js';
import { addWords, language, t, tCode } from '../i18n.js';
import { longDate, timeWithMs } from '../text.js';
import { html, loadStyle, useEffect, useState } from '../view.js';
import { amountText } from './act.js';
import { words } from './words.js';

addWords(words);
await loadStyle('after.css');

/** @typedef {import('./types').Outcome} Outcome */

/** The results of an auction; nothing while there are none. @param {{auction: string}} props */
export function Outcomes({ auction }) {
  const [list, setList] = useState(/** @type {Outcome[]} */ ([]));
  useEffect(() => {
    api('GET', `/notices/${auction}/outcomes`, undefined, { anonymous: true })
      .then((a) => setList(a.outcomes))
      .catch(() => {}); // the notice itself tells when the server is out of reach
  }, [auction]);
  if (list.length === 0) return null;
  return html`<section class="card after-lot" aria-labelledby="outcomes">
    <h2 id="outcomes">${t('outcome.title')}</h2>
    <ul class="after-outcomes">
      ${list.map(
        (o) => html`<li key=${o.lotId}>
          <p class="label">${t('after.lot', { n: o.number })}: ${o.title}</p>
          <${OutcomeLine} o=${o} />
          ${o.session && html`<${Again} session=${o.session} />`}
        </li>`,
      )}
    </ul>
  </section>`;
}

/** Where a session that is over is seen again, and verified. @param {{session: string}} props */
export function Again({ session }) {
  return html`<p class="small dots">
    <span><a href=${'/xem-lai/' + session}>${t('again.go')}</a></span>
    <span><a href=${'/kiem-chung?phien=' + session}>${t('again.verify')}</a></span>
  </p>`;
}

/** How one lot ended, or where it stands. @param {{o: Outcome}} props */
export function OutcomeLine({ o }) {
  if (o.state === 'failed')
    return html`<p><strong>${t('after.state.failed')}</strong><br />${tCode('outcome.ground.', o.ground ?? '')}</p>`;
  if (o.state === 'cancelled') return html`<p><strong>${t('outcome.cancelled')}</strong></p>`;
  if (o.awards)
    return html`${o.state === 'consent' && html`<p>${t('after.state.consent')}</p>`}
      <${SeveralWon} awards=${o.awards} currency=${o.currency} />
      ${o.winner && html`<p>${t('outcome.winner', { name: o.winner })}</p>`}`;
  if (o.state === 'offer' || o.state === 'offered' || !o.code) return html`<p>${t('outcome.pending')}</p>`;
  const key =
    o.state !== 'sold' ? 'outcome.announced' : o.adjacent ? 'outcome.sold.adjacent' : 'outcome.sold';
  return html`<div>
    <p><strong>${t(key, { code: o.code })}</strong></p>
    <p class="after-price figures">${amountText(o.price ?? 0, o.currency)}</p>
    ${o.winner && html`<p>${t('outcome.winner', { name: o.winner })}</p>`}
    ${o.bidAt && html`<p class="small quiet">${t('outcome.recorded', { time: timeWithMs(o.bidAt), date: longDate(o.bidAt, language.value) })}</p>`}
  </div>`;
}

/** How many winners stand in the line itself; the others unfold. */
const MOST_SHOWN = 12;

/** Who got how many of several units, at what price. @param {{awards: import('../types').Award[], currency: string}} props */
export function SeveralWon({ awards, currency }) {
  const line = (/** @type {import('../types').Award[]} */ list) =>
    list.map((a) => `${a.code}: ${a.units}`).join(', ');
  const rest = awards.slice(MOST_SHOWN);
  return html`<div>
    <p><strong>${t('outcome.sold.units', { n: awards.length, units: awards.reduce((sum, a) => sum + a.units, 0) })}</strong></p>
    <p class="after-price figures">${amountText(awards[0]?.price ?? 0, currency)} <span class="small quiet">${t('outcome.each')}</span></p>
    <p class="small">${line(awards.slice(0, MOST_SHOWN))}</p>
    ${rest.length > 0 && html`<details class="small"><summary>${t('outcome.rest', { n: rest.length })}</summary>${line(rest)}</details>`}
  </div>`;
}
