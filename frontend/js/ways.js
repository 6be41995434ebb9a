// What a way to sell shows beside what every session shows. Few sessions have
// such a part, so each is a module of its own that is fetched where the rules
// ask for it; until it has come, the page still says everything that is the
// same for all.

import { html, useEffect, useState } from './view.js';

/** @typedef {import('./types').Rules} Rules */
/** @typedef {import('./types').Room} Room */

/**
 * The parts of a way, each of them optional. All are drawn again with the room.
 * @typedef {object} Way
 * @property {any} [Facts]   in the room, beside the price: {room, you}
 * @property {any} [Line]    in the room, on the projector and in the console, below the clock: {room, you, explain}
 * @property {any} [Clock]   in the same places, instead of the countdown of a running session: {room}
 * @property {any} [Panel]   in the room, instead of the usual bid sheet: {feed, receipts}
 * @property {(room: Room) => string} [call] on the projector: the large sentence of the moment, empty: the usual one
 * @property {any} [Beside]  in the room, below the usual bid button: {feed, state, enter}: the state of that button, and what asks for an amount
 * @property {any} [Desk]    in the console, above the acts: {feed, room, records, watching, onAct, send, outcome}
 * @property {(room: Room) => import('./console/acts.js').Act[]} [acts] more acts of the auctioneer now, the most likely first
 * @property {(room: Room) => [string, number]} [price] words and amount of the large price, instead of the usual ones
 */

/**
 * By the name of the method.
 * @type {Record<string, () => Promise<Way>>}
 */
const METHODS = {
  called: () => import('./called/way.js'),
  hybrid: () => import('./hybrid/way.js'),
  sealed: () => import('./sealed/way.js'),
};

/** @param {Rules} rules @returns {(() => Promise<Way>) | undefined} */
function wayOf(rules) {
  if (rules.closing.kind === 'rounds') return () => import('./rounds/line.js');
  if (rules.turns) return () => import('./turns/way.js');
  if (rules.gong) return () => import('./gong/way.js');
  if (rules.buyNow) return () => import('./buynow/way.js');
  return METHODS[rules.method];
}

/**
 * The way's parts; null while they have not come, or where there are none.
 * @param {Rules} rules @returns {Way | null}
 */
export function useWay(rules) {
  const [way, setWay] = useState(/** @type {Way | null} */ (null));
  const load = wayOf(rules);
  const name = load && `${rules.method} ${rules.closing.kind} ${!!rules.buyNow}`;
  useEffect(() => {
    if (load) void load().then(setWay, () => {});
  }, [name]);
  return load ? way : null;
}

/**
 * What a lot shares with others it is sold together with, below the clock; any
 * way to sell may have it. Nothing where the rules have no group.
 * @param {{room: Room, explain?: boolean, to?: string}} props to: where the other lots are found
 */
export function GroupLine({ room, explain, to }) {
  const [Line, setLine] = useState(/** @type {any} */ (null));
  const tied = room.rules.group !== undefined;
  useEffect(() => {
    if (tied)
      void import('./group/line.js').then(
        (m) => setLine(() => m.Line),
        () => {},
      );
  }, [tied]);
  return tied && Line ? html`<${Line} room=${room} explain=${explain} to=${to} />` : null;
}

/** Whether the bid sheet must wait for the way's own. @param {Rules} rules */
export const hasOwnPanel = (rules) => rules.method in METHODS;
