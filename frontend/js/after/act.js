// One dialog for every act that is sent to the server, on the staff's pages and
// on the bidder's: what it means, what has to be typed, one button.

import { api, ApiError } from '../account.js';
import { addWords, language, t, tCode } from '../i18n.js';
import { money } from '../text.js';
import { Dialog, html, useRef, useState } from '../view.js';
import { AmountField } from '../ui/amount-field.js';
import { Field, Notice } from '../ui/parts.js';
import { RequestNames } from '../admin/frame.js';
import { words } from './words.js';

addWords(words);

/**
 * A field of an act. `options` makes it a choice; the first is picked.
 * @typedef {object} ActField
 * @property {string} name of the body
 * @property {string} label
 * @property {'text' | 'lines' | 'password' | 'amount' | 'choice'} kind
 * @property {any} [hint]
 * @property {[string, string][]} [options] value and sentence
 * @property {string} [currency]
 */

/**
 * An act that is about to be sent. `body` makes what is sent of what was typed.
 * @typedef {object} Act
 * @property {string} title
 * @property {any} what
 * @property {string} path below /api/v1
 * @property {ActField[]} fields
 * @property {string} go label of the button
 * @property {'bad'} [tone]
 * @property {(typed: Record<string, any>) => object} [body]
 * @property {(answer: any) => void} [done] instead of loading again
 */

/** The field in which a person proves who they are. @returns {ActField} */
export const proofField = () => ({
  name: 'proof',
  label: t('after.field.proof'),
  kind: 'password',
  hint: t('after.field.proof.hint'),
});

/** @param {{act: Act, onDone: () => void, onClose: () => void}} props */
export function ActDialog({ act, onDone, onClose }) {
  const [typed, setTyped] = useState(() =>
    Object.fromEntries(act.fields.map((f) => [f.name, f.options?.[0]?.[0] ?? ''])),
  );
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const names = useRef(new RequestNames());
  const submit = async (/** @type {Event} */ e) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem('');
    setFaults({});
    const body = act.body ? act.body(typed) : typed;
    try {
      const answer = await api('POST', act.path, body, names.current.of(body));
      if (act.done) act.done(answer);
      else onDone();
    } catch (error) {
      const { code, fields } = error instanceof ApiError ? error : { code: 'internal', fields: [] };
      setProblem(code);
      setFaults(Object.fromEntries(fields.map((f) => [f.field, tCode('after.fault.', f.code)])));
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${act.title} onClose=${onClose} tone=${act.tone}>
    <form class="form" onSubmit=${submit} noValidate>
      ${act.what}
      ${
        problem &&
        (problem !== 'invalid' || Object.keys(faults).length === 0) &&
        html`<div role="alert">
          <${Notice} tone="bad" icon="triangle-alert" title=${tCode('after.problem.', problem)} />
        </div>`
      }
      ${act.fields.map(
        (f) =>
          html`<${Input}
            key=${f.name}
            field=${f}
            error=${faults[f.name]}
            value=${typed[f.name]}
            onValue=${(/** @type {any} */ value) => setTyped({ ...typed, [f.name]: value })}
          />`,
      )}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button type="submit" class=${act.tone ? 'button button-bad' : 'button button-main'} disabled=${busy}>${act.go}</button>
      </div>
    </form>
  <//>`;
}

/** @param {{field: ActField, error?: string, value: any, onValue: (value: any) => void}} props */
function Input({ field, error, value, onValue }) {
  const id = 'act-' + field.name;
  if (field.kind === 'amount') {
    return html`<${AmountField}
      id=${id}
      label=${field.label}
      currency=${field.currency ?? 'VND'}
      amount=${value === '' ? null : value}
      onAmount=${(/** @type {number | null} */ n) => onValue(n ?? '')}
      error=${error}
      hint=${field.hint}
    />`;
  }
  const onInput = (/** @type {any} */ e) => onValue(e.currentTarget.value);
  return html`<${Field} id=${id} label=${field.label} hint=${field.hint} error=${error}>
    ${(/** @type {object} */ a) => {
      if (field.kind === 'choice') {
        return html`<select ...${a} class="input" value=${value} onChange=${onInput}>
          ${field.options?.map(([v, label]) => html`<option key=${v} value=${v} selected=${v === value}>${label}</option>`)}
        </select>`;
      }
      if (field.kind === 'lines')
        return html`<textarea ...${a} class="input" rows="3" maxlength="500" value=${value} onInput=${onInput}></textarea>`;
      return html`<input
        ...${a}
        class="input"
        type=${field.kind}
        autocomplete=${field.kind === 'password' ? 'current-password' : 'off'}
        value=${value}
        onInput=${onInput}
      />`;
    }}
  <//>`;
}

/** Figures and unit in a sentence. @param {number} amount @param {string} currency */
export const amountText = (amount, currency) => money(amount, currency, language.value);
