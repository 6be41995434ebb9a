// The course of the bidding: the table, newest first, and the staircase.

import { api } from '../account.js';
import { language, t } from '../i18n.js';
import { MAX_HISTORY, servedUnits } from '../room.js';
import { figures, hourMinute, money, timeOfDay } from '../text.js';
import { cls, html, useLayoutEffect, useRef, useState } from '../view.js';

/** @typedef {import('../types').Row} Row */
/** @typedef {import('../types').Room} Room */

const SHORT = 8;
const MOST = 2_000; // rows a page can bear; the minutes have them all

/**
 * @param {{room: Room, isOwn?: (row: Row) => boolean, rows?: number, asOf?: boolean}} props
 *   asOf: the room of a past moment, whose list is all there is to show
 */
export function History({ room, isOwn = () => false, rows = SHORT, asOf = false }) {
  const [all, setAll] = useState(false);
  const [older, setOlder] = useState(/** @type {Row[]} */ ([]));
  const [ended, setEnded] = useState(false);
  const hidden = room.rules.hideCodes === true && !room.now.res;
  // Rows that new ones push out of the room's list are kept while somebody reads on.
  const seen = useRef(/** @type {Map<number, Row>} */ (new Map()));
  if (all && !asOf) for (const row of [...older, ...room.history]) seen.current.set(row.f, row);
  const known =
    all && !asOf ? [...seen.current.values()].sort((a, b) => b.f - a.f).slice(0, MOST) : room.history;
  const shown = all ? known : known.slice(0, rows);
  const more = async () => {
    const before = known.at(-1)?.f;
    const answer = await api('GET', `/sessions/${room.session}/rows?before=${before}`, undefined, {
      anonymous: true,
    }).catch(() => null);
    const got = answer?.rows ?? [];
    if (got.length === 0) setEnded(true);
    setOlder(got);
  };
  if (known.length === 0)
    return html`<p class="quiet small">${t(room.now.sl && !room.rules.hybrid ? 'history.sealed' : 'history.none')}</p>`;
  return html`<div class="hist">
    <table class="table">
      <thead>
        <tr>
          <th scope="col">${t('history.time')}</th>
          ${!hidden && html`<th scope="col">${t('history.code')}</th>`}
          <th scope="col" class="num">${t('history.amount')}</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map((row, i) => html`<${HistoryRow} key=${row.f} row=${row} room=${room} own=${isOwn(row)} top=${i === 0} hidden=${hidden} />`)}
      </tbody>
    </table>
    ${!all && known.length > rows && html`<button class="link hist-more" onClick=${() => setAll(true)}>${t('history.all', { n: known.length })}</button>`}
    ${all && !ended && !asOf && room.history.length >= MAX_HISTORY && html`<button class="link hist-more" onClick=${() => void more()}>${t('history.older')}</button>`}
  </div>`;
}

/** @param {{row: Row, room: Room, own: boolean, top: boolean, hidden: boolean}} props */
function HistoryRow({ row, room, own, top, hidden }) {
  const lang = language.value;
  const amount = figures(row.a, room.rules.currency, lang);
  return html`<tr class=${cls(top && 'hist-top', own && 'hist-own', row.out && 'hist-struck')}>
    <td><time>${timeOfDay(row.at)}</time></td>
    ${
      !hidden &&
      html`<td>
        <span class=${row.fall ? 'hist-mark' : 'hist-code'}>${row.fall ? t('history.fall') : own ? t('history.you') : row.c}</span>
        ${row.buy && html` <span class="hist-mark">${t('history.buy')}</span>`}
        ${row.auto && html` <span class="hist-mark">${t('history.auto')}</span>`}
        ${row.hall && html` <span class="hist-mark">${t('history.hall')}</span>`}
      </td>`
    }
    <td class="num">
      ${row.hall && hidden && html`<span class="hist-mark">${t('history.hall')}</span> `}
      ${row.fall && hidden && html`<span class="hist-mark">${t('history.fall')}</span> `}
      ${own && hidden && html`<span class="hist-mark">${t('history.you')}</span> `}
      ${row.out ? html`<s>${amount}</s> <span class="hist-mark">${t('history.struck')}</span>` : amount}
      ${row.u && html` <span class="hist-mark hist-units">${unitsText(row, room)}</span>`}
    </td>
  </tr>`;
}

