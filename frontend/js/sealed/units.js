// Several units at one price (rule MU1): how many somebody wants, what that
// comes to, and what each gets once the offers are opened.

import { language, t } from '../i18n.js';
import { capital, money, words } from '../text.js';
import { html } from '../view.js';
import { Field } from '../ui/parts.js';

/** @typedef {import('../types').Room} Room */

/** How many identical units are sold; 0: the lot is sold as one. @param {Room} room */
export const unitsOf = ({ rules }) => rules.sealed?.units ?? 0;

/** A number of units as it was typed; null: it is none that can be asked for. @param {string} text @param {number} most */
export function readUnits(text, most) {
  const n = /^\d{1,6}$/.test(text.trim()) ? Number(text) : 0;
  return n >= 1 && n <= most ? n : null;
}

/** @param {{room: Room, text: string, error: any, onText: (text: string) => void}} props */
export const UnitsField = ({ room, text, error, onText }) => html`<${Field}
  id="sealed-units"
  label=${t('units.wanted')}
  error=${error}
  hint=${html`<span>${t('units.most', { n: unitsOf(room) })}</span>`}
>
  ${(/** @type {object} */ a) => html`<input
    ...${a}
    class="input"
    inputmode="numeric"
    autocomplete="off"
    maxlength="6"
    value=${text}
    onInput=${(/** @type {any} */ e) => onText(e.currentTarget.value)}
  />`}
<//>`;

/** What an offer comes to at most. @param {{room: Room, amount: number, units: number}} props */
export function Total({ room, amount, units }) {
  const { currency } = room.rules;
  const total = money(amount * units, currency, language.value);
  return html`<p class="units-total">${t('units.total', { n: units, total })}</p>
    <p class="small quiet">${capital(words(amount * units, currency, language.value))}</p>`;
}

/** What one participant gets, and pays. @param {{room: Room, you: import('../types').Standing}} props */
export function Served({ room, you }) {
  const { currency } = room.rules;
  const n = you.sv ?? 0;
  if (!n) return null;
  const part = n < (you.un ?? 0) && room.now.ph === 'closed';
  return html`<p class="units-total">
      ${t('units.pays', { n, price: money(room.now.p ?? 0, currency, language.value), total: money((room.now.p ?? 0) * n, currency, language.value) })}
    </p>
    ${part && html`<p class="small">${t('units.part')}</p>`}`;
}

/** The result of an opening for everybody, as facts. @param {{room: Room}} props */
export function UnitFacts({ room }) {
  const u = room.now.sl?.u;
  return html`<div><dt>${t('units.supply')}</dt><dd>${unitsOf(room)}</dd></div>
    ${
      u &&
      html`<div><dt>${t('units.asked')}</dt><dd>${u.w ?? 0}</dd></div>
        <div><dt>${t('units.sold')}</dt><dd>${u.s ?? 0}</dd></div>
        <div><dt>${t('units.winners')}</dt><dd>${u.n ?? 0}</dd></div>`
    }`;
}

/** Why the price is what it is. @param {Room} room */
export function whyPrice(room) {
  const u = room.now.sl?.u;
  if (!u) return '';
  if (!u.n) return t('units.why.nobody');
  return t((u.w ?? 0) > unitsOf(room) ? 'units.why.scarce' : 'units.why.enough');
}
