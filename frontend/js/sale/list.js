// The lots of a sale as a list: number, title, price, leader, time, how I
// stand. Two hundred rows on a cheap phone: a row is drawn again only if it
// moved, and the digits of all rows are written by one tick a second.

import { language, t } from '../i18n.js';
import { clock, second } from '../live.js';
import { hourMinute } from '../text.js';
import { cls, effect, html, Icon, useEffect, useMemo, useRef, useState } from '../view.js';
import { leftText, Money } from '../ui/parts.js';
import { isOn, isOver, standingOf } from './model.js';

/** @typedef {import('./types').SaleRow} SaleRow */
/** @typedef {import('./types').SaleStanding} SaleStanding */

const SEARCH_FROM = 12; // fewer lots are seen at a glance
const LONG = 40; // rows, from where it pays not to draw those out of sight
const SOON_MS = 60_000;

/**
 * @param {object} props
 * @param {SaleRow[]} props.rows
 * @param {Map<string, SaleStanding>} props.mine
 * @param {string} props.shown     the session that is shown beside the list
 * @param {string} props.current   the session of the current lot
 * @param {(session: string) => void} props.onShow
 * @param {(session: string) => string} props.href where a row leads in a new tab
 */
export function LotList({ rows, mine, shown, current, onShow, href }) {
  const [only, setOnly] = useState(/** @type {'all' | 'on' | 'mine'} */ ('all'));
  const [text, setText] = useState('');
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  useTicks(list);
  const wanted = fold(text);
  const seen = rows.filter(
    ({ lot, now }) =>
      (only !== 'on' || isOn(now.ph)) &&
      (only !== 'mine' || mine.has(lot.session)) &&
      (wanted === '' || String(lot.number) === wanted || fold(lot.title).includes(wanted)),
  );
  /** @type {('all' | 'on' | 'mine')[]} */
  const kinds = mine.size > 0 ? ['all', 'on', 'mine'] : ['all', 'on'];
  return html`<nav class="sale-list" aria-labelledby="sale-list">
    <div class="sale-list-head">
      <h2 id="sale-list" tabindex="-1">${t('sale.lots', { n: rows.length })}</h2>
      ${
        rows.length >= SEARCH_FROM &&
        html`<div class="sale-find">
          <label>
            <${Icon} name="search" label=${t('sale.find')} />
            <input
              type="search"
              value=${text}
              placeholder=${t('sale.find')}
              onInput=${(/** @type {any} */ e) => setText(e.currentTarget.value)}
            />
          </label>
        </div>`
      }
      ${
        rows.length > 3 &&
        html`<div class="sale-only" role="group" aria-label=${t('sale.only')}>
          ${kinds.map(
            (kind) =>
              html`<button type="button" class="chip" aria-pressed=${only === kind} onClick=${() => setOnly(kind)}>
                ${t('sale.only.' + kind)}
              </button>`,
          )}
        </div>`
      }
    </div>
    ${seen.length === 0 && html`<p class="quiet small">${t('sale.none')}</p>`}
    <ol class=${cls('sale-rows', rows.length > LONG && 'sale-rows-long')} ref=${list}>
      ${seen.map(
        (row) => html`<${Row}
          key=${row.lot.session}
          row=${row}
          you=${mine.get(row.lot.session)}
          shown=${row.lot.session === shown}
          current=${row.lot.session === current}
          onShow=${onShow}
          href=${href(row.lot.session)}
        />`,
      )}
    </ol>
  </nav>`;
}

/** Without marks and case, as people type in a hurry. @param {string} s */
const fold = (s) =>
  s
    .trim()
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('\u0111', 'd');

/**
 * Writes the digits of every running row at each second of the server's clock.
 * The rows leave these elements empty, so drawing does not touch them.
 * @param {{current: HTMLElement | null}} list
 */
function useTicks(list) {
  useEffect(
    () =>
      effect(() => {
        void second.value;
        tick(list.current);
      }),
    [],
  );
  useEffect(() => tick(list.current)); // rows that were just drawn
}

/** @param {HTMLElement | null} list */
function tick(list) {
  if (!list || !clock.known) return;
  const now = clock.now();
  for (const node of list.querySelectorAll('[data-end]')) {
    const left = Number(node.getAttribute('data-end')) - now;
    const text = left > 0 ? leftText(left) : t('time.closing');
    if (node.textContent !== text) node.textContent = text;
    node.classList.toggle('sale-soon', left < SOON_MS);
  }
}

/**
 * @param {{row: SaleRow, you: SaleStanding | undefined, shown: boolean, current: boolean,
 *   onShow: (session: string) => void, href: string}} props
 */
function Row({ row, you, shown, current, onShow, href }) {
  const { lot, now } = row;
  const lang = language.value;
  const show = useRef(onShow);
  show.current = onShow;
  return useMemo(() => {
    const standing = standingOf(row, you);
    const price = now.res?.price ?? now.p;
    return html`<li class=${cls('sale-row', 'sale-row-' + now.ph, shown && 'sale-row-shown', isOver(now) && 'sale-row-over')}>
      <a
        href=${href}
        aria-current=${shown ? 'true' : null}
        onClick=${(/** @type {MouseEvent} */ e) => {
          if (e.metaKey || e.ctrlKey || e.shiftKey || e.altKey || e.button !== 0) return;
          e.preventDefault();
          show.current(lot.session);
        }}
      >
        <span class="sale-no"><span class="unseen">${t('sale.lot')} </span>${lot.number}</span>
        <span class="sale-what">
          <span class="sale-title">${lot.title}</span>
          <span class="sale-marks">
            ${current && html`<span class="sale-mark sale-mark-current">${t('sale.current')}</span>`}
            <span class=${cls('sale-phase', now.ph === 'running' && 'unseen')}>${phaseText(row)}</span>
            ${standing && html`<span class="sale-mark sale-mark-${standing}">${t('sale.mine.' + standing)}</span>`}
          </span>
        </span>
        <span class="sale-how">
          ${
            price
              ? html`<strong class="sale-price"><${Money} amount=${price} currency=${lot.currency} /></strong>`
              : html`<span class="sale-price quiet">${now.nx ? html`<${Money} amount=${now.nx} currency=${lot.currency} />` : '–'}</span>`
          }
          <span class="sale-when">
            ${(now.b || now.res?.winner) && html`<span class="sale-leader">${now.res?.awards ? t('result.winners', { n: now.res.awards.length }) : (now.res?.winner ?? now.b)}</span>`}
            <${When} row=${row} />
          </span>
        </span>
      </a>
    </li>`;
  }, [lot, now, you, shown, current, href, lang]);
}

/** @param {SaleRow} row */
function phaseText({ now }) {
  if (now.ph !== 'announced') return t('stamp.' + now.ph);
  return t(now.res?.outcome === 'sold' ? 'stamp.sold' : 'stamp.failed');
}

/** Keys, because the digits of a running row are no child that drawing knows of. @param {{row: SaleRow}} props */
function When({ row: { lot, now } }) {
  if (now.ph === 'running' && now.e) return html`<span class="sale-left" data-end=${now.e}></span>`;
  if (now.ph === 'paused') return html`<span key="rest" class="sale-left">${leftText(now.rem ?? 0)}</span>`;
  if (now.ph === 'scheduled')
    return html`<span key="opens">${lot.opensAt ? t('sale.opens', { time: hourMinute(lot.opensAt) }) : ''}</span>`;
  return html`<span key="ended">${now.e ? hourMinute(now.e) : ''}</span>`;
}
