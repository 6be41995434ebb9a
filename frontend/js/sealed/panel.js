// The bidder's part: an amount in words, the own sealed offer with its change
// and its taking back, and what happens next.

import { account } from '../account.js';
import { bidButton, confirmation } from '../bid.js';
import { language, t } from '../i18n.js';
import { clock } from '../live.js';
import { refusal } from '../refused/sentence.js';
import { amountProblem } from '../room.js';
import { say } from '../say.js';
import { capital, money, timeOfDay, words } from '../text.js';
import { cls, Dialog, html, Icon, navigate, useEffect, useState } from '../view.js';
import { AmountField } from '../ui/amount-field.js';
import { WithdrawDialog } from '../ui/bid-dialogs.js';
import { Notice, Price } from '../ui/parts.js';
import { keepOwn, ownAt } from './own.js';
import { readUnits, Served, Total, UnitsField, unitsOf } from './units.js';

/** @typedef {import('../live.js').RoomFeed} RoomFeed */
/** @typedef {import('../types').Room} Room */

/** The states of the usual button that a room of sealed offers has too. */
const USUAL = [
  'absent',
  'checking',
  'waiting',
  'notround',
  'paused',
  'stopped',
  'cancelled',
  'out',
  'offline',
  'cut',
  'follower',
  'guest',
  'stranger',
  'failed',
  'sold',
  'lost',
  'won',
];

/** @param {{feed: RoomFeed}} props */
export function Panel({ feed }) {
  const [dialog, open] = useState(
    /** @type {{kind: string, amount?: number, units?: number} | null} */ (null),
  );
  const [changing, change] = useState(false);
  const [, kept] = useState(0); // when an offer was kept: what the device knows is then drawn again
  const receipt = feed.receipt.value;
  const room = feed.room.value;
  const you = feed.you.value;
  const session = room?.session ?? '';
  useEffect(() => {
    if (!receipt?.accepted) return;
    if (receipt.act === 'offer' && receipt.amount) {
      keepOwn(session, {
        amount: receipt.amount,
        units: receipt.units,
        at: receipt.at ?? 0,
        hash: receipt.hash ?? '',
      });
      kept(receipt.at ?? 0);
      say(t('sealed.say.put'));
      change(false);
    }
    if (receipt.act === 'take_back') say(t('sealed.say.back'));
  }, [receipt]);
  if (!room) return null;
  const pending = feed.pending.value;
  const button = bidButton({
    room,
    you,
    current: feed.current.value,
    cut: feed.behind.value?.cut === true,
    signedIn: account.value !== null,
    active: feed.active.value,
    pending,
    choice: { steps: 1 },
    refused: null,
    monotonicMs: clock.monotonicMs(),
    priceMovedMs: -Infinity,
    serverMs: clock.now(),
  });
  const sent = pending.find((p) => ['offer', 'take_back', 'withdraw'].includes(p.op));
  const usual = USUAL.includes(button.state);
  const close = () => open(null);
  /** @param {number} amount @param {number} [units] */
  const send = (amount, units) => {
    close();
    void feed.command('offer', { amount, confirm: amount, ...(units ? { units } : {}) });
  };
  const tap = () => {
    if (button.tap === 'signin') navigate(`/dang-nhap?tiep=/phong/${room.session}`);
    if (button.tap === 'checkin') void feed.command('checkin');
    if (button.tap === 'take') feed.take();
  };
  let body;
  if (usual) body = html`<${Usual} button=${button} room=${room} onTap=${tap} />`;
  else if (sent)
    body = html`<${Wide} state="sending" look="warn" text=${t(sent.asking ? 'sealed.asking' : sent.op === 'offer' ? 'sealed.sending' : 'sealed.taking')} />`;
  else if (room.now.ph === 'closed') body = html`<${Closed} feed=${feed} room=${room} open=${open} />`;
  else if (you?.of && !changing)
    body = html`<${Mine} room=${room} at=${you.of} own=${ownAt(session, you.of)} onChange=${() => change(true)} onBack=${() => open({ kind: 'back' })} />`;
  else
    body = html`<${Form} room=${room} mine=${you?.of !== undefined} onKeep=${() => change(false)} onOffer=${(/** @type {number} */ amount, /** @type {number | undefined} */ units) => open({ kind: 'confirm', amount, units })} />`;
  return html`<section class="card sealed-panel" aria-labelledby="sealed-panel">
    <div class="sealed-panel-head">
      <h2 id="sealed-panel">${t('sealed.panel')}</h2>
      ${you && html`<span class="small">${t('sealed.code')} <strong>${you.code}</strong></span>`}
    </div>
    ${receipt && !receipt.accepted && !['offline', 'cut'].includes(receipt.reason ?? '') && html`<${Refused} room=${room} receipt=${receipt} />`}
    ${body}
    ${dialog?.kind === 'confirm' && html`<${Confirm} room=${room} amount=${dialog.amount} units=${dialog.units} onClose=${close} onSend=${send} />`}
    ${
      dialog?.kind === 'back' &&
      html`<${Back} onClose=${close} onGo=${() => {
        close();
        void feed.command('take_back');
      }} />`
    }
    ${dialog?.kind === 'withdraw' && html`<${WithdrawDialog} feed=${feed} onClose=${close} />`}
  </section>`;
}

