// The part of the public notice where anybody files a complaint, and sees how
// many there are.

import { account, api, ApiError } from '../account.js';
import { addWords, t } from '../i18n.js';
import { Dialog, html, useEffect, useState } from '../view.js';
import { codeOf, Problem } from '../admin/frame.js';
import { LinesField, TextField } from '../admin/fields.js';
import { words as office } from '../admin/words.js';
import { Field, Notice } from '../ui/parts.js';
import { when } from './parts.js';
import { words } from './words.js';

addWords(office);
addWords(words);

/** @typedef {{number: number, session?: string}} Lot */

/** @param {{auction: string, lots: Lot[]}} props */
export function Complain({ auction, lots }) {
  const [count, setCount] = useState(
    /** @type {{open: number, upheld: number, rejected: number} | null} */ (null),
  );
  const [writing, setWriting] = useState(false);
  const [due, setDue] = useState(0);
  const load = () =>
    api('GET', `/notices/${auction}/complaints`, undefined, { anonymous: true }).then(setCount, () => {}); // the notice stands without it
  useEffect(() => void load(), [auction]);
  const staff = account.value && account.value.role !== 'bidder';
  if (!count) return null;
  return html`<section class="office-part" aria-labelledby="complain">
    <h2 class="rule-head" id="complain">${t('complaint.title')}</h2>
    <p class="quiet">${t('complaint.count', count)}</p>
    <div role="status">
      ${due > 0 && html`<${Notice} tone="good" icon="circle-check" title=${t('complaint.sent', { time: when(due) })} />`}
    </div>
    ${!staff && html`<div class="buttons"><button class="button" onClick=${() => setWriting(true)}>${t('complaint.file')}</button></div>`}
    ${
      writing &&
      html`<${Form}
        auction=${auction}
        lots=${lots}
        onClose=${() => setWriting(false)}
        onSent=${(/** @type {number} */ at) => {
          setWriting(false);
          setDue(at);
          void load();
        }}
      />`
    }
  </section>`;
}

/** @param {{auction: string, lots: Lot[], onClose: () => void, onSent: (dueAt: number) => void}} props */
function Form({ auction, lots, onClose, onSent }) {
  const [form, setForm] = useState({
    name: account.value?.name ?? '',
    contact: '',
    body: '',
    session: '',
    bidSeq: '',
  });
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const [problem, setProblem] = useState('');
  /** @param {string} name */
  const bind = (name) => ({
    id: 'complain-' + name,
    label: t(LABELS[name] ?? ''),
    error: faults[name],
    value: /** @type {any} */ (form)[name],
    onValue: (/** @type {string} */ value) => setForm({ ...form, [name]: value }),
  });
  /** @param {Event} e */
  const send = async (e) => {
    e.preventDefault();
    setFaults({});
    setProblem('');
    try {
      const body = { ...form, bidSeq: form.session ? Math.trunc(Number(form.bidSeq)) || 0 : 0 };
      onSent((await api('POST', `/notices/${auction}/complaints`, body)).dueAt);
    } catch (error) {
      if (error instanceof ApiError && error.fields.length > 0) {
        setFaults(Object.fromEntries(error.fields.map((f) => [f.field, f.message])));
      } else setProblem(codeOf(error));
    }
  };
  const sessions = lots.filter((lot) => lot.session);
  return html`<${Dialog} title=${t('complaint.file')} onClose=${onClose}>
    <form class="office-part" onSubmit=${send} noValidate>
      ${!account.value && html`<${TextField} ...${bind('name')} maxlength=${120} required autocomplete="name" />`}
      <${TextField} ...${bind('contact')} maxlength=${254} required=${!account.value} />
      ${
        sessions.length > 0 &&
        html`<${Field} id="complain-session" label=${t('complaint.lot')} error=${faults.session}>
          ${(/** @type {object} */ a) => html`<select
            ...${a}
            class="input"
            value=${form.session}
            onChange=${(/** @type {any} */ e) => setForm({ ...form, session: e.currentTarget.value })}
          >
            <option value="">${t('complaint.whole')}</option>
            ${sessions.map((lot) => html`<option value=${lot.session}>${t('complaint.lot.n', { n: lot.number })}</option>`)}
          </select>`}
        <//>`
      }
      ${form.session && html`<${TextField} ...${bind('bidSeq')} maxlength=${12} />`}
      <${LinesField} ...${bind('body')} maxlength=${4000} />
      <p class="label">${t('complaint.private')}</p>
      ${
        problem === 'too_many'
          ? html`<p class="field-error" role="alert">${t('complaint.problem.too_many')}</p>`
          : problem && html`<${Problem} code=${problem} />`
      }
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button class="button button-main">${t('complaint.send')}</button>
      </div>
    </form>
  <//>`;
}

/** @type {Record<string, string>} */
const LABELS = {
  name: 'complaint.name',
  contact: 'complaint.contact',
  body: 'complaint.body',
  bidSeq: 'complaint.seq',
};
