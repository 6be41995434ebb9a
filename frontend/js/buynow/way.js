// Buying at once (rules BN): whether it is offered, for everybody, and the
// button beside the usual bid, for those who may.

import { addWords, language, t } from '../i18n.js';
import { money } from '../text.js';
import { Dialog, html, Icon, useState } from '../view.js';
import { Notice, Price } from '../ui/parts.js';
import { words } from './words.js';

addWords(words);

/** @typedef {import('../types').Room} Room */
/** @typedef {import('../live.js').RoomFeed} RoomFeed */

/** @param {Room} room */
const priceOf = ({ rules }) => rules.buyNow?.amount ?? 0;

/** States of the usual button in which one may buy; who leads may, too. */
const READY = ['bid', 'maximum', 'rest', 'top', 'leading'];

/** Whether it is offered, was taken, or is gone. @param {{room: Room, explain?: boolean}} props */
export function Line({ room, explain = true }) {
  const { now, rules } = room;
  const price = money(priceOf(room), rules.currency, language.value);
  if (now.bn)
    return html`<div class="buynow">
      <p class="buynow-offer"><span>${t('buynow.offered')}</span> <strong>${price}</strong></p>
      ${explain && html`<p class="buynow-text">${t('buynow.what')}</p>`}
    </div>`;
  if (now.bt)
    return html`<div class="buynow"><p class="buynow-bought"><${Icon} name="circle-check" />${t('buynow.bought')}</p></div>`;
  if (now.ph !== 'running' && now.ph !== 'paused') return null;
  return html`<div class="buynow">
    <p class="buynow-gone">${t('buynow.gone')}</p>
    ${explain && html`<p class="buynow-text">${t('buynow.gone.what', { price })}</p>`}
  </div>`;
}

/**
 * Below the bid button, and clearly another one: it takes two presses, of which
 * the second names the price again.
 * @param {{feed: RoomFeed, state: string}} props state: of the usual button
 */
export function Beside({ feed, state }) {
  const [open, setOpen] = useState(false);
  const room = feed.room.value;
  const ready = READY.includes(state);
  if (!room || (!room.now.bn && !open)) return null;
  const price = money(priceOf(room), room.rules.currency, language.value);
  return html`${
    room.now.bn &&
    html`<button class="button buynow-button" disabled=${!ready} onClick=${() => setOpen(true)}>
        <${Icon} name="gavel" /><span>${t('buynow.button')}</span> <strong>${price}</strong>
      </button>`
  }
    ${open && html`<${Confirm} feed=${feed} room=${room} ready=${ready} onClose=${() => setOpen(false)} />`}`;
}

/** @param {{feed: RoomFeed, room: Room, ready: boolean, onClose: () => void}} props */
function Confirm({ feed, room, ready, onClose }) {
  const amount = priceOf(room);
  const { currency } = room.rules;
  const lang = language.value;
  const offered = room.now.bn === true;
  const buy = () => {
    onClose();
    void feed.command('buy', { amount });
  };
  return html`<${Dialog} title=${t('buynow.title')} onClose=${onClose}>
    <${Price} amount=${amount} currency=${currency} />
    ${
      offered
        ? html`<${Notice} tone="warn" icon="info" title=${t('buynow.effect')} />`
        : html`<${Notice} tone="bad" icon="ban" title=${t('buynow.late')} />`
    }
    <div class="dialog-buttons">
      <button class="button" onClick=${onClose}>${t('dialog.back')}</button>
      ${
        offered &&
        html`<button class="button button-main" disabled=${!ready} onClick=${buy}>
          ${t('buynow.go', { price: money(amount, currency, lang) })}
        </button>`
      }
    </div>
  <//>`;
}
