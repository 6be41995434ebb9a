// /quan-tri/xac-minh: registrars look at identities and decide. Numbers are
// masked until somebody gives a reason to see them.

import { api } from '../account.js';
import { addWords, t } from '../i18n.js';
import { say } from '../say.js';
import { dayMonth, hourMinute } from '../text.js';
import { Dialog, html, Icon, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { words as office } from '../admin/words.js';
import { OfficeNav } from '../admin/nav.js';
import { FileRow } from '../ui/files.js';
import { Field } from '../ui/parts.js';
import { Lines, Send, Trouble, useForm } from './form.js';
import { dateText } from './identity.js';
import { useAnswer } from './security.js';

addWords(office);
await loadStyle('admin.css');

/** @typedef {import('./identity.js').Identity & {accountId: string, login: string, email?: string, age?: number, submittedAt: number}} Examined */

const STATES = ['submitted', 'verified', 'rejected', ''];
const WAIT_MS = 250;

export function Page() {
  useTitle(t('who.verify.title'));
  const [state, setState] = useState('submitted');
  const [query, setQuery] = useState('');
  const [typed, setTyped] = useState('');
  const [asked, setAsked] = useState(0);
  const [open, setOpen] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setQuery(typed.trim()), WAIT_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const [answer, problem] = useAnswer(`/identities?state=${state}&query=${encodeURIComponent(query)}`, asked);
  const list = /** @type {Examined[]} */ (answer?.identities ?? []);
  return html`<main class="page office people" id="main">
    <${OfficeNav} here="verify" />
    <header class="office-head">
      <div>
        <h1 tabindex="-1">${t('who.verify.title')}</h1>
        <p class="quiet">${t('who.verify.what')}</p>
      </div>
    </header>
    <div class="people-filter">
      <${Field} id="verify-state" label=${t('who.verify.state')}>
        ${(/** @type {object} */ a) => html`<select
          ...${a}
          class="input"
          value=${state}
          onChange=${(/** @type {any} */ e) => setState(e.currentTarget.value)}
        >
          ${STATES.map((s) => html`<option key=${s} value=${s}>${t('who.verify.' + (s || 'all'))}</option>`)}
        </select>`}
      <//>
      <${Field} id="verify-query" label=${t('who.verify.find')}>
        ${(/** @type {object} */ a) => html`<input
          ...${a}
          class="input"
          type="search"
          maxlength="100"
          value=${typed}
          onInput=${(/** @type {any} */ e) => setTyped(e.currentTarget.value)}
        />`}
      <//>
    </div>
    <${Trouble} code=${problem} />
    <p class="label" role="status">${answer && t(list.length > 0 ? 'who.verify.some' : 'who.verify.none', { n: list.length })}</p>
    <ul class="office-list">
      ${list.map(
        (i) =>
          html`<li key=${i.accountId} class="card">
            <${Row} who=${i} open=${open === i.accountId} onToggle=${() => setOpen(open === i.accountId ? '' : i.accountId)} />
            ${
              open === i.accountId &&
              html`<${Examine}
                key=${i.accountId + i.version}
                who=${i}
                onDecided=${() => {
                  setOpen('');
                  setAsked((n) => n + 1);
                }}
              />`
            }
          </li>`,
      )}
    </ul>
  </main>`;
}

/** @param {{who: Examined, open: boolean, onToggle: () => void}} props */
function Row({ who, open, onToggle }) {
  return html`<div class="office-row">
    <div class="office-row-main">
      <h2>${who.name}</h2>
      <p class="label dots">
        <span>${t('who.kind.' + who.kind)}</span>
        <span>${who.number}</span>
        <span>${t('who.verify.since', { at: `${hourMinute(who.submittedAt)} ${dayMonth(who.submittedAt)}` })}</span>
      </p>
    </div>
    <span class=${'people-state people-state-' + who.state}>${t('who.verify.' + who.state)}</span>
    <button class="button" aria-expanded=${String(open)} aria-label=${t(open ? 'who.verify.close.of' : 'who.verify.look.of', { name: who.name })} onClick=${onToggle}>
      ${t(open ? 'who.verify.close' : 'who.verify.look')}
    </button>
  </div>`;
}

/** @param {{who: Examined, onDecided: () => void}} props */
function Examine({ who, onDecided }) {
  const [shown, setShown] = useState(who);
  const [revealing, setRevealing] = useState(false);
  const [rejecting, setRejecting] = useState(false);
  const [files, trouble] = useAnswer(`/identities/${who.accountId}/files`, 0);
  const form = useForm({});
  const verify = form.submit(async () => {
    await api('POST', `/identities/${who.accountId}/decide`, { version: who.version, verified: true });
    say(t('who.verify.done.verified', { name: who.name }));
    onDecided();
  });
  const r = shown.representative;
  /** @type {[string, any][]} */
  const rows = [
    [shown.kind === 'person' ? 'who.number.person' : 'who.number.organisation', shown.number],
    ['who.born', shown.born && `${dateText(shown.born)} (${t('who.verify.age', { n: shown.age ?? 0 })})`],
    ['who.address', shown.address],
    ['who.phone', shown.phone],
    ['who.email', shown.email],
    ['who.login', shown.login],
    [
      'who.representative',
      r && `${r.name} · ${r.number} · ${t(r.attorney ? 'who.by.attorney' : 'who.by.law')}`,
    ],
    ['who.reason.given', shown.reason],
  ];
  return html`<div class="form people-examine">
    <dl class="facts">
      ${rows.filter(([, value]) => value).map(([key, value]) => html`<div key=${key}><dt>${t(key)}</dt><dd>${value}</dd></div>`)}
    </dl>
    <div class="buttons">
      <button class="button" onClick=${() => setRevealing(true)}><${Icon} name="lock" />${t('who.reveal')}</button>
    </div>
    <h3>${t('who.papers.title')}</h3>
    <${Trouble} code=${trouble} />
    ${files?.files.length === 0 && html`<p class="quiet">${t('who.papers.none')}</p>`}
    ${
      files?.files.length > 0 &&
      html`<ul class="files-list">
      ${files.files.map((/** @type {any} */ f) => html`<${FileRow} key=${f.id} file=${f} secret=${true} />`)}
    </ul>`
    }
    <${Trouble} code=${form.problem} />
    ${
      who.state === 'submitted' &&
      html`<form class="buttons" onSubmit=${verify}>
        <${Send} form=${form}>${t('who.verify.go')}<//>
        <button type="button" class="button" onClick=${() => setRejecting(true)}>${t('who.reject')}</button>
      </form>`
    }
    ${
      revealing &&
      html`<${WithReason}
        title=${t('who.reveal.title', { name: who.name })}
        what=${t('who.reveal.what')}
        go=${t('who.reveal')}
        send=${async (/** @type {string} */ reason) => {
          setShown(await api('POST', `/identities/${who.accountId}/reveal`, { reason }));
          setRevealing(false);
        }}
        onClose=${() => setRevealing(false)}
      />`
    }
    ${
      rejecting &&
      html`<${WithReason}
        title=${t('who.reject.title', { name: who.name })}
        what=${t('who.reject.what')}
        go=${t('who.reject')}
        send=${async (/** @type {string} */ reason) => {
          await api('POST', `/identities/${who.accountId}/decide`, {
            version: who.version,
            verified: false,
            reason,
          });
          say(t('who.verify.done.rejected', { name: who.name }));
          onDecided();
        }}
        onClose=${() => setRejecting(false)}
      />`
    }
  </div>`;
}

/**
 * A dialog for an act that is recorded with its reason.
 * @param {{title: string, what: string, go: string, send: (reason: string) => Promise<void>, onClose: () => void}} props
 */
export function WithReason({ title, what, go, send, onClose }) {
  const form = useForm({ reason: '' });
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <form class="form" noValidate onSubmit=${form.submit(() => send(form.values.reason))} ref=${form.box}>
      <p>${what}</p>
      <${Trouble} code=${form.problem} />
      <${Lines} form=${form} name="reason" />
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <${Send} form=${form}>${go}<//>
      </div>
    </form>
  <//>`;
}
