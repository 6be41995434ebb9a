// What a lot that is called shows beside the usual room: the lamps of the
// calls, what is asked for, and the auctioneer's big keys.

import { addWords, language, t } from '../i18n.js';
import { hourMinute, money } from '../text.js';
import { cls, html, Icon, loadStyle, useEffect, useState } from '../view.js';
import { keys } from './keys.js';
import { words } from './words.js';

addWords(words);
await loadStyle('called.css');

/** @typedef {import('../types').Room} Room */

/** @param {Room} room */
export const acts = (room) => keys(room);

/** @param {Room} room @param {number} amount */
const spell = (room, amount) => money(amount, room.rules.currency, language.value);

/** How often the price may be called. @param {Room} room */
const most = (room) => room.rules.called?.calls ?? 0;

/** Instead of a countdown: which call it is. @param {{room: Room}} props */
export function Clock({ room }) {
  const { now } = room;
  const count = now.cl?.c ?? 0;
  const warned = now.cl?.w === true;
  return html`<div class=${cls('calling', warned && 'calling-warned')}>
    <p class="calling-now" aria-hidden="true">
      ${warned && html`<span class="calling-warning"><${Icon} name="gavel" />${t('called.warned')}</span>`}
      ${(count > 0 || !warned) && html`<span>${count > 0 ? t('called.nth', { n: count }) : t('called.wait')}</span>`}
    </p>
    <${Lamps} room=${room} />
    ${
      now.cl?.a &&
      html`<p class="calling-asked">
        <span class="label">${t('called.asked')}</span>
        <strong class="figures">${spell(room, now.cl.a)}</strong>
      </p>`
    }
    ${now.e && html`<p class="calling-latest">${t('called.latest', { time: hourMinute(now.e) })}</p>`}
  </div>`;
}

/** One lamp for each call. @param {{room: Room}} props */
function Lamps({ room }) {
  const count = room.now.cl?.c ?? 0;
  const max = most(room);
  return html`<ol class="lamps" aria-label=${t('called.line', { n: count, max })}>
    ${Array.from(
      { length: max },
      (_, i) =>
        html`<li key=${i} class=${cls('lamp', i < count && 'lamp-on')} aria-current=${i + 1 === count ? 'step' : null}>${i + 1}</li>`,
    )}
  </ol>`;
}

/** Below it: where the leading bid comes from, and what asking means. @param {{room: Room, explain?: boolean}} props */
export function Line({ room, explain = true }) {
  const { cl, ph } = room.now;
  if (!cl || (ph !== 'running' && !cl.u)) return null;
  return html`<div class="calling-more">
    ${cl.u && html`<p class="calling-undo"><${Icon} name="undo-2" />${t('called.undo.room', { price: spell(room, cl.u.a), code: cl.u.c ?? '', reason: cl.u.why })}</p>`}
    ${cl.h && html`<p><${Icon} name="users" />${t('called.hall')}</p>`}
    ${explain && cl.a && html`<p class="small quiet">${t('called.asked.what')}</p>`}
  </div>`;
}

/** For the hall: what is being called. @param {Room} room */
export function call(room) {
  const { cl, p } = room.now;
  if (cl?.u) return t('called.undo.screen', { price: spell(room, cl.u.a) });
  if (!cl?.c) return cl?.w ? t('called.warned') : '';
  const nth = t('called.nth', { n: cl.c });
  if (cl.w) return `${nth} · ${t('called.warned')}`;
  return t('called.screen', { nth, price: spell(room, p ?? room.rules.start) });
}

/**
 * A part that comes only to those who have a use for it.
 * @param {() => Promise<any>} load
 */
const later = (load) =>
  /** @param {any} props */
  function Later(props) {
    const [Part, set] = useState(/** @type {any} */ (null));
    useEffect(() => {
      void load().then((part) => set(() => part));
    }, []);
    return Part ? html`<${Part} ...${props} />` : null;
  };

export const Panel = later(() => import('../ui/bid-box.js').then((m) => m.BidBox));
export const Desk = later(() => import('./desk.js').then((m) => m.CallingDesk));
