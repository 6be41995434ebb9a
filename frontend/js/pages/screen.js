// The projector in the hall: read from ten metres, nobody touches it, it runs
// for hours. ?quy=1 shows the rules, ?toi=1 is dark, F is full screen.

import { language, t, tCode } from '../i18n.js';
import { clock, leaveRoom, lineState, link, openRoom, second } from '../live.js';
import { atZero, clockOf, falling, isFalling, openingKey, stageOf, unitsSold } from '../room.js';
import { capital, countdown, figures, hourMinute, timeOfDay, unit, widthEm, words } from '../text.js';
import { cls, html, Icon, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { Staircase, unitsText } from '../ui/history.js';
import { LotFace } from '../ui/lot-face.js';
import { leftText, useRemaining, usualPrice } from '../ui/parts.js';
import { Qr } from '../ui/qr.js';
import { closingSentence, groupSentences, stepSentence } from '../ui/rules.js';
import { GroupLine, useWay } from '../ways.js';

await loadStyle('screen.css');

/** @typedef {import('../live.js').RoomFeed} RoomFeed */
/** @typedef {import('../types').Room} Room */

const ROWS = 5;
const CURSOR_MS = 3_000;

/**
 * @param {{session: string, query: URLSearchParams, scanned?: string, beside?: any}} props
 *   scanned: where the code leads, the room if absent; beside: stands in the place of the latest bids
 */
export function Page({ session, query, scanned = '/phong/' + session, beside }) {
  const [feed, setFeed] = useState(/** @type {RoomFeed | null} */ (null));
  useEffect(() => {
    const opened = openRoom(session);
    setFeed(opened);
    return () => leaveRoom(opened);
  }, [session]);
  useStage(query.get('toi') === '1');
  const room = feed?.room.value;
  useTitle(room ? t('screen.tab', { n: room.lot.number }) : t('screen.title'));
  if (!feed || !room) {
    const unknown = feed?.error.value === 'unknown_session';
    return html`<main class="screen screen-empty" id="main"><h1>${t(unknown ? 'room.unknown' : 'screen.title')}</h1></main>`;
  }
  return html`<${Stage} feed=${feed} room=${room} rules=${query.get('quy') === '1'} scanned=${scanned} beside=${beside} />`;
}

/** Wake lock, hidden cursor, F for full screen. @param {boolean} dark */
function useStage(dark) {
  useEffect(() => {
    const root = document.documentElement;
    const before = root.dataset.theme;
    if (dark) root.dataset.theme = 'dark';
    root.classList.add('on-stage');
    /** @type {any} */
    let timer;
    const moved = () => {
      root.classList.remove('no-cursor');
      clearTimeout(timer);
      timer = setTimeout(() => root.classList.add('no-cursor'), CURSOR_MS);
    };
    const key = (/** @type {KeyboardEvent} */ e) => {
      if (e.key.toLowerCase() !== 'f' || e.ctrlKey || e.metaKey || e.altKey || e.repeat) return;
      if (document.fullscreenElement) void document.exitFullscreen();
      else void root.requestFullscreen?.().catch(() => {});
    };
    /** @type {any} */
    let lock;
    const awake = async () => {
      if (document.visibilityState !== 'visible') return;
      lock = await navigator.wakeLock?.request('screen').catch(() => null); // only on HTTPS or localhost
    };
    moved();
    void awake();
    addEventListener('mousemove', moved);
    addEventListener('keydown', key);
    document.addEventListener('visibilitychange', awake);
    return () => {
      clearTimeout(timer);
      removeEventListener('mousemove', moved);
      removeEventListener('keydown', key);
      document.removeEventListener('visibilitychange', awake);
      void lock?.release?.();
      root.classList.remove('no-cursor', 'on-stage');
      if (before) root.dataset.theme = before;
      else if (dark) delete root.dataset.theme;
    };
  }, [dark]);
}

/** @param {{feed: RoomFeed, room: Room, rules: boolean, scanned: string, beside: any}} props */
function Stage({ feed, room, rules, scanned, beside }) {
  const stale = !feed.current.value;
  const { lot, now } = room;
  const way = useWay(room.rules);
  return html`<main class=${cls('screen', stale && 'screen-stale')} id="main">
    <header class="screen-head">
      <div class="screen-face"><${LotFace} lot=${lot} /></div>
      <div>
        <p class="eyebrow">
          ${lot.rehearsal && html`<strong class="rehearsal">${t('rehearsal.mark')}</strong> · `}${t('lot.number', { n: lot.number })} · ${tCode('kind.', lot.kind)}
        </p>
        <h1>${lot.title}</h1>
      </div>
    </header>
    <section class="screen-price">
      <${PriceBlock} room=${room} way=${way} stale=${stale} />
      ${now.ph !== 'scheduled' && html`<div class="screen-stairs"><${Staircase} room=${room} /></div>`}
      <${Call} room=${room} feed=${feed} way=${way} />
    </section>
    <aside class="screen-side">
      <div>
        ${now.ph === 'running' && way?.Clock ? html`<${way.Clock} room=${room} />` : html`<${Clock} room=${room} />`}
        ${way?.Line && html`<div class="screen-rounds"><${way.Line} room=${room} explain=${false} /></div>`}
        ${room.rules.group && html`<div class="screen-rounds"><${GroupLine} room=${room} explain=${false} /></div>`}
      </div>
      ${beside ?? (now.ph !== 'scheduled' && html`<${Rows} room=${room} />`)}
      <${Code} to=${scanned} />
    </aside>
    <footer class="screen-foot">
      ${rules && html`<p class="screen-rules">${stepSentence(room.rules)} ${closingSentence(room.rules)} ${groupSentences(room.rules).join(' ')}</p>`}
      <${Line} />
    </footer>
  </main>`;
}

/** @param {{room: Room, way: import('../ways.js').Way | null, stale: boolean}} props */
function PriceBlock({ room, way, stale }) {
  const { now, rules } = room;
  const lang = language.value;
  const [label, amount] = way?.price?.(room) ?? usualPrice(room);
  const shown = figures(amount, rules.currency, lang);
  const spelled = words(amount, rules.currency, lang);
  return html`<div class="screen-amount">
    <p class="screen-label">${stale ? html`<strong class="screen-old"><${Icon} name="wifi-off" />${t('price.old')}</strong>` : label}</p>
    <p class="screen-figures" style=${{ '--em': widthEm(shown) + 1.55 }}>
      ${shown}<span class="price-unit">${unit(rules.currency)}</span>
    </p>
    ${spelled && html`<p class="screen-words">${capital(spelled)}</p>`}
    <p class="screen-who">
      ${now.b && !rules.sealed?.units && html`<span>${t(now.res ? 'fact.winner' : 'fact.leader')} <strong>${now.b}</strong></span>`}
      ${!falling(now) && !now.sl && html`<span>${now.n > 0 ? t('screen.nth', { n: now.n }) : t('history.none')}</span>`}
      ${now.ft && html`<span>${t('fact.next')} <strong>${figures(now.ft, rules.currency, lang)}</strong></span>`}
    </p>
    <p class="screen-small">
      ${now.p || falling(now) ? html`<span>${t('price.start')} ${figures(rules.start, rules.currency, lang)}</span>` : ''}
      ${
        rules.descent && isFalling(room)
          ? html`<span>${t('fact.floor')} ${figures(rules.descent.floor, rules.currency, lang)}</span>`
          : html`<span>${t('fact.step')} ${figures(now.st || rules.step.amount || 0, rules.currency, lang)}</span>`
      }
      ${now.rv && html`<span>${t('reserve.' + now.rv)}</span>`}
    </p>
  </div>`;
}

/** The sentence of the moment, large. @param {{room: Room, feed: RoomFeed, way: import('../ways.js').Way | null}} props */
function Call({ room, feed, way }) {
  const { now, messages } = room;
  const [message, tone] = call(room);
  const latest = messages[0];
  const fresh = latest && clock.known && clock.now() - latest.at < 60_000;
  void second.value;
  const unsure = feed.behind.value;
  if (unsure || !feed.current.value)
    return html`<p class="screen-call screen-call-warn">${t(unsure ? (unsure.cut ? 'banner.cut' : 'banner.behind') : 'banner.offline')}</p>`;
  if (message) {
    return html`<div class="screen-call screen-call-${tone}">
      <p>${message}</p>
      ${now.why && now.ph !== 'running' && html`<p class="screen-call-why">${now.why}</p>`}
    </div>`;
  }
  const own = way?.call?.(room);
  if (fresh && !(own && room.rules.called))
    return html`<p class="screen-call screen-call-quiet">${latest.text}</p>`;
  if (own) return html`<p class="screen-call screen-call-warn">${own}</p>`;
  if (now.gr && now.e)
    return html`<p class="screen-call screen-call-warn">${t('note.extended.group', { lot: now.gr.l, end: timeOfDay(now.e) })}</p>`;
  if (now.x) {
    const max = room.rules.closing.maxCount;
    return html`<p class="screen-call screen-call-warn">${max ? t('extended.of', { n: now.x, max }) : t('extended.count', { n: now.x })}</p>`;
  }
  return null;
}

/** @param {Room} room @returns {[string, string]} */
function call({ now, rules }) {
  switch (now.ph) {
    case 'paused':
      return [t('banner.paused'), 'warn'];
    case 'closed':
      if (now.sl && (!now.sl.o || now.sl.due)) return ['', '']; // the way says what comes
      return [
        t(
          now.bt
            ? 'banner.bought'
            : falling(now) && now.p
              ? 'banner.taken'
              : rules.called
                ? 'banner.hammered'
                : 'banner.closed',
        ),
        'quiet',
      ];
    case 'stopped':
      return [t('banner.stopped'), 'bad'];
    case 'cancelled':
      return [t('banner.cancelled'), 'bad'];
    case 'announced':
      if (now.res?.awards)
        return [t('banner.sold.units', { units: unitsSold(now.res), n: now.res.awards.length }), 'good'];
      if (now.res?.outcome === 'sold') return [t('banner.sold', { code: now.res.winner ?? '' }), 'good'];
      return [`${t('banner.failed')}. ${tCode('ground.', now.res?.ground ?? '')}`, 'quiet'];
    case 'scheduled':
      return [t('screen.opens', { time: hourMinute(rules.opensAt) }), 'quiet'];
    default:
      return ['', ''];
  }
}

/** @param {{room: Room}} props */
function Clock({ room }) {
  const { now, rules } = room;
  const run = clockOf(room);
  const end = now.ph === 'running' ? run.endMs : now.ph === 'scheduled' ? rules.opensAt : undefined;
  const left = useRemaining(end);
  let label;
  let digits;
  if (now.ph === 'paused') {
    label = t(now.fin ? 'time.frozen.fall' : 'time.frozen');
    digits = countdown(now.fin ?? now.rem ?? 0);
  } else if (now.ph === 'scheduled') {
    label = t('time.opens');
    digits = left === null ? '' : left > 0 ? leftText(left) : t(openingKey(now));
  } else if (now.ph === 'running') {
    label = t(run.key);
    digits = left === null ? '' : left > 0 ? countdown(left) : t(...atZero(room));
  } else return html`<div class="screen-clock"><p class="screen-stamp">${t('stamp.' + ended(now))}</p></div>`;
  const share = left === null ? 0 : Math.min(1, Math.max(0, left / run.totalMs));
  return html`<div class=${cls('screen-clock', now.ph === 'running' && left !== null && left < 60_000 && 'countdown-soon')}>
    <p class="screen-label">${label}</p>
    <p class="screen-digits countdown-digits" style=${{ '--em': widthEm(digits) + 0.2 }} role="timer">${digits}</p>
    ${
      now.ph === 'running' &&
      html`<div class="countdown-bar" aria-hidden="true">
        <div class="countdown-fill" style=${{ transform: `scaleX(${share.toFixed(4)})` }}></div>
      </div>`
    }
  </div>`;
}

/** @param {import('../types').Now} now */
const ended = (now) =>
  now.ph === 'announced' ? (now.res?.outcome === 'sold' ? 'sold' : 'failed') : stageOf(now);

/** @param {{room: Room}} props */
function Rows({ room }) {
  const lang = language.value;
  const widest = widthEm(figures(room.history[0]?.a ?? 0, room.rules.currency, lang));
  return html`<ol class="screen-rows" style=${{ '--em': widest }}>
    ${room.history.slice(0, ROWS).map(
      (row) => html`<li key=${row.f} class=${cls('screen-row', row.out && 'screen-row-out')}>
        <time>${timeOfDay(row.at)}</time>
        <span class="screen-row-code">${row.fall ? t('history.fall') : (row.c ?? '')}${row.hall && html` <small>${t('history.hall')}</small>`}</span>
        <span class="screen-row-amount">${row.out ? html`<s>${figures(row.a, room.rules.currency, lang)}</s>` : figures(row.a, room.rules.currency, lang)}${row.u && html` <small>${unitsText(row, room)}</small>`}</span>
      </li>`,
    )}
  </ol>`;
}

/** A code that brings the hall's phones along. @param {{to: string}} props */
function Code({ to }) {
  const href = location.origin + to;
  return html`<div class="screen-qr">
    <${Qr} text=${href} label=${t('screen.qr')} />
    <p>${t('screen.qr')}<br /><span class="screen-qr-link">${to.split('/').map((part, i) => (i === 0 ? location.host : html`/<wbr />${part}`))}</span></p>
  </div>`;
}

function Line() {
  void second.value;
  const { attempt } = link.value;
  const state = lineState();
  return html`<p class="screen-line">
    <span class="pill pill-${state === 'online' ? 'good' : 'bad'}">
      <span class="pill-dot" aria-hidden="true"></span>${t('link.' + state, { n: attempt })}
    </span>
    <span>${t('clock.label')} <time>${clock.known ? timeOfDay(clock.now()) : ''}</time></span>
  </p>`;
}
