// The bidder's part of a room: how I stand, the steps, one large button that
// names the exact amount, and what became of my bids.

import { account } from '../account.js';
import { bidButton, chosenAmount, confirmation, strip } from '../bid.js';
import { language, t } from '../i18n.js';
import { clock } from '../live.js';
import { refusal } from '../refused/sentence.js';
import { isFalling } from '../room.js';
import { soundOn, toggleSound } from '../sound.js';
import { capital, figures, money, timeOfDay, words } from '../text.js';
import { cls, html, Icon, navigate, useEffect, useLayoutEffect, useRef, useState } from '../view.js';
import { ConfirmDialog, EnterDialog, RaiseDialog, ReceiptDialog, WithdrawDialog } from './bid-dialogs.js';
import { talk } from '../voice/voice.js';

/** @typedef {import('../live.js').RoomFeed} RoomFeed */
/** @typedef {import('../types').Receipt} Receipt */
/** @typedef {import('../bid.js').Choice} Choice */
/** @typedef {import('../bid.js').Situation} Situation */

const PRESETS = [1, 2, 5, 10];

/** Draws again at a monotonic time. @param {number | null} atMs */
function useAgain(atMs) {
  const [, again] = useState(0);
  useEffect(() => {
    if (atMs === null) return;
    const timer = setTimeout(() => again((n) => n + 1), Math.max(0, atMs - clock.monotonicMs()) + 1);
    return () => clearTimeout(timer);
  }, [atMs]);
}

/**
 * Tells the style sheet how high the sheet is, so that nothing hides below it. What
 * has the focus when the sheet grows over it is brought out again.
 * @param {{current: HTMLElement | null}} ref
 */
function useSheetHeight(ref) {
  useLayoutEffect(() => {
    const sheet = ref.current;
    if (!sheet) return;
    const root = document.documentElement;
    const observer = new ResizeObserver(() => {
      const fixed = getComputedStyle(sheet).position === 'fixed';
      root.style.setProperty('--sheet-height', fixed ? `${sheet.offsetHeight}px` : '0px');
      const focused = document.activeElement;
      if (!fixed || !focused || focused === document.body || sheet.contains(focused)) return;
      if (focused.closest('dialog')) return; // lies above the sheet
      const { top, bottom } = focused.getBoundingClientRect();
      if (top < innerHeight && bottom > sheet.getBoundingClientRect().top)
        focused.scrollIntoView({ block: 'nearest' });
    });
    observer.observe(sheet);
    observer.observe(root);
    return () => {
      observer.disconnect();
      root.style.removeProperty('--sheet-height');
    };
  }, []);
}

/**
 * The last refusal, until the price moves on or another command is answered.
 * @param {RoomFeed} feed
 */
function useRefused(feed) {
  const receipt = feed.receipt.value;
  const price = feed.room.value?.now.p;
  const [at, setAt] = useState(/** @type {{receipt: Receipt, price?: number} | null} */ (null));
  useEffect(() => {
    if (!receipt || receipt.accepted || receipt.reason === 'confirm_needed') setAt(null);
    else setAt({ receipt, price });
  }, [receipt]);
  return at && at.receipt === receipt && at.price === price ? receipt : null;
}

/** How long a first press counts. */
const ARMED_MS = 6_000;

/**
 * The falling price that a first press has named, until it is pressed again,
 * falls, or some seconds have passed.
 * @param {RoomFeed} feed
 * @returns {[number | null, (amount: number | null) => void]}
 */
function useArmed(feed) {
  const [armed, arm] = useState(/** @type {number | null} */ (null));
  const asked = feed.room.value?.now.nx;
  useEffect(() => {
    if (armed === null) return;
    if (armed !== asked) return arm(null);
    const timer = setTimeout(() => arm(null), ARMED_MS);
    return () => clearTimeout(timer);
  }, [armed, asked]);
  return [armed, arm];
}

