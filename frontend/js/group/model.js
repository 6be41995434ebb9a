// Which lots are sold together. Pure.

/** @typedef {import('../types').PublicLot} PublicLot */
/** @typedef {import('../types').Room} Room */

/**
 * The other lots that are extended with the one of a room, by number.
 * @param {Room} room @param {PublicLot[]} lots of its auction
 */
export function linkedLots({ lot, rules: { group } }, lots) {
  if (!group?.extends) return [];
  const linked = lots.filter(
    ({ id, rules: { group: g } }) => id !== lot.lotId && g?.extends && (g.name ?? '') === (group.name ?? ''),
  );
  return linked.sort((a, b) => a.number - b.number);
}

/** The end that a bid for another lot gave this one, while it runs; else null. @param {Room} room */
export function movedBy({ now }) {
  return now.ph === 'running' && now.gr && now.e ? { lot: now.gr.l, endMs: now.e } : null;
}
