// The auctioneer's console, and the observer's: the same without the acts.

import { account } from '../account.js';
import { addWords, language, t, tCode } from '../i18n.js';
import { leaveRoom, openRoom } from '../live.js';
import { atZero, clockOf, isFalling, openingKey, stageOf } from '../room.js';
import { countdown, dayMonth, hourMinute, timeOfDay, timeWithMs } from '../text.js';
import {
  cls,
  html,
  Icon,
  loadStyle,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useTitle,
} from '../view.js';
import { Countdown, Money, Notice, Price, Stamp, usualPrice } from '../ui/parts.js';
import { actsOf, leaderOf, shortcut, winnersOf } from './acts.js';
import { IncidentDialog } from '../day/incident.js';
import { GroupLine, useWay } from '../ways.js';
import { ActDialog, HelpDialog } from './dialogs.js';
import { words as whys } from './why/words.js';
import { words } from './words.js';

addWords(words);
addWords(whys);
await loadStyle('console.css');

/** @typedef {import('../live.js').RoomFeed} RoomFeed */
/** @typedef {import('../types').Room} Room */
/** @typedef {import('../types').DeskRecord} DeskRecord */
/** @typedef {import('../types').DeskParticipant} DeskParticipant */
/** @typedef {import('./acts.js').Act} Act */

/** @param {{session: string, watching?: boolean, inSale?: boolean}} props inSale: as a part of the console of all lots */
export function Console({ session, watching = false, inSale = false }) {
  const [feed, setFeed] = useState(/** @type {RoomFeed | null} */ (null));
  useEffect(() => {
    const opened = openRoom(session, { view: 'desk' });
    setFeed(opened);
    return () => leaveRoom(opened);
  }, [session]);
  const room = feed?.room.value;
  useTitle(room ? t('console.tab', { n: room.lot.number }) : t('console.title'));
  if (!feed || !room) {
    const unknown = feed?.error.value;
    return html`<${inSale ? 'div' : 'main'} class="page" id=${inSale ? null : 'main'}>
      <${inSale ? 'h2' : 'h1'} tabindex="-1">${t(watching ? 'console.observer' : 'console.title')}<//>
      <p class="quiet">${t(unknown ? 'console.unknown' : 'loading')}</p>
    <//>`;
  }
  return html`<${Bench} feed=${feed} room=${room} watching=${watching} inSale=${inSale} />`;
}

/** @param {RoomFeed} feed @returns {DeskRecord[]} newest first: what came since, then what the desk began with */
function recordsOf(feed) {
  const live = feed.records.value;
  const oldest = live.at(-1)?.s ?? Infinity;
  return [...live, ...(feed.desk.value?.attempts ?? []).filter((r) => r.s < oldest)];
}

