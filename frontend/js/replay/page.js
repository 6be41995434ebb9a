// /xem-lai: a session that is over, second by second, as its room saw it. It
// is drawn by the parts of the live room from rooms of the same fold.

import { ApiError } from '../account.js';
import { addWords, language, t } from '../i18n.js';
import { Hero, Messages, Standing } from '../pages/room.js';
import { say } from '../say.js';
import { longDate, money, timeOfDay, timeWithMs } from '../text.js';
import { History } from '../ui/history.js';
import { usualPrice } from '../ui/parts.js';
import { cls, html, Icon, loadStyle, useEffect, useMemo, useRef, useState, useTitle } from '../view.js';
import { useWay } from '../ways.js';
import { Legend, Line } from './line.js';
import { load } from './load.js';
import { sentenceOf, sentencesOf, SPEEDS, usePlayer } from './player.js';
import { words } from './words.js';

addWords(words);
await loadStyle('replay.css');

/** @typedef {import('./timeline.js').Timeline} Timeline */

/** @param {{session: string}} props */
export function Page({ session }) {
  const [timeline, setTimeline] = useState(/** @type {Timeline | null} */ (null));
  const [error, setError] = useState(/** @type {ApiError | null} */ (null));
  const [read, setRead] = useState(0);
  const [attempt, setAttempt] = useState(0);
  useTitle(t('replay.title'));
  useEffect(() => {
    const leaving = new AbortController();
    setError(null);
    load(session, setRead, leaving.signal).then(
      (all) => !leaving.signal.aborted && setTimeline(all),
      (e) => !leaving.signal.aborted && setError(e instanceof ApiError ? e : new ApiError(0, 'offline', '')),
    );
    return () => leaving.abort();
  }, [session, attempt]);
  if (timeline) return html`<${Replay} timeline=${timeline} session=${session} />`;
  return html`<main class="plain" id="main">
    <h1 tabindex="-1">${t(error ? 'replay.failed' : 'replay.title')}</h1>
    ${error ? html`<p role="alert">${why(error)}</p>` : html`<p class="quiet">${t('replay.loading', { n: read })}</p>`}
    ${
      error &&
      html`<p class="replay-ways">
        <a class="button" href=${'/phong/' + session}>${t('replay.room')}</a>
        <button class="button" onClick=${() => setAttempt(attempt + 1)}>${t('replay.again')}</button>
      </p>`
    }
  </main>`;
}

/** @param {ApiError} error the server's sentence is in the reader's language */
function why(error) {
  if (error.code === 'broken') return t('replay.broken');
  return error.status === 0 ? t('replay.offline') : error.message;
}

/** A room of the past has no line that could break and nobody who bids. */
const FEED = {
  current: { value: true },
  behind: { value: null },
  you: { value: null },
  updates: { value: [] },
};

/** @param {{timeline: Timeline, session: string}} props */
function Replay({ timeline, session }) {
  const player = usePlayer(timeline);
  const count = timeline.countAt(player.ms);
  const room = timeline.roomAfter(count);
  const way = useWay(room.rules);
  const { lot, rules } = room;
  const lang = language.value;
  const [label, amount] = way?.price?.(room) ?? usualPrice(room);
  const price = money(amount, rules.currency, lang);
  const valueText = t('replay.value', {
    time: timeOfDay(player.ms),
    phase: t('replay.phase.' + room.now.ph),
    label,
    price,
  });
  return html`<main class="room replay" id="main">
    <header class="replay-head">
      <p class="eyebrow">${t('replay.eyebrow', { lot: t('lot.number', { n: lot.number }), method: t('method.' + rules.method) })}</p>
      <h1 class="lot-name" tabindex="-1">${lot.title}</h1>
      ${lot.rehearsal && html`<p class="small"><strong>${t('rehearsal.mark')}</strong></p>`}
      <p class="small"><a href=${'/phong/' + session}>${t('replay.room')}</a></p>
    </header>
    <section class="card replay-deck" aria-labelledby="replay-stairs">
      <h2 id="replay-stairs">${t('replay.stairs')}</h2>
      <${Line} timeline=${timeline} room=${room} ms=${player.ms} valueText=${valueText} onMove=${player.move} onKey=${player.key} />
      <p class="replay-clock">
        <span class="label">${t('replay.clock')}</span> <time>${timeOfDay(player.ms)}</time>
        <span class="small quiet">${longDate(player.ms, lang)}</span>
        <span class="replay-price"><span class="label">${label}</span> <strong class="figures">${price}</strong></span>
      </p>
      <${Controls} player=${player} />
      <${Told} timeline=${timeline} count=${count} />
      <${Legend} timeline=${timeline} />
      <${LinkHere} ms=${player.ms} />
      <details class="replay-more">
        <summary><${Icon} name="keyboard" />${t('replay.keys')}</summary>
        <p class="small">${t('replay.keys.text')}</p>
      </details>
    </section>
    <div class="room-main">
      <${Standing} feed=${FEED} room=${room} />
      <${Hero} feed=${FEED} room=${room} way=${way} />
      ${room.messages.length > 0 && html`<${Messages} room=${room} />`}
    </div>
    <div class="room-side">
      <section class="card" aria-labelledby="history">
        <h2 id="history">${t('history.title')}</h2>
        <${History} room=${room} rows=${12} asOf=${true} />
      </section>
      <${Marks} timeline=${timeline} onMove=${player.move} />
    </div>
  </main>`;
}