/** @param {{feed: RoomFeed, receipts: Receipt[], way: import('../ways.js').Way | null}} props */
export function BidBox({ feed, receipts, way }) {
  const [choice, choose] = useState(/** @type {Choice} */ ({ steps: 1 }));
  const [dialog, open] = useState(/** @type {{kind: string, amount?: number} | null} */ (null));
  const [armed, arm] = useArmed(feed);
  const refused = useRefused(feed);
  const sheet = useRef(/** @type {HTMLElement | null} */ (null));
  useSheetHeight(sheet);

  const room = feed.room.value;
  const you = feed.you.value;
  /** @type {Situation} */
  const situation = {
    room,
    you,
    current: feed.current.value,
    cut: feed.behind.value?.cut === true,
    signedIn: account.value !== null,
    active: feed.active.value,
    pending: feed.pending.value,
    choice,
    refused,
    monotonicMs: clock.monotonicMs(),
    priceMovedMs: feed.priceMovedMs,
    serverMs: clock.now(),
    armed,
  };
  const button = bidButton(situation);
  useAgain(button.againMs);
  const receipt = feed.receipt.value;
  useEffect(() => {
    if (receipt?.accepted && receipt.act === 'bid') choose({ steps: 1 });
    if (receipt?.reason === 'confirm_needed' && receipt.amount)
      open({ kind: 'confirm', amount: receipt.amount });
  }, [receipt]);

  if (!room) return null;
  /** @param {number} amount @param {boolean} [confirmed] */
  const send = (amount, confirmed) => {
    open(null);
    arm(null);
    void feed.command('bid', confirmed ? { amount, confirm: amount } : { amount });
  };
  const tap = () => {
    if (button.tap === 'signin') navigate(`/dang-nhap?tiep=/phong/${room.session}`);
    if (button.tap === 'checkin') void feed.command('checkin');
    if (button.tap === 'take') feed.take();
    if (button.tap === 'arm') arm(button.amount);
    if (button.tap !== 'bid' || button.amount === null) return;
    if (isFalling(room) || confirmation(room, button.amount) === 'none') send(button.amount);
    else open({ kind: 'confirm', amount: button.amount });
  };
  const close = () => open(null);
  const naming = ['bid', 'maximum', 'guard', 'rest', 'accept', 'sure'].includes(button.state);
  const choosing = naming && !isFalling(room) && !room.rules.gong;
  return html`<section class="bid" ref=${sheet} aria-label=${t('bid.title')}>
    <div class="bid-head">
      <${StatusStrip} situation=${situation} button=${button} refused=${refused} />
      <${Menu} feed=${feed} receipts=${receipts} open=${open} />
    </div>
    ${choosing && html`<${room.rules.called ? Asked : Presets} room=${room} choice=${choice} choose=${choose} other=${() => open({ kind: 'enter' })} />`}
    <button
      class="bid-button bid-${button.look}"
      data-state=${button.state}
      disabled=${button.tap === null}
      aria-describedby="bid-words"
      onClick=${tap}
    >
      <${ButtonLabel} button=${button} room=${room} />
    </button>
    <p class="bid-words" id="bid-words">${naming && button.amount !== null ? wordsUnder(room, button.amount) : bidHint(button)}</p>
    ${
      you?.leading &&
      button.state === 'leading' &&
      room.rules.proxy &&
      html`<button class="button bid-raise" onClick=${() => open({ kind: 'raise' })}>
        <${Icon} name="arrow-up" />${t('raise.title')}
      </button>`
    }
    ${way?.Beside && html`<${way.Beside} feed=${feed} state=${button.state} enter=${() => open({ kind: 'enter' })} />`}
    <${LastReceipt} room=${room} receipts=${receipts} />
    ${dialog?.kind === 'enter' && html`<${EnterDialog} feed=${feed} onClose=${close} onSend=${send} />`}
    ${dialog?.kind === 'confirm' && html`<${ConfirmDialog} feed=${feed} amount=${dialog.amount} onClose=${close} onSend=${send} />`}
    ${dialog?.kind === 'raise' && html`<${RaiseDialog} feed=${feed} onClose=${close} />`}
    ${dialog?.kind === 'withdraw' && html`<${WithdrawDialog} feed=${feed} onClose=${close} />`}
    ${dialog?.kind === 'receipts' && html`<${ReceiptDialog} room=${room} receipts=${receipts} onClose=${close} />`}
  </section>`;
}

