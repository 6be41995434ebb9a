// The dialog of an act: what will happen, the sentence everybody will see, and
// for grave acts the number of the lot, typed.

import { has, language, t, tCode } from '../i18n.js';
import { servedUnits } from '../room.js';
import { countdown, money, timeWithMs } from '../text.js';
import { cls, Dialog, html, Icon, useLayoutEffect, useRef, useState } from '../view.js';
import { Field, Notice, Price } from '../ui/parts.js';
import { ACTS, fieldsOf, missing, proposal } from './acts.js';

/** @typedef {import('../types').Room} Room */
/** @typedef {import('../types').DeskRecord} DeskRecord */
/** @typedef {import('../types').DeskParticipant} DeskParticipant */
/** @typedef {import('./acts.js').Act} Act */

const MINUTES = [0.5, 1, 5, 10];

/** @param {string} act @returns {string[]} sentences to start from */
const templates = (act) => ['1', '2', '3'].map((n) => `tpl.${act}.${n}`).filter(has);

/**
 * @param {{act: Act, room: Room, records: DeskRecord[], people: DeskParticipant[],
 *   onSend: (fields: Record<string, unknown>) => void, onClose: () => void}} props
 */
export function ActDialog({ act, room, records, people, onSend, onClose }) {
  const [form, setForm] = useState({ text: '', code: '', minutes: 1, lot: '' });
  const [checked, setChecked] = useState(false);
  const proposed = proposal(room, records);
  const [named] = useState(() => act.fill?.(room, records)); // what was meant, not what comes in between
  const errors = missing(act, form, room);
  const shown = (/** @type {string} */ field) => (checked && errors[field] ? t(errors[field]) : null);
  const set = (/** @type {Partial<typeof form>} */ change) => setForm((f) => ({ ...f, ...change }));
  const box = useRef(/** @type {HTMLFormElement | null} */ (null));
  useLayoutEffect(() => {
    const first = box.current?.querySelector('select, textarea, input, .button-main, .button-bad');
    if (first instanceof HTMLElement) first.focus();
  }, []);
  const submit = (/** @type {Event} */ e) => {
    e.preventDefault();
    setChecked(true);
    if (Object.keys(errors).length > 0) return;
    onSend({ ...fieldsOf(act, { ...form, proposal: proposed }), ...named });
  };
  const what = whatOf(act.act, room, proposed.sold);
  return html`<${Dialog} title=${t('act.name.' + act.act)} onClose=${onClose} tone=${act.weight === 'grave' ? 'bad' : ''}>
    <form class="form" ref=${box} onSubmit=${submit} noValidate>
      <p>${t(what, {
        left: countdown(room.now.rem ?? 0),
        code: named?.code ?? '',
        price: money(named?.price ?? 0, room.rules.currency, language.value),
      })}</p>
      ${act.act === 'announce' && html`<${Proposal} room=${room} proposed=${proposed} />`}
      ${act.ms && html`<${Minutes} minutes=${form.minutes} error=${shown('minutes')} onPick=${(/** @type {number} */ minutes) => set({ minutes })} />`}
      ${act.code && html`<${Code} people=${people} code=${form.code} error=${shown('code')} onPick=${(/** @type {string} */ code) => set({ code })} />`}
      ${act.text && html`<${Sentence} act=${act} text=${form.text} error=${shown('text')} onText=${(/** @type {string} */ text) => set({ text })} />`}
      ${
        act.weight === 'grave' &&
        html`<${Field} id="act-lot" label=${t('console.lot', { n: room.lot.number })} error=${shown('lot')}>
          ${(/** @type {object} */ a) => html`<input
            ...${a}
            class="input"
            inputmode="numeric"
            autocomplete="off"
            value=${form.lot}
            onInput=${(/** @type {any} */ e) => set({ lot: e.currentTarget.value })}
          />`}
        <//>`
      }
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button type="submit" class=${cls('button', act.weight === 'grave' ? 'button-bad' : 'button-main')}>
          <${Icon} name=${act.icon} />${t('act.name.' + act.act)}
        </button>
      </div>
    </form>
  <//>`;
}

/**
 * The sentence of an act. With several winners nobody leads.
 * @param {string} act @param {Room} room @param {boolean} sold what would be announced
 */
function whatOf(act, room, sold) {
  const several = room.rules.sealed?.units ? '.units' : '';
  if (act === 'announce') return 'act.what.announce.' + (sold ? 'sold' + several : 'failed');
  const two = act === 'undo' && room.now.cl?.f ? '.two' : '';
  return 'act.what.' + act + (act === 'disqualify' ? several : two);
}

