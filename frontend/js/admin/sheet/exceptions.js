// What of the law an auction does not keep, and the reason why it need not:
// without a reason it cannot be listed, with one the public reads it.

import { t } from '../../i18n.js';
import { html, Icon } from '../../view.js';
import { Field } from '../../ui/parts.js';
import { faultText, fieldName, idOf } from '../fields.js';
import { OVERRIDABLE } from './model.js';

/** @typedef {import('../types').Fault} Fault */
/** @typedef {import('../types').SheetForm['override'][0]} Override */

/**
 * @param {{found: Fault[], overrides: Override[], onOverrides: (all: Override[]) => void, errorOf: (i: number) => string | null}} props
 *   found: what is against the law and not excused yet
 */
export function Exceptions({ found, overrides, onOverrides, errorOf }) {
  const same = (/** @type {Fault} */ a, /** @type {Fault} */ b) => a.field === b.field && a.code === b.code;
  const open = found.filter(
    (f, i) =>
      OVERRIDABLE.includes(f.code) &&
      !overrides.some((o) => same(o, f)) &&
      found.findIndex((other) => same(other, f)) === i,
  );
  if (open.length === 0 && overrides.length === 0) return null;
  const write = (/** @type {number} */ i, /** @type {string} */ reason) =>
    onOverrides(overrides.map((o, at) => (at === i ? { ...o, reason } : o)));
  return html`<section class="card office-part" aria-labelledby="part-exceptions" id=${idOf('sheet.override')} tabindex="-1">
    <h2 id="part-exceptions">${t('exceptions.title')}</h2>
    <p class="quiet">${t('exceptions.what')}</p>
    ${overrides.map((o, i) => {
      const id = idOf(`sheet.override.${i}.reason`);
      return html`<div class="sheet-exception" key=${o.field + o.code}>
        <${Field}
          id=${id}
          label=${t('exceptions.reason', { name: fieldName(o.field) })}
          hint=${faultText(o)}
          error=${errorOf(i)}
        >
          ${(/** @type {object} */ a) => html`<input
            ...${a}
            class="input"
            maxlength="500"
            autocomplete="off"
            value=${o.reason}
            onInput=${(/** @type {any} */ e) => write(i, e.currentTarget.value)}
          />`}
        <//>
        <button
          type="button"
          class="button office-remove"
          aria-label=${t('exceptions.remove', { name: fieldName(o.field) })}
          onClick=${() => onOverrides(overrides.filter((_, at) => at !== i))}
        >
          <${Icon} name="trash-2" />
        </button>
      </div>`;
    })}
    ${
      open.length > 0 &&
      html`<ul class="sheet-open">
        ${open.map(
          (f) => html`<li key=${f.field + f.code}>
            <span>${fieldName(f.field)}: ${faultText(f)}</span>
            <button
              type="button"
              class="button"
              onClick=${() => onOverrides([...overrides, { field: f.field, code: f.code, reason: '' }])}
            >
              ${t('exceptions.give')}
            </button>
          </li>`,
        )}
      </ul>`
    }
  </section>`;
}
