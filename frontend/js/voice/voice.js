// What a room says aloud and lets be heard. Loaded after the page is drawn.

import { addWords, language, t } from '../i18n.js';
import { behind, clock, link } from '../live.js';
import { unitsSold } from '../room.js';
import { say, sayNow } from '../say.js';
import { play } from '../sound.js';
import { money } from '../text.js';
import { effect, signal } from '../view.js';
import { refusal } from '../refused/sentence.js';
import { duration } from '../ui/rules.js';
import { words } from './words.js';

addWords(words);

/** @typedef {import('../live.js').RoomFeed} RoomFeed */

/** How much is spoken: only what concerns the listener, every price, or nothing. */
export const talk = signal(/** @type {'mine' | 'all' | 'none'} */ ('mine'));

const PRICE_FOLLOWS_MS = 150;
const REMAINING_S = [60, 30, 10, 5];

/**
 * Speaks for a room until the returned function is called.
 * @param {RoomFeed} feed
 * @returns {() => void}
 */
export function startVoice(feed) {
  const stops = [
    effect(() => updates(feed)),
    effect(() => standing(feed)),
    effect(() => line()),
    countdown(feed),
  ];
  return () => stops.forEach((stop) => stop());
}

/** @param {number} amount @param {RoomFeed} feed */
const spell = (amount, feed) => money(amount, feed.room.peek()?.rules.currency ?? 'VND', language.peek());

/**
 * What is said of the calling of a lot, by the kind of update.
 * @type {Record<string, (u: import('../types').Update) => string>}
 */
const CALLED = {
  asked: () => 'asked',
  warned: () => 'warned',
  called: () => 'called',
  hammered: (u) => (u.now.p ? 'hammered' : 'passed'),
  undone: (u) => (u.by ? 'undone.two' : 'undone'),
  undo_asked: () => 'undo_asked',
  undo_dropped: () => 'undo_dropped',
  lot_reopened: () => 'reopened',
};

/** @param {RoomFeed} feed */
function updates(feed) {
  for (const u of feed.updates.value) {
    const aloud = talk.peek() !== 'none';
    const called = CALLED[u.k]?.(u);
    if (called) {
      const price = spell(u.now.p ?? feed.room.peek()?.rules.start ?? 0, feed);
      sayNow(
        t('called.say.' + called, {
          price,
          n: u.now.cl?.c ?? 0,
          asked: spell(u.now.cl?.a ?? u.now.nx, feed),
          who: u.by ? t('called.role.' + u.by) : '',
        }),
      );
    } else if (u.k === 'closed' && feed.room.peek()?.rules.called) {
      if (clock.now() >= (u.now.e ?? 0)) say(t('say.closed')); // the hammer has been told
    } else if (['paused', 'resumed', 'stopped', 'cancelled', 'closed', 'opened', 'outage'].includes(u.k)) {
      sayNow(t('say.' + u.k, { reason: u.now.why ?? '' }));
    } else if (u.k === 'announced') {
      const r = u.now.res;
      sayNow(
        r?.awards
          ? t('say.sold.units', { units: unitsSold(r), n: r.awards.length, price: spell(r.price ?? 0, feed) })
          : r?.outcome === 'sold'
            ? t('say.sold', { code: r.winner ?? '', price: spell(r.price ?? 0, feed) })
            : t('say.failed'),
      );
    } else if ((u.k === 'said' || u.k === 'part_declined') && u.msg) {
      say(t('say.said', { text: u.msg.text }));
    } else if (u.k === 'extended' && aloud) {
      const lot = u.now.gr?.l;
      if (u.msg) say(t('say.said', { text: u.msg.text }));
      else say(lot ? t('say.extended.group', { lot }) : t('say.extended'));
    } else if (u.k === 'lowered') {
      if (aloud) say(t('say.lowered', { price: spell(u.now.nx, feed) }));
    } else if (u.k === 'reopened') {
      sayNow(t('say.reopened', { price: spell(u.now.nx, feed) }));
    } else if (u.k === 'round' && u.now.rd) {
      sayNow(t('say.round', { n: u.now.rd.n, going: u.now.rd.in ?? 0 }));
    } else if (u.k === 'turn' && u.now.tn) {
      turn(u.now, feed, aloud);
    } else if (u.row?.buy) {
      sayNow(t('say.sold.now', { price: spell(u.now.p ?? 0, feed), code: u.now.b ?? '' }));
    } else if (u.k === 'stage' && u.now.hy?.s) {
      sayNow(t('say.stage.' + u.now.hy.s));
    } else if (u.k === 'unsealed') {
      sayNow(t('say.unsealed'));
    } else if (u.k === 'sealed_round' && u.now.sl) {
      sayNow(t('say.sealed.round', { n: u.now.sl.n }));
    } else if (u.row && talk.peek() === 'all') {
      say(t('say.price', { price: spell(u.now.p ?? 0, feed), code: u.now.b ?? '' }));
    }
  }
}

