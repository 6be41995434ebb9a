// What the pages of a registration share: the next step, moments, copying,
// and how an answer of the server is told.

import { ApiError } from '../account.js';
import { addWords, has, language, t, tCode } from '../i18n.js';
import { say } from '../say.js';
import { hourMinute, longDate, money } from '../text.js';
import { cls, html, Icon, loadStyle } from '../view.js';
import { leftText, Notice, useRemaining } from '../ui/parts.js';
import { words } from './words.js';

addWords(words);
await loadStyle('reg.css');

/** @typedef {import('./types').OwnRegistration} OwnRegistration */

/** 17:00, Thứ Sáu, 27/11/2026 @param {number | undefined} ms */
export const moment = (ms) => (ms ? `${hourMinute(ms)}, ${longDate(ms, language.value)}` : '');

/** @param {number | undefined} amount */
export const dong = (amount) => money(amount ?? 0, 'VND', language.value);

/** What is wrong, by field. @param {unknown} e @returns {Record<string, string>} */
export function faultsOf(e) {
  if (!(e instanceof ApiError)) return {};
  return Object.fromEntries(e.fields.map((f) => [f.field, tCode('regfault.', f.code)]));
}

/** The code of what went wrong. @param {unknown} e */
export const codeOf = (e) => (e instanceof ApiError ? e.code : 'internal');

/** What the server would not do, said when it appears. @param {{code: string, onRetry?: () => void}} props */
export function Trouble({ code, onRetry }) {
  if (!code) return null;
  return html`<div role="alert">
    <${Notice} tone="bad" icon="triangle-alert" title=${tCode('regproblem.', code)}>
      ${
        onRetry &&
        html`<button type="button" class="link" onClick=${onRetry}><${Icon} name="refresh-cw" />${t('reg.again')}</button>`
      }
    <//>
  </div>`;
}

const TONES = /** @type {Record<string, string>} */ ({
  correct: 'bad',
  ask_office: 'warn',
  check_in: 'good',
  wait_session: 'good',
  go: 'good',
});
const WAITING = ['wait_deposit', 'wait_bank', 'wait_approval', 'wait_session'];

/**
 * The one thing to do, as large as the page allows.
 * @param {{reg: OwnRegistration, heading?: 'h2' | 'h3', children?: any}} props
 */
export function NextStep({ reg, heading = 'h2', children }) {
  const { step } = reg;
  const key = has('step.' + step.code) ? step.code : 'other';
  const values = {
    code: reg.code ?? step.code,
    time: moment(step.deadline),
    amount: dong(step.amount),
  };
  const closed = key.startsWith('closed_');
  const left = useRemaining(closed || WAITING.includes(key) ? undefined : step.deadline);
  return html`<section class=${cls('reg-next', closed && 'reg-next-closed', TONES[key] && 'reg-next-' + TONES[key])}>
    <p class="eyebrow">${t('step.title')}</p>
    <${heading} class="reg-next-title">${t('step.' + key, values)}<//>
    ${step.reason && html`<p class="reg-next-reason">${t('step.reason', { reason: step.reason })}</p>`}
    <p>
      ${has(`step.${key}.text`) && t(`step.${key}.text`, values)}
      ${left !== null && left > 0 && html`<span class="reg-next-left">${t('step.left', { left: leftText(left) })}</span>`}
    </p>
    ${children}
  </section>`;
}

/**
 * Figures or a text with a button that copies it.
 * @param {{label: string, text: string, shown?: any}} props
 */
export function Copied({ label, text, shown }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say(t('pay.copied', { what: label }));
    } catch {
      // Without the clipboard the text is there to be read.
    }
  };
  return html`<div class="reg-copied">
    <dt class="label">${label}</dt>
    <dd>
      <span class="reg-copied-text">${shown ?? text}</span>
      <button type="button" class="reg-copy" aria-label=${t('pay.copy', { what: label })} onClick=${() => void copy()}>
        <${Icon} name="copy" />
      </button>
    </dd>
  </div>`;
}