/** @param {{feed: RoomFeed, room: Room, watching: boolean, inSale: boolean}} props */
function Bench({ feed, room, watching, inSale }) {
  const records = recordsOf(feed);
  const way = useWay(room.rules);
  const own = way?.acts?.(room) ?? [];
  const clerk = account.value?.role === 'clerk' && own.some((a) => a.clerk);
  const acts = watching ? own.filter((a) => clerk && a.clerk) : [...own, ...actsOf(room)];
  const [open, setOpen] = useState(/** @type {Act | null} */ (null));
  const [help, setHelp] = useState(false);
  const [outcome, setOutcome] = useState(/** @type {{ok: boolean, text: string} | null} */ (null));
  const { lot } = room;

  /** @param {{act: string}} act @param {Record<string, unknown>} fields */
  const send = async (act, fields) => {
    setOpen(null);
    setOutcome(null);
    const r = await feed.command('act', fields);
    const name = t('act.name.' + act.act);
    const done = act.act === 'undo' && room.now.cl?.f ? 'called.undo.asked' : 'console.done';
    setOutcome(
      r.accepted
        ? { ok: true, text: t(r.seq ? done : 'console.done.plain', { act: name, seq: r.seq ?? 0 }) }
        : { ok: false, text: t('console.refused', { why: tCode('why.', r.reason ?? '') }) },
    );
    return r.accepted;
  };

  /** @param {Act} act */
  const begin = (act) => {
    if (act.focus) document.querySelector(/** @type {any} */ (act.focus))?.focus();
    else if (!act.now) setOpen(act);
    else if (feed.current.value && feed.pending.value.length === 0)
      void send(act, { act: act.act, ...act.fill?.(room, records) });
  };
  useKeys(acts, begin, setHelp, open !== null || help);

  return html`<${inSale ? 'div' : 'main'} class=${cls('bench', watching && 'bench-watching')} id=${inSale ? null : 'main'}>
    <header class="bench-head">
      <p class="eyebrow dots">
        <span>${t(watching ? 'console.observer' : 'console.title')}</span>
        ${lot.rehearsal && html`<strong class="rehearsal">${t('rehearsal.mark')}</strong>`}
        <span>${t('lot.number', { n: lot.number })}</span>
        <span>${t('kind.' + lot.kind)}</span>
      </p>
      <${inSale ? 'h2' : 'h1'} tabindex="-1">${lot.title}<//>
      <p class="bench-links small">
        <span class="phase phase-${room.now.ph}">${t('phase.' + stageOf(room.now))}</span>
        <a href=${'/phong/' + room.session}>${t('console.room')}</a>
        <a href=${'/man-hinh/' + room.session}>${t('console.screen')}</a>
        ${!inSale && html`<a href=${`/dieu-hanh/cac-lo/${lot.auctionId}?lo=${lot.number}`}>${t('console.lots')}</a>`}
      </p>
    </header>
    <div class="bench-main">
      <${PriceCard} room=${room} records=${records} people=${feed.desk.value?.participants ?? []} way=${way} />
      <${Attempts} room=${room} records=${records} />
    </div>
    <div class="bench-side">
      ${way?.Desk && html`<${way.Desk} feed=${feed} room=${room} records=${records} watching=${watching} onAct=${begin} send=${send} outcome=${outcome} />`}
      ${clerk && html`<${Notice} tone="quiet" icon="users" title=${t('console.clerk')} />`}
      ${
        watching
          ? !clerk && html`<${Notice} tone="quiet" icon="eye" title=${t('console.watching')} />`
          : html`<${Acts} acts=${acts.filter((a) => !a.desk)} onAct=${setOpen} onHelp=${() => setHelp(true)} waiting=${feed.pending.value.length > 0} outcome=${outcome} current=${feed.current.value} />`
      }
      <${People} feed=${feed} room=${room} leader=${leaderOf(room, records)} />
      <${Messages} room=${room} />
    </div>
    ${
      open?.act === 'stop' &&
      html`<${IncidentDialog}
        session=${room.session}
        lot=${lot.number}
        onDone=${() => {
          setOpen(null);
          setOutcome({ ok: true, text: t('console.stopped') });
        }}
        onClose=${() => setOpen(null)}
      />`
    }
    ${
      open &&
      open.act !== 'stop' &&
      html`<${ActDialog}
        key=${open.act}
        act=${open}
        room=${room}
        records=${records}
        people=${feed.desk.value?.participants ?? []}
        onSend=${(/** @type {Record<string, unknown>} */ fields) => void send(open, fields)}
        onClose=${() => setOpen(null)}
      />`
    }
    ${help && html`<${HelpDialog} own=${own} onClose=${() => setHelp(false)} />`}
  <//>`;
}

/**
 * Shift and a letter opens an act's dialog; ? lists them.
 * @param {Act[]} acts
 * @param {(a: Act) => void} onAct @param {(open: boolean) => void} onHelp @param {boolean} busy
 */
