// What the pages of a sale share: the list, the room that is shown, moving on
// with the current lot, and being told of what happens in other lots.

import { account } from '../account.js';
import { language, t } from '../i18n.js';
import { clock, leaveRoom, openRoom } from '../live.js';
import { say, sayNow } from '../say.js';
import { play } from '../sound.js';
import { money } from '../text.js';
import { useEffect, useRef, useState } from '../view.js';
import { SaleFeed } from './feed.js';
import { currentOf, isOn, lastOf, outbidSince } from './model.js';

/** @typedef {import('./types').SaleNow} SaleNow */
/** @typedef {import('./types').SaleRow} SaleRow */
/** @typedef {import('../live.js').RoomFeed} RoomFeed */

const LOOK_MS = 500;

/** The list of an auction, for as long as the component lives. @param {string} auction */
export function useSale(auction) {
  const [feed, setFeed] = useState(/** @type {SaleFeed | null} */ (null));
  const who = account.value?.id;
  useEffect(() => {
    const opened = new SaleFeed(auction);
    setFeed(opened);
    return () => opened.close();
  }, [auction, who]);
  return feed;
}

/** The room of a session, shared with whoever else shows it. @param {string} session */
export function useRoom(session) {
  const [feed, setFeed] = useState(/** @type {RoomFeed | null} */ (null));
  useEffect(() => {
    if (!session) return setFeed(null);
    const opened = openRoom(session);
    // A tap that was meant for the lot before must not bid in this one.
    opened.priceMovedMs = clock.monotonicMs();
    setFeed(opened);
    return () => leaveRoom(opened);
  }, [session]);
  return feed;
}

/**
 * Which lot is shown. It begins with the current one; while it follows, it
 * moves on to the current one by itself when nothing has held it for a while.
 * @param {object} o
 * @param {SaleRow[]} o.rows
 * @param {boolean} o.following
 * @param {number} o.afterMs how long to stay when nothing holds any more
 * @param {(now: SaleNow) => string} o.holdFor why to stay with the lot that is shown; empty: nothing
 * @param {(from: SaleRow, to: SaleRow) => void} [o.onMoved]
 * @param {number} [o.begin] number of the lot to begin with
 */
export function useFollow({ rows, following, afterMs, holdFor, onMoved, begin }) {
  const [session, show] = useState('');
  const [hold, setHold] = useState('');
  const shown = rows.find(({ lot }) => lot.session === session) ?? null;
  const current = currentOf(rows) ?? lastOf(rows);
  const latest = useRef({ shown, current, holdFor, onMoved });
  latest.current = { shown, current, holdFor, onMoved };

  const first = shown ? '' : ((rows.find(({ lot }) => lot.number === begin) ?? current)?.lot.session ?? '');
  useEffect(() => {
    if (first) show(first);
  }, [first]);

  const ahead = following && shown !== null && current !== null && current.lot.session !== session;
  useEffect(() => {
    setHold('');
    if (!ahead) return;
    /** @type {number | null} */
    let freeSinceMs = null;
    const look = () => {
      const { shown: from, current: to, holdFor: why, onMoved: moved } = latest.current;
      if (!from || !to) return;
      const holds = why(from.now);
      setHold(holds);
      if (holds) freeSinceMs = null;
      else freeSinceMs ??= performance.now();
      if (freeSinceMs === null || performance.now() - freeSinceMs < afterMs) return;
      show(to.lot.session);
      moved?.(from, to);
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [ahead, session, afterMs]);
  return { shown, current, show, hold, ahead };
}

/** When the reader was outbid in a room last, on the monotonic clock. @param {RoomFeed | null} room */
export function useOutbidAt(room) {
  const at = useRef(-Infinity);
  const outbid = room?.you.value?.outbid === true;
  const leading = room?.you.value?.leading === true;
  const led = useRef(false);
  useEffect(() => {
    at.current = -Infinity;
    led.current = false;
  }, [room]);
  useEffect(() => {
    if (outbid && led.current) at.current = performance.now();
    led.current = leading;
  }, [outbid, leading]);
  return at;
}

/**
 * The lots, other than the one shown, in which the reader was outbid since
 * they looked last; each is told once, aloud and with a tone.
 * @param {SaleFeed | null} feed @param {string} shown a session
 * @returns {{alerts: SaleRow[], dismiss: (session: string) => void}}
 */
export function useOutbidElsewhere(feed, shown) {
  const [told, setTold] = useState(/** @type {string[]} */ ([]));
  const before = useRef(/** @type {Map<string, import('./types').SaleStanding>} */ (new Map()));
  const mine = feed?.mine.value;
  const rows = feed?.sale.value?.rows ?? [];
  useEffect(() => {
    if (!mine) return;
    const fresh = outbidSince(before.current, mine, rows).filter(({ lot }) => lot.session !== shown);
    before.current = mine;
    if (fresh.length === 0) return;
    play('outbid');
    sayNow(fresh.map(outbidText).join(' '));
    setTold((l) => [...l, ...fresh.map(({ lot }) => lot.session)]);
  }, [mine]);
  const dismiss = (/** @type {string} */ session) => setTold((l) => l.filter((s) => s !== session));
  const alerts = rows.filter(
    ({ lot, now }) =>
      told.includes(lot.session) &&
      lot.session !== shown &&
      isOn(now.ph) &&
      mine?.get(lot.session)?.outbid === true,
  );
  return { alerts, dismiss };
}

/** @param {SaleRow} row */
export const outbidText = ({ lot, now }) =>
  t('sale.outbid', { n: lot.number, price: money(now.p ?? 0, lot.currency, language.value) });

/** Says a sentence once for as long as it stays the same. @param {string} sentence empty: nothing */
export function useSaid(sentence) {
  useEffect(() => {
    if (sentence) say(sentence);
  }, [sentence]);
}
