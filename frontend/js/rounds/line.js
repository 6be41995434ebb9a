// The line of plate rounds: main time, 1, 2, …, where we are in it, and what
// leads to the next round.

import { addWords, t } from '../i18n.js';
import { shownNow } from '../live.js';
import { timeOfDay } from '../text.js';
import { cls, html, Icon } from '../view.js';
import { useRemaining } from '../ui/parts.js';
import { duration } from '../ui/rules.js';
import { MAX_DOTS, roundsOf } from './model.js';
import { words } from './words.js';

addWords(words);

/** @typedef {import('../types').Room} Room */
/** @typedef {import('../types').Standing} Standing */
/** @typedef {import('./model.js').Rounds} Rounds */

/**
 * Nothing where the rules have no rounds.
 * @param {{room: Room, you?: Standing | null, explain?: boolean}} props explain: with the sentences under the line
 */
export function Line({ room, you = null, explain = true }) {
  const rounds = roundsOf(room);
  useRemaining(rounds?.opensAt || undefined); // draws again when the gap is over
  if (!rounds) return null;
  return html`<div class="rounds">
    <p class="rounds-head">
      <span class="rounds-where">${where(rounds)}</span>
      ${rounds.live && rounds.follows && html`<span class="rounds-sure"><${Icon} name="circle-check" />${t('rounds.follows', { n: rounds.n + 1 })}</span>`}
    </p>
    ${rounds.max <= MAX_DOTS && html`<${Dots} rounds=${rounds} />`}
    ${explain && html`<${Explanation} room=${room} rounds=${rounds} you=${you} />`}
  </div>`;
}

/** @param {Rounds} rounds */
function where({ n, max, begun, live }) {
  if (!begun) return t('rounds.title', { max });
  if (n === 0) return t(live ? 'rounds.main' : 'rounds.main.ended');
  return t(live ? 'rounds.nth' : 'rounds.nth.ended', { n, max });
}

/** @param {{rounds: Rounds}} props */
function Dots({ rounds }) {
  const { n, max, begun, live, follows } = rounds;
  return html`<ol class="rounds-line" style=${{ '--rounds': max }} aria-label=${t('rounds.line', { max })}>
    ${Array.from({ length: max + 1 }, (_, i) => {
      const here = begun && live && i === n;
      const past = begun && (i < n || (!live && i === n));
      const next = live && follows && i === n + 1;
      const name = i === 0 ? t('rounds.main.short') : String(i);
      return html`<li
        key=${i}
        class=${cls('rounds-dot', here && 'rounds-here', past && 'rounds-past', next && 'rounds-next')}
        aria-current=${here ? 'step' : null}
      >
        ${name}
      </li>`;
    })}
  </ol>`;
}

/** @param {{room: Room, rounds: Rounds, you: Standing | null}} props */
function Explanation({ room, rounds, you }) {
  const { n, max, live, begun, opensAt } = rounds;
  const { closing } = room.rules;
  const gap = live && opensAt > 0 && shownNow() < opensAt;
  const mine = live && you?.in && !you.out ? own(you, n === max) : '';
  const rule = { window: duration(closing.windowMs ?? 0), by: duration(closing.byMs ?? 0) };
  return html`${mine && html`<p class=${cls('rounds-mine', you?.noRd && 'rounds-mine-out')}>${mine}</p>`}
    ${
      (live || !begun) &&
      html`<p class="rounds-text">
        ${gap && t('rounds.gap', { n, time: timeOfDay(opensAt) })} ${n > 0 && html`<${Going} rounds=${rounds} />`}
        ${begun && n === max ? t('rounds.last') : t('rounds.rule', rule)}
      </p>`
    }`;
}

/** Who may bid, each code on one line. @param {{rounds: Rounds}} props */
function Going({ rounds: { going, codes } }) {
  if (codes.length === 0) return html`${t('rounds.going', { n: going })}. `;
  return html`${t('rounds.going', { n: going })}: ${codes.map((code, i) => html`${i > 0 && ', '}<span class="rounds-code">${code}</span>`)}. `;
}

/** @param {Standing} you @param {boolean} last */
function own(you, last) {
  if (you.noRd) return t('rounds.you.out');
  if (last) return '';
  return t(you.on ? 'rounds.you.on' : 'rounds.you.off');
}

/** For the hall: which round this is. @param {Room} room */
export function call(room) {
  const rounds = roundsOf(room);
  return rounds?.n ? t('screen.round', { n: rounds.n, max: rounds.max, going: rounds.going }) : '';
}
