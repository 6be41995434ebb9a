// Rounds in turn (rule RO1): whose turn it is, the order of the round with what
// everybody stands at, and when the own turn comes.

import { addWords, language, t } from '../i18n.js';
import { clock } from '../live.js';
import { money } from '../text.js';
import { cls, html, Icon, loadStyle } from '../view.js';
import { useRemaining } from '../ui/parts.js';
import { duration } from '../ui/rules.js';
import { linesOf, placeOf } from './model.js';
import { words } from './words.js';

addWords(words);
await loadStyle('turns.css');

/** @typedef {import('../types').Room} Room */
/** @typedef {import('../types').Standing} Standing */

/** From so many on, the list scrolls. */
const LONG = 8;

/** @param {Room} room @param {number} amount */
const spell = (room, amount) => money(amount, room.rules.currency, language.value);

/** @param {{room: Room, you?: Standing | null, explain?: boolean}} props explain: with what the hall has no place for */
export function Line({ room, you = null, explain = true }) {
  const { now, rules } = room;
  const turns = now.tn;
  useRemaining(now.e); // the own turn comes nearer
  if (!turns || !rules.turns) return null;
  const values = { n: turns.n, max: rules.turns.rounds };
  const live = now.ph === 'running' || now.ph === 'paused';
  return html`<div class="turns">
    <p class="turns-head">
      <span>${t(!live ? 'turns.over' : turns.c ? 'turns.round' : 'turns.pause', values)}</span>
      ${turns.c && html`<strong>${t('turns.speaks', { code: turns.c })}</strong>`}
    </p>
    ${you?.in && !you.out && html`<${Own} room=${room} you=${you} />`}
    ${
      turns.o
        ? html`<${Order} room=${room} you=${you} />`
        : live && turns.n === 1 && html`<p class="turns-text">${t('turns.first')}</p>`
    }
    ${explain && live && html`<p class="turns-text">${t('turns.rule', { turn: duration(rules.turns.turnMs) })}</p>`}
  </div>`;
}

/** When the own turn comes. @param {{room: Room, you: Standing}} props */
function Own({ room, you }) {
  const { place, mostMs } = placeOf(room, you.code, clock.now());
  if (place === 'none') return null;
  const minutes = Math.ceil(mostMs / 60_000);
  const last = room.now.tn?.n === room.rules.turns?.rounds;
  const key = place === 'wait' && minutes < 2 ? 'soon' : place === 'done' && last ? 'done.last' : place;
  return html`<p class=${cls('turns-own', place === 'now' && 'turns-own-now')} aria-live="polite">
    <${Icon} name=${place === 'now' ? 'gavel' : 'hourglass'} />${t('turns.own.' + key, { n: minutes })}
  </p>`;
}

/** @param {{room: Room, you: Standing | null}} props */
function Order({ room, you }) {
  const lines = linesOf(room);
  const long = lines.length > LONG;
  return html`<ol class=${cls('turns-order', long && 'turns-long')} aria-label=${t('turns.order')} tabindex=${long ? 0 : null}>
    ${lines.map(
      ({ code, amount, state }) =>
        html`<li key=${code} class=${`turns-line turns-${state}`} aria-current=${state === 'here' ? 'step' : null}>
          <span class="turns-code">${code}${you?.code === code && html` <em>${t('turns.you')}</em>`}</span>
          ${state !== 'next' && html`<span class="turns-state">${t('turns.' + state)}</span>`}
          <span class="turns-amount figures">${amount ? spell(room, amount) : t('turns.none')}</span>
        </li>`,
    )}
  </ol>`;
}

/** For the hall. @param {Room} room */
export function call(room) {
  const { now } = room;
  if (now.ph !== 'running' || !now.tn) return '';
  const { n, c } = now.tn;
  if (!c) return t('turns.call.pause', { n });
  return now.nx
    ? t('turns.call', { n, code: c, price: spell(room, now.nx) })
    : t('turns.speaks', { code: c });
}
