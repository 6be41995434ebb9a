// /quan-tri/cuoc-dau-gia: every auction, drafts first.

import { api, isA } from '../account.js';
import { addWords, language, t } from '../i18n.js';
import { dayMonth, hourMinute, longDate } from '../text.js';
import { html, Icon, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { Alarms } from '../after/alarms.js';
import { codeOf, OfficeNav, Problem } from './frame.js';
import { words } from './words.js';

addWords(words);
await loadStyle('admin.css');

/** @typedef {import('./types').Auction} Auction */

/** Drafts first, then the newest. @param {Auction[]} list */
const ordered = (list) =>
  [...list].sort(
    (a, b) => Number(a.status !== 'draft') - Number(b.status !== 'draft') || b.createdAt - a.createdAt,
  );

export function Page() {
  useTitle(t('auctions.title'));
  const [list, setList] = useState(/** @type {Auction[] | null} */ (null));
  const [problem, setProblem] = useState('');
  const load = async () => {
    setProblem('');
    try {
      setList(ordered((await api('GET', '/auctions')).auctions));
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => void load(), []);
  return html`<main class="page office" id="main">
    <${OfficeNav} here="auctions" />
    <header class="office-head">
      <div>
        <h1 tabindex="-1">${t('auctions.title')}</h1>
        <p class="quiet">${t('auctions.what')}</p>
      </div>
      ${
        isA('auctioneer', 'registrar', 'admin') &&
        html`<a class="button button-main" href="/quan-tri/cuoc-dau-gia/moi">
          <${Icon} name="plus" />${t('auctions.new')}
        </a>`
      }
    </header>
    <${Alarms} />
    ${problem && html`<${Problem} code=${problem} onRetry=${() => void load()} />`}
    ${list === null && !problem && html`<p class="quiet">${t('loading')}</p>`}
    ${list?.length === 0 && html`<p class="quiet">${t('auctions.none')}</p>`}
    ${list && list.length > 0 && html`<ul class="office-list">${list.map((a) => html`<${Row} key=${a.id} auction=${a} />`)}</ul>`}
  </main>`;
}

/** @param {{auction: Auction}} props */
function Row({ auction }) {
  const { id, title, status, lots, participantCount, createdAt } = auction;
  const opens = lots.map((l) => l.rules.opensAt).filter(Boolean);
  const first = opens.length > 0 ? Math.min(...opens) : 0;
  return html`<li class="card office-row">
    <div class="office-row-main">
      <p><span class="office-state office-state-${status}">${t('auction.' + status)}</span></p>
      <h2><a href=${'/quan-tri/cuoc-dau-gia/' + id}>${title}</a></h2>
      <p class="label dots">
        <span>${t('auctions.lots', { n: lots.length })}</span>
        <span>${t('auctions.people', { n: participantCount })}</span>
        <span>${t('auctions.made', { date: dayMonth(createdAt) })}</span>
      </p>
    </div>
    <p class="office-row-when">
      <span class="label">${t('auctions.opens')}</span>
      <span>${first ? `${hourMinute(first)}, ${longDate(first, language.value)}` : t('lotform.noopening')}</span>
    </p>
  </li>`;
}
