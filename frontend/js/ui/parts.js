// Small parts that several pages share: a price, a countdown, a notice, a field.

import { language, t } from '../i18n.js';
import { clock, past, shownNow } from '../live.js';
import { priceLabel, priceShown } from '../room.js';
import { capital, countdown, figures, money, unit, widthEm, words } from '../text.js';
import { cls, html, Icon, useEffect, useState } from '../view.js';

/**
 * The words and the amount of a room's large price, where its way to sell has none of its own.
 * @param {import('../types').Room} room @returns {[string, number]}
 */
export const usualPrice = (room) => [t(priceLabel(room.now)), priceShown(room.now, room.rules.start)];

/**
 * A price that always fits its box on one line, with the words under it.
 * @param {{amount: number, currency: string, withWords?: boolean, label?: string, id?: string}} props
 */
export function Price({ amount, currency, withWords = true, id }) {
  const lang = language.value;
  const shown = figures(amount, currency, lang);
  const spelled = withWords ? words(amount, currency, lang) : '';
  return html`<span class="price">
    <output class="price-figures" id=${id} aria-live="off" style=${{ '--em': widthEm(shown) + 1.5 }}>
      ${shown}
      <span class="price-unit">${unit(currency)}</span>
    </output>
    ${spelled && html`<span class="price-words">${capital(spelled)}</span>`}
  </span>`;
}

/** An amount inside a sentence or a table. @param {{amount: number, currency: string}} props */
export function Money({ amount, currency }) {
  return html`<span class="figures">${money(amount, currency, language.value)}</span>`;
}

/**
 * Milliseconds until a server time, drawn again at every whole second of it.
 * Never counted down: always end minus now.
 * @param {number | undefined} endMs
 * @returns {number | null} null while the server's time is unknown
 */
export function useRemaining(endMs) {
  const [, again] = useState(0);
  const nowMs = shownNow();
  const left = endMs === undefined || Number.isNaN(nowMs) ? null : endMs - nowMs;
  const live = past.value === null; // else the one who moves the moment draws
  useEffect(() => {
    if (endMs === undefined || !live) return;
    /** @type {any} */
    let timer;
    const next = () => {
      const ms = clock.known ? endMs - clock.now() : NaN;
      again((n) => n + 1);
      if (!(ms <= -1000))
        timer = setTimeout(next, Number.isNaN(ms) ? 200 : (((ms % 1000) + 1000) % 1000) + 4);
    };
    timer = setTimeout(next, 0);
    document.addEventListener('visibilitychange', next);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', next);
    };
  }, [endMs, live]);
  return left;
}

const DAY_MS = 86_400_000;

/** Remaining time: digits within a day, else the number of days. @param {number} ms */
export const leftText = (ms) =>
  ms < DAY_MS ? countdown(ms) : t('duration.d', { n: Math.floor(ms / DAY_MS) });

/**
 * Digits and a bar until an end. At zero the page does not close anything: it
 * says that the server is about to.
 * @param {{endMs: number, totalMs: number, soonMs?: number, label: string, atZero: string}} props
 */
export function Countdown({ endMs, totalMs, soonMs = 60_000, label, atZero }) {
  const left = useRemaining(endMs);
  if (left === null) return html`<div class="countdown"><span class="label">${label}</span></div>`;
  const share = Math.min(1, Math.max(0, left / Math.max(1, totalMs)));
  return html`<div class=${cls('countdown', left < soonMs && 'countdown-soon')}>
    <span class="label">${label}</span>
    <div class="countdown-digits" role="timer">${left > 0 ? leftText(left) : atZero}</div>
    <div class="countdown-bar" aria-hidden="true">
      <div class="countdown-fill" style=${{ transform: `scaleX(${share.toFixed(4)})` }}></div>
    </div>
  </div>`;
}

/**
 * A framed sentence with its tone, never by colour alone.
 * @param {{tone: 'good' | 'bad' | 'warn' | 'quiet', icon: string, title: any, children?: any}} props
 */
export function Notice({ tone, icon, title, children }) {
  return html`<div class="notice notice-${tone}">
    <${Icon} name=${icon} />
    <div class="notice-body">
      <span class="notice-title">${title}</span>
      ${children}
    </div>
  </div>`;
}

/**
 * A labelled input with hint and error, tied together for screen readers.
 * `children` is a function that gets the attributes the control must carry.
 * @param {{id: string, label: string, hint?: any, error?: any, children: (attributes: object) => any}} props
 */
export function Field({ id, label, hint, error, children }) {
  const described = [hint && id + '-hint', error && id + '-error'].filter(Boolean).join(' ');
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${children({ id, 'aria-describedby': described || null, 'aria-invalid': error ? 'true' : null })}
    ${hint && html`<p class="field-hint" id=${id + '-hint'}>${hint}</p>`}
    ${
      error &&
      html`<p class="field-error" id=${id + '-error'}>
        <${Icon} name="triangle-alert" />
        ${error}
      </p>`
    }
  </div>`;
}

/** The sign of how a session ended. @param {{phase: string, result?: import('../types').Result | null}} props */
export function Stamp({ phase, result }) {
  const sold = phase === 'announced' && result?.outcome === 'sold';
  const key = phase === 'announced' ? (sold ? 'sold' : 'failed') : phase;
  return html`<span class=${cls('stamp', sold && 'stamp-sold')}>${t('stamp.' + key)}</span>`;
}
