// What an update of a session that is over said, in one sentence. It tells
// what the room was told then: a code that was hidden is not in the update.

import { addWords, language, t } from '../i18n.js';
import { priceShown, unitsSold } from '../room.js';
import { money, timeOfDay } from '../text.js';
import { words } from '../voice/words.js';

addWords(words);

/** @typedef {import('../types').Update} Update */
/** @typedef {import('../types').Room} Room */

/** Kinds for which the live room has a sentence without anything in it. */
const PLAIN = new Set(['opened', 'resumed', 'closed', 'outage', 'unsealed']);
const PERSON = new Set(['withdrawn', 'disqualified', 'part_declined']);

/** @param {Update} u @param {Room} room the room at any moment, for its rules */
export function told(u, room) {
  const sentence = first(u, room);
  return u.msg && u.k !== 'said' ? `${sentence} ${t('say.said', { text: u.msg.text })}` : sentence;
}

/** @param {Update} u @param {Room} room */
function first(u, { rules }) {
  const spell = (/** @type {number} */ amount) => money(amount, rules.currency, language.value);
  const price = spell(priceShown(u.now, rules.start));
  if (PLAIN.has(u.k)) return t('say.' + u.k);
  if (PERSON.has(u.k)) return t('replay.told.' + u.k + (u.c ? '' : '.hidden'), { code: u.c ?? '' });
  if (u.row && !u.row.fall) return row(u, u.row, spell(u.row.a));
  return special(u, price, spell);
}

/** @param {Update} u @param {import('../types').Row} r @param {string} price */
function row(u, r, price) {
  if (r.buy) return t('say.sold.now', { price, code: r.c ?? '' });
  const key = u.k === 'offer_opened' ? 'replay.told.offer' : 'replay.told.bid';
  return r.c ? t(key + '.by', { price, code: r.c }) : t(key, { price });
}

/** @param {Update} u @param {string} price @param {(amount: number) => string} spell */
function special({ k, now, msg }, price, spell) {
  switch (k) {
    case 'paused':
    case 'stopped':
    case 'cancelled':
      return t('say.' + k, { reason: now.why ?? '' });
    case 'said':
      return t('say.said', { text: msg?.text ?? '' });
    case 'announced':
      return result(now, spell);
    case 'extended':
      return now.gr
        ? t('replay.told.group', { lot: now.gr.l, end: timeOfDay(now.e ?? 0) })
        : t('replay.told.extended', { end: timeOfDay(now.e ?? 0) });
    case 'lowered':
      return t('say.lowered', { price });
    case 'reopened':
      return t('say.reopened', { price: spell(now.nx) });
    case 'round':
      return t('say.round', { n: now.rd?.n ?? 0, going: now.rd?.in ?? 0 });
    case 'stage':
      return now.hy?.s ? t('say.stage.' + now.hy.s) : t('replay.told.other');
    case 'sealed_round':
      return t('say.sealed.round', { n: now.sl?.n ?? 0 });
    case 'turn':
      return now.tn?.c
        ? t('replay.told.turn', { code: now.tn.c })
        : t('replay.told.turn.pause', { n: now.tn?.n ?? 1 });
    case 'asked':
      return t('replay.told.asked', { asked: spell(now.cl?.a ?? now.nx) });
    case 'called':
      return t('replay.told.called', { n: now.cl?.c ?? 0, price });
    case 'warned':
    case 'hammered':
    case 'undone':
    case 'lot_reopened':
    case 'key_taken':
    case 'key_presented':
      return t('replay.told.' + k);
  }
  return t('replay.told.other');
}

/** @param {import('../types').Now} now @param {(amount: number) => string} spell */
function result({ res }, spell) {
  const price = spell(res?.price ?? 0);
  if (res?.awards) return t('say.sold.units', { units: unitsSold(res), n: res.awards.length, price });
  return res?.outcome === 'sold' ? t('say.sold', { code: res.winner ?? '', price }) : t('say.failed');
}
