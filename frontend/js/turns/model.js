// Rounds in turn (rule RO1) as a page needs them. Pure: every moment is an
// argument, so it is tested without a browser.

/** @typedef {import('../types').Room} Room */
/** @typedef {import('../types').Standing} Standing */

/**
 * Where somebody stands in a round.
 * @typedef {'now' | 'wait' | 'done' | 'leads' | 'later' | 'none'} Place
 */

/**
 * @typedef {object} Line
 * @property {string} code
 * @property {number} amount       zero: no offer yet
 * @property {'here' | 'past' | 'out' | 'leads' | 'next'} state
 */

/**
 * The order of the round as a list, the worst offer first.
 * @param {Room} room @returns {Line[]}
 */
export function linesOf({ now }) {
  const { o = [], t = 0, c } = now.tn ?? { n: 1 };
  return o.map((line, i) => ({
    code: line.c,
    amount: line.a ?? 0,
    state: line.out ? 'out' : line.c === c ? 'here' : line.c === now.b ? 'leads' : i < t ? 'past' : 'next',
  }));
}

/**
 * Where a bidder stands in the round, and how long the own turn is away at the
 * most: every offer, and everybody who is passed over, brings it nearer.
 * @param {Room} room @param {string} code @param {number} nowMs
 * @returns {{place: Place, mostMs: number}}
 */
export function placeOf({ now, rules }, code, nowMs) {
  const turns = now.tn;
  const place = (/** @type {Place} */ name, mostMs = 0) => ({ place: name, mostMs });
  if (now.ph !== 'running' || !turns || !rules.turns) return place('none');
  if (turns.c === code) return place('now');
  if (now.b === code) return place('leads');
  const order = turns.o ?? [];
  const at = order.findIndex((line) => line.c === code);
  if (at < 0) return place(order.length > 0 && turns.n < rules.turns.rounds ? 'later' : 'none');
  if (order[at]?.out) return place('none');
  const passed = turns.t ?? 0;
  if (at < passed) return place('done');
  const between = order.slice(passed, at).filter((line) => !line.out && line.c !== now.b).length;
  return place('wait', Math.max(0, (now.e ?? nowMs) - nowMs) + between * rules.turns.turnMs);
}
