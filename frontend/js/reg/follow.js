// How a registration stands: the code, what has happened, and the way out.

import { api } from '../account.js';
import { t, tCode } from '../i18n.js';
import { cls, Dialog, html, Icon, useState } from '../view.js';
import { Field } from '../ui/parts.js';
import { codeOf, moment, Trouble } from './parts.js';
import { stateText } from './pay.js';

/** @typedef {import('./types').OwnRegistration} OwnRegistration */

/** @param {{reg: OwnRegistration, onChanged: (reg: OwnRegistration) => void}} props */
export function Follow({ reg, onChanged }) {
  const [asking, ask] = useState(false);
  return html`<section class="card reg-part" aria-labelledby="reg-follow">
    <h2 id="reg-follow">${t('follow.title')}</h2>
    ${
      reg.code &&
      html`<div class="reg-code">
        <p class="label">${t('follow.code')}</p>
        <p class="reg-code-figures">${reg.code}</p>
        <p class="small quiet"><${Icon} name="lock" />${t('follow.code.what')}</p>
      </div>`
    }
    <${Timeline} reg=${reg} />
    ${
      reg.withdrawal.allowed &&
      html`<button type="button" class="button button-bad" onClick=${() => ask(true)}>${t('leave.open')}</button>`
    }
    ${asking && html`<${Withdraw} reg=${reg} onChanged=${onChanged} onClose=${() => ask(false)} />`}
  </section>`;
}

/** @param {{reg: OwnRegistration}} props */
function Timeline({ reg }) {
  const secured = (/** @type {string} */ s) => s !== 'due';
  const decided = reg.dossier === 'approved' || reg.dossier === 'rejected';
  /** @type {[string, number | undefined, boolean][]} */
  const rows = [
    [t('follow.opened'), reg.createdAt, true],
    [t('follow.fee', { state: stateText(reg.fee) }), reg.fee.paidAt, secured(reg.fee.state)],
    [t('follow.submitted'), reg.submittedAt, reg.submittedAt !== undefined],
    [t('follow.decided', { state: tCode('dossier.state.', reg.dossier) }), reg.decidedAt, decided],
    [t('follow.deposit', { state: stateText(reg.deposit) }), reg.deposit.paidAt, secured(reg.deposit.state)],
    [t('follow.coded'), reg.codeIssuedAt, reg.code !== undefined],
    [t('follow.session'), reg.opensAt, false],
  ];
  return html`<ol class="reg-timeline">
    ${rows.map(
      ([text, at, done]) =>
        html`<li key=${text} class=${cls(done && 'reg-timeline-done')}>
          <${Icon} name=${done ? 'circle-check' : 'clock'} />
          <span>${text}</span>
          <span class="label">${at ? moment(at) : done ? '' : t('follow.pending')}</span>
        </li>`,
    )}
  </ol>`;
}

/** @param {{reg: OwnRegistration, onChanged: (reg: OwnRegistration) => void, onClose: () => void}} props */
function Withdraw({ reg, onChanged, onClose }) {
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const { free, refund } = reg.withdrawal;
  const paid = reg.deposit.state !== 'due' || reg.deposit.paid > 0;
  const go = async () => {
    setBusy(true);
    try {
      onChanged(await api('POST', `/registrations/${reg.id}/withdraw`, { reason }));
      onClose();
    } catch (e) {
      setProblem(codeOf(e));
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t('leave.title')} tone="bad" onClose=${onClose}>
    <p>${t('reg.lot', { n: reg.lotNumber })}: ${reg.lotTitle}</p>
    ${free && html`<p>${t('leave.free')}</p>`}
    ${!free && (refund || !paid) && html`<p>${t('leave.refund')}</p>`}
    ${!free && !refund && paid && html`<p>${t('leave.kept')}</p>`}
    <${Field} id="withdraw-reason" label=${t('leave.reason')}>
      ${(/** @type {object} */ a) => html`<textarea
        ...${a}
        class="input"
        maxlength="500"
        value=${reason}
        onInput=${(/** @type {any} */ e) => setReason(e.currentTarget.value)}
      />`}
    <//>
    <${Trouble} code=${problem} />
    <div class="dialog-buttons">
      <button type="button" class="button" onClick=${onClose}>${t('leave.back')}</button>
      <button type="button" class="button button-bad" disabled=${busy} onClick=${() => void go()}>${t('leave.go')}</button>
    </div>
  <//>`;
}
