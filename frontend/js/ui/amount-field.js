// The field for an amount: text, not number (number inputs drop separators and
// accept "e"). It groups while somebody types, keeps the caret behind the same
// figure, and refuses what would have to be guessed.

import { language, t } from '../i18n.js';
import { capital, figures, parseAmount, typed, words } from '../text.js';
import { html, useLayoutEffect, useRef, useState } from '../view.js';
import { Field } from './parts.js';

/**
 * @param {{id: string, label: string, currency: string, amount: number | null,
 *   onAmount: (amount: number | null) => void, error?: any, hint?: any, required?: boolean}} props
 */
export function AmountField({ id, label, currency, amount, onAmount, error, hint }) {
  const lang = language.value;
  const ref = useRef(/** @type {HTMLInputElement | null} */ (null));
  const caret = useRef(/** @type {number | null} */ (null));
  const [refused, refuse] = useState(false);
  const shown = amount === null ? '' : figures(amount, currency, lang);

  useLayoutEffect(() => {
    const input = ref.current;
    if (!input || caret.current === null) return;
    if (document.activeElement === input) input.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });

  /** @param {InputEvent & {currentTarget: HTMLInputElement}} e */
  const onInput = (e) => {
    const input = e.currentTarget;
    const next = typed(input.value, input.selectionStart ?? input.value.length, currency, lang);
    input.value = next.text; // also when the amount is the same as before: a letter was typed
    input.setSelectionRange(next.caret, next.caret);
    caret.current = next.caret;
    refuse(false);
    onAmount(next.amount);
  };

  /** @param {ClipboardEvent} e */
  const onPaste = (e) => {
    const text = e.clipboardData?.getData('text') ?? '';
    const bare = text.trim().replace(/\s*(đồng|vnđ|vnd|đ|₫)\.?$/i, '');
    e.preventDefault();
    const pasted = parseAmount(bare);
    refuse(pasted === null);
    if (pasted !== null) onAmount(pasted);
  };

  const spelled = amount === null ? '' : words(amount, currency, lang);
  return html`<${Field}
    id=${id}
    label=${label}
    error=${refused ? t('amount.notread') : error}
    hint=${html`<span class="amount-words">${spelled ? capital(spelled) : '\u00a0'}</span>
    ${hint}
  `}
  >
    ${(/** @type {object} */ attributes) => html`<input
      ...${attributes}
      ref=${ref}
      class="input input-amount"
      inputmode="numeric"
      autocomplete="off"
      spellcheck=${false}
      value=${shown}
      onInput=${onInput}
      onPaste=${onPaste}
    />`}
  <//>`;
}
