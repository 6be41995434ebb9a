// The desk of who calls a lot: big keys for the calls, a line for bids from the
// hall, a line for the price asked for. The clerk has the line of the hall alone.

import { account } from '../account.js';
import { confirmation } from '../bid.js';
import { language, t } from '../i18n.js';
import { clock } from '../live.js';
import { amountAt, amountProblem } from '../room.js';
import { money } from '../text.js';
import { AmountField } from '../ui/amount-field.js';
import { Field, useRemaining } from '../ui/parts.js';
import { leaderOf } from '../console/acts.js';
import { cls, html, Icon, useRef, useState } from '../view.js';
import { keys, whoIs } from './keys.js';
import { UndoCard } from './undo.js';

/** @typedef {import('../types').Room} Room */
/** @typedef {import('../console/acts.js').Act} Act */
/** @typedef {import('../live.js').RoomFeed} RoomFeed */

const STEPS = [1, 2, 5, 10];

/** Leaves a field, so that the keys of the acts work again. */
const toKeys = () => document.querySelector(/** @type {any} */ ('#calling'))?.focus();

/**
 * @param {{feed: RoomFeed, room: Room, records: import('../types').DeskRecord[], watching: boolean, onAct: (a: Act) => void,
 *   send: (act: {act: string}, fields: Record<string, unknown>) => Promise<boolean>, outcome: {ok: boolean, text: string} | null}} props
 */
export function CallingDesk({ feed, room, records, watching, onAct, send, outcome }) {
  const clerk = account.value?.role === 'clerk';
  const waiting = feed.pending.value.length > 0 || !feed.current.value;
  const wait = useRemaining(room.now.cl?.fa);
  const { ph } = room.now;
  const undo = html`<${UndoCard} room=${room} records=${records} waiting=${waiting} onAct=${onAct} send=${send} outcome=${outcome} />`;
  if ((watching && !clerk) || !['running', 'paused', 'closed'].includes(ph)) return undo;
  const running = ph === 'running';
  const acts = keys(room);
  const act = (/** @type {string} */ name) => acts.find((a) => a.act === name);
  const soon = clock.known && wait !== null && wait > 0;
  const key = (/** @type {string} */ name, /** @type {boolean} */ held = false) =>
    html`<${Key} key=${name} name=${name} act=${act(name)} disabled=${waiting || held} onAct=${onAct} count=${room.now.cl?.c ?? 0} />`;
  return html`${undo}
  <section
    class="card calling-desk"
    aria-labelledby="calling"
    onKeyDown=${(/** @type {KeyboardEvent} */ e) => e.key === 'Escape' && toKeys()}
  >
    <h2 id="calling" tabindex="-1">${t(clerk ? 'called.desk.hall' : 'called.desk')}</h2>
    ${
      !clerk &&
      html`<p class="calling-stands">
        <strong class="figures">${room.now.p ? money(room.now.p, room.rules.currency, language.value) : t('price.none')}</strong>
        <span>${leaderOf(room, records) || '–'}${room.now.cl?.h ? ` · ${t('history.hall')}` : ''}</span>
      </p>
      <div class="calling-keys">
        ${running && html`${key('call', soon)} ${key('hammer', soon)} ${key('warn')}`}
        ${act('pass') && key('pass', soon)} ${act('undo') && key('undo')} ${act('reopen') && key('reopen')}
      </div>`
    }
    ${running && html`<${Hall} feed=${feed} room=${room} send=${send} waiting=${waiting} stay=${clerk} />`}
    ${running && !clerk && html`<${Asking} room=${room} send=${send} waiting=${waiting} />`}
    <p class=${cls('bench-outcome', outcome && (outcome.ok ? 'bench-ok' : 'bench-bad'))} role="status">${outcome?.text ?? ''}</p>
  </section>`;
}

/** @param {{name: string, act: Act | undefined, disabled: boolean, onAct: (a: Act) => void, count: number}} props */
function Key({ name, act, disabled, onAct, count }) {
  const letter = { call: 'C', hammer: 'G', warn: 'W', pass: 'Q', undo: 'Z', reopen: 'K' }[name] ?? '';
  const text = name === 'call' && act ? t('called.key.call', { n: count + 1 }) : t('act.name.' + name);
  return html`<button
    type="button"
    class=${cls('button', 'calling-key', act?.weight === 'main' && 'button-main')}
    data-act=${name}
    disabled=${disabled || !act}
    aria-keyshortcuts=${'Shift+' + letter}
    onClick=${() => act && onAct(act)}
  >
    <${Icon} name=${act?.icon ?? 'gavel'} />
    <span>${text}${act && !act.now ? '…' : ''}</span>
    <kbd aria-hidden="true">⇧${letter}</kbd>
  </button>`;
}

/** The step buttons of an amount. @param {{room: Room, onPick: (amount: number) => void}} props */
const Steps = ({ room, onPick }) =>
  html`<div class="calling-steps" role="group" aria-label=${t('presets.label')}>
    ${STEPS.map((n) => html`<button type="button" key=${n} class="button" onClick=${() => onPick(amountAt(room, n))}>+${n}</button>`)}
  </div>`;

