// The bidder's own sessions: where to go next, and under which code.

import { account, api, ApiError, isA } from '../account.js';
import { addWords, t, tCode } from '../i18n.js';
import { clock, second } from '../live.js';
import { dayMonth, hourMinute } from '../text.js';
import { html, Icon, useEffect, useState, useTitle } from '../view.js';
import { leftText, Notice, Stamp } from '../ui/parts.js';
import { words } from './words.js';

addWords(words);

/**
 * @typedef {{session: string, auctionId: string, code: string, lotTitle: string, rehearsal?: boolean, phase: import('../types').Phase, opensAt: number}} Participation
 */

/** What comes first: running, then soonest. @param {Participation} a @param {Participation} b */
const order = (a, b) => rank(a) - rank(b) || a.opensAt - b.opensAt;
/** @param {Participation} p */
const rank = ({ phase }) =>
  ({ running: 0, paused: 0, scheduled: 1, closed: 2 })[/** @type {string} */ (phase)] ?? 3;

/** The auctions of which somebody takes part in several lots. @param {Participation[]} list */
function severalOf(list) {
  /** @type {Map<string, number>} */
  const count = new Map();
  for (const { auctionId } of list) count.set(auctionId, (count.get(auctionId) ?? 0) + 1);
  return new Set([...count].filter(([id, n]) => id && n > 1).map(([id]) => id));
}

export function Page() {
  useTitle(t('mine.title'));
  const [list, setList] = useState(/** @type {Participation[] | null} */ (null));
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  useEffect(() => {
    api('GET', '/me')
      .then((me) => setList([...(me.participations ?? [])].sort(order)))
      .catch((e) => setProblem(e instanceof ApiError ? e.code : 'internal'));
  }, [account.value?.id]);
  const several = severalOf(list ?? []);
  return html`<main class="page page-narrow" id="main">
    <div>
      <h1 tabindex="-1">${t('mine.title')}</h1>
      <p class="quiet">${t('mine.what')}</p>
    </div>
    ${problem && html`<${Notice} tone="warn" icon="triangle-alert" title=${tCode('mine.error.', problem)} />`}
    ${!list && !problem && html`<p class="quiet">${t('loading')}</p>`}
    ${list?.length === 0 && html`<p>${t('mine.none')}</p>`}
    <ul class="mine">
      ${list?.map((p) => html`<${Row} key=${p.session} p=${p} sale=${several.has(p.auctionId)} />`)}
    </ul>
    ${isA('bidder') && html`<p><a href="/cua-toi/ket-qua">${t('mine.results')}</a></p>`}
    <p><a href="/kiem-tra">${t('mine.check')}</a></p>
  </main>`;
}

/** @param {{p: Participation, sale: boolean}} props sale: several of its lots are on this page */
function Row({ p, sale }) {
  void second.value;
  const left = clock.known ? p.opensAt - clock.now() : null;
  const live = p.phase === 'running' || p.phase === 'paused';
  return html`<li class="card mine-row">
    <div>
      <p class="label dots">
        ${p.rehearsal && html`<strong class="rehearsal">${t('rehearsal.mark')}</strong>`}
        <span>${dayMonth(p.opensAt)} ${hourMinute(p.opensAt)}</span>
        <span>${t('strip.code')} <strong>${p.code}</strong></span>
      </p>
      <h2 class="mine-title">${p.lotTitle}</h2>
      ${
        p.phase === 'scheduled' &&
        left !== null &&
        html`<p class="small">${left > 0 ? t('mine.opens', { time: leftText(left) }) : t('time.opens.auctioneer')}</p>`
      }
      ${sale && html`<p class="small"><a href=${`/cuoc-dau-gia/${p.auctionId}/cac-lo`}>${t('mine.sale')}</a></p>`}
    </div>
    <div class="mine-go">
      <${Stamp} phase=${p.phase} />
      <a class=${'button' + (live ? ' button-main' : '')} href=${'/phong/' + p.session}>
        ${t(live ? 'mine.bid' : p.phase === 'scheduled' ? 'mine.checkin' : 'mine.look')}
        <${Icon} name="arrow-right" />
      </a>
    </div>
  </li>`;
}
