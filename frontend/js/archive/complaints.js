// Complaints about an auction: what staff read and answer.

import { api, isA } from '../account.js';
import { t } from '../i18n.js';
import { Dialog, html, useEffect, useState } from '../view.js';
import { LinesField } from '../admin/fields.js';
import { codeOf, Problem } from '../admin/frame.js';
import { KeepProblem, when } from './parts.js';

/** @typedef {{id: string, session?: string, bidSeq?: number, name?: string, contact?: string, body?: string, filedAt: number, dueAt: number, state: string, answer?: string, answeredBy?: string, answeredAt?: number}} Complaint */

/** @param {{auction: string}} props */
export function Complaints({ auction }) {
  const [list, setList] = useState(/** @type {Complaint[] | null} */ (null));
  const [open, setOpen] = useState(/** @type {Complaint | null} */ (null));
  const [problem, setProblem] = useState('');
  const load = async () => {
    try {
      setList((await api('GET', `/auctions/${auction}/complaints`)).complaints);
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => void load(), [auction]);
  return html`<section class="office-part" aria-labelledby="complaints">
    <h2 class="rule-head" id="complaints">${t('complaint.title')}</h2>
    ${problem && html`<${Problem} code=${problem} onRetry=${() => void load()} />`}
    ${list?.length === 0 && html`<p class="quiet">${t('complaint.none')}</p>`}
    <ul class="office-list">
      ${list?.map(
        (c) =>
          html`<li key=${c.id} class="card office-part">
            <p class="label dots">
              <span>${when(c.filedAt)}</span>
              <span>${t('complaint.' + c.state)}</span>
              ${c.state === 'open' && html`<span>${t('complaint.due', { time: when(c.dueAt) })}</span>`}
              ${c.session && html`<span>${about(c)}</span>`}
            </p>
            ${c.name ? html`<p><strong>${t('complaint.from', { name: c.name, contact: c.contact ?? '' })}</strong></p>` : html`<p class="quiet">${t('complaint.private')}</p>`}
            ${c.body && html`<p class="letter-body">${c.body}</p>`}
            ${c.answeredAt && html`<p>${t('complaint.answered', { name: c.answeredBy ?? '', time: when(c.answeredAt), answer: c.answer ?? '' })}</p>`}
            ${
              c.state === 'open' &&
              isA('auctioneer', 'registrar', 'clerk') &&
              html`<div class="buttons"><button class="button" onClick=${() => setOpen(c)}>${t('complaint.answer')}</button></div>`
            }
          </li>`,
      )}
    </ul>
    ${
      open &&
      html`<${Answer}
        complaint=${open}
        onClose=${() => setOpen(null)}
        onDone=${() => {
          setOpen(null);
          void load();
        }}
      />`
    }
  </section>`;
}

/** @param {Complaint} c */
const about = (c) =>
  c.bidSeq
    ? t('complaint.bid', { session: c.session ?? '', n: c.bidSeq })
    : t('complaint.session', { session: c.session ?? '' });

/** @param {{complaint: Complaint, onClose: () => void, onDone: () => void}} props */
function Answer({ complaint, onClose, onDone }) {
  const [answer, setAnswer] = useState('');
  const [problem, setProblem] = useState('');
  /** @param {boolean} upheld */
  const send = async (upheld) => {
    setProblem('');
    try {
      await api('POST', `/complaints/${complaint.id}/answer`, { upheld, answer: answer.trim() });
      onDone();
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  const empty = answer.trim() === '';
  return html`<${Dialog} title=${t('complaint.answer')} onClose=${onClose}>
    <p class="letter-body">${complaint.body}</p>
    <${LinesField} id="complaint-answer" label=${t('complaint.answer.label')} value=${answer} onValue=${setAnswer} maxlength=${4000} />
    ${
      problem === 'wrong_state'
        ? html`<p class="field-error" role="alert">${t('complaint.problem.wrong_state')}</p>`
        : problem && html`<${KeepProblem} code=${problem} />`
    }
    <div class="dialog-buttons">
      <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
      <button type="button" class="button" disabled=${empty} onClick=${() => void send(false)}>${t('complaint.no')}</button>
      <button type="button" class="button button-main" disabled=${empty} onClick=${() => void send(true)}>${t('complaint.yes')}</button>
    </div>
  <//>`;
}