/** @param {{player: import('./player.js').Player}} props */
function Controls({ player }) {
  const { playing, speed, skip } = player;
  return html`<div class="replay-controls">
    <div class="replay-buttons">
      <button class="button" aria-label=${t('replay.previous')} title=${t('replay.previous')} onClick=${() => player.event(false)}>
        <${Icon} name="skip-back" />
      </button>
      <button class="button button-main replay-play" onClick=${player.toggle}>
        <${Icon} name=${playing ? 'pause' : 'play'} />${t(playing ? 'replay.pause' : 'replay.play')}
      </button>
      <button class="button" aria-label=${t('replay.next')} title=${t('replay.next')} onClick=${() => player.event(true)}>
        <${Icon} name="skip-forward" />
      </button>
    </div>
    <fieldset class="replay-speeds">
      <legend class="unseen">${t('replay.speed')}</legend>
      ${SPEEDS.map(
        (s) => html`<label key=${s} class=${cls('replay-speed', s === speed && 'replay-speed-on')}>
          <input type="radio" class="unseen" name="speed" checked=${s === speed} onChange=${() => player.setSpeed(s)} />
          ${t('replay.times', { n: s })}
        </label>`,
      )}
    </fieldset>
    <label class="replay-skip">
      <input type="checkbox" checked=${skip} onChange=${(/** @type {any} */ e) => player.setSkip(e.currentTarget.checked)} />
      ${t('replay.skip')}
    </label>
  </div>`;
}

/** What happened last, at the moment shown. @param {{timeline: Timeline, count: number}} props */
function Told({ timeline, count }) {
  const u = timeline.updates[count - 1];
  if (!u) return html`<p class="replay-told quiet">${t('replay.before')}</p>`;
  return html`<p class="replay-told">
    <span class="label">${t('replay.what', { n: count, all: timeline.updates.length })} · ${timeWithMs(u.at)}</span>
    <span>${sentencesOf(timeline, count)}</span>
  </p>`;
}

/** @param {{ms: number}} props */
function LinkHere({ ms }) {
  const [copied, setCopied] = useState(-1);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const address = `${location.origin}${location.pathname}#t=${Math.round(ms)}`;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      setCopied(ms);
      say(t('replay.copied'));
    } catch {
      field.current?.select(); // only on HTTPS or this machine; the text is there to be copied
    }
  };
  return html`<p class="replay-link">
    <button class="button" onClick=${() => void copy()}>
      <${Icon} name=${copied === ms ? 'check' : 'copy'} />${t(copied === ms ? 'replay.copied' : 'replay.link')}
    </button>
    <input ref=${field} class="replay-address" readonly aria-label=${t('replay.link.own')} value=${address} />
  </p>`;
}

const MOST_LISTED = 200;

/** The marks as a list, for who does not see the drawing. @param {{timeline: Timeline, onMove: (ms: number) => void}} props */
function Marks({ timeline, onMove }) {
  void language.value;
  const marks = useMemo(() => timeline.marks().slice(0, MOST_LISTED), [timeline]);
  if (marks.length === 0) return null;
  return html`<section class="card" aria-labelledby="marks">
    <h2 id="marks">${t('replay.marks')}</h2>
    <ol class="replay-list">
      ${marks.map(
        (m) => html`<li key=${m.index}>
          <button class="link" onClick=${() => onMove(m.at)}>
            <time class="label">${timeOfDay(m.at)}</time>
            <span>${sentenceOf(timeline, m.index + 1)}</span>
          </button>
        </li>`,
      )}
    </ol>
  </section>`;
}
