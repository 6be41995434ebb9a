// A row of a statement that names nobody: the registrar says whose it is, and why.

import { t } from '../i18n.js';
import { Dialog, html, useState } from '../view.js';
import { Field } from '../ui/parts.js';
import { dong } from './parts.js';

/** @typedef {import('./types').StatementRow} StatementRow */
/** @typedef {import('./types').Assignment} Assignment */
/** @typedef {import('./types').DeskRegistration} DeskRegistration */

/**
 * @param {{row: StatementRow, list: DeskRegistration[], onAssign: (a: Assignment) => void, onClose: () => void}} props
 */
export function AssignDialog({ row, list, onAssign, onClose }) {
  const [to, setTo] = useState(row.registrationId ?? '');
  const [payment, setPayment] = useState(row.payment ?? 'deposit');
  const [reason, setReason] = useState('');
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  /** @param {Event} e */
  const go = (e) => {
    e.preventDefault();
    const wrong = {
      ...(!to && { to: t('regfault.unknown') }),
      ...(!reason.trim() && { reason: t('regfault.missing') }),
    };
    setFaults(wrong);
    if (Object.keys(wrong).length > 0) return;
    onAssign({
      line: row.line,
      registrationId: to,
      payment: payment === 'fee' ? 'fee' : 'deposit',
      reason: reason.trim(),
    });
  };
  return html`<${Dialog} title=${t('statement.assign.title', { line: row.line })} onClose=${onClose}>
    <p>${dong(row.amount)}: ${row.description}</p>
    <form class="reg-part" noValidate onSubmit=${go}>
      <${Field} id="assign-to" label=${t('statement.assign.to')} error=${faults.to}>
        ${(/** @type {object} */ a) => html`<select
          ...${a}
          class="input"
          value=${to}
          onChange=${(/** @type {any} */ e) => setTo(e.currentTarget.value)}
        >
          <option value="">${t('statement.assign.choose')}</option>
          ${list.map(
            (r) =>
              html`<option key=${r.id} value=${r.id} selected=${r.id === to}>${r.name}, ${t('reg.lot', { n: r.lotNumber })}</option>`,
          )}
        </select>`}
      <//>
      <${Field} id="assign-payment" label=${t('statement.assign.payment')}>
        ${(/** @type {object} */ a) => html`<select
          ...${a}
          class="input"
          value=${payment}
          onChange=${(/** @type {any} */ e) => setPayment(e.currentTarget.value)}
        >
          <option value="deposit" selected=${payment === 'deposit'}>${t('reg.deposit')}</option>
          <option value="fee" selected=${payment === 'fee'}>${t('reg.fee')}</option>
        </select>`}
      <//>
      <${Field} id="assign-reason" label=${t('statement.assign.reason')} error=${faults.reason}>
        ${(/** @type {object} */ a) => html`<input
          ...${a}
          class="input"
          maxlength="500"
          value=${reason}
          onInput=${(/** @type {any} */ e) => setReason(e.currentTarget.value)}
        />`}
      <//>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('leave.back')}</button>
        <button class="button button-main">${t('statement.assign.go')}</button>
      </div>
    </form>
  <//>`;
}
