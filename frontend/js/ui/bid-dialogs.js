// The dialogs of bidding. A change of the price closes one only if the amount
// in it has become invalid; otherwise it stays and shows the new price.

import { buysNow, confirmation } from '../bid.js';
import { language, t } from '../i18n.js';
import { refusal } from '../refused/sentence.js';
import { amountProblem, nearest, stepsAbove } from '../room.js';
import { capital, figures, money, timeWithMs, words } from '../text.js';
import { Dialog, html, Icon, Later, useEffect, useState } from '../view.js';
import { AmountField } from './amount-field.js';
import { Field, Notice, Price } from './parts.js';

/** @typedef {import('../live.js').RoomFeed} RoomFeed */
/** @typedef {import('../types').Room} Room */
/** @typedef {import('../types').Receipt} Receipt */
/** @typedef {(amount: number, confirmed?: boolean) => void} Send */

/** What stands now, visible while somebody types. @param {{room: Room}} props */
function Standing({ room }) {
  const lang = language.value;
  const spell = (/** @type {number} */ n) => money(n, room.rules.currency, lang);
  return html`<p class="dialog-now">
    <span>${t('price.highest')} <strong>${room.now.p ? spell(room.now.p) : t('price.none')}</strong></span>
    <span>${t('price.next')} <strong>${spell(room.now.nx)}</strong></span>
  </p>`;
}

/** @param {Room} room @param {number | null} amount */
function problemText(room, amount) {
  if (amount === null) return null;
  const problem = amountProblem(room, amount);
  return problem && refusal(room, problem, { amount });
}

/** An amount of one's own. @param {{feed: RoomFeed, onClose: () => void, onSend: Send}} props */
export function EnterDialog({ feed, onClose, onSend }) {
  const room = feed.room.value;
  const [amount, setAmount] = useState(/** @type {number | null} */ (null));
  const [confirming, confirm] = useState(false);
  const [touched, touch] = useState(false);
  if (!room) return null;
  if (confirming && amount !== null && amountProblem(room, amount) === null) {
    return html`<${ConfirmDialog} feed=${feed} amount=${amount} onClose=${onClose} onSend=${onSend} />`;
  }
  const problem = touched ? (amount === null ? t('amount.needed') : problemText(room, amount)) : null;
  const offers = touched && amount !== null && problem ? nearest(room, amount) : [];
  /** @param {SubmitEvent} e */
  const submit = (e) => {
    e.preventDefault();
    touch(true);
    if (amount === null || amountProblem(room, amount)) return;
    if (confirmation(room, amount) === 'none') onSend(amount);
    else confirm(true);
  };
  return html`<${Dialog} title=${t(room.rules.proxy ? 'enter.title.max' : 'enter.title')} onClose=${onClose}>
    <form class="form" onSubmit=${submit}>
      <${Standing} room=${room} />
      <${AmountField}
        id="bid-amount"
        label=${t(room.rules.proxy ? 'enter.label.max' : 'enter.label')}
        currency=${room.rules.currency}
        amount=${amount}
        onAmount=${(/** @type {number | null} */ a) => {
          setAmount(a);
          if (a === null) touch(false);
        }}
        error=${problem}
        hint=${amount !== null && amountProblem(room, amount) === null && html`<span class="amount-steps">${aboveText(room, amount)}</span>`}
      />
      ${
        offers.length > 0 &&
        html`<div class="buttons">
          ${offers.map(
            (offer) =>
              html`<button type="button" class="button" onClick=${() => setAmount(offer)}>
                ${figures(offer, room.rules.currency, language.value)}
              </button>`,
          )}
        </div>`
      }
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button class="button button-main">${t('dialog.on')}</button>
      </div>
    </form>
  <//>`;
}

/**
 * How far above the price an amount is, in steps.
 * @param {Room} room @param {number} amount @param {'above' | 'confirm'} [kind]
 */
function aboveText(room, amount, kind = 'above') {
  const above = stepsAbove(room, amount);
  return room.now.p ? t(kind + '.price', { n: above + 1 }) : t(kind + '.start', { n: above });
}

/** That an amount would buy at once, and at what price. @param {{room: Room, amount: number}} props */
function Buys({ room, amount }) {
  if (!buysNow(room, amount)) return null;
  const price = money(room.rules.buyNow?.amount ?? 0, room.rules.currency, language.value);
  return html`<${Notice} tone="warn" icon="info" title=${t('confirm.buys', { price })} />`;
}

/**
 * A look at the amount in words before it is sent, and typing it again where
 * it is very far above the price.
 * @param {{feed: RoomFeed, amount: number, onClose: () => void, onSend: Send}} props
 */
export function ConfirmDialog({ feed, amount, onClose, onSend }) {
  const room = feed.room.value;
  const asked = feed.receipt.value?.reason === 'confirm_needed' && feed.receipt.value.amount === amount;
  const [again, setAgain] = useState(/** @type {number | null} */ (null));
  const [wrong, setWrong] = useState(false);
  const invalid = !room || amountProblem(room, amount) !== null || feed.you.value?.leading === true;
  useEffect(() => {
    if (invalid) onClose();
  }, [invalid]);
  if (!room || invalid) return null;
  const typeAgain = asked || confirmation(room, amount) === 'type';
  /** @param {SubmitEvent} e */
  const submit = (e) => {
    e.preventDefault();
    if (typeAgain && again !== amount) setWrong(true);
    else onSend(amount, typeAgain);
  };
  return html`<${Dialog} title=${aboveText(room, amount, 'confirm')} onClose=${onClose}>
    <form class="form" onSubmit=${submit}>
      <${Price} amount=${amount} currency=${room.rules.currency} />
      <${Standing} room=${room} />
      <${Buys} room=${room} amount=${amount} />
      ${typeAgain && html`<${Notice} tone="warn" icon="triangle-alert" title=${t('confirm.high')} />`}
      ${
        typeAgain &&
        html`<${AmountField}
          id="bid-again"
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
        <button class="button button-main">${t(room.rules.proxy ? 'confirm.go.max' : 'confirm.go')}</button>
      </div>
    </form>
  <//>`;
}