/** @param {import('../types').Room} room @param {number} amount */
const wordsUnder = (room, amount) => {
  const spelled = capital(words(amount, room.rules.currency, language.value));
  if (!room.rules.proxy) return spelled;
  const shown = room.rules.reserveKind === 'reveal' && room.now.rv === 'unmet';
  return t(shown ? 'bid.maximum.reveal' : 'bid.maximum.hint', { words: spelled });
};

/** @param {import('../bid.js').Button} button */
function bidHint(button) {
  if (button.reason) return button.reason;
  return ['asking', 'notround'].includes(button.state) ? t(`bid.${button.state}.hint`) : '';
}

/** @param {{button: import('../bid.js').Button, room: import('../types').Room}} props */
function ButtonLabel({ button, room }) {
  const { currency } = room.rules;
  const lang = language.value;
  if (button.amount !== null && ['accept', 'sure'].includes(button.state)) {
    return html`<span class="bid-verb">${t('bid.' + button.state)}</span>
      <span class="bid-amount">${money(button.amount, currency, lang)}</span>`;
  }
  if (button.amount !== null && ['bid', 'maximum', 'rest', 'guard'].includes(button.state)) {
    const verb =
      button.state === 'guard' ? 'guard' : room.rules.gong ? 'agree' : room.rules.proxy ? 'maximum' : 'bid';
    return html`<span class="bid-verb">${t('bid.' + verb)}</span>
      <span class="bid-amount">${money(button.amount, currency, lang)}</span>`;
  }
  const amount = button.amount === null ? '' : money(button.amount, currency, lang);
  return html`<span class="bid-verb">${t('bid.' + button.state, { amount })}</span>`;
}

/** @param {{situation: Situation, button: import('../bid.js').Button, refused: Receipt | null}} props */
function StatusStrip({ situation, button, refused }) {
  const { tone, icon, key } = strip(situation, button);
  const { room, you } = situation;
  const lang = language.value;
  const spell = (/** @type {number} */ n) => money(n, room?.rules.currency ?? 'VND', lang);
  let text = t(key === 'strip.ready' && room && isFalling(room) ? 'strip.ready.falling' : key, {
    reason: button.reason ?? '',
  });
  if (key === 'strip.refused' && refused && room) {
    text = refusal(room, refused.reason ?? '', { amount: refused.amount, free: refused.free });
  }
  if (key === 'strip.leading' && you?.best) {
    text = t(room?.rules.proxy ? 'strip.leading.max' : 'strip.leading.at', { max: spell(you.best) });
  }
  return html`<div class=${cls('strip', 'strip-' + tone)}>
    <${Icon} name=${icon} />
    <span class="strip-text">${text}</span>
    ${you && html`<span class="strip-code"><span class="strip-label">${t('strip.code')}</span> <strong>${you.code}</strong></span>`}
  </div>`;
}

/**
 * The steps as toggles: choosing one changes the amount on the button, only
 * the button sends.
 * @param {{room: import('../types').Room, choice: Choice, choose: (c: Choice) => void, other: () => void}} props
 */
function Presets({ room, choice, choose, other }) {
  const custom = 'amount' in choice;
  return html`<div class="presets" role="group" aria-label=${t('presets.label')}>
    ${PRESETS.map((steps) => {
      const pressed = !custom && choice.steps === steps;
      const amount = money(chosenAmount(room, { steps }), room.rules.currency, language.value);
      return html`<button
        key=${steps}
        class=${cls('preset', pressed && 'preset-on')}
        aria-pressed=${String(pressed)}
        aria-label=${t('presets.step', { n: steps, amount })}
        onClick=${() => choose({ steps })}
      >
        +${steps} <span class="preset-unit">${t('presets.unit')}</span>
      </button>`;
    })}
    <button class="preset preset-other" onClick=${other}>${t('presets.other')}</button>
  </div>`;
}

