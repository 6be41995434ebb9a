// What a session of sealed offers shows: two locks, rounds, and no price
// before the opening.

import { addWords, t } from '../i18n.js';
import { cls, html, Icon, loadStyle } from '../view.js';
import { Money } from '../ui/parts.js';
import { Keys } from './keeper.js';
import { Panel } from './panel.js';
import { UnitFacts, unitsOf, whyPrice } from './units.js';
import { words } from './words.js';

addWords(words);
await loadStyle('sealed.css');

export { Keys as Desk, Panel };

/** @typedef {import('../types').Room} Room */

/** The large price, which no sealed offer moves. @param {Room} room @returns {[string, number]} */
export function price({ now, rules }) {
  const sl = now.sl;
  if (rules.sealed?.pricing === 'uniform')
    return now.p ? [t('units.price'), now.p] : [t('units.start'), rules.start];
  if (now.res?.outcome === 'sold') return [t('price.won'), now.res.price ?? 0];
  if (sl?.o && now.p) return [t(rules.sealed?.pricing === 'second' ? 'sealed.pays' : 'sealed.best'), now.p];
  return now.p ? [t('sealed.floor'), now.p] : [t('price.start'), rules.start];
}

/** @param {{room: Room}} props */
export function Facts({ room }) {
  const { now, rules } = room;
  const sl = now.sl;
  return html`${unitsOf(room) > 0 && html`<${UnitFacts} room=${room} />`}
    <div><dt>${t('fact.step')}</dt><dd><${Money} amount=${now.st} currency=${rules.currency} /></dd></div>
    ${sl?.o && html`<div><dt>${t('sealed.opened.count')}</dt><dd>${now.n}</dd></div>`}
    ${sl?.v && html`<div><dt>${t('sealed.void')}</dt><dd>${sl.v}</dd></div>`}`;
}

/** Rounds and locks. @param {{room: Room, explain?: boolean}} props explain: with the sentences under them */
export function Line({ room, explain = true }) {
  const sl = room.now.sl;
  if (!sl) return null;
  return html`<div class="sealed">
    <p class="sealed-where">${where(room)}</p>
    <ul class="sealed-locks" aria-label=${t('sealed.keys')}>
      ${[1, 2].map((n) => html`<${Lock} key=${n} n=${n} state=${lockState(sl, n)} />`)}
    </ul>
    ${explain && html`<p class="sealed-text">${sentence(room)}</p>`}
    ${explain && sl.in && html`<p class="sealed-text">${t('sealed.going', { n: sl.in })}${sl.c && ': ' + sl.c.join(', ')}.</p>`}
  </div>`;
}

/** @param {Room} room */
function where({ now, rules }) {
  const n = now.sl?.n ?? 1;
  if (now.sl?.ro) return t('sealed.runoff', { n });
  const max = rules.sealed?.rounds ?? 1;
  return max === 1 ? t('sealed.one') : t('sealed.nth', { n, max });
}

/** @param {import('../types').SealedNow} sl @param {number} n @returns {'open' | 'shut' | 'given'} */
const lockState = (sl, n) => ((sl.g ?? 0) >= n ? 'given' : sl.k >= n ? 'shut' : 'open');

/** @param {{n: number, state: 'open' | 'shut' | 'given'}} props */
const Lock = ({ n, state }) => html`<li class=${cls('sealed-lock', 'sealed-lock-' + state)}>
  <${Icon} name=${{ open: 'hourglass', shut: 'lock', given: 'key-round' }[state]} />
  <span>${t('sealed.key.' + state, { n })}</span>
</li>`;

/** What happens now, for everybody. @param {Room} room */
function sentence(room) {
  const { now } = room;
  const sl = now.sl;
  if (sl?.u) return whyPrice(room);
  if (sl?.due) return t('sealed.due.' + sl.due);
  if (sl?.o) return t('sealed.done');
  if (now.ph === 'scheduled') return t('sealed.before');
  return t(now.ph === 'closed' ? 'sealed.after' : 'sealed.during');
}

/** For the hall. @param {Room} room */
export function call({ now }) {
  const sl = now.sl;
  if (!sl) return '';
  if (now.ph === 'running') return t('sealed.call.wait');
  if (now.ph !== 'closed') return '';
  if (sl.due) return t('sealed.call.' + sl.due);
  if (sl.o) return '';
  return t(sl.g ? 'sealed.call.half' : 'sealed.call.shut');
}

/** @param {Room} room @returns {import('../console/acts.js').Act[]} */
export function acts({ now }) {
  if (now.sl?.due) return [{ act: 'open_round', key: 'V', icon: 'play', phases: ['closed'], weight: 'main' }];
  if (now.ph !== 'closed' || !now.sl?.u?.m) return [];
  const last = now.sl.u.c;
  return [
    {
      act: 'decline',
      key: 'G',
      icon: 'undo-2',
      phases: ['closed'],
      weight: 'plain',
      text: 'needed',
      ...(last ? { fill: () => ({ code: last }) } : { code: true }), // codes are hidden: the desk chooses
    },
  ];
}