/**
 * A bid made in the hall: the code, the amount, Enter. Who is not present yet is
 * checked in by the same Enter, and the button says so.
 * @param {{feed: RoomFeed, room: Room, send: (act: {act: string}, fields: Record<string, unknown>) => Promise<boolean>, waiting: boolean, stay: boolean}} props
 *   stay: nothing but bids is entered here, so the next one follows
 */
function Hall({ feed, room, send, waiting, stay }) {
  const [typed, type] = useState('');
  const [own, setOwn] = useState(/** @type {number | null} */ (null));
  const [again, setAgain] = useState(/** @type {number | null} */ (null));
  const [wrong, setWrong] = useState('');
  const code = useRef(/** @type {HTMLFormElement | null} */ (null));
  const people = feed.desk.value?.participants ?? [];
  const who = whoIs(people, typed);
  const amount = own !== null && amountProblem(room, own) === null ? own : (room.now.cl?.a ?? room.now.nx);
  const twice = confirmation(room, amount) === 'type';
  const pick = (/** @type {number | null} */ a) => {
    setOwn(a);
    setAgain(null);
    setWrong('');
  };
  /** @param {Event} e */
  const submit = async (e) => {
    e.preventDefault();
    if (!who) return setWrong('code');
    if (own !== null && amountProblem(room, own)) return setWrong('amount');
    if (twice && again !== amount) return setWrong('again');
    setWrong('');
    if (!who.in && !(await send({ act: 'floor_check_in' }, { act: 'floor_check_in', code: who.code })))
      return;
    const fields = { act: 'floor_bid', code: who.code, price: amount };
    if (!(await send({ act: 'floor_bid' }, twice ? { ...fields, confirm: amount } : fields))) return;
    type('');
    pick(null);
    if (stay) code.current?.querySelector('input')?.focus();
    else toKeys();
  };
  return html`<form class="form calling-hall" ref=${code} onSubmit=${submit} noValidate>
    <div class="calling-fields">
      <${Field} id="floor-code" label=${t('called.floor.code')} error=${wrong === 'code' && t('called.floor.who')} hint=${typed && who ? who.code : ''}>
        ${(/** @type {object} */ a) => html`<input
          ...${a}
          class="input"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck=${false}
          list="floor-codes"
          value=${typed}
          onInput=${(/** @type {any} */ e) => {
            type(e.currentTarget.value);
            setWrong('');
          }}
        />`}
      <//>
      <datalist id="floor-codes">${people.filter((p) => !p.out).map((p) => html`<option key=${p.code} value=${p.code} />`)}</datalist>
      <${AmountField}
        id="floor-amount"
        label=${t('called.floor.amount')}
        currency=${room.rules.currency}
        amount=${own ?? amount}
        onAmount=${pick}
        error=${wrong === 'amount' && t('called.floor.invalid')}
      />
    </div>
    <${Steps} room=${room} onPick=${pick} />
    ${
      twice &&
      html`<${AmountField}
        id="floor-again"
        label=${t('called.floor.again')}
        currency=${room.rules.currency}
        amount=${again}
        onAmount=${setAgain}
        error=${wrong === 'again' && t('called.floor.differs')}
      />`
    }
    <button class="button" data-act="floor_bid" disabled=${waiting}>
      <${Icon} name="users" />
      <span>${t(who && !who.in ? 'called.floor.both' : 'act.name.floor_bid')}</span>
      <kbd aria-hidden="true">⇧B</kbd>
    </button>
  </form>`;
}

/** The price asked for. @param {{room: Room, send: (act: {act: string}, fields: Record<string, unknown>) => Promise<boolean>, waiting: boolean}} props */
function Asking({ room, send, waiting }) {
  const [own, setOwn] = useState(/** @type {number | null} */ (null));
  const [wrong, setWrong] = useState(false);
  const amount = own ?? room.now.cl?.a ?? room.now.nx;
  const pick = (/** @type {number | null} */ a) => {
    setOwn(a);
    setWrong(false);
  };
  /** @param {Event} e */
  const submit = async (e) => {
    e.preventDefault();
    if (amountProblem(room, amount)) return setWrong(true);
    if (!(await send({ act: 'ask' }, { act: 'ask', price: amount }))) return;
    pick(null);
    toKeys();
  };
  return html`<form class="form calling-ask" onSubmit=${submit} noValidate>
    <${AmountField}
      id="ask-price"
      label=${t('called.ask.amount')}
      currency=${room.rules.currency}
      amount=${amount}
      onAmount=${pick}
      error=${wrong && t('called.floor.invalid')}
    />
    <${Steps} room=${room} onPick=${pick} />
    <button class="button" data-act="ask" disabled=${waiting}>
      <${Icon} name="arrow-up" />
      <span>${t('act.name.ask')}</span>
      <kbd aria-hidden="true">⇧A</kbd>
    </button>
  </form>`;
}