/**
 * Where the auctioneer asks for a price: that, the least, or another.
 * @param {{room: import('../types').Room, choice: Choice, choose: (c: Choice) => void, other: () => void}} props
 */
function Asked({ room, choice, choose, other }) {
  const { cl, nx } = room.now;
  const least = 'amount' in choice && choice.amount === nx;
  const one = (/** @type {string} */ key, /** @type {Choice} */ c, /** @type {boolean} */ on) =>
    html`<button class=${cls('preset', 'preset-wide', on && 'preset-on')} aria-pressed=${String(on)} onClick=${() => choose(c)}>${t(key)}</button>`;
  return html`<div class="presets" role="group" aria-label=${t('called.choice')}>
    ${
      cl?.a &&
      html`${one('called.choice.asked', { steps: 1 }, 'steps' in choice)} ${one('called.choice.least', { amount: nx }, least)}`
    }
    <button class="preset preset-other" onClick=${other}>${t('presets.other')}</button>
  </div>`;
}

/** That the last own bid is in the record. @param {{room: import('../types').Room, receipts: Receipt[]}} props */
function LastReceipt({ room, receipts }) {
  const last = receipts.find((r) => r.accepted && r.amount && r.at);
  if (!last) return null;
  return html`<p class="bid-receipt">
    <${Icon} name="check" />
    <span>
      ${t('receipt.line', {
        amount: figures(last.amount ?? 0, room.rules.currency, language.value),
        time: timeOfDay(last.at ?? 0),
      })}
    </span>
  </p>`;
}

/** Receipts, sound, speech, and the act that is rarely needed. @param {{feed: RoomFeed, receipts: Receipt[], open: (d: any) => void}} props */
function Menu({ feed, receipts, open }) {
  const you = feed.you.value;
  const ref = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  const close = () => ref.current?.removeAttribute('open');
  useEffect(() => {
    /** @param {Event} e */
    const elsewhere = (e) => {
      const escape = e instanceof KeyboardEvent && e.key === 'Escape';
      if (escape || (e.type === 'click' && !ref.current?.contains(/** @type {Node} */ (e.target)))) close();
    };
    document.addEventListener('click', elsewhere);
    document.addEventListener('keydown', elsewhere);
    return () => {
      document.removeEventListener('click', elsewhere);
      document.removeEventListener('keydown', elsewhere);
    };
  }, []);
  /** @param {string} kind */
  const go = (kind) => {
    close();
    open({ kind });
  };
  return html`<details class="menu" ref=${ref}>
      <summary class="menu-button"><${Icon} name="ellipsis" label=${t('menu.label')} /></summary>
      <div class="menu-list">
        <button class="menu-item" onClick=${() => go('receipts')}>
          <${Icon} name="receipt" />${t('receipt.all', { n: receipts.length })}
        </button>
        <button class="menu-item" aria-pressed=${String(soundOn.value)} onClick=${toggleSound}>
          <${Icon} name=${soundOn.value ? 'volume-2' : 'volume-x'} />${t(soundOn.value ? 'sound.off' : 'sound.on')}
        </button>
        <label class="menu-item">
          <span>${t('talk.label')}</span>
          <select
            class="input"
            value=${talk.value}
            onChange=${(/** @type {any} */ e) => {
              talk.value = e.currentTarget.value;
            }}
          >
            ${['mine', 'all', 'none'].map((v) => html`<option value=${v}>${t('talk.' + v)}</option>`)}
          </select>
        </label>
        ${
          you?.canWd &&
          html`<button class="menu-item menu-bad" onClick=${() => go('withdraw')}>
            <${Icon} name="undo-2" />${t('withdraw.title')}…
          </button>`
        }
      </div>
    </details>`;
}
