// Checks, before the sale, what a bidder's device can do, says in one sentence
// whether it will do, and lets a bid be tried that goes nowhere.

import { addWords, t } from '../i18n.js';
import { clock, deviceFastMs, link, rtt, second } from '../live.js';
import { grades, verdict } from './device.js';
import { soundOn, toggleSound } from '../sound.js';
import { timeOfDay } from '../text.js';
import { effect, html, Icon, useEffect, useRef, useState, useTitle } from '../view.js';
import { Notice } from '../ui/parts.js';
import { TryBid } from './try-bid.js';
import { words } from './words.js';

addWords(words);

/** @typedef {import('./device.js').Facts} Facts */
/** @typedef {import('./device.js').Grade} Grade */

const ICON = { ok: 'circle-check', note: 'triangle-alert', bad: 'ban', wait: 'hourglass' };
const TONE = /** @type {const} */ ({ ok: 'good', note: 'warn', bad: 'bad', wait: 'quiet' });

export function Page() {
  useTitle(t('check.title'));
  const list = grades(useFacts());
  return html`<main class="page page-narrow" id="main">
    <div>
      <h1 tabindex="-1">${t('check.title')}</h1>
      <p class="quiet">${t('check.what')}</p>
    </div>
    <${Verdict} list=${list} />
    <ul class="checks">
      ${list.map((g) => html`<${Check} key=${g.name} grade=${g} />`)}
    </ul>
    <${TryBid} />
  </main>`;
}

/** What the browser must know for the room to work. */
const lacking = () =>
  /** @type {[string, boolean][]} */ ([
    ['WebSocket', 'WebSocket' in window],
    ['crypto', typeof crypto?.getRandomValues === 'function'],
    ['dialog', 'showModal' in HTMLDialogElement.prototype],
    ['Intl', typeof Intl?.NumberFormat === 'function'],
  ])
    .filter(([, there]) => !there)
    .map(([name]) => name);

/** @returns {Facts} as they are now; drawn again every second */
function useFacts() {
  void second.value;
  const begun = useRef(performance.now());
  const drops = useDrops();
  const battery = useBattery();
  const hiddenCount = useHidden();
  const known = clock.known && Number.isFinite(clock.errorMs);
  return {
    phase: link.value.phase,
    rttMs: rtt.value,
    drops,
    waitedMs: performance.now() - begun.current,
    errorMs: known ? clock.errorMs : null,
    offMs: known ? deviceFastMs() : 0,
    lacking: lacking(),
    secure: isSecureContext,
    widthPx: innerWidth,
    soundOn: soundOn.value,
    battery,
    hiddenCount,
  };
}

/** How often the line went from up to down. */
function useDrops() {
  const [drops, setDrops] = useState(0);
  useEffect(() => {
    let before = link.peek().phase;
    return effect(() => {
      const { phase } = link.value;
      if (before === 'online' && phase !== 'online') setDrops((n) => n + 1);
      before = phase;
    });
  }, []);
  return drops;
}

/** Only some browsers tell. @returns {Facts['battery']} */
function useBattery() {
  const [battery, setBattery] = useState(/** @type {Facts['battery']} */ (null));
  useEffect(() => {
    /** @type {any} */
    let source;
    const read = () => setBattery({ level: source.level, charging: source.charging });
    /** @type {any} */ (navigator)
      .getBattery?.()
      .then((/** @type {any} */ found) => {
        source = found;
        read();
        source.addEventListener('levelchange', read);
        source.addEventListener('chargingchange', read);
      })
      .catch(() => {}); // then nobody knows
    return () => {
      source?.removeEventListener('levelchange', read);
      source?.removeEventListener('chargingchange', read);
    };
  }, []);
  return battery;
}

/** How often the page went out of sight: another app, or a dark screen. */
function useHidden() {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const look = () => document.visibilityState === 'hidden' && setCount((n) => n + 1);
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return count;
}

/** @param {{list: Grade[]}} props */
function Verdict({ list }) {
  const word = verdict(list);
  const todo = list.filter((g) => g.grade === 'bad' || g.grade === 'note');
  return html`<div role="status" class="check-verdict">
    <${Notice} tone=${TONE[word]} icon=${ICON[word]} title=${t('check.verdict.' + word)}>
      ${
        todo.length > 0 &&
        html`<ul class="check-todo">
          ${todo.map((g) => html`<li key=${g.name}>${t('check.do.' + g.name)}</li>`)}
        </ul>`
      }
    <//>
  </div>`;
}

/** @param {{grade: Grade}} props */
function Check({ grade: g }) {
  const tone = g.grade === 'bad' || g.grade === 'note' ? 'warn' : g.grade;
  return html`<li class="check check-${tone}">
    <${Icon} name=${ICON[g.grade]} label=${t('check.' + tone)} />
    <div>
      <h2 class="check-title">${t('check.name.' + g.name)}</h2>
      <p>${t(g.key, g.values ?? {})}</p>
      ${
        g.name === 'server' &&
        clock.known &&
        html`<p class="label">${t('clock.label')} ${timeOfDay(clock.now())} · ${t('clock.error', { ms: Math.ceil(clock.errorMs) })}</p>`
      }
      ${
        g.name === 'sound' &&
        html`<button type="button" class="button" onClick=${toggleSound}>
          <${Icon} name=${soundOn.value ? 'volume-x' : 'volume-2'} />${t(soundOn.value ? 'sound.off' : 'check.sound.try')}
        </button>`
      }
    </div>
  </li>`;
}
