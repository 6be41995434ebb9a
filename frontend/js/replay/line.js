// The line of time: the staircase of the price with the marks of the session,
// and the slider below it that moves along the same scale.

import { language, t } from '../i18n.js';
import { useSize } from '../ui/history.js';
import { dayMonth, figures, hourMinute, money, timeOfDay } from '../text.js';
import { cls, html, useMemo, useRef } from '../view.js';
import { told } from './told.js';
import { scaleOf } from './timeline.js';

/** @typedef {import('./timeline.js').Timeline} Timeline */
/** @typedef {import('./timeline.js').Mark} Mark */
/** @typedef {import('../types').Room} Room */

const PAD = 10; // on both sides, so that a thumb at an end is whole
const TOP = 22;
const MARKS = 26; // the row of marks under the staircase
const DAY_MS = 86_400_000;
const MOST_MARKS = 300; // of which more could not be told apart

/** The shapes of the marks, around 0 0: told apart by form, not by colour. @type {Record<Mark['sign'], string>} */
export const SHAPES = {
  open: 'M-4-5 5 0-4 5z',
  more: 'M-1.5-6h3v4.500h4.500v3h-4.500v4.500h-3v-4.500h-4.500v-3h4.500z',
  pause: 'M-4-5h3v10h-3zM1-5h3v10h-3z',
  round: 'M0-6 6 0 0 6-6 0z',
  person: 'M-5-3-3-5 0-2 3-5 5-3 2 0 5 3 3 5 0 2-3 5-5 3-2 0z',
  end: 'M-5-5h10v10h-10z',
  result: 'M0-6.500 1.900-2 6.500-1.700 3 1.200 4.200 5.800 0 3.200-4.200 5.800-3 1.200-6.500-1.700-1.900-2z',
};

/**
 * @param {{timeline: Timeline, room: Room, ms: number, valueText: string, onMove: (ms: number) => void, onKey: (e: KeyboardEvent) => void}} props
 */
export function Line({ timeline, room, ms, valueText, onMove, onKey }) {
  const [box, W, H] = useSize(220);
  const surface = useRef(/** @type {HTMLElement | null} */ (null));
  const scale = useMemo(() => scaleOf(timeline), [timeline]);
  const place = (/** @type {number} */ at) => PAD + scale.x(at) * (W - 2 * PAD);
  const follow = (/** @type {PointerEvent} */ e) => {
    const r = surface.current?.getBoundingClientRect();
    if (r) onMove(scale.at((e.clientX - r.left - PAD) / (r.width - 2 * PAD)));
  };
  const down = (/** @type {PointerEvent} */ e) => {
    if (e.button !== 0) return;
    surface.current?.setPointerCapture(e.pointerId);
    follow(e);
  };
  const { startMs, endMs } = timeline;
  return html`<div
    class="replay-line"
    ref=${surface}
    onPointerDown=${down}
    onPointerMove=${(/** @type {PointerEvent} */ e) => surface.current?.hasPointerCapture(e.pointerId) && follow(e)}
  >
    <${Stairs} timeline=${timeline} room=${room} scale=${scale} box=${box} W=${W} H=${H} x=${place(ms)} />
    <div
      class="replay-track"
      role="slider"
      tabindex="0"
      aria-label=${t('replay.slider')}
      aria-valuemin="0"
      aria-valuemax=${Math.round((endMs - startMs) / 1000)}
      aria-valuenow=${Math.floor((ms - startMs) / 1000)}
      aria-valuetext=${valueText}
      aria-orientation="horizontal"
      onKeyDown=${onKey}
    >
      <div class="replay-rail"></div>
      <div class="replay-thumb" style=${{ '--at': scale.x(ms).toFixed(5) }}></div>
    </div>
    <div class="replay-ends" aria-hidden="true">
      <span>${ends(startMs, endMs - startMs)}</span>
      <span>${ends(endMs, endMs - startMs)}</span>
    </div>
  </div>`;
}

/** @param {number} ms @param {number} spanMs */
const ends = (ms, spanMs) => (spanMs > DAY_MS ? `${hourMinute(ms)} ${dayMonth(ms)}` : timeOfDay(ms));

/**
 * All that does not move is drawn once for a size: ten thousand steps are.
 * @param {{timeline: Timeline, room: Room, scale: import('./timeline.js').Scale, box: any, W: number, H: number, x: number}} props
 */
