// Stopping a session for an incident: one dialog, on the console and on the
// page of the day. What becomes of it comes from the server.

import { api } from '../account.js';
import { addWords, t, tCode } from '../i18n.js';
import { Dialog, html, Icon, loadStyle, useLayoutEffect, useRef, useState } from '../view.js';
import { Field, Notice } from '../ui/parts.js';
import { RequestNames } from '../admin/frame.js';
import { words } from './words.js';

addWords(words);
await loadStyle('day.css');

/** The grounds in the order of the law's weight: technical ones first. */
export const GROUNDS = [
  'cannot_bid',
  'bid_not_recorded',
  'wrong_time',
  'cannot_start',
  'owner_demand',
  'violation',
  'force_majeure',
];

const MAX_RUNES = 500; // as in the engine

/**
 * What is still missing: keys of sentences by field.
 * @param {{ground: string, sentence: string, lot: string}} form @param {number} lot
 */
export function missing(form, lot) {
  /** @type {Record<string, string>} */
  const out = {};
  if (!GROUNDS.includes(form.ground)) out.ground = 'incident.need.ground';
  if (form.sentence.trim() === '') out.sentence = 'incident.need.sentence';
  if (form.lot.trim() !== String(lot)) out.lot = 'incident.need.lot';
  return out;
}

/**
 * @param {{session: string, lot: number, onDone: () => void, onClose: () => void}} props
 */
export function IncidentDialog({ session, lot, onDone, onClose }) {
  const [form, setForm] = useState({ ground: '', sentence: '', lot: '' });
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const names = useRef(new RequestNames());
  const box = useRef(/** @type {HTMLFormElement | null} */ (null));
  useLayoutEffect(() => box.current?.querySelector('select')?.focus(), []);
  const errors = missing(form, lot);
  const shown = (/** @type {string} */ field) =>
    checked && errors[field] ? t(errors[field], { n: lot }) : null;
  const set = (/** @type {Partial<typeof form>} */ change) => setForm((f) => ({ ...f, ...change }));

  const submit = async (/** @type {Event} */ e) => {
    e.preventDefault();
    setChecked(true);
    if (busy || Object.keys(errors).length > 0) return;
    setBusy(true);
    setProblem('');
    const body = { ground: form.ground, sentence: form.sentence.trim() };
    try {
      await api('POST', `/sessions/${session}/incident`, body, names.current.of(body));
      onDone();
    } catch (error) {
      setProblem(/** @type {any} */ (error).code ?? 'internal');
      setBusy(false);
    }
  };

  return html`<${Dialog} title=${t('incident.title')} onClose=${onClose} tone="bad">
    <form class="form" ref=${box} onSubmit=${submit} noValidate>
      <p>${t('incident.what')}</p>
      ${problem && html`<div role="alert"><${Notice} tone="bad" icon="triangle-alert" title=${tCode('day.problem.', problem)} /></div>`}
      <${Field} id="incident-ground" label=${t('incident.ground')} error=${shown('ground')}>
        ${(/** @type {object} */ a) => html`<select
          ...${a}
          class="input"
          value=${form.ground}
          onChange=${(/** @type {any} */ e) => set({ ground: e.currentTarget.value })}
        >
          <option value="">${t('incident.ground.choose')}</option>
          ${GROUNDS.map((g) => html`<option key=${g} value=${g} selected=${g === form.ground}>${tCode('stopped.', g)}</option>`)}
        </select>`}
      <//>
      <div class="incident-tpl">
        ${['incident.tpl.1', 'incident.tpl.2'].map(
          (k) =>
            html`<button type="button" key=${k} class="incident-tpl-one" onClick=${() => set({ sentence: t(k) })}>
              ${t(k)}
            </button>`,
        )}
      </div>
      <${Field} id="incident-sentence" label=${t('incident.sentence')} error=${shown('sentence')}>
        ${(/** @type {object} */ a) => html`<textarea
          ...${a}
          class="input"
          rows="3"
          maxlength=${MAX_RUNES}
          value=${form.sentence}
          onInput=${(/** @type {any} */ e) => set({ sentence: e.currentTarget.value })}
        ></textarea>`}
      <//>
      <${Field} id="incident-lot" label=${t('incident.lot', { n: lot })} error=${shown('lot')}>
        ${(/** @type {object} */ a) => html`<input
          ...${a}
          class="input"
          inputmode="numeric"
          autocomplete="off"
          value=${form.lot}
          onInput=${(/** @type {any} */ e) => set({ lot: e.currentTarget.value })}
        />`}
      <//>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button type="submit" class="button button-bad" disabled=${busy}>
          <${Icon} name="circle-stop" />${t(busy ? 'incident.busy' : 'incident.go')}
        </button>
      </div>
    </form>
  <//>`;
}