/** The leader's own maximum, higher. @param {{feed: RoomFeed, onClose: () => void}} props */
export function RaiseDialog({ feed, onClose }) {
  const room = feed.room.value;
  const best = feed.you.value?.best ?? 0;
  const [amount, setAmount] = useState(/** @type {number | null} */ (null));
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  if (!room) return null;
  const lang = language.value;
  /** @param {SubmitEvent} e */
  const submit = (e) => {
    e.preventDefault();
    if (amount === null) return setProblem(t('amount.needed'));
    if (amount <= best) return setProblem(refusal(room, 'maximum_not_higher'));
    onClose();
    void feed.command('raise', { amount, confirm: amount });
  };
  return html`<${Dialog} title=${t('raise.title')} onClose=${onClose}>
    <form class="form" onSubmit=${submit}>
      <p>${t('raise.what', { max: money(best, room.rules.currency, lang) })}</p>
      <${AmountField}
        id="raise-amount"
        label=${t('raise.label')}
        currency=${room.rules.currency}
        amount=${amount}
        onAmount=${(/** @type {number | null} */ a) => {
          setAmount(a);
          setProblem(null);
        }}
        error=${problem}
      />
      ${amount !== null && html`<${Buys} room=${room} amount=${amount} />`}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button class="button button-main">${t('raise.go')}</button>
      </div>
    </form>
  <//>`;
}

/** Taking back the leading bid: grave, so the own code is typed. @param {{feed: RoomFeed, onClose: () => void}} props */
export function WithdrawDialog({ feed, onClose }) {
  const code = feed.you.value?.code ?? '';
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  /** @param {SubmitEvent} e */
  const submit = (e) => {
    e.preventDefault();
    if (typed.trim().toUpperCase() !== code) return setWrong(true);
    onClose();
    void feed.command('withdraw', { code });
  };
  return html`<${Dialog} title=${t('withdraw.title')} tone="bad" onClose=${onClose}>
    <form class="form" onSubmit=${submit}>
      <${Notice} tone="bad" icon="triangle-alert" title=${t('withdraw.what')}>
        <p>${t(feed.room.value?.rules.descent && !feed.room.value.rules.hybrid ? 'withdraw.effect.falling' : 'withdraw.effect')}</p>
      <//>
      <${Field} id="withdraw-code" label=${t('withdraw.type', { code })} error=${wrong && t('withdraw.differs')}>
        ${(/** @type {object} */ attributes) =>
          html`<input
            ...${attributes}
            class="input"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck="false"
            value=${typed}
            onInput=${(/** @type {any} */ e) => {
              setTyped(e.currentTarget.value);
              setWrong(false);
            }}
          />`}
      <//>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.keep')}</button>
        <button class="button button-bad">${t('withdraw.go')}</button>
      </div>
    </form>
  <//>`;
}

/** What became of each own bid of this visit. @param {{room: Room, receipts: Receipt[], onClose: () => void}} props */
export function ReceiptDialog({ room, receipts, onClose }) {
  const lang = language.value;
  return html`<${Dialog} title=${t('receipts.title')} onClose=${onClose}>
    ${receipts.length === 0 && html`<p class="quiet">${t('receipts.none')}</p>`}
    <ul class="receipts">
      ${receipts.map(
        (r) =>
          html`<li key=${r.cmd} class="receipt">
            <p class="receipt-head">
              <${Icon} name=${r.accepted ? 'circle-check' : 'ban'} />
              <strong>${t('act.' + r.act)}</strong>
              ${r.amount ? html`<span class="figures">${money(r.amount, room.rules.currency, lang)}</span>` : ''}
            </p>
            ${r.amount ? html`<p class="small quiet">${capital(words(r.amount, room.rules.currency, lang))}</p>` : ''}
            <p class="small">
              ${
                r.accepted
                  ? t('receipt.recorded')
                  : refusal(room, r.reason ?? '', { amount: r.amount, next: r.next ?? 0, free: r.free })
              }
            </p>
            <p class="label dots">
              ${r.at ? html`<span>${t('receipt.at', { time: timeWithMs(r.at) })}</span>` : ''}
              ${r.seq ? html`<span>${t('receipt.seq', { n: r.seq })}</span>` : ''}
            </p>
            ${r.hash && html`<p class="label">${t('receipt.hash')} <span class="hash">${r.hash}</span></p>`}
          </li>`,
      )}
    </ul>
    <${Later} name="KeepReceipts" load=${keepReceipts} session=${room.session} />
    <div class="dialog-buttons"><button class="button" onClick=${onClose}>${t('dialog.close')}</button></div>
  <//>`;
}

const keepReceipts = () => import('../receipts/save.js');
