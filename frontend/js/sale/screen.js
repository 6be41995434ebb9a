// /man-hinh/cac-lo/{id}: the projector of the whole sale. It follows the
// current lot and lists the next ones beside it.

import { addWords, language, t } from '../i18n.js';
import { second } from '../live.js';
import { Page as Screen } from '../pages/screen.js';
import { figures, hourMinute } from '../text.js';
import { html, loadStyle, useTitle } from '../view.js';
import { leftText, useRemaining } from '../ui/parts.js';
import { isOn, nextOf, progressOf } from './model.js';
import { useFollow, useSale } from './use.js';
import { words } from './words.js';

addWords(words);
await loadStyle('sale.css');

/** @typedef {import('./types').SaleRow} SaleRow */

const MOVE_AFTER_MS = 8_000; // the hall reads the end of a lot before the next one comes
const NEXT = 5;

/** @param {{id: string, query: URLSearchParams}} props */
export function Page({ id, query }) {
  const feed = useSale(id);
  const rows = feed?.sale.value?.rows ?? [];
  const { shown } = useFollow({
    rows,
    following: true,
    afterMs: MOVE_AFTER_MS,
    holdFor: ({ ph }) => (isOn(ph) ? 'on' : ''),
  });
  useTitle(t('sale.screen'));
  if (!shown)
    return html`<main class="screen screen-empty" id="main">
      <h1>${t(feed?.missing.value ? 'sale.missing' : 'sale.screen')}</h1>
    </main>`;
  const session = shown.lot.session;
  return html`<${Screen}
    key=${session}
    session=${session}
    query=${query}
    scanned=${`/cuoc-dau-gia/${id}/cac-lo`}
    beside=${html`<${Next} rows=${rows} session=${session} />`}
  />`;
}

/** @param {{rows: SaleRow[], session: string}} props */
function Next({ rows, session }) {
  void second.value;
  const next = nextOf(rows, session, NEXT);
  const { over } = progressOf(rows);
  return html`<section class="sale-next" aria-label=${t('sale.screen.next')}>
    <h2 class="screen-label">
      ${t(next.length > 0 ? 'sale.screen.next' : over < rows.length ? 'sale.screen.last' : 'sale.screen.done')}
      <span> · ${t('sale.over', { n: over, all: rows.length })}</span>
    </h2>
    <ol>
      ${next.map((row) => html`<${NextRow} key=${row.lot.session} row=${row} />`)}
    </ol>
  </section>`;
}

/** @param {{row: SaleRow}} props */
function NextRow({ row: { lot, now } }) {
  const left = useRemaining(now.ph === 'running' ? now.e : undefined);
  const price = now.p ?? now.nx;
  return html`<li class=${'sale-next-row sale-next-' + now.ph}>
    <span class="sale-next-no">${lot.number}</span>
    <span class="sale-next-title">${lot.title}</span>
    <span class="sale-next-how">
      <strong>${price ? figures(price, lot.currency, language.value) : ''}</strong>
      <span>
        ${
          now.ph === 'running'
            ? left !== null && (left > 0 ? leftText(left) : t('time.closing'))
            : now.ph === 'paused'
              ? t('stamp.paused')
              : lot.opensAt
                ? t('sale.opens', { time: hourMinute(lot.opensAt) })
                : ''
        }
      </span>
    </span>
  </li>`;
}
