// The controls of the auction form. Each is bound to a path of the form, and
// that path gives its id, label, hint, error and warning: see binder.

import { has, t, tCode } from '../i18n.js';
import { cls, html, Icon } from '../view.js';
import { AmountField } from '../ui/amount-field.js';
import { Field } from '../ui/parts.js';
import { pick } from './draft.js';
import { UNIT_MS } from './typed.js';

/** @typedef {import('./types').Fault} Fault */

/**
 * A place of the form as its control sees it.
 * @typedef {object} Bound
 * @property {string} id
 * @property {string} label
 * @property {string | null} hint
 * @property {string | null} error
 * @property {string | null} warning
 * @property {any} value
 * @property {(value: any) => void} onValue
 */

/** The id of the control of a path. @param {string} path */
export const idOf = (path) => 'f-' + path.replaceAll('.', '-');

/** A path without the numbers in it: what the dictionary calls it. @param {string} path */
const kindOf = (path) => path.replace(/\.\d+/g, '');

/**
 * What is wrong with a field, in a sentence.
 * @param {Fault} fault
 */
export function faultText({ field, code }) {
  const special = `fault.${kindOf(field)}.${code}`;
  return has(special) ? t(special) : tCode('fault.', code);
}

/**
 * What a field is called, with the lot it belongs to.
 * @param {string} path
 */
export function fieldName(path) {
  const lot = /^lots\.(\d+)\./.exec(path);
  const name = tCode('field.', kindOf(path));
  return lot ? t('field.inlot', { n: Number(lot[1]) + 1, name }) : name;
}

/**
 * Binds paths of a form.
 * @param {unknown} form
 * @param {(path: string, value: unknown) => void} change
 * @param {Fault[]} faults
 * @param {Fault[]} warnings
 * @returns {(path: string) => Bound}
 */
export function binder(form, change, faults, warnings) {
  return (path) => {
    const fault = faults.find((f) => f.field === path);
    const warning = warnings.find((f) => f.field === path);
    const kind = kindOf(path);
    return {
      id: idOf(path),
      label: t('field.' + kind),
      hint: has('hint.' + kind) ? t('hint.' + kind) : null,
      error: fault ? faultText(fault) : null,
      warning: warning && !fault ? faultText(warning) : null,
      value: pick(form, path),
      onValue: (value) => change(path, value),
    };
  };
}

/** @param {{text: string | null}} props */
function Warning({ text }) {
  if (!text) return null;
  return html`<span class="office-warning">
    <${Icon} name="info" />
    ${text}
  </span>`;
}

/** @param {Bound & {more?: any}} bound the hint of a field, with what else it should say */
const hintOf = ({ hint, warning, more }) =>
  hint || warning || more
    ? html`${hint && html`<span>${hint} </span>`}${more}<${Warning} text=${warning} />`
    : null;

/** @param {Bound & {maxlength?: number, type?: string, autocomplete?: string, required?: boolean}} props */
export function TextField(props) {
  const { id, label, error, value, onValue, maxlength = 300, type = 'text', required } = props;
  return html`<${Field} id=${id} label=${label} error=${error} hint=${hintOf(props)}>
    ${(/** @type {object} */ a) => html`<input
      ...${a}
      class="input"
      type=${type}
      maxlength=${maxlength}
      autocomplete=${props.autocomplete ?? 'off'}
      aria-required=${required ? 'true' : null}
      value=${value}
      onInput=${(/** @type {any} */ e) => onValue(e.currentTarget.value)}
    />`}
  <//>`;
}

/** @param {Bound & {maxlength?: number}} props */
export function LinesField(props) {
  const { id, label, error, value, onValue, maxlength = 4000 } = props;
  return html`<${Field} id=${id} label=${label} error=${error} hint=${hintOf(props)}>
    ${(/** @type {object} */ a) => html`<textarea
      ...${a}
      class="input"
      rows="3"
      maxlength=${maxlength}
      value=${value}
      onInput=${(/** @type {any} */ e) => onValue(e.currentTarget.value)}
    />`}
  <//>`;
}

