// /cuoc-dau-gia/{id}/cac-lo: all lots of an auction on one page. It follows
// the current lot from room to room, or stays where its reader looks around.

import { api } from '../account.js';
import { addWords, t } from '../i18n.js';
import { connect } from '../live.js';
import { Page as Room } from '../pages/room.js';
import { say } from '../say.js';
import { cls, html, Icon, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { Notice } from '../ui/parts.js';
import { LotList } from './list.js';
import { Bound, OutbidAlerts } from './mine.js';
import { currentOf, holdOf, isOver, progressOf } from './model.js';
import { useFollow, useOutbidAt, useOutbidElsewhere, useRoom, useSaid, useSale } from './use.js';
import { words } from './words.js';

addWords(words);
await loadStyle('sale.css');

/** @typedef {import('./types').SaleRow} SaleRow */

const STORE = 'gobua.sale.mode';
const MOVE_AFTER_MS = 5_000;
const MOVED_NOTE_MS = 12_000;
const WIDE = '(width >= 60rem)';
const NO_TEXT = ['checkbox', 'radio', 'button', 'submit', 'range'];

/** @param {{id: string, query: URLSearchParams}} props */
export function Page({ id, query }) {
  const feed = useSale(id);
  const title = useAuctionTitle(id);
  const rows = feed?.sale.value?.rows;
  useTitle(title || t('sale.page'));
  useEffect(connect, []);
  if (!feed || !rows || rows.length === 0) {
    return html`<main class="page page-narrow" id="main">
      <h1 tabindex="-1">${title || t('sale.page')}</h1>
      ${
        feed?.missing.value
          ? html`<${Notice} tone="quiet" icon="calendar" title=${t('sale.missing')}>
              <p><a href=${'/cuoc-dau-gia/' + id}>${t('sale.notice')}</a></p>
            <//>`
          : feed?.failed.value
            ? html`<${Notice} tone="warn" icon="wifi-off" title=${t('sale.failed')} />`
            : html`<p class="quiet">${t('loading')}</p>`
      }
    </main>`;
  }
  return html`<${Lots} id=${id} title=${title} feed=${feed} rows=${rows} begin=${Number(query.get('lo')) || undefined} />`;
}

/** The name of an auction, empty until the office answers. @param {string} id */
export function useAuctionTitle(id) {
  const [title, setTitle] = useState('');
  useEffect(() => {
    api('GET', '/notices/' + id, undefined, { anonymous: true }).then(
      (auction) => setTitle(auction.title),
      () => {}, // rehearsals and a closed office have no notice; the lots are shown all the same
    );
  }, [id]);
  return title;
}

/** @returns {['follow' | 'browse', (mode: 'follow' | 'browse') => void]} remembered on this device */
function useMode() {
  const [mode, setMode] = useState(() => {
    try {
      return localStorage.getItem(STORE) === 'browse' ? 'browse' : 'follow';
    } catch {
      return 'follow';
    }
  });
  return [
    /** @type {'follow' | 'browse'} */ (mode),
    (wanted) => {
      setMode(wanted);
      try {
        localStorage.setItem(STORE, wanted);
      } catch {
        // Without storage the next visit follows.
      }
    },
  ];
}

/** Whether somebody is typing into a field of the page. */
function isTyping() {
  const at = document.activeElement;
  if (at instanceof HTMLInputElement) return !NO_TEXT.includes(at.type);
  return at instanceof HTMLElement && at.matches('textarea, select, [contenteditable]');
}

/**
 * @param {{id: string, title: string, feed: import('./feed.js').SaleFeed, rows: SaleRow[], begin?: number}} props
 */
function Lots({ id, title, feed, rows, begin }) {
  const [mode, setMode] = useMode();
  const [moved, setMoved] = useState(/** @type {SaleRow | null} */ (null));
  const following = mode === 'follow' && !feed.failed.value;
  const [session, setSession] = useState('');
  const room = useRoom(session);
  const outbidAt = useOutbidAt(room);
  const { shown, current, show, hold, ahead } = useFollow({
    rows,
    following,
    begin,
    afterMs: MOVE_AFTER_MS,
    holdFor: (now) =>
      holdOf({
        now,
        typing: isTyping(),
        dialog: document.querySelector('dialog[open]') !== null,
        pending: (room?.pending.peek().length ?? 0) > 0,
        leading: room?.you.peek()?.leading,
        outbidMsAgo: performance.now() - outbidAt.current,
      }),
    onMoved: (_, to) => {
      const region = document.getElementById('sale-room');
      if (region?.contains(document.activeElement)) region.focus({ preventScroll: true }); // what had it is gone
      setMoved(to);
      say(t('sale.moved', { n: to.lot.number, title: to.lot.title }));
    },
  });
  const at = shown?.lot.session ?? '';
  useEffect(() => setSession(at), [at]);
  const you = room?.you.value;
  useEffect(() => feed.look(), [you?.leading, you?.best, you?.in]); // what I did shows in the list at once
  useEffect(() => {
    if (!moved) return;
    const timer = setTimeout(() => setMoved(null), MOVED_NOTE_MS);
    return () => clearTimeout(timer);
  }, [moved]);
  const { alerts, dismiss } = useOutbidElsewhere(feed, at);

  /**
   * @param {string} wanted a session
   * @param {{stay?: boolean, fromList?: boolean}} [how] stay: the reader looks around from now on
   */
  const go = (wanted, { stay = false, fromList = false } = {}) => {
    setMoved(null);
    if (stay && wanted !== current?.lot.session) setMode('browse');
    show(wanted);
    dismiss(wanted);
    if (fromList && matchMedia(WIDE).matches) return; // the lot stands beside the list, which keeps the focus
    const region = document.getElementById('sale-room');
    region?.focus({ preventScroll: true });
    region?.scrollIntoView({ block: 'start' });
  };
  const follow = () => {
    setMode('follow');
    if (current && current.lot.session !== at) go(current.lot.session);
  };

  return html`<main class="sale" id="main">
    <${Head} id=${id} title=${title} rows=${rows} mode=${mode} onFollow=${follow} onBrowse=${() => setMode('browse')} />
    ${feed.failed.value && html`<${Notice} tone="warn" icon="wifi-off" title=${t('sale.failed')} />`}
    <${OutbidAlerts} alerts=${alerts} onShow=${(/** @type {string} */ s) => go(s, { stay: true })} onDismiss=${dismiss} />
    <div class="sale-note" role="group" aria-label=${t('sale.note')}>
      ${
        ahead && shown && current
          ? html`<${Ahead}
              shown=${shown}
              current=${current}
              hold=${hold}
              onGo=${() => go(current.lot.session)}
              onStay=${() => setMode('browse')}
            />`
          : moved &&
            html`<${Notice} tone="quiet" icon="arrow-right" title=${t('sale.moved', { n: moved.lot.number, title: moved.lot.title })} />`
      }
    </div>
    <div class="sale-cols">
      <section class="sale-room" id="sale-room" tabindex="-1" aria-label=${t('sale.shown', { n: shown?.lot.number ?? '' })}>
        ${
          shown &&
          html`<${Room} key=${at} session=${at} inSale=${true} />
            <p class="sale-open small"><a href=${'/phong/' + at}>${t('sale.open', { n: shown.lot.number })}</a></p>`
        }
      </section>
      <div class="sale-side">
        <${Bound} rows=${rows} mine=${feed.mine.value} />
        <${LotList}
          rows=${rows}
          mine=${feed.mine.value}
          shown=${at}
          current=${currentOf(rows)?.lot.session ?? ''}
          onShow=${(/** @type {string} */ s) => go(s, { stay: true, fromList: true })}
          href=${(/** @type {string} */ s) => '/phong/' + s}
        />
      </div>
    </div>
  </main>`;
}

/**
 * @param {{id: string, title: string, rows: SaleRow[], mode: string, onFollow: () => void, onBrowse: () => void}} props
 */
function Head({ id, title, rows, mode, onFollow, onBrowse }) {
  const { over, on, coming } = progressOf(rows);
  const modes = /** @type {const} */ ([
    ['follow', 'play', onFollow],
    ['browse', 'eye', onBrowse],
  ]);
  return html`<header class="sale-head">
    <div class="sale-name">
      <p class="eyebrow">
        ${rows.some(({ lot }) => lot.rehearsal) && html`<strong class="rehearsal">${t('rehearsal.mark')}</strong> · `}${t('sale.page')}
      </p>
      <h1 tabindex="-1">${title || t('sale.page')}</h1>
      <p class="small quiet dots">
        ${on > 0 && html`<span>${t('sale.on', { n: on })}</span>`}
        ${coming > 0 && html`<span>${t('sale.coming', { n: coming })}</span>`}
        <span>${t('sale.over', { n: over, all: rows.length })}</span>
      </p>
    </div>
    <div class="sale-modes" role="group" aria-label=${t('sale.mode')}>
      ${modes.map(
        ([name, icon, onPick]) => html`<button
          type="button"
          class=${cls('button', mode === name && 'sale-mode-on')}
          aria-pressed=${mode === name}
          onClick=${onPick}
        >
          <${Icon} name=${mode === name ? 'check' : icon} />${t('sale.mode.' + name)}
        </button>`,
      )}
    </div>
    <p class="sale-links small">
      <a
        class="sale-jump"
        href="#sale-list"
        onClick=${(/** @type {Event} */ e) => {
          e.preventDefault();
          const list = document.getElementById('sale-list');
          list?.focus({ preventScroll: true });
          list?.scrollIntoView({ block: 'start' });
        }}
        >${t('sale.jump')}</a
      >
      <a href=${'/cuoc-dau-gia/' + id}>${t('sale.notice')}</a>
      <a class="sale-hall" href=${'/man-hinh/cac-lo/' + id}>${t('room.screen')}</a>
    </p>
  </header>`;
}

/**
 * The current lot is another one: when the page goes there, or why it stays.
 * @param {{shown: SaleRow, current: SaleRow, hold: string, onGo: () => void, onStay: () => void}} props
 */
function Ahead({ shown, current, hold, onGo, onStay }) {
  const values = { n: shown.lot.number, next: current.lot.number };
  const title = hold
    ? t('sale.hold.' + hold, values)
    : t(isOver(shown.now) ? 'sale.moving.over' : 'sale.moving', values);
  useSaid(hold === 'on' ? '' : title);
  return html`<${Notice} tone=${hold ? 'quiet' : 'warn'} icon=${hold ? 'info' : 'timer'} title=${title}>
    <p class="buttons">
      <button type="button" class="button" onClick=${onGo}>${t('sale.go', values)}</button>
      ${!hold && html`<button type="button" class="link" onClick=${onStay}>${t('sale.stay', values)}</button>`}
    </p>
  <//>`;
}