/** What an opened offer asks for, and gets. @param {Row} row @param {Room} room */
export function unitsText(row, room) {
  const asked = t('history.units', { n: row.u ?? 0 });
  const served = servedUnits(room).get(row.f);
  return served === undefined ? asked : `${asked}, ${t('history.served', { n: served })}`;
}

const LEFT = 4;
const RIGHT = 10;
const TOP = 26;
const BOTTOM = 24;

/**
 * The size of an element in pixels: a drawing that were merely scaled would
 * have unreadable figures on a phone.
 * @param {number} height while it is not yet known
 * @returns {[{current: any}, number, number]}
 */
export function useSize(height) {
  const box = useRef(/** @type {Element | null} */ (null));
  const [size, setSize] = useState({ width: 560, height });
  useLayoutEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry)
        setSize({
          width: Math.max(200, entry.contentRect.width),
          height: Math.max(60, entry.contentRect.height),
        });
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box.current]);
  return [box, Math.round(size.width), Math.round(size.height)];
}

/**
 * The price over time, as a staircase. The table beside it says the same.
 * @param {{room: Room, isOwn?: (row: Row) => boolean}} props
 */
export function Staircase({ room, isOwn = () => false }) {
  const [box, W, H] = useSize(190);
  const rows = room.history.filter((r) => !r.out).reverse();
  const first = rows[0];
  const last = rows.at(-1);
  if (!first || !last || rows.length < 2 || room.now.sl) return null; // opened offers are no staircase
  const lang = language.value;
  const { currency } = room.rules;
  const spanMs = Math.max(1, last.at - first.at);
  const low = Math.min(first.a, last.a); // a falling price begins above
  const spanAmount = Math.max(1, Math.abs(last.a - first.a));
  const x = (/** @type {Row} */ r) => LEFT + ((r.at - first.at) / spanMs) * (W - LEFT - RIGHT);
  const y = (/** @type {Row} */ r) => H - BOTTOM - ((r.a - low) / spanAmount) * (H - TOP - BOTTOM);
  const path = rows
    .map((r, i) =>
      i === 0 ? `M${x(r).toFixed(1)} ${y(r).toFixed(1)}` : `H${x(r).toFixed(1)}V${y(r).toFixed(1)}`,
    )
    .join('');
  const label = t('stairs.label', {
    from: money(first.a, currency, lang),
    to: money(last.a, currency, lang),
    n: rows.length,
  });
  return html`<svg ref=${box} class="stairs" viewBox="0 0 ${W} ${H}" role="img" aria-label=${label}>
    <path class="stairs-ground" d="M0 ${H - BOTTOM}H${W}" />
    <path class="stairs-area" d="${path}V${H - BOTTOM}H${x(first)}Z" />
    <path class="stairs-line" d=${path} />
    ${rows.map((r) => html`<circle key=${r.f} class=${cls('stairs-dot', isOwn(r) && 'stairs-own')} cx=${x(r)} cy=${y(r)} r=${isOwn(r) ? 5 : 3.2} />`)}
    <text class="stairs-text" x=${W - RIGHT} y=${y(last) - 10} text-anchor="end">${figures(last.a, currency, lang)}</text>
    <text class="stairs-time" x="0" y=${H - 6}>${hourMinute(first.at)}</text>
    <text class="stairs-time" x=${W} y=${H - 6} text-anchor="end">${hourMinute(last.at)}</text>
  </svg>`;
}
