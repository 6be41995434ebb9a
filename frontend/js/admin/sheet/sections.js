// The rules sheet in the auction's form: what the law wants to know beyond the
// lots. Sections fold; one button fills in the windows by the law.

import { api } from '../../account.js';
import { t, tCode } from '../../i18n.js';
import { cls, html, Icon, useEffect, useState } from '../../view.js';
import { idOf, CheckField, LengthField, LinesField, MoneyField, NumberField } from '../fields.js';
import { SelectField, TextField } from '../fields.js';
import { banks } from './banks.js';
import { SheetMoment } from './moment.js';
import { PRESETS, PROPERTIES } from './model.js';

/** @typedef {import('../fields.js').Bound} Bound */
/** @typedef {import('../types').Explanation} Explanation */
/** @typedef {import('../types').SheetForm} SheetForm */
/** @typedef {import('../types').StaffRow} StaffRow */

/**
 * @typedef {object} Props
 * @property {SheetForm} sheet
 * @property {(path: string) => Bound} bind paths of the whole form
 * @property {(path: string) => boolean} faulty
 * @property {Explanation[]} explain
 */

/**
 * A part that folds; open by itself when something in it is wrong, or when
 * `start` becomes true.
 * @param {{name: string, gist?: string, wrong: boolean, start?: boolean, children?: any}} props
 */
function Part({ name, gist, wrong, start = false, children }) {
  const [open, setOpen] = useState(start);
  useEffect(() => {
    if (start) setOpen(true);
  }, [start]);
  return html`<details
    class=${cls('office-more sheet-part', wrong && 'sheet-part-wrong')}
    open=${open || wrong}
    onToggle=${(/** @type {any} */ e) => setOpen(e.currentTarget.open)}
  >
    <summary>
      <span><span class="sheet-part-name">${name}</span>${gist && html` <span class="label">${gist}</span>`}</span>
      <${Icon} name="chevron-down" />
    </summary>
    <div class="office-part">${children}</div>
  </details>`;
}

/** @param {Props & {onFill: () => void, busy: boolean, note: string}} props note: what filling in came to */
export function SheetSections({ sheet, bind, faulty, explain, onFill, busy, note }) {
  const staff = useStaff();
  const shared = { sheet, bind, faulty, explain };
  return html`<section class="card office-part sheet" aria-labelledby="part-sheet" id=${idOf('sheet')} tabindex="-1">
    <h2 id="part-sheet">${t('sheet.title')}</h2>
    <p class="quiet">${t('sheet.what')}</p>
    <div class="office-grid">
      <${SelectField} ...${bind('sheet.preset')} options=${['', ...PRESETS]} words="sheet.preset." />
      <${SelectField} ...${bind('sheet.property')} options=${['', ...PROPERTIES]} words="sheet.property." />
    </div>
    <div class="buttons">
      <button type="button" class="button" disabled=${busy} onClick=${onFill}>
        <${Icon} name="calendar" />${t('sheet.fill')}
      </button>
    </div>
    <p class="sheet-note" role="status">${note}</p>
    <${Windows} ...${shared} />
    <${Viewings} ...${shared} />
    <${Money} ...${shared} />
    <${People} ...${shared} staff=${staff} />
    <${Contacts} ...${shared} />
    <${After} ...${shared} />
  </section>`;
}

/** @param {Props} props */
function Windows({ bind, faulty, explain, sheet }) {
  const how = (/** @type {string} */ field) => explain.find((e) => e.field === field);
  const one = (/** @type {string} */ path, /** @type {string} */ usual) =>
    html`<${SheetMoment} ...${bind(path)} usual=${usual} explain=${how(path)} />`;
  return html`<${Part} name=${t('sheet.windows')} wrong=${faulty('sheet.windows')} start=${sheet.windows.dossier.to.date !== ''}>
    <div class="office-grid">${one('sheet.windows.listedOn', '08:00')}${one('sheet.windows.checkIn', '08:30')}</div>
    <div class="office-grid">
      ${one('sheet.windows.dossier.from', '08:00')}${one('sheet.windows.dossier.to', '17:00')}
    </div>
    <div class="office-grid">
      ${one('sheet.windows.deposit.from', '08:00')}${one('sheet.windows.deposit.to', '17:00')}
    </div>
  <//>`;
}

