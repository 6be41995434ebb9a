// A moment of the sheet: day and time in Vietnam on one line, with the weekday
// and, where the law counts days, how they were counted.

import { language, t } from '../../i18n.js';
import { hourMinute, longDate } from '../../text.js';
import { html, Icon } from '../../view.js';
import { readMoment } from '../typed.js';

/** @typedef {import('../types').Explanation} Explanation */

/**
 * @param {import('../fields.js').Bound & {usual?: string, explain?: Explanation}} props
 *   usual: the time of day when only a day is chosen
 */
export function SheetMoment({ id, label, error, warning, hint, value, onValue, usual = '08:00', explain }) {
  const ms = readMoment(value);
  const describedBy = [id + '-hint', error && id + '-error'].filter(Boolean).join(' ');
  const attributes = { 'aria-describedby': describedBy, 'aria-invalid': error ? 'true' : null };
  return html`<div class="field sheet-moment" role="group" aria-label=${label}>
    <span class="field-label" aria-hidden="true">${label}</span>
    <div class="sheet-moment-row">
      <input
        ...${attributes}
        id=${id}
        class="input"
        type="date"
        min="2020-01-01"
        max="2099-12-31"
        aria-label=${t('sheet.day.of', { name: label })}
        value=${value.date}
        onInput=${(/** @type {any} */ e) =>
          onValue({ date: e.currentTarget.value, time: value.time || (e.currentTarget.value ? usual : '') })}
      />
      <input
        ...${attributes}
        id=${id + '-time'}
        class="input"
        autocomplete="off"
        maxlength="12"
        placeholder=${usual}
        aria-label=${t('sheet.time.of', { name: label })}
        value=${value.time}
        onInput=${(/** @type {any} */ e) => onValue({ ...value, time: e.currentTarget.value })}
      />
    </div>
    <p class="field-hint" id=${id + '-hint'}>
      ${ms !== null && html`<span>${hourMinute(ms)}, ${longDate(ms, language.value)}. </span>`}
      ${hint && html`<span>${hint} </span>`}
      ${explain && html`<span>${explainText(explain)} </span>`}
      ${warning && html`<span class="office-warning"><${Icon} name="info" />${warning}</span>`}
    </p>
    ${error && html`<p class="field-error" id=${id + '-error'}><${Icon} name="triangle-alert" />${error}</p>`}
  </div>`;
}

/** "2026-12-11" as a day in words. @param {string} day */
export const dayText = (day) => longDate(Date.parse(day + 'T00:00:00+07:00'), language.value);

/** How a day was counted, with the text it stands in. @param {Explanation} explain */
export function explainText({ rule, day, number, skipped }) {
  const names = [...new Set(skipped.filter((d) => !d.working).map((d) => d.name))];
  return [
    t('sheet.explain.' + rule, { day: dayText(day), days: t('sheet.unit.' + number.unit, { n: number.n }) }),
    names.length > 0 && t('sheet.explain.skipped', { list: names.join(', ') }),
    number.source && t('sheet.explain.source', { source: number.source }),
    number.mark === 'M' && t('sheet.explain.unsure'),
    skipped.some((d) => d.mark === 'M') && t('sheet.explain.calendar'),
  ]
    .filter(Boolean)
    .join(' ');
}
