// What was put on the national portal for an auction, by hand.

import { api, ApiError, isA } from '../account.js';
import { t } from '../i18n.js';
import { Dialog, html, useEffect, useRef, useState } from '../view.js';
import { ChoiceField, TextField } from '../admin/fields.js';
import { codeOf, Problem, RequestNames } from '../admin/frame.js';
import { when } from './parts.js';

/** @typedef {{status: string, link?: string, by?: string, at: number}} Upload */

const STATUSES = ['uploaded', 'published', 'withdrawn'];

/** @param {{auction: string}} props */
export function Portal({ auction }) {
  const [list, setList] = useState(/** @type {Upload[] | null} */ (null));
  const [writing, setWriting] = useState(false);
  const [problem, setProblem] = useState('');
  const load = async () => {
    try {
      setList((await api('GET', `/auctions/${auction}/portal`)).uploads);
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => void load(), [auction]);
  return html`<section class="office-part" aria-labelledby="portal">
    <h2 class="rule-head" id="portal">${t('portal.title')}</h2>
    <p class="quiet">${t('portal.what')}</p>
    ${problem && html`<${Problem} code=${problem} onRetry=${() => void load()} />`}
    ${list?.length === 0 && html`<p>${t('portal.none')}</p>`}
    <ul class="office-list">
      ${list?.map(
        (u) =>
          html`<li key=${u.at} class="card office-part">
            <p class="label dots"><span>${when(u.at)}</span><span>${u.by}</span></p>
            <p><strong>${t('portal.' + u.status)}</strong></p>
            ${u.link && html`<p><a class="keep-hash" href=${u.link} rel="noopener noreferrer" target="_blank">${u.link}</a></p>`}
          </li>`,
      )}
    </ul>
    ${
      isA('auctioneer', 'registrar', 'admin') &&
      html`<div class="buttons"><button class="button" onClick=${() => setWriting(true)}>${t('portal.note')}</button></div>`
    }
    ${
      writing &&
      html`<${Form}
        auction=${auction}
        onClose=${() => setWriting(false)}
        onDone=${() => {
          setWriting(false);
          void load();
        }}
      />`
    }
  </section>`;
}

/** @param {{auction: string, onClose: () => void, onDone: () => void}} props */
function Form({ auction, onClose, onDone }) {
  const [form, setForm] = useState({ status: 'uploaded', link: '' });
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const [problem, setProblem] = useState('');
  const names = useRef(new RequestNames());
  /** @param {Event} e */
  const send = async (e) => {
    e.preventDefault();
    setFaults({});
    setProblem('');
    try {
      await api('POST', `/auctions/${auction}/portal`, form, names.current.of(form));
      onDone();
    } catch (error) {
      if (error instanceof ApiError && error.fields.length > 0) {
        setFaults(Object.fromEntries(error.fields.map((f) => [f.field, f.message])));
      } else setProblem(codeOf(error));
    }
  };
  return html`<${Dialog} title=${t('portal.note')} onClose=${onClose}>
    <form class="office-part" onSubmit=${send} noValidate>
      <${ChoiceField}
        id="portal-status"
        label=${t('portal.status')}
        value=${form.status}
        onValue=${(/** @type {string} */ status) => setForm({ ...form, status })}
        options=${STATUSES}
        words="portal."
      />
      <${TextField}
        id="portal-link"
        label=${t('portal.link')}
        hint="https://"
        error=${faults.link}
        maxlength=${500}
        value=${form.link}
        onValue=${(/** @type {string} */ link) => setForm({ ...form, link })}
      />
      ${
        problem === 'wrong_state'
          ? html`<p class="field-error" role="alert">${t('portal.problem.wrong_state')}</p>`
          : problem && html`<${Problem} code=${problem} />`
      }
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button class="button button-main">${t('portal.save')}</button>
      </div>
    </form>
  <//>`;
}
