// What waits after auctions, for the first page of the staff.

import { api } from '../account.js';
import { addWords, t } from '../i18n.js';
import { html, loadStyle, useEffect, useState } from '../view.js';
import { Notice } from '../ui/parts.js';
import { words } from './words.js';

addWords(words);
await loadStyle('after.css');

/**
 * @typedef {{auctionId: string, title: string, refundsDue: number, refundsOverdue: number, forfeits: number,
 *   waiting: number, balanceOverdue: number}} Alarm
 */

const SHOWN = 5; // the list below has them all

/** Nothing while nothing waits. */
export function Alarms() {
  const [list, setList] = useState(/** @type {Alarm[]} */ ([]));
  useEffect(() => {
    api('GET', '/alarms')
      .then((a) => setList(a.alarms))
      .catch(() => {}); // the page it stands on tells when the server is out of reach
  }, []);
  if (list.length === 0) return null;
  const late = list.some((a) => a.refundsOverdue > 0 || a.balanceOverdue > 0);
  return html`<${Notice} tone=${late ? 'bad' : 'warn'} icon=${late ? 'triangle-alert' : 'hourglass'} title=${t('after.alarms')}>
    <ul class="after-alarms">
      ${list.slice(0, SHOWN).map(
        (a) => html`<li key=${a.auctionId}>
          <a href=${`/quan-tri/cuoc-dau-gia/${a.auctionId}/ket-qua`}>${a.title}</a>
          <span class="dots small">${said(a).map((s) => html`<span key=${s}>${s}</span>`)}</span>
        </li>`,
      )}
    </ul>
    ${list.length > SHOWN && html`<p class="small">${t('after.alarms.more', { n: list.length - SHOWN })}</p>`}
  <//>`;
}

/** @param {Alarm} a */
const said = (a) =>
  /** @type {[string, number][]} */ ([
    ['overdue', a.refundsOverdue],
    ['due', a.refundsDue - a.refundsOverdue],
    ['forfeits', a.forfeits],
    ['waiting', a.waiting],
    ['balance', a.balanceOverdue],
  ])
    .filter(([, n]) => n > 0)
    .map(([key, n]) => t('after.alarm.' + key, { n }));