function Stairs({ timeline, room, scale, box, W, H, x }) {
  const lang = language.value;
  const { currency } = room.rules;
  const drawn = useMemo(() => drawing(timeline, scale, W, H), [timeline, scale, W, H]);
  const marks = useMemo(() => drawMarks(timeline, scale, W, H, room), [timeline, scale, W, H, lang]);
  const label = t('replay.picture', {
    from: money(drawn.low, currency, lang),
    to: money(drawn.high, currency, lang),
    n: drawn.marks,
  });
  return html`<svg ref=${box} class="replay-stairs" viewBox="0 0 ${W} ${H}" role="img" aria-label=${label}>
    <clipPath id="replay-past"><rect x="0" y="0" width=${x} height=${H} /></clipPath>
    ${drawn.still}
    <g clip-path="url(#replay-past)">${drawn.past}</g>
    <text class="stairs-text" x=${PAD} y="14">${figures(drawn.high, currency, lang)}</text>
    ${drawn.high > drawn.low && html`<text class="stairs-time" x=${PAD} y=${H - MARKS - 12}>${figures(drawn.low, currency, lang)}</text>`}
    <path class="replay-now" d="M${x} 0V${H}" />
    ${marks}
  </svg>`;
}

/** @param {Timeline} timeline @param {import('./timeline.js').Scale} scale @param {number} W @param {number} H */
function drawing(timeline, scale, W, H) {
  const stairs = timeline.stairs();
  const prices = stairs.map((s) => s.price);
  const low = prices.reduce((a, b) => Math.min(a, b), Infinity);
  const high = prices.reduce((a, b) => Math.max(a, b), 0);
  const bottom = H - MARKS;
  const px = (/** @type {number} */ at) => (PAD + scale.x(at) * (W - 2 * PAD)).toFixed(1);
  const py = (/** @type {number} */ price) =>
    (bottom - 4 - ((price - low) / Math.max(1, high - low)) * (bottom - TOP - 8)).toFixed(1);
  const line =
    stairs.map((s, i) => (i === 0 ? `M${px(s.at)} ${py(s.price)}` : `H${px(s.at)}V${py(s.price)}`)).join('') +
    `H${px(timeline.endMs)}`;
  const area = `${line}V${bottom}H${px(timeline.startMs)}Z`;
  return {
    low,
    high,
    marks: timeline.marks().length,
    still: html`<path class="stairs-ground" d="M0 ${bottom}H${W}" />
      ${timeline.pauses().map((p) => html`<rect class="replay-paused" x=${px(p.from)} y=${TOP} width=${Math.max(1, Number(px(p.to)) - Number(px(p.from)))} height=${bottom - TOP} />`)}
      ${scale.breaks.map((b) => html`<path class="replay-break" d="M${px((b.from + b.to) / 2)} ${TOP}V${bottom}" />`)}
      <path class="replay-ahead" d=${line} />`,
    past: html`<path class="stairs-area" d=${area} /><path class="stairs-line" d=${line} />`,
  };
}

/** @param {Timeline} timeline @param {import('./timeline.js').Scale} scale @param {number} W @param {number} H @param {Room} room */
function drawMarks(timeline, scale, W, H, room) {
  const seen = new Set();
  const shown = timeline.marks().filter((m) => {
    const key = m.sign + Math.round(scale.x(m.at) * (W / 4));
    return !seen.has(key) && seen.add(key).size <= MOST_MARKS;
  });
  return shown.map((m) => {
    const x = PAD + scale.x(m.at) * (W - 2 * PAD);
    const u = timeline.updates[m.index];
    return html`<g key=${m.index} class=${cls('replay-mark', 'replay-mark-' + m.sign)}>
      <path class="replay-mark-line" d="M${x} ${TOP}V${H - MARKS}" />
      <path d=${SHAPES[m.sign]} transform="translate(${x} ${H - MARKS / 2})" />
      ${u && html`<title>${timeOfDay(m.at)} ${told(u, room)}</title>`}
    </g>`;
  });
}

/** What the shapes mean; only those that occur. @param {{timeline: Timeline}} props */
export function Legend({ timeline }) {
  const signs = useMemo(() => [...new Set(timeline.marks().map((m) => m.sign))], [timeline]);
  const breaks = useMemo(() => scaleOf(timeline).breaks.length > 0, [timeline]);
  return html`<ul class="replay-legend">
    ${signs.map(
      (sign) => html`<li key=${sign}>
        <svg class=${'replay-sign replay-mark-' + sign} viewBox="-8 -8 16 16" aria-hidden="true"><path d=${SHAPES[sign]} /></svg>
        ${t('replay.legend.' + sign)}
      </li>`,
    )}
    ${
      breaks &&
      html`<li>
        <svg class="replay-sign" viewBox="-8 -8 16 16" aria-hidden="true"><path class="replay-break" d="M0-7V7" /></svg>
        ${t('replay.silence')}
      </li>`
    }
  </ul>`;
}