function useKeys(acts, onAct, onHelp, busy) {
  // The listener reads what was drawn last: one that is bound anew after each
  // drawing would lose a key pressed between the two.
  const drawn = useRef({ acts, onAct, busy });
  drawn.current = { acts, onAct, busy };
  useLayoutEffect(() => {
    const key = (/** @type {KeyboardEvent} */ e) => {
      const target = e.target instanceof HTMLElement ? e.target : null;
      const inField =
        target !== null && target.closest('input, textarea, select, [contenteditable]') !== null;
      const typing = drawn.current.busy || inField;
      if (!typing && e.key === '?') {
        e.preventDefault();
        onHelp(true);
        return;
      }
      const act = shortcut(e, drawn.current.acts, typing);
      if (!act) return;
      e.preventDefault();
      drawn.current.onAct(act);
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);
}

/** @param {{room: Room, records: DeskRecord[], people: DeskParticipant[], way: import('../ways.js').Way | null}} props */
function PriceCard({ room, records, people, way }) {
  const { now, rules } = room;
  const [label, amount] = way?.price?.(room) ?? usualPrice(room);
  return html`<section class="card card-brass bench-price">
    <div>
      <span class="label">${label}</span>
      <${Price} amount=${amount} currency=${rules.currency} />
    </div>
    ${now.ph === 'running' && way?.Clock ? html`<${way.Clock} room=${room} />` : html`<${Clock} room=${room} />`}
    ${way?.Line && html`<${way.Line} room=${room} />`}
    <${GroupLine} room=${room} to="/dieu-hanh/" />
    <dl class="facts">
      ${
        severalUnits(room)
          ? html`<div><dt>${t('console.winners')}</dt><dd>${winnersText(winnersOf(people))}</dd></div>`
          : html`<div><dt>${t('console.leader')}</dt><dd>${leaderOf(room, records) || '–'}</dd></div>`
      }
      ${now.st > 0 && html`<div><dt>${t(isFalling(room) ? 'fact.fall' : 'fact.step')}</dt><dd><${Money} amount=${now.st} currency=${rules.currency} /></dd></div>`}
      ${(!now.sl || now.sl.o) && html`<div><dt>${t('fact.bids')}</dt><dd>${now.n}</dd></div>`}
      <div><dt>${t('price.start')}</dt><dd><${Money} amount=${rules.start} currency=${rules.currency} /></dd></div>
      ${lotDeposit(room)}
      <div><dt>${t('console.opening')}</dt><dd>${t('console.opening.' + rules.opening)}</dd></div>
      ${now.rv && html`<div><dt>${t('reserve.' + now.rv)}</dt><dd></dd></div>`}
    </dl>
    ${now.why && now.ph !== 'running' && html`<${Notice} tone="warn" icon="info" title=${now.why} />`}
  </section>`;
}

/** Whether several units are sold, to as many winners. @param {Room} room */
const severalUnits = ({ rules }) => (rules.sealed?.units ?? 0) > 0;

/** How many codes stand beside the price; the list of people has them all. */
const MOST_CODES = 6;

/** @param {string[]} codes */
const winnersText = (codes) =>
  codes.length === 0
    ? '–'
    : `${codes.length} (${codes.slice(0, MOST_CODES).join(', ')}${codes.length > MOST_CODES ? ', …' : ''})`;

/** @param {Room} room */
const lotDeposit = ({ lot, rules }) =>
  lot.deposit
    ? html`<div><dt>${t('fact.deposit')}</dt><dd><${Money} amount=${lot.deposit} currency=${rules.currency} /></dd></div>`
    : null;

/** @param {{room: Room}} props */
function Clock({ room }) {
  const { now, rules } = room;
  const run = clockOf(room);
  if (now.ph === 'running')
    return html`<${Countdown} endMs=${run.endMs ?? 0} totalMs=${run.totalMs} label=${t(run.key)} atZero=${t(...atZero(room))} />`;
  if (now.ph === 'scheduled')
    return html`<${Countdown} endMs=${rules.opensAt} totalMs=${600_000} soonMs=${0} label=${t('time.opens')} atZero=${t(openingKey(now))} />`;
  if (now.ph === 'paused')
    return html`<div class="countdown">
      <span class="label">${t(now.fin ? 'time.frozen.fall' : 'time.frozen')}</span>
      <div class="countdown-digits">${countdown(now.fin ?? now.rem ?? 0)}</div>
    </div>`;
  return html`<div class="bench-stamp">
    ${now.ph === 'closed' ? html`<span class="phase phase-closed">${t('phase.' + stageOf(now))}</span>` : html`<${Stamp} phase=${now.ph} result=${now.res} />`}
    ${now.e && html`<span class="small quiet">${dayMonth(now.e)} ${hourMinute(now.e)}</span>`}
  </div>`;
}

/**
 * @param {{acts: Act[], onAct: (a: Act) => void, onHelp: () => void, waiting: boolean, current: boolean,
 *   outcome: {ok: boolean, text: string} | null}} props
 */
function Acts({ acts, onAct, onHelp, waiting, outcome, current }) {
  const grave = acts.filter((a) => a.weight === 'grave');
  return html`<section class="card bench-acts" aria-labelledby="acts">
    <div class="bench-acts-head">
      <h2 id="acts">${t('console.acts')}</h2>
      <button class="link" onClick=${onHelp}><${Icon} name="keyboard" />${t('console.help')}</button>
    </div>
    ${acts.length === 0 && html`<p class="quiet small">${t('console.noacts')}</p>`}
    ${acts.filter((a) => a.weight !== 'grave').map((a) => html`<${ActButton} key=${a.act} act=${a} disabled=${waiting || !current} onAct=${onAct} />`)}
    ${grave.length > 0 && html`<p class="label bench-grave">${t('console.grave')}</p>`}
    ${grave.map((a) => html`<${ActButton} key=${a.act} act=${a} disabled=${waiting || !current} onAct=${onAct} />`)}
    <p class=${cls('bench-outcome', outcome && (outcome.ok ? 'bench-ok' : 'bench-bad'))} role="status">
      ${waiting ? t('console.waiting') : (outcome?.text ?? '')}
    </p>
  </section>`;
}

/** @param {{act: Act, disabled: boolean, onAct: (a: Act) => void}} props */
function ActButton({ act, disabled, onAct }) {
  return html`<button
    class=${cls('button', 'bench-act', act.weight === 'main' && 'button-main', act.weight === 'grave' && 'button-bad')}
    data-act=${act.act}
    disabled=${disabled}
    aria-keyshortcuts=${'Shift+' + act.key}
    onClick=${() => onAct(act)}
  >
    <${Icon} name=${act.icon} />
    <span>${t('act.name.' + act.act)}</span>
    <kbd aria-hidden="true">⇧${act.key}</kbd>
  </button>`;
}

/** @param {{room: Room, records: DeskRecord[]}} props */
function Attempts({ room, records }) {
  void language.value;
  return html`<section class="card" aria-labelledby="attempts">
    <h2 id="attempts">${t('console.attempts')}</h2>
    ${
      records.length === 0
        ? html`<p class="quiet small">${t('console.attempts.none')}</p>`
        : html`<div class="bench-scroll" tabindex="0" role="group" aria-labelledby="attempts">
            <table class="table bench-table">
              <thead>
                <tr>
                  <th scope="col" class="num">${t('console.col.seq')}</th>
                  <th scope="col">${t('console.col.time')}</th>
                  <th scope="col">${t('console.col.who')}</th>
                  <th scope="col">${t('console.col.what')}</th>
                  <th scope="col" class="num">${t('history.amount')}</th>
                </tr>
              </thead>
              <tbody>
                ${records.map((r) => html`<${AttemptRow} key=${r.s} record=${r} room=${room} />`)}
              </tbody>
            </table>
          </div>`
    }
  </section>`;
}

/** @param {DeskRecord} r */
function kindOf(r) {
  if (r.buy) return 'buy';
  return r.k === 'announced' && r.n ? 'announced.several' : r.k;
}

/** @param {{record: DeskRecord, room: Room}} props */
function AttemptRow({ record: r, room }) {
  const why = r.k === 'refused' ? tCode('why.', r.why ?? '') : '';
  // What the staff does is theirs; the code is then whom it concerns. A bid from the hall is its bidder's.
  const theirs = !r.hall && !['bidder', 'system'].includes(r.by.role);
  return html`<tr class="attempt attempt-${r.k}">
    <td class="num">${r.s}</td>
    <td><time title=${timeWithMs(r.at)}>${timeOfDay(r.at)}</time></td>
    <td>${(!theirs && r.c) || tCode('by.', r.by.role, { ref: r.by.ref ?? '' })}</td>
    <td>
      ${
        r.k === 'refused'
          ? html`<${Icon} name="ban" /> ${t('kindof.refused', { why })}${r.act && r.act !== 'bid' ? ` (${tCode('act.name.', r.act)})` : ''}`
          : tCode('kindof.', kindOf(r), { n: r.rd ?? r.n ?? '', going: r.go ?? '' })
      }
      ${theirs && r.c && html`<span class="quiet"> ${r.c}</span>`}
      ${r.hall && html`<span class="quiet"> – ${t('history.hall')}, ${tCode('by.', r.by.role, { ref: r.by.ref ?? '' })}</span>`}
      ${r.text && html`<span class="quiet"> – ${r.text}</span>`}
    </td>
    <td class="num">${r.a ? html`<${Money} amount=${r.a} currency=${room.rules.currency} />` : ''}${r.u ? ' × ' + r.u : ''}</td>
  </tr>`;
}

/** @param {{feed: RoomFeed, room: Room, leader: string}} props */
function People({ feed, room, leader }) {
  const people = feed.desk.value?.participants ?? [];
  const present = people.filter((p) => p.in).length;
  return html`<section class="card" aria-labelledby="people">
    <h2 id="people">${t('console.people')}</h2>
    <p class="small quiet">
      ${t('console.people.sum', { in: present, all: people.length, viewers: feed.viewers.value })}
    </p>
    <ul class="people">
      ${people.map((p) => html`<${Person} key=${p.code} person=${p} leads=${severalUnits(room) ? p.leading : p.code === leader} room=${room} />`)}
    </ul>
  </section>`;
}

/** @param {{person: DeskParticipant, leads: boolean, room: Room}} props */
function Person({ person: p, leads, room }) {
  return html`<li class=${cls('person', p.out && 'person-out', leads && !p.out && 'person-leads')}>
    <span class=${cls('person-dot', p.in && 'person-in')} aria-hidden="true"></span>
    <strong>${p.code}</strong>
    <span class="small">${t('console.' + stateOf(p, leads, room))}</span>
  </li>`;
}

/** @param {DeskParticipant} p @param {boolean} leads @param {Room} room */
function stateOf(p, leads, room) {
  const { now } = room;
  if (p.out) return p.out === 'part_declined' ? 'declined' : 'out';
  if (leads) return severalUnits(room) ? 'wins' : 'leads';
  if (now.rd?.n && now.ph !== 'announced' && !p.rd) return 'notround';
  return p.in ? 'in' : 'notin';
}

/** @param {{room: Room}} props */
function Messages({ room }) {
  if (room.messages.length === 0) return null;
  return html`<section class="card" aria-labelledby="said">
    <h2 id="said">${t('console.messages')}</h2>
    <ul class="said">
      ${room.messages.map((m) => html`<li key=${m.at}><time class="quiet small">${timeOfDay(m.at)}</time> ${m.text}</li>`)}
    </ul>
  </section>`;
}
