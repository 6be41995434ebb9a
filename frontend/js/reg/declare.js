// The declaration: no conflict, who bids for me, where the deposit goes back.

import { api } from '../account.js';
import { t } from '../i18n.js';
import { cls, html, useEffect, useState } from '../view.js';
import { Field, Notice } from '../ui/parts.js';
import { codeOf, faultsOf, Trouble } from './parts.js';

/** @typedef {import('./types').OwnRegistration} OwnRegistration */
/** @typedef {import('./types').Bank} Bank */

/**
 * The fields of the form as they are typed.
 * @typedef {{noConflict: boolean, representative: string, representativeId: string, bin: string, number: string, holder: string}} Typed
 */

/** @param {Partial<OwnRegistration>} reg @returns {Typed} */
export const typedOf = (reg) => ({
  noConflict: reg.noConflict ?? false,
  representative: reg.representative ?? '',
  representativeId: '',
  bin: reg.refundTo?.bin ?? '',
  number: reg.refundTo?.number ?? '',
  holder: reg.refundTo?.holder ?? '',
});

/** @param {Typed} v */
export const bodyOf = (v) => ({
  noConflict: v.noConflict,
  representative: v.representative,
  representativeId: v.representativeId,
  refundTo: { bin: v.bin, number: v.number, holder: v.holder },
});

/** @type {Promise<Bank[]> | null} */
let asked = null;

/** The banks to choose from, asked for once. */
function useBanks() {
  const [banks, setBanks] = useState(/** @type {Bank[]} */ ([]));
  useEffect(() => {
    asked ??= api('GET', '/banks', undefined, { anonymous: true }).then((a) => a.banks);
    asked.then(setBanks).catch(() => {
      asked = null; // the next page asks again
    });
  }, []);
  return banks;
}

/**
 * The controls of the form, for the bidder and for the counter.
 * @param {{value: Typed, onValue: (v: Typed) => void, faults: Record<string, string>, last?: string, disabled?: boolean}} props
 */
export function DeclareFields({ value, onValue, faults, last, disabled = false }) {
  const banks = useBanks();
  /** @param {keyof Typed} key @returns {(e: any) => void} */
  const set = (key) => (e) => onValue({ ...value, [key]: e.currentTarget.value });
  /** @param {keyof Typed} key @param {object} a @param {object} [more] */
  const input = (key, a, more = {}) =>
    html`<input ...${a} ...${more} class="input" disabled=${disabled} maxlength="120" value=${value[key]} onInput=${set(key)} />`;
  return html`<label class="reg-check">
      <input
        type="checkbox"
        id="reg-conflict"
        checked=${value.noConflict}
        disabled=${disabled}
        aria-describedby=${cls('reg-conflict-what', faults.noConflict && 'reg-conflict-error')}
        aria-invalid=${faults.noConflict ? 'true' : null}
        onChange=${(/** @type {any} */ e) => onValue({ ...value, noConflict: e.currentTarget.checked })}
      />
      <span><strong>${t('declare.conflict')}</strong></span>
    </label>
    <p class="small quiet" id="reg-conflict-what">${t('declare.conflict.what')}</p>
    ${faults.noConflict && html`<p class="field-error" id="reg-conflict-error">${faults.noConflict}</p>`}
    <fieldset class="reg-group">
      <legend>${t('declare.refund')}</legend>
      <p class="small quiet">${t('declare.refund.what')}</p>
      <${Field} id="reg-bank" label=${t('declare.bank')} error=${faults['refundTo.bin']}>
        ${(
          /** @type {object} */ a,
        ) => html`<select ...${a} class="input" disabled=${disabled} value=${value.bin} onChange=${set('bin')}>
          <option value="">${t('declare.bank.choose')}</option>
          ${banks.map((b) => html`<option key=${b.bin} value=${b.bin} selected=${b.bin === value.bin}>${b.short} – ${b.name}</option>`)}
        </select>`}
      <//>
      <${Field} id="reg-number" label=${t('declare.number')} error=${faults['refundTo.number']}>
        ${(/** @type {object} */ a) => input('number', a, { inputmode: 'numeric', autocomplete: 'off' })}
      <//>
      <${Field} id="reg-holder" label=${t('declare.holder')} error=${faults['refundTo.holder']}>
        ${(/** @type {object} */ a) => input('holder', a, { autocomplete: 'off' })}
      <//>
    </fieldset>
    <fieldset class="reg-group">
      <legend>${t('declare.proxy')}</legend>
      <${Field} id="reg-proxy" label=${t('regdesk.proxy')} hint=${t('declare.proxy.what')} error=${faults.representative}>
        ${(/** @type {object} */ a) => input('representative', a, { autocomplete: 'off' })}
      <//>
      ${
        value.representative.trim() !== '' &&
        html`<${Field}
          id="reg-proxy-id"
          label=${t('declare.proxy.id')}
          hint=${last ? t('declare.proxy.kept', { last }) : t('declare.proxy.hidden')}
          error=${faults.representativeId}
        >
          ${(/** @type {object} */ a) => input('representativeId', a, { inputmode: 'numeric', autocomplete: 'off' })}
        <//>`
      }
    </fieldset>`;
}

/**
 * @param {{reg: OwnRegistration, onSaved: (reg: OwnRegistration) => void, onStale: () => void}} props
 */
export function Declare({ reg, onSaved, onStale }) {
  const [value, setValue] = useState(() => typedOf(reg));
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  /** @param {Event} e */
  const save = async (e) => {
    e.preventDefault();
    if (busy) return;
    const missing = t('regfault.missing');
    const wrong = {
      ...(!value.noConflict && { noConflict: missing }),
      ...(!value.bin && { 'refundTo.bin': missing }),
      ...(!value.number.trim() && { 'refundTo.number': missing }),
      ...(!value.holder.trim() && { 'refundTo.holder': missing }),
    };
    setFaults(wrong);
    setProblem('');
    if (Object.keys(wrong).length > 0) return;
    setBusy(true);
    try {
      onSaved(await api('PUT', '/registrations/' + reg.id, { version: reg.version, ...bodyOf(value) }));
    } catch (error) {
      const found = faultsOf(error);
      setFaults(found);
      if (Object.keys(found).length === 0) setProblem(codeOf(error));
      if (['edited_meanwhile', 'wrong_state'].includes(codeOf(error))) onStale();
    }
    setBusy(false);
  };
  return html`<form class="card reg-part" noValidate onSubmit=${save}>
    <h2>${t('declare.title')}</h2>
    ${!reg.editable && html`<${Notice} tone="quiet" icon="lock" title=${t('declare.locked')} />`}
    <${DeclareFields} value=${value} onValue=${setValue} faults=${faults} last=${reg.proxyLast} disabled=${!reg.editable} />
    <${Trouble} code=${problem} />
    ${reg.editable && html`<button class="button button-main" disabled=${busy}>${t(busy ? 'declare.saving' : 'declare.save')}</button>`}
  </form>`;
}