/** @param {Room} room @param {number} amount */
const spell = (room, amount) => money(amount, room.rules.currency, language.value);

/** @param {{state: string, look: string, text: string, tap?: (() => void) | null, children?: any}} props */
const Wide = ({ state, look, text, tap = null, children }) => html`<button
  class=${cls('bid-button', 'bid-' + look)}
  data-state=${state}
  disabled=${tap === null}
  onClick=${tap}
>
  <span class="bid-verb">${text}</span>${children}
</button>`;

/** What is the same in every session. @param {{button: import('../bid.js').Button, room: Room, onTap: () => void}} props */
function Usual({ button, room, onTap }) {
  const amount = button.amount === null ? '' : spell(room, button.amount);
  return html`<${Wide} state=${button.state} look=${button.look} text=${t('bid.' + button.state, { amount })} tap=${button.tap ? onTap : null} />
    ${button.reason && html`<p class="small">${button.reason}</p>`}
    ${['absent', 'waiting'].includes(button.state) && html`<p class="small quiet">${t('sealed.next')}</p>`}`;
}

/** @param {{room: Room, receipt: import('../types').Receipt}} props */
const Refused = ({ room, receipt }) => html`<${Notice}
  tone="bad"
  icon="ban"
  title=${refusal(room, receipt.reason ?? '', { amount: receipt.amount })}
/>`;

/** @param {{room: Room, mine: boolean, onKeep: () => void, onOffer: (amount: number, units?: number) => void}} props */
function Form({ room, mine, onKeep, onOffer }) {
  const [amount, setAmount] = useState(/** @type {number | null} */ (null));
  const [text, setText] = useState('');
  const [touched, touch] = useState(false);
  const most = unitsOf(room);
  const units = readUnits(text, most);
  const problem = amount === null ? null : amountProblem(room, amount);
  const needed = amount === null ? t('amount.needed') : problem && refusal(room, problem, { amount });
  const error = touched && needed;
  /** @param {SubmitEvent} e */
  const submit = (e) => {
    e.preventDefault();
    touch(true);
    if (amount === null || problem) return;
    if (most === 0) onOffer(amount);
    else if (units !== null) onOffer(amount, units);
  };
  return html`<form class="form" onSubmit=${submit}>
    ${!mine && html`<p class="small">${t('sealed.none')}</p>`}
    ${
      most > 0 &&
      html`<${UnitsField} room=${room} text=${text} error=${touched && units === null && t('units.needed', { n: most })} onText=${(
        /** @type {string} */ v,
      ) => {
        setText(v);
        touch(false);
      }} />`
    }
    <${AmountField}
      id="sealed-amount"
      label=${t(most > 0 ? 'units.amount' : 'sealed.amount')}
      currency=${room.rules.currency}
      amount=${amount}
      onAmount=${(/** @type {number | null} */ a) => {
        setAmount(a);
        touch(false);
      }}
      error=${error}
      hint=${html`<span>${t('sealed.least', { least: spell(room, room.now.nx) })}</span>`}
    />
    ${units !== null && amount !== null && !problem && html`<${Total} room=${room} amount=${amount} units=${units} />`}
    <button class="bid-button bid-solid" data-state="offer"><span class="bid-verb">${t(mine ? 'sealed.change' : 'sealed.put')}</span></button>
    ${mine && html`<button type="button" class="button" onClick=${onKeep}>${t('sealed.keep')}</button>`}
    <p class="small quiet">${t('sealed.next')}</p>
  </form>`;
}

/** The own offer as this device knows it. @param {{room: Room, at: number, own: import('./own.js').Own | null}} props */
function Slip({ room, at, own }) {
  return html`<div class="sealed-slip">
    <p class="label"><${Icon} name="lock" /> ${t('sealed.yours')}</p>
    ${own ? html`<${Price} amount=${own.amount} currency=${room.rules.currency} />` : html`<p>${t('sealed.yours.elsewhere')}</p>`}
    ${own?.units && html`<${Total} room=${room} amount=${own.amount} units=${own.units} />`}
    <p class="small">${t('sealed.yours.at', { time: timeOfDay(at) })}</p>
    ${own && html`<p class="small quiet">${t('sealed.yours.here')}</p>`}
    ${own?.hash && html`<p class="label">${t('sealed.yours.hash', { hash: own.hash.slice(0, 16) + '…' })}</p>`}
  </div>`;
}

