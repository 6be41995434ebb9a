// /dieu-hanh/cac-lo/{id}: the console of the whole sale. All lots with their
// state at the left; the console of the chosen one beside them.

import { account } from '../account.js';
import { addWords, t } from '../i18n.js';
import { clock, connect, second } from '../live.js';
import { Console } from '../console/console.js';
import { say } from '../say.js';
import { html, Icon, loadStyle, useEffect, useRef, useTitle } from '../view.js';
import { Notice } from '../ui/parts.js';
import { LotList } from './list.js';
import { needsAct, neighbours, progressOf, toOpen } from './model.js';
import { useAuctionTitle } from './page.js';
import { useFollow, useSale } from './use.js';
import { words } from './words.js';

addWords(words);
await loadStyle('sale.css');

/** @typedef {import('./types').SaleRow} SaleRow */

const FOCUS_WITHIN_MS = 3_000;
const NOBODY = new Map();

/** @param {{id: string, query: URLSearchParams}} props */
export function Page({ id, query }) {
  const feed = useSale(id);
  const title = useAuctionTitle(id);
  const rows = feed?.sale.value?.rows ?? [];
  const { shown, show } = useFollow({
    rows,
    following: false,
    afterMs: 0,
    holdFor: () => '',
    begin: Number(query.get('lo')) || undefined,
  });
  useTitle(t('sale.console'));
  useEffect(connect, []);
  void second.value;
  const session = shown?.lot.session ?? '';
  const needed = needsAct(rows, session, clock.known ? clock.now() : 0);
  const opening = toOpen(rows);
  const watching = account.value?.role !== 'auctioneer';

  /** @param {SaleRow | null | undefined} row @param {string} [act] whose button gets the focus */
  const go = (row, act) => {
    if (!row) return;
    show(row.lot.session);
    say(t('sale.console.at', { n: row.lot.number }));
    if (act) focusAct(act);
  };
  useSaleKeys({
    ArrowUp: () => go(neighbours(rows, session).before),
    ArrowDown: () => go(neighbours(rows, session).after),
    J: () => go(needed, actOf(needed)),
    L: () => go(opening, 'open'),
  });

  if (!shown)
    return html`<main class="page" id="main">
      <h1 tabindex="-1">${t('sale.console')}</h1>
      ${
        feed?.missing.value
          ? html`<${Notice} tone="quiet" icon="calendar" title=${t('sale.missing')} />`
          : html`<p class="quiet">${t(feed?.failed.value ? 'sale.failed' : 'loading')}</p>`
      }
    </main>`;
  const { over, on, coming } = progressOf(rows);
  return html`<main class="sale-bench" id="main">
    <header class="sale-bench-head">
      <div>
        <p class="eyebrow dots">
          <span>${t('sale.console')}</span>
          ${on > 0 && html`<span>${t('sale.on', { n: on })}</span>`}
          ${coming > 0 && html`<span>${t('sale.coming', { n: coming })}</span>`}
          <span>${t('sale.over', { n: over, all: rows.length })}</span>
        </p>
        <h1 tabindex="-1">${title || t('sale.page')}</h1>
      </div>
      ${
        !watching &&
        html`<div class="buttons">
          <button
            type="button"
            class="button button-main"
            disabled=${needed === null}
            aria-keyshortcuts="Shift+J"
            onClick=${() => go(needed, actOf(needed))}
          >
            <${Icon} name="gavel" />${
              needed
                ? t('sale.console.needs', {
                    n: needed.lot.number,
                    what: t('sale.console.needs.' + needed.now.ph),
                  })
                : t('sale.console.needs.none')
            }
            <kbd aria-hidden="true">⇧J</kbd>
          </button>
          ${
            opening &&
            html`<button type="button" class="button" aria-keyshortcuts="Shift+L" onClick=${() => go(opening, 'open')}>
              <${Icon} name="play" />${t('sale.console.open', { n: opening.lot.number })}<kbd aria-hidden="true">⇧L</kbd>
            </button>`
          }
        </div>`
      }
    </header>
    <div class="sale-bench-cols">
      <div class="sale-side">
        <${LotList}
          rows=${rows}
          mine=${NOBODY}
          shown=${session}
          current=""
          onShow=${(/** @type {string} */ s) => go(rows.find(({ lot }) => lot.session === s))}
          href=${(/** @type {string} */ s) => (watching ? '/giam-sat/' : '/dieu-hanh/') + s}
        />
        <p class="label">${t('sale.console.keys')}</p>
      </div>
      <${Console} key=${session} session=${session} watching=${watching} inSale=${true} />
    </div>
  </main>`;
}

/** What a lot that needs an act waits for. @param {SaleRow | null} row */
const actOf = (row) => (row?.now.ph === 'closed' ? 'announce' : row?.now.ph === 'paused' ? 'resume' : 'open');

/** Brings the focus to the button of an act as soon as the lot's console is drawn. @param {string} act */
function focusAct(act) {
  const untilMs = performance.now() + FOCUS_WITHIN_MS;
  const look = () => {
    const button = document.querySelector(`.bench-act[data-act="${act}"]:not(:disabled)`);
    if (button instanceof HTMLElement) button.focus();
    else if (performance.now() < untilMs) setTimeout(look, 100);
  };
  setTimeout(look, 100); // the console that is being left has one as well
}

/** Shift and a key, never while somebody types or a dialog is open. @param {Record<string, () => void>} keys */
function useSaleKeys(keys) {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const pressed = (/** @type {KeyboardEvent} */ e) => {
      if (!e.shiftKey || e.ctrlKey || e.altKey || e.metaKey || e.defaultPrevented) return;
      const at = e.target instanceof HTMLElement ? e.target : null;
      if (at?.closest('input, textarea, select, [contenteditable], dialog')) return;
      if (document.querySelector('dialog[open]')) return;
      const act = latest.current[e.key.length === 1 ? e.key.toUpperCase() : e.key];
      if (!act || (e.repeat && e.key.length === 1)) return;
      e.preventDefault();
      act();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}
