// The gong (rule TX1): which round asks what price, the clock that silence
// lets run out, and the second large button, which raises.

import { addWords, language, t } from '../i18n.js';
import { money, timeOfDay } from '../text.js';
import { html, Icon } from '../view.js';
import { duration } from '../ui/rules.js';
import { words } from './words.js';

addWords(words);

/** @typedef {import('../types').Room} Room */

/** Rounds are counted by what was taken. @param {Room} room */
const roundOf = ({ now }) => now.n + 1;

/** @param {Room} room */
const asked = ({ now, rules }) => money(now.nx, rules.currency, language.value);

/** The round and its price; below it what the clock does. @param {{room: Room, explain?: boolean}} props */
export function Line({ room, explain = true }) {
  const { now, rules } = room;
  if (now.ph !== 'running' && now.ph !== 'paused' && now.ph !== 'scheduled') return null;
  const silence = duration(rules.gong?.silenceMs ?? 0);
  const latest = now.lx ? timeOfDay(now.lx) : '';
  return html`<div class="gong">
    <p class="gong-round">
      ${
        now.nx
          ? html`<span>${t('gong.round', { n: roundOf(room) })}</span> <strong>${asked(room)}</strong>`
          : html`<span>${t('gong.top')}</span>`
      }
    </p>
    ${explain && latest && html`<p class="gong-text">${t(now.e === now.lx ? 'gong.last' : 'gong.silence', { silence, latest })}</p>`}
  </div>`;
}

/** Below the button that agrees. @param {{state: string, enter: () => void}} props */
export const Beside = ({ state, enter }) =>
  html`<button class="button gong-raise" disabled=${state !== 'bid'} onClick=${enter}>
    <${Icon} name="arrow-up" /><span>${t('gong.raise')}</span>
  </button>`;

/** For the hall. @param {Room} room */
export const call = (room) =>
  room.now.ph === 'running' && room.now.nx ? t('gong.call', { n: roundOf(room), price: asked(room) }) : '';