/** @param {Props} props */
function Viewings({ bind, faulty, sheet }) {
  const list = bind('sheet.viewing');
  const last = sheet.viewing.at(-1);
  const more = () =>
    list.onValue([
      ...sheet.viewing,
      {
        from: { date: '', time: '' },
        to: { date: '', time: '' },
        place: last?.place ?? '',
        contact: last?.contact ?? '',
      },
    ]);
  return html`<${Part}
    name=${t('sheet.viewing')}
    gist=${t('sheet.viewing.n', { n: sheet.viewing.length })}
    wrong=${faulty('sheet.viewing')}
  >
    <div class="sheet-viewings" id=${list.id} tabindex="-1" role="group" aria-label=${list.label}>
      ${sheet.viewing.map(
        (_, i) =>
          html`<div class="sheet-viewing" key=${i} id=${idOf(`sheet.viewing.${i}`)} tabindex="-1">
            <div class="office-grid">
              <${SheetMoment} ...${bind(`sheet.viewing.${i}.from`)} />
              <${SheetMoment} ...${bind(`sheet.viewing.${i}.to`)} usual="17:00" />
              <${TextField} ...${bind(`sheet.viewing.${i}.place`)} />
              <${TextField} ...${bind(`sheet.viewing.${i}.contact`)} />
            </div>
            <${Error} text=${bind(`sheet.viewing.${i}`).error} />
            <button
              type="button"
              class="button office-remove"
              aria-label=${t('sheet.viewing.remove', { n: i + 1 })}
              onClick=${() => list.onValue(sheet.viewing.filter((_v, at) => at !== i))}
            >
              <${Icon} name="trash-2" />
            </button>
          </div>`,
      )}
      <${Error} text=${list.error ?? list.warning} />
    </div>
    <div class="buttons">
      <button type="button" class="button" onClick=${more}><${Icon} name="plus" />${t('sheet.viewing.add')}</button>
    </div>
  <//>`;
}

/** @param {{text: string | null}} props */
function Error({ text }) {
  return text ? html`<p class="field-error"><${Icon} name="triangle-alert" />${text}</p>` : null;
}

/** @param {Props} props */
function Money({ bind, faulty }) {
  const at = 'sheet.money.account.';
  return html`<${Part} name=${t('sheet.money')} wrong=${faulty('sheet.money')}>
    <div class="office-grid">
      <${MoneyField} ...${bind('sheet.money.dossierFee')} currency="VND" />
      <${MoneyField} ...${bind('sheet.money.cashLimit')} currency="VND" />
    </div>
    <${CheckField} ...${bind('sheet.money.guarantee')} />
    <${CheckField} ...${bind('sheet.money.keepOnWithdrawal')} />
    <p class="label">${t('sheet.account.what')}</p>
    <div class="office-grid">
      <${BankField} ...${bind(at + 'bin')} />
      <${TextField} ...${bind(at + 'number')} maxlength=${30} />
      <${TextField} ...${bind(at + 'holder')} maxlength=${120} />
      <${TextField} ...${bind(at + 'branch')} maxlength=${120} />
    </div>
  <//>`;
}

