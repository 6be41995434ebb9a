// What the auctioneer may do and when: pure, so that the console, its keyboard
// and its tests read the same table. The server decides; this only shows.

/** @typedef {import('../types').Room} Room */
/** @typedef {import('../types').DeskRecord} DeskRecord */

/**
 * @typedef {object} Act
 * @property {string} act       name on the wire
 * @property {string} key       the shortcut: Shift and this letter
 * @property {string} icon
 * @property {string[]} phases  in which it is offered
 * @property {'main' | 'plain' | 'grave'} weight
 * @property {'needed' | 'optional'} [text] a public sentence
 * @property {boolean} [code]   names a participant
 * @property {boolean} [ms]     names a length of time
 * @property {boolean} [now]    is sent without asking first
 * @property {string} [focus]   puts the cursor there instead
 * @property {boolean} [desk]   is shown by the way's own desk, not in the list
 * @property {boolean} [clerk]  the clerk may do it, too
 * @property {(room: Room, records: DeskRecord[]) => {code?: string, price?: number}} [fill] what it names, as it stands when it is begun
 */

const OPEN_PHASES = ['scheduled', 'running', 'paused', 'closed'];

/** @type {Act[]} */
export const ACTS = [
  { act: 'open', key: 'O', icon: 'play', phases: ['scheduled'], weight: 'main' },
  { act: 'resume', key: 'R', icon: 'play', phases: ['paused'], weight: 'main', text: 'optional' },
  { act: 'announce', key: 'H', icon: 'gavel', phases: ['closed'], weight: 'main' },
  { act: 'pause', key: 'P', icon: 'pause', phases: ['running'], weight: 'plain', text: 'needed' },
  { act: 'extend', key: 'E', icon: 'timer', phases: ['running'], weight: 'plain', text: 'needed', ms: true },
  { act: 'say', key: 'M', icon: 'megaphone', phases: OPEN_PHASES, weight: 'plain', text: 'needed' },
  {
    act: 'disqualify',
    key: 'D',
    icon: 'ban',
    phases: OPEN_PHASES,
    weight: 'grave',
    text: 'needed',
    code: true,
  },
  { act: 'stop', key: 'S', icon: 'circle-stop', phases: OPEN_PHASES, weight: 'grave', text: 'needed' },
  { act: 'cancel', key: 'X', icon: 'trash-2', phases: OPEN_PHASES, weight: 'grave', text: 'needed' },
];

/**
 * The acts that make sense now, in the order of the table.
 * @param {Room} room
 */
export const actsOf = (room) =>
  ACTS.filter(
    (a) =>
      a.phases.includes(room.now.ph) &&
      (a.act !== 'open' ||
        (room.rules.opening === 'auctioneer' && room.now.sl?.k !== 0 && room.now.sl?.k !== 1)) &&
      (a.act !== 'announce' || !room.now.sl || (room.now.sl.o && !room.now.sl.due)),
  );

/**
 * The act whose shortcut a key press is, if it is one: Shift and a letter,
 * never while somebody types, never a repetition of a held key.
 * @param {{key: string, shiftKey: boolean, ctrlKey: boolean, altKey: boolean, metaKey: boolean, repeat: boolean}} e
 * @param {Act[]} acts
 * @param {boolean} typing
 */
export function shortcut(e, acts, typing) {
  if (typing || e.repeat || !e.shiftKey || e.ctrlKey || e.altKey || e.metaKey) return null;
  return acts.find((a) => a.key === e.key.toUpperCase()) ?? null;
}

/**
 * Who leads, also where the room may not show codes: the last record says so.
 * @param {Room} room @param {DeskRecord[]} records newest first
 */
export const leaderOf = (room, records) => records[0]?.ld ?? room.now.b ?? '';

/**
 * Those who would get some of several units, or have got them.
 * @param {import('../types').DeskParticipant[]} people
 */
export const winnersOf = (people) => people.filter((p) => p.leading && !p.out).map((p) => p.code);

/**
 * What would be announced. The server compares it with what stands and
 * refuses if it has changed.
 * @param {Room} room @param {DeskRecord[]} records newest first
 * @returns {{sold: boolean, code: string, price: number, ground: string, at: number, changes?: number}}
 */
export function proposal(room, records) {
  const leader = leaderOf(room, records);
  const price = room.now.p ?? 0;
  const ch = room.now.sl?.u?.ch;
  const changes = ch ? { changes: ch } : {};
  const failed = (/** @type {string} */ ground) => ({
    sold: false,
    code: '',
    price: 0,
    ground,
    at: 0,
    ...changes,
  });
  if (!leader) return failed(room.now.n > 0 ? 'withdrawn' : 'no_bid');
  if (room.now.rv === 'unmet') return failed('below_reserve');
  const bid = room.now.sl
    ? room.history.find((r) => r.c === leader)
    : records.find(
        (r) => (r.k === 'bid' || r.k === 'raised') && r.c === leader && (!room.rules.called || r.a === price),
      );
  return { sold: true, code: leader, price, ground: '', at: bid?.at ?? 0, ...changes };
}

/**
 * The fields an act is sent with.
 * @param {Act} act
 * @param {{text?: string, code?: string, minutes?: number, proposal?: {code: string, price: number, changes?: number}}} form
 * @returns {Record<string, unknown>}
 */
export function fieldsOf(act, form) {
  /** @type {Record<string, unknown>} */
  const fields = { act: act.act };
  const text = form.text?.trim();
  if (act.text && text) fields.text = text;
  if (act.code) fields.code = form.code ?? '';
  if (act.ms) fields.ms = Math.round((form.minutes ?? 0) * 60_000);
  if (act.act === 'announce' && form.proposal) {
    fields.code = form.proposal.code;
    fields.price = form.proposal.price;
    if (form.proposal.changes) fields.changes = form.proposal.changes;
  }
  return fields;
}

/**
 * What is still missing before an act can be sent: keys of sentences.
 * @param {Act} act
 * @param {{text?: string, code?: string, minutes?: number, lot?: string}} form
 * @param {Room} room
 * @returns {Record<string, string>} by field
 */
export function missing(act, form, room) {
  /** @type {Record<string, string>} */
  const out = {};
  const text = form.text?.trim() ?? '';
  if (act.text === 'needed' && text === '') out.text = 'console.need.text';
  if ([...text].length > 500) out.text = 'console.need.shorter';
  if (act.code && !form.code) out.code = 'console.need.code';
  const minutes = form.minutes ?? 0;
  if (act.ms && !(minutes >= 1 / 60 && minutes <= 1440)) out.minutes = 'console.need.minutes';
  if (act.weight === 'grave' && form.lot?.trim() !== String(room.lot.number)) out.lot = 'console.need.lot';
  return out;
}

/**
 * What needs doing next in a session, as a key of a sentence.
 * @param {{now: import('../types').Now, opensAt: number, checkedIn?: number}} card
 */
export function nextStep(card) {
  const { ph } = card.now;
  if (ph === 'scheduled') return card.checkedIn ? 'desk.next.ready' : 'desk.next.checkin';
  if (ph === 'running') return 'desk.next.watch';
  if (ph === 'paused') return 'desk.next.resume';
  if (ph === 'closed') return 'desk.next.announce';
  return 'desk.next.done';
}
