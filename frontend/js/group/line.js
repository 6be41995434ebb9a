// Which lots are extended together, and what a bid for another one has just
// done to the end of this one.

import { api } from '../account.js';
import { addWords, t } from '../i18n.js';
import { timeOfDay } from '../text.js';
import { html, Icon, useEffect, useState } from '../view.js';
import { linkedLots, movedBy } from './model.js';
import { words } from './words.js';

addWords(words);

/** @typedef {import('../types').Room} Room */
/** @typedef {import('../types').PublicLot} PublicLot */

/**
 * @param {{room: Room, explain?: boolean, to?: string}} props explain: with what moved the end, the limit, and the other lots as a link
 *   each; to: the page that it leads to
 */
export function Line({ room, explain = true, to = '/phong/' }) {
  const { group } = room.rules;
  const lots = useLots(explain && group?.extends ? room.lot.auctionId : '');
  if (!group) return null;
  const moved = movedBy(room);
  const linked = linkedLots(room, lots);
  return html`<div class="group">
    ${
      group.extends &&
      html`<p class="group-name">
        <${Icon} name="timer" />${group.name ? t('group.named', { name: group.name }) : t('group.whole')}
      </p>`
    }
    ${explain && moved && html`<p class="group-moved">${t('group.moved', { lot: moved.lot, end: timeOfDay(moved.endMs) })}</p>`}
    ${
      linked.length > 0 &&
      html`<p class="group-lots">
        <span>${t('group.lots')}</span>
        ${linked.map((lot) => html`<${Other} key=${lot.id} lot=${lot} to=${to} />`)}
      </p>`
    }
    ${explain && group.atOnce && html`<p class="group-limit">${t('group.atonce', { n: group.atOnce })}</p>`}
  </div>`;
}

/** @param {{lot: PublicLot, to: string}} props */
function Other({ lot, to }) {
  const name = t('lot.number', { n: lot.number });
  if (!lot.session) return html`<span title=${lot.title}>${name}</span>`;
  return html`<a href=${to + lot.session} title=${lot.title}>${name}</a>`;
}

/**
 * The lots of an auction; none where it has no public notice, or none wanted.
 * @param {string} auction
 * @returns {PublicLot[]}
 */
function useLots(auction) {
  const [lots, setLots] = useState(/** @type {PublicLot[]} */ ([]));
  useEffect(() => {
    if (!auction) return;
    api('GET', '/notices/' + auction, undefined, { anonymous: true }).then(
      (found) => setLots(found.lots),
      () => {}, // what the room says without them is still true
    );
  }, [auction]);
  return lots;
}