/** @param {{room: Room, proposed: ReturnType<typeof proposal>}} props */
function Proposal({ room, proposed }) {
  if (!proposed.sold)
    return html`<${Notice} tone="quiet" icon="info" title=${tCode('ground.', proposed.ground)} />`;
  if (room.now.sl?.u) return html`<${Awards} room=${room} price=${proposed.price} />`;
  return html`<div class="proposal card card-brass">
    <p><span class="label">${t('console.winner')}</span> <strong class="proposal-code">${proposed.code}</strong></p>
    <p class="label">${t('console.price')}</p>
    <${Price} amount=${proposed.price} currency=${room.rules.currency} />
    ${proposed.at > 0 && html`<p class="small quiet">${t('console.bidat')} <time>${timeWithMs(proposed.at)}</time></p>`}
  </div>`;
}

/** Everybody who would get units. @param {{room: Room, price: number}} props */
function Awards({ room, price }) {
  const served = servedUnits(room);
  const rows = room.history.filter((r) => served.get(r.f));
  return html`<div class="proposal card card-brass">
    <p class="label">${t('console.awards', { n: room.now.sl?.u?.n ?? 0, units: room.now.sl?.u?.s ?? 0 })}</p>
    <ul class="proposal-awards">
      ${rows.map((r) => html`<li key=${r.f}><strong>${r.c ?? timeWithMs(r.at)}</strong> ${served.get(r.f)}</li>`)}
      ${rows.length < (room.now.sl?.u?.n ?? 0) && html`<li>…</li>`}
    </ul>
    <p class="label">${t('console.price.unit')}</p>
    <${Price} amount=${price} currency=${room.rules.currency} />
  </div>`;
}

/** @param {{minutes: number, error: any, onPick: (minutes: number) => void}} props */
function Minutes({ minutes, error, onPick }) {
  return html`<${Field} id="act-minutes" label=${t('console.minutes')} error=${error}>
    ${(/** @type {object} */ a) => html`<div class="act-minutes">
      ${MINUTES.map(
        (m) => html`<button
          type="button"
          key=${m}
          class=${cls('button', m === minutes && 'button-on')}
          aria-pressed=${String(m === minutes)}
          onClick=${() => onPick(m)}
        >
          ${m < 1 ? '30 s' : m}
        </button>`,
      )}
      <input
        ...${a}
        class="input"
        inputmode="decimal"
        autocomplete="off"
        value=${String(minutes)}
        onInput=${(/** @type {any} */ e) => onPick(Number(e.currentTarget.value.replace(',', '.')))}
      />
    </div>`}
  <//>`;
}

/** @param {{people: DeskParticipant[], code: string, error: any, onPick: (code: string) => void}} props */
function Code({ people, code, error, onPick }) {
  return html`<${Field} id="act-code" label=${t('console.code')} error=${error}>
    ${(/** @type {object} */ a) => html`<select
      ...${a}
      class="input"
      value=${code}
      onChange=${(/** @type {any} */ e) => onPick(e.currentTarget.value)}
    >
      <option value="">${t('console.code.choose')}</option>
      ${people.filter((p) => !p.out).map((p) => html`<option key=${p.code} value=${p.code}>${p.code}</option>`)}
    </select>`}
  <//>`;
}

/** @param {{act: Act, text: string, error: any, onText: (text: string) => void}} props */
function Sentence({ act, text, error, onText }) {
  const ready = templates(act.act);
  return html`${
    ready.length > 0 &&
    html`<div class="tpl" role="group" aria-label=${t('console.pick')}>
      ${ready.map((k) => html`<button type="button" key=${k} class="tpl-one" onClick=${() => onText(t(k))}>${t(k)}</button>`)}
    </div>`
  }
  <${Field} id="act-text" label=${t('console.text.' + act.act)} error=${error}>
    ${(/** @type {object} */ a) => html`<textarea
      ...${a}
      class="input"
      rows="3"
      value=${text}
      onInput=${(/** @type {any} */ e) => onText(e.currentTarget.value)}
      onKeyDown=${(/** @type {KeyboardEvent} */ e) => {
        if (e.key !== 'Enter' || e.shiftKey || e.isComposing) return; // Enter confirms; Shift+Enter is a new line
        e.preventDefault();
        /** @type {any} */ (e.currentTarget).form?.requestSubmit();
      }}
    ></textarea>`}
  <//>`;
}

/** @param {{own: Act[], onClose: () => void}} props own: acts of the session's way */
export function HelpDialog({ own, onClose }) {
  return html`<${Dialog} title=${t('console.help')} onClose=${onClose}>
    <p class="quiet">${t('console.help.what')}</p>
    <table class="table">
      <tbody>
        ${[...own, ...ACTS].map((a) => html`<tr key=${a.act}><td><kbd>⇧${a.key}</kbd></td><td>${t('act.name.' + a.act)}</td></tr>`)}
        <tr><td><kbd>?</kbd></td><td>${t('console.help.this')}</td></tr>
      </tbody>
    </table>
    <div class="dialog-buttons"><button class="button" onClick=${onClose}>${t('dialog.back')}</button></div>
  <//>`;
}