/** @param {{room: Room, at: number, own: import('./own.js').Own | null, onChange: () => void, onBack: () => void}} props */
const Mine = ({ room, at, own, onChange, onBack }) => html`<div class="sealed-mine" data-state="sealed">
  <${Slip} room=${room} at=${at} own=${own} />
  <div class="buttons">
    <button class="button" onClick=${onChange}><${Icon} name="pencil" />${t('sealed.change')}</button>
    <button class="button" onClick=${onBack}><${Icon} name="undo-2" />${t('sealed.back')}</button>
  </div>
  <p class="small quiet">${t('sealed.next')}</p>
</div>`;

/** After the end: sealed, or one's place among the opened. @param {{feed: RoomFeed, room: Room, open: (d: any) => void}} props */
function Closed({ feed, room, open }) {
  const you = feed.you.value;
  if (!room.now.sl?.o) {
    if (!you?.of) return html`<${Wide} state="shut" look="plain" text=${t('sealed.shut.none')} />`;
    return html`<${Wide} state="shut" look="plain" text=${t('sealed.shut')} /><${Slip} room=${room} at=${you.of} own=${ownAt(room.session, you.of)} />`;
  }
  if (you?.out === 'part_declined')
    return html`<${Wide} state="declined" look="plain" text=${t('units.declined')} />`;
  const rank = room.history.filter((r) => !r.out).findIndex((r) => r.c === you?.code) + 1;
  if (!you?.best) return html`<${Wide} state="opened" look="plain" text=${t('sealed.shut.none')} />`;
  const text = you.un
    ? t(you.sv ? 'units.mine' : 'units.mine.none', { n: you.sv ?? 0, of: you.un })
    : you.leading
      ? t('sealed.rank.first')
      : rank > 0
        ? t('sealed.rank', { n: rank })
        : t('sealed.shut');
  return html`<${Wide} state=${you.leading ? 'first' : 'opened'} look=${you.leading ? 'good' : 'plain'} text=${text} />
    <${Price} amount=${you.best} currency=${room.rules.currency} />
    ${you.un && html`<${Served} room=${room} you=${you} />`}
    ${you.canWd && html`<button class="link sealed-withdraw" onClick=${() => open({ kind: 'withdraw' })}>${t('sealed.withdraw')}…</button>`}`;
}

/** The amount in words before it is sealed; typed again where it is very high. @param {{room: Room, amount: number, units?: number, onClose: () => void, onSend: (amount: number, units?: number) => void}} props */
function Confirm({ room, amount, units, onClose, onSend }) {
  const [again, setAgain] = useState(/** @type {number | null} */ (null));
  const [wrong, setWrong] = useState(false);
  const twice = confirmation({ ...room, now: { ...room.now, p: room.now.sl?.f } }, amount) === 'type';
  /** @param {SubmitEvent} e */
  const submit = (e) => {
    e.preventDefault();
    if (twice && again !== amount) setWrong(true);
    else onSend(amount, units);
  };
  return html`<${Dialog} title=${t('sealed.confirm')} onClose=${onClose}>
    <form class="form" onSubmit=${submit}>
      <${Price} amount=${amount} currency=${room.rules.currency} withWords=${false} />
      ${
        units
          ? html`<p class="small">${t('units.each')}</p>
              <${Total} room=${room} amount=${amount} units=${units} />`
          : html`<p class="sealed-words">${capital(words(amount, room.rules.currency, language.value))}</p>`
      }
      <p class="small">${t('sealed.confirm.what')}</p>
      ${twice && html`<${Notice} tone="warn" icon="triangle-alert" title=${t('sealed.confirm.high')} />`}
      ${
        twice &&
        html`<${AmountField}
          id="sealed-again"
          label=${t('confirm.again')}
          currency=${room.rules.currency}
          amount=${again}
          onAmount=${(/** @type {number | null} */ a) => {
            setAgain(a);
            setWrong(false);
          }}
          error=${wrong && t('confirm.differs')}
        />`
      }
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button class="button button-main"><${Icon} name="lock" />${t('sealed.put')}</button>
      </div>
    </form>
  <//>`;
}

/** @param {{onClose: () => void, onGo: () => void}} props */
const Back = ({ onClose, onGo }) => html`<${Dialog} title=${t('sealed.back.title')} onClose=${onClose}>
  <p>${t('sealed.back.what')}</p>
  <div class="dialog-buttons">
    <button class="button" onClick=${onClose}>${t('dialog.keep')}</button>
    <button class="button button-main" onClick=${onGo}>${t('sealed.back')}</button>
  </div>
<//>`;