/**
 * Whose turn it is: the own one always, that it is next, and the rest to those who hear every price.
 * @param {import('../types').Now} now @param {RoomFeed} feed @param {boolean} aloud
 */
function turn(now, feed, aloud) {
  const { n, t: place = 0, c, o = [] } = now.tn ?? { n: 1 };
  const me = feed.you.peek()?.code;
  const next = o.slice(place).find((line) => !line.out && line.c !== now.b);
  if (c && c === me) {
    const rules = feed.room.peek()?.rules;
    sayNow(t('turns.say.you', { price: spell(now.nx, feed), turn: duration(rules?.turns?.turnMs ?? 0) }));
  } else if (!c) sayNow(t('turns.say.pause', { n }));
  else if (me && next?.c === me) say(t('turns.say.next'));
  else if (aloud && talk.peek() === 'all') say(t('turns.say.code', { code: c }));
}

/** @type {WeakMap<RoomFeed, {leading: boolean, outbid: boolean, left: boolean, undone: boolean, receipt: unknown}>} */
const before = new WeakMap();

/** @param {RoomFeed} feed */
function standing(feed) {
  const you = feed.you.value;
  const receipt = feed.receipt.value;
  if (!you) return;
  const was = before.get(feed);
  before.set(feed, {
    leading: you.leading,
    outbid: you.outbid === true,
    left: you.noRd === true,
    undone: you.undone === true,
    receipt,
  });
  // The room hears of the round first; this follows it.
  if (was && !was.left && you.noRd) say(t('say.round.out'));
  if (was && !was.undone && you.undone) sayNow(t('called.say.you.undone'));
  if (receipt && receipt !== was?.receipt && ['bid', 'raise', 'buy'].includes(receipt.act)) {
    const room = feed.room.peek();
    const price = spell(receipt.amount ?? 0, feed);
    if (receipt.accepted) {
      play('recorded');
      const leads = room?.rules.descent && !room.rules.hybrid ? 'say.yours' : 'say.leading';
      const lead = receipt.act === 'buy' ? 'say.bought' : leads;
      say(t(you.leading || receipt.leading ? lead : 'say.recorded', { price }));
    } else {
      sayNow(
        t('say.refused', {
          why: room ? refusal(room, receipt.reason ?? '', { ...receipt, next: receipt.next ?? 0 }) : '',
        }),
      );
    }
  }
  if (was?.leading && you.outbid && !you.undone) {
    play('outbid');
    // The private word may overtake the public one that carries the price.
    setTimeout(
      () => sayNow(t('say.outbid', { price: spell(feed.feed.room?.now.p ?? 0, feed) })),
      PRICE_FOLLOWS_MS,
    );
  }
}

let lineWasLost = false;

function line() {
  const { phase } = link.value;
  const cut = behind.value?.cut === true;
  const lost = phase === 'offline' || phase === 'stale' || phase === 'ended' || cut;
  if (lost && !lineWasLost) sayNow(t(cut ? 'say.cut' : 'say.offline'));
  if (phase === 'online' && lineWasLost) say(t('say.online'));
  if (phase !== 'connecting') lineWasLost = lost;
}

/** @param {RoomFeed} feed */
function countdown(feed) {
  let last = Infinity;
  const timer = setInterval(() => {
    const now = feed.room.peek()?.now;
    const end = now?.e;
    const notMine = now?.tn && now.tn.c !== feed.you.peek()?.code; // another's turn runs out
    if (!end || !clock.known || notMine) {
      last = Infinity;
      return;
    }
    const left = (end - clock.now()) / 1000;
    const passed = REMAINING_S.find((s) => left <= s && last > s && left > s - 2);
    if (passed !== undefined && last !== Infinity) {
      if (talk.peek() !== 'none') say(t('say.left', { n: passed }));
      if (passed <= 10) play('ending');
    }
    last = left;
  }, 250);
  return () => clearInterval(timer);
}