/** @param {Bound} props */
function BankField({ id, label, error, value, onValue }) {
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select
      id=${id}
      class="input"
      aria-describedby=${error ? id + '-error' : null}
      aria-invalid=${error ? 'true' : null}
      value=${value}
      onChange=${(/** @type {any} */ e) => onValue(e.currentTarget.value)}
    >
      <option value="" selected=${value === ''}>${t('sheet.choose')}</option>
      ${banks.map(([bin, name]) => html`<option key=${bin} value=${bin} selected=${bin === value}>${name}</option>`)}
    </select>
    ${error && html`<p class="field-error" id=${id + '-error'}><${Icon} name="triangle-alert" />${error}</p>`}
  </div>`;
}

/** Who may be put in charge; empty until the server has answered. */
function useStaff() {
  const [staff, setStaff] = useState(/** @type {StaffRow[]} */ ([]));
  useEffect(() => {
    api('GET', '/staff').then(
      (answer) => setStaff(answer.staff),
      () => {}, // the choice stays as it is; saving tells what is wrong
    );
  }, []);
  return staff;
}

/** @param {Props & {staff: StaffRow[]}} props */
function People({ sheet, bind, faulty, staff }) {
  const observers = bind('sheet.people.observers');
  const chosen = sheet.people.observers;
  const toggle = (/** @type {string} */ id, /** @type {boolean} */ on) =>
    observers.onValue(on ? [...chosen, id] : chosen.filter((o) => o !== id));
  const wrong = faulty('sheet.people');
  return html`<${Part} name=${t('sheet.people')} gist=${nameOf(staff, sheet.people.auctioneer)} wrong=${wrong}>
    <div class="office-grid">
      <${StaffField} ...${bind('sheet.people.auctioneer')} staff=${staff.filter((s) => s.role === 'auctioneer')} />
      <${StaffField} ...${bind('sheet.people.clerk')} staff=${staff.filter((s) => s.role === 'clerk')} />
    </div>
    <fieldset class="office-choice" id=${observers.id} tabindex="-1">
      <legend class="field-label">${observers.label}</legend>
      ${staff
        .filter((s) => s.role === 'observer')
        .map(
          (s) => html`<label key=${s.id} class="office-option office-check">
            <input
              type="checkbox"
              checked=${chosen.includes(s.id)}
              onChange=${(/** @type {any} */ e) => toggle(s.id, e.currentTarget.checked)}
            />
            <span class="office-option-text">
              <span class="office-option-name">${s.name}</span>
              ${s.observer && html`<span class="label">${tCode('sheet.observer.', s.observer)}</span>`}
            </span>
          </label>`,
        )}
      <${Error} text=${observers.error} />
    </fieldset>
  <//>`;
}

/** @param {StaffRow[]} staff @param {string} id */
const nameOf = (staff, id) => staff.find((s) => s.id === id)?.name ?? '';

/** @param {Bound & {staff: StaffRow[]}} props */
function StaffField({ id, label, error, hint, value, onValue, staff }) {
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select
      id=${id}
      class="input"
      aria-describedby=${error ? id + '-error' : null}
      aria-invalid=${error ? 'true' : null}
      value=${value}
      onChange=${(/** @type {any} */ e) => onValue(e.currentTarget.value)}
    >
      <option value="" selected=${value === ''}>${t('sheet.choose')}</option>
      ${staff.map(
        (s) =>
          html`<option key=${s.id} value=${s.id} selected=${s.id === value}>
            ${s.staffRef ? `${s.name} (${s.staffRef})` : s.name}
          </option>`,
      )}
    </select>
    ${hint && html`<p class="field-hint">${hint}</p>`}
    ${error && html`<p class="field-error" id=${id + '-error'}><${Icon} name="triangle-alert" />${error}</p>`}
  </div>`;
}

/** @param {Props} props */
function Contacts({ bind, faulty, sheet }) {
  const wrong = ['contract', 'quality', 'contacts', 'terms'].some((name) => faulty('sheet.' + name));
  return html`<${Part} name=${t('sheet.texts')} gist=${sheet.contacts.split('\n')[0]} wrong=${wrong}>
    <${LinesField} ...${bind('sheet.contacts')} />
    <${LinesField} ...${bind('sheet.quality')} />
    <${TextField} ...${bind('sheet.contract')} />
    <${LinesField} ...${bind('sheet.terms')} maxlength=${20_000} />
  <//>`;
}

/** @param {Props} props */
function After({ bind, faulty }) {
  return html`<${Part} name=${t('sheet.after')} wrong=${faulty('sheet.after') || faulty('sheet.room')}>
    <div class="office-grid">
      <${LengthField} ...${bind('sheet.after.answerMs')} />
      <${NumberField} ...${bind('sheet.after.refundDays')} unit=${t('sheet.workdays')} />
      <${NumberField} ...${bind('sheet.after.paymentDays')} unit=${t('sheet.days')} />
      <${SelectField} ...${bind('sheet.after.singleBidder')} options=${['', 'consent', 'never']} words="sheet.single." />
    </div>
    <${CheckField} ...${bind('sheet.after.adjacentBidder')} />
    <${CheckField} ...${bind('sheet.after.nameWinner')} />
    <${CheckField} ...${bind('sheet.room.showCount')} />
  <//>`;
}