/** @param {Bound & {options: string[], words: string}} props words: the prefix of the options' names */
export function SelectField(props) {
  const { id, label, error, value, onValue, options, words } = props;
  return html`<${Field} id=${id} label=${label} error=${error} hint=${hintOf(props)}>
    ${(/** @type {object} */ a) => html`<select
      ...${a}
      class="input"
      value=${value}
      onChange=${(/** @type {any} */ e) => onValue(e.currentTarget.value)}
    >
      ${options.map((o) => html`<option key=${o} value=${o} selected=${o === value}>${tCode(words, o)}</option>`)}
    </select>`}
  <//>`;
}

/** An amount with its words. @param {Bound & {currency: string, more?: any}} props */
export function MoneyField(props) {
  const { id, label, error, value, onValue, currency } = props;
  return html`<${AmountField}
    id=${id}
    label=${label}
    currency=${currency}
    amount=${value}
    onAmount=${onValue}
    error=${error}
    hint=${hintOf(props)}
  />`;
}

/** A number with something behind it. @param {Bound & {unit?: string}} props */
export function NumberField(props) {
  const { id, label, error, value, onValue, unit } = props;
  return html`<${Field} id=${id} label=${label} error=${error} hint=${hintOf(props)}>
    ${(/** @type {object} */ a) => html`<span class="office-number">
      <input
        ...${a}
        class="input"
        inputmode="decimal"
        autocomplete="off"
        maxlength="12"
        value=${value}
        onInput=${(/** @type {any} */ e) => onValue(e.currentTarget.value)}
      />
      ${unit && html`<span class="quiet">${unit}</span>`}
    </span>`}
  <//>`;
}

/** A length of time: a number and its unit. @param {Bound} props */
export function LengthField(props) {
  const { id, label, error, value, onValue } = props;
  const units = Object.keys(UNIT_MS).filter((u) => u !== 'ms' || value.unit === 'ms');
  return html`<${Field} id=${id} label=${label} error=${error} hint=${hintOf(props)}>
    ${(/** @type {object} */ a) => html`<span class="office-number">
      <input
        ...${a}
        class="input"
        inputmode="numeric"
        autocomplete="off"
        maxlength="9"
        value=${value.n}
        onInput=${(/** @type {any} */ e) => onValue({ ...value, n: e.currentTarget.value })}
      />
      <select
        class="input"
        aria-label=${t('length.unit', { name: label })}
        value=${value.unit}
        onChange=${(/** @type {any} */ e) => onValue({ ...value, unit: e.currentTarget.value })}
      >
        ${units.map((u) => html`<option key=${u} value=${u} selected=${u === value.unit}>${t('length.' + u)}</option>`)}
      </select>
    </span>`}
  <//>`;
}

/** One of a few, each with a sentence. @param {Bound & {options: string[], words: string}} props */
export function ChoiceField({ id, label, error, value, onValue, options, words }) {
  return html`<fieldset class="office-choice" id=${id} tabindex="-1">
    <legend class="field-label">${label}</legend>
    ${options.map(
      (o) => html`<label key=${o} class=${cls('office-option', o === value && 'office-option-on')}>
        <input type="radio" name=${id} value=${o} checked=${o === value} onChange=${() => onValue(o)} />
        <span class="office-option-text">
          <span class="office-option-name">${t(words + o)}</span>
          <span class="label">${t(`${words}${o}.what`)}</span>
        </span>
      </label>`,
    )}
    ${error && html`<p class="field-error"><${Icon} name="triangle-alert" />${error}</p>`}
  </fieldset>`;
}

/** Yes or no. @param {Bound} props */
export function CheckField({ id, label, hint, value, onValue }) {
  return html`<label class="office-option office-check">
    <input
      type="checkbox"
      id=${id}
      checked=${value}
      onChange=${(/** @type {any} */ e) => onValue(e.currentTarget.checked)}
    />
    <span class="office-option-text">
      <span class="office-option-name">${label}</span>
      ${hint && html`<span class="label">${hint}</span>`}
    </span>
  </label>`;
}
