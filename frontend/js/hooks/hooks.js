// /quan-tri/ket-noi: which other programs are told of what happens.

import { api, ApiError } from '../account.js';
import { addWords, t, tCode } from '../i18n.js';
import { dayMonth, hourMinute } from '../text.js';
import { Dialog, html, Icon, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { CheckField } from '../admin/fields.js';
import { codeOf, OfficeNav, Problem, RequestNames } from '../admin/frame.js';
import { words as office } from '../admin/words.js';
import { Field, Notice } from '../ui/parts.js';
import { words } from './words.js';

addWords(office);
addWords(words);
await loadStyle('admin.css');

/** @typedef {{id: string, url: string, kinds: string[], createdAt: number, endedAt?: number, endedWhy?: string, oldUntil?: number, secret?: string}} Hook */
/** @typedef {{eventId: string, kind: string, at: number, nextAt?: number, tries: number, outcome?: string, settledAt?: number, log?: {at: number, outcome: string, status?: number, tookMs: number}[]}} Delivery */

/** @param {number} ms */
const when = (ms) => `${hourMinute(ms)} ${dayMonth(ms)}`;

export function Page() {
  useTitle(t('hooks.title'));
  const [found, setFound] = useState(/** @type {{hooks: Hook[], kinds: string[]} | null} */ (null));
  const [adding, setAdding] = useState(false);
  const [shown, setShown] = useState(/** @type {Hook | null} */ (null)); // whose secret is shown
  const [done, setDone] = useState('');
  const [problem, setProblem] = useState('');
  const load = async () => {
    setProblem('');
    try {
      setFound(await api('GET', '/hooks'));
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => void load(), []);
  /** @param {Hook} hook */
  const onSecret = (hook) => {
    setAdding(false);
    setShown(hook);
    void load();
  };
  return html`<main class="page office" id="main">
    <${OfficeNav} here="hooks" />
    <header class="office-head">
      <div>
        <h1 tabindex="-1">${t('hooks.title')}</h1>
        <p class="quiet">${t('hooks.what')}</p>
      </div>
      <button class="button button-main" onClick=${() => setAdding(true)}>
        <${Icon} name="plus" />${t('hooks.add')}
      </button>
    </header>
    ${problem && html`<${Problem} code=${problem} onRetry=${() => void load()} />`}
    <div role="status">${done && html`<${Notice} tone="good" icon="circle-check" title=${done} />`}</div>
    ${found?.hooks.length === 0 && html`<p class="quiet">${t('hooks.none')}</p>`}
    ${
      found &&
      found.hooks.length > 0 &&
      html`<ul class="office-list">
        ${found.hooks.map((hook) => html`<${Row} key=${hook.id} hook=${hook} onSecret=${onSecret} onDone=${setDone} onChange=${load} />`)}
      </ul>`
    }
    ${adding && found && html`<${Add} kinds=${found.kinds} onClose=${() => setAdding(false)} onMade=${onSecret} />`}
    ${shown && html`<${Secret} hook=${shown} onClose=${() => setShown(null)} />`}
  </main>`;
}

/** @param {{hook: Hook, onSecret: (hook: Hook) => void, onDone: (text: string) => void, onChange: () => void}} props */
function Row({ hook, onSecret, onDone, onChange }) {
  const [list, setList] = useState(/** @type {Delivery[] | null} */ (null));
  const [problem, setProblem] = useState('');
  const [names] = useState(() => new RequestNames());
  /** @param {() => Promise<void>} work */
  const run = async (work) => {
    setProblem('');
    try {
      await work();
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  const path = '/hooks/' + hook.id;
  const look = () => run(async () => setList((await api('GET', path + '/deliveries')).deliveries));
  const test = () =>
    run(async () => {
      await api('POST', path + '/test', undefined, names.of('test'));
      names.done();
      onDone(t('hooks.tested'));
    });
  const replace = () =>
    run(async () => {
      onSecret(await api('POST', path + '/secret', undefined, names.of('secret')));
      names.done();
    });
  const end = () =>
    run(async () => {
      await api('POST', path + '/end');
      onChange();
    });
  return html`<li class="card office-part">
    <p class="label dots">
      <span>${hook.kinds.length === 0 ? t('hooks.all') : hook.kinds.map((kind) => tCode('hooks.kind.', kind)).join(', ')}</span>
      ${hook.endedAt && html`<span>${t('hooks.ended', { time: when(hook.endedAt) })}</span>`}
      ${hook.endedWhy === 'gone' && html`<span>${t('hooks.gone')}</span>`}
    </p>
    <h2 class="hooks-url">${hook.url}</h2>
    ${problem && html`<${Problem} code=${problem} />`}
    <div class="buttons">
      <button class="button" onClick=${look}>${t('hooks.log')}</button>
      ${
        !hook.endedAt &&
        html`<button class="button" onClick=${test}>${t('hooks.test')}</button>
          <button class="button" onClick=${replace}>${t('hooks.replace')}</button>
          <button class="button button-bad" onClick=${end}><${Icon} name="ban" />${t('hooks.end')}</button>`
      }
    </div>
    ${
      list &&
      html`<${Log} list=${list} onRetry=${(/** @type {string} */ event) =>
        run(async () => {
          await api('POST', path + '/retry', { event });
          await look();
        })} />`
    }
  </li>`;
}

/** @param {{list: Delivery[], onRetry: (event: string) => void}} props */
function Log({ list, onRetry }) {
  if (list.length === 0) return html`<p class="quiet">${t('hooks.log.none')}</p>`;
  return html`<ol class="office-list">
    ${list.map(
      (d) =>
        html`<li key=${d.eventId}>
          <details>
            <summary>
              ${tCode('hooks.kind.', d.kind)} · ${when(d.at)} ·${' '}
              ${d.outcome ? tCode('hooks.outcome.', d.outcome) : t('hooks.waiting')}
              ${d.nextAt && d.tries > 0 && html` · ${t('hooks.next', { time: when(d.nextAt) })}`}
            </summary>
            <ul>
              ${(d.log ?? []).map(
                (entry) =>
                  html`<li class="small">
                    ${t('hooks.try', { time: when(entry.at), outcome: tCode('hooks.outcome.', entry.outcome), status: entry.status ?? '', ms: entry.tookMs })}
                  </li>`,
              )}
            </ul>
            ${
              d.settledAt &&
              d.outcome !== 'delivered' &&
              html`<button class="button" onClick=${() => onRetry(d.eventId)}>${t('hooks.retry')}</button>`
            }
          </details>
        </li>`,
    )}
  </ol>`;
}

/** @param {{kinds: string[], onClose: () => void, onMade: (hook: Hook) => void}} props */
function Add({ kinds, onClose, onMade }) {
  const [url, setUrl] = useState('');
  const [chosen, setChosen] = useState(/** @type {string[]} */ ([]));
  const [error, setError] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const [names] = useState(() => new RequestNames());
  /** @param {Event} e */
  const submit = async (e) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    setError('');
    setProblem('');
    const body = { url: url.trim(), kinds: chosen };
    try {
      onMade(await api('POST', '/hooks', body, names.of(body)));
    } catch (cause) {
      const code = cause instanceof ApiError && cause.fields[0]?.code;
      if (code) setError(tCode('hooks.url.', code));
      else setProblem(codeOf(cause));
    } finally {
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t('hooks.add')} onClose=${onClose}>
    <form class="form" noValidate onSubmit=${submit}>
      ${problem && html`<${Problem} code=${problem} />`}
      <${Field} id="hook-url" label=${t('hooks.url')} error=${error}>
        ${(/** @type {object} */ a) => html`<input
          ...${a}
          class="input"
          type="url"
          autocomplete="off"
          spellcheck=${false}
          maxlength="2000"
          value=${url}
          onInput=${(/** @type {any} */ e) => setUrl(e.currentTarget.value)}
        />`}
      <//>
      <fieldset class="form">
        <legend class="field-label">${t('hooks.kinds')}</legend>
        ${kinds
          .filter((kind) => kind !== 'hook.test')
          .map(
            (kind) =>
              html`<${CheckField}
                key=${kind}
                id=${'hook-' + kind}
                label=${tCode('hooks.kind.', kind)}
                value=${chosen.includes(kind)}
                onValue=${(/** @type {boolean} */ on) => setChosen(on ? [...chosen, kind] : chosen.filter((k) => k !== kind))}
              />`,
          )}
      </fieldset>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button class="button button-main" disabled=${busy}>${t('hooks.add')}</button>
      </div>
    </form>
  <//>`;
}

/** @param {{hook: Hook, onClose: () => void}} props */
function Secret({ hook, onClose }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(hook.secret ?? '');
    setCopied(true);
  };
  return html`<${Dialog} title=${t('hooks.secret')} onClose=${onClose}>
    <p>${t('hooks.secret.what')}</p>
    <p><code class="hooks-url">${hook.secret}</code></p>
    ${hook.oldUntil && html`<p class="quiet">${t('hooks.replaced', { time: when(hook.oldUntil) })}</p>`}
    <p role="status">${copied && t('hooks.copied')}</p>
    <div class="dialog-buttons">
      <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
      <button type="button" class="button button-main" onClick=${copy}><${Icon} name="copy" />${t('hooks.copy')}</button>
    </div>
  <//>`;
}
