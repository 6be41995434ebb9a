// What the forms about people share: their state, their fields, and how an
// answer of the server is told beside the field it is about.

import { ApiError } from '../account.js';
import { addWords, has, t, tCode } from '../i18n.js';
import { html, Icon, loadStyle, useEffect, useRef, useState } from '../view.js';
import { Field, Notice } from '../ui/parts.js';
import { words } from './words.js';

addWords(words);
await loadStyle('people.css');

/** @typedef {{field: string, code: string}} Fault */
/** @typedef {ReturnType<typeof useForm>} Form */

/** The code of what went wrong. @param {unknown} e */
export const codeOf = (e) => (e instanceof ApiError ? e.code : 'internal');

/** Codes that stand for one field of a form. @type {Record<string, string>} */
const FIELD_OF = { login_taken: 'login', bad_code: 'code' };

/**
 * A form: its values by name, what is wrong with them, and a submit that runs
 * once at a time.
 * @param {Record<string, any>} initial
 */
export function useForm(initial) {
  const [values, setValues] = useState(initial);
  const [faults, setFaults] = useState(/** @type {Fault[]} */ ([]));
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const [tries, setTries] = useState(0);
  const working = useRef(false);
  const box = useRef(/** @type {HTMLFormElement | null} */ (null));
  useEffect(() => {
    const wrong = tries > 0 ? box.current?.querySelector('[aria-invalid]') : null;
    if (wrong instanceof HTMLElement) wrong.focus();
  }, [tries]);

  /** @param {string} name @param {any} value */
  const set = (name, value) => {
    setValues((all) => ({ ...all, [name]: value }));
    setFaults((all) => all.filter((f) => f.field !== name));
  };
  /** @param {() => Promise<void>} send */
  const submit = (send) => async (/** @type {Event} */ e) => {
    e.preventDefault();
    if (working.current) return;
    working.current = true;
    setBusy(true);
    setProblem('');
    setFaults([]);
    try {
      await send();
    } catch (error) {
      const code = codeOf(error);
      const field = FIELD_OF[code];
      if (error instanceof ApiError && error.fields.length > 0) setFaults(error.fields);
      else if (field) setFaults([{ field, code }]);
      else setProblem(code);
      setTries((n) => n + 1);
    } finally {
      working.current = false;
      setBusy(false);
    }
  };
  return { values, setValues, set, faults, problem, busy, submit, box };
}

/** What is wrong with a field, in a sentence. @param {Fault} fault */
const faultText = ({ field, code }) => {
  const special = `who.fault.${field}.${code}`;
  return has(special) ? t(special) : tCode('who.fault.', code);
};

/** @param {Form} form @param {string} name */
export const errorOf = (form, name) => {
  const fault = form.faults.find((f) => f.field === name);
  return fault ? faultText(fault) : null;
};

/**
 * A line of text of a form. The dictionary has its label under who.NAME.
 * @param {{form: Form, name: string, type?: string, autocomplete?: string, inputmode?: string, maxlength?: number,
 *   required?: boolean, hint?: any, label?: string, id?: string, placeholder?: string}} props
 */
export function Text({ form, name, type = 'text', label, hint, id, required, ...more }) {
  const plain = type === 'password' || more.autocomplete === 'username' || type === 'email';
  return html`<${Field}
    id=${id ?? 'p-' + name.replaceAll('.', '-')}
    label=${label ?? t('who.' + name)}
    hint=${hint ?? (has(`who.${name}.hint`) ? t(`who.${name}.hint`) : null)}
    error=${errorOf(form, name)}
  >
    ${(/** @type {object} */ a) => html`<input
      ...${a}
      class="input"
      type=${type}
      autocomplete=${more.autocomplete ?? 'off'}
      inputmode=${more.inputmode}
      placeholder=${more.placeholder}
      autocapitalize=${plain ? 'none' : null}
      spellcheck=${plain ? false : null}
      maxlength=${more.maxlength ?? 120}
      aria-required=${required ? 'true' : null}
      value=${form.values[name] ?? ''}
      onInput=${(/** @type {any} */ e) => form.set(name, e.currentTarget.value)}
    />`}
  <//>`;
}

/** @param {{form: Form, name: string, hint?: string}} props */
export function Lines({ form, name, hint }) {
  return html`<${Field} id=${'p-' + name} label=${t('who.' + name)} hint=${hint} error=${errorOf(form, name)}>
    ${(/** @type {object} */ a) => html`<textarea
      ...${a}
      class="input"
      rows="3"
      maxlength="500"
      value=${form.values[name] ?? ''}
      onInput=${(/** @type {any} */ e) => form.set(name, e.currentTarget.value)}
    />`}
  <//>`;
}

/** @param {{form: Form, name: string, options: string[], prefix: string}} props */
export function Choice({ form, name, options, prefix }) {
  return html`<${Field} id=${'p-' + name} label=${t('who.' + name)} error=${errorOf(form, name)}>
    ${(/** @type {object} */ a) => html`<select
      ...${a}
      class="input"
      value=${form.values[name]}
      onChange=${(/** @type {any} */ e) => form.set(name, e.currentTarget.value)}
    >
      ${options.map((o) => html`<option key=${o} value=${o} selected=${o === form.values[name]}>${t(prefix + (o || 'none'))}</option>`)}
    </select>`}
  <//>`;
}

/** @param {{form: Form, name: string, children: any}} props */
export function Tick({ form, name, children }) {
  const error = errorOf(form, name);
  return html`<div class="field">
    <label class="people-tick">
      <input
        type="checkbox"
        aria-invalid=${error ? 'true' : null}
        checked=${form.values[name]}
        onChange=${(/** @type {any} */ e) => form.set(name, e.currentTarget.checked)}
      />
      <span>${children}</span>
    </label>
    ${error && html`<p class="field-error"><${Icon} name="triangle-alert" />${error}</p>`}
  </div>`;
}

/** What kept a form from being sent. @param {{code: string}} props */
export function Trouble({ code }) {
  if (!code) return null;
  return html`<div role="alert">
    <${Notice} tone="bad" icon="triangle-alert" title=${tCode('who.problem.', code)} />
  </div>`;
}

/** @param {{form: Form, children: any}} props */
export function Send({ form, children }) {
  return html`<button class="button button-main" disabled=${form.busy}>${form.busy ? t('who.busy') : children}</button>`;
}
