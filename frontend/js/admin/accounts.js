// /quan-tri/tai-khoan: who may sign in. Only for admins.

import { account, api, ApiError } from '../account.js';
import { addWords, t, tCode } from '../i18n.js';
import { cls, Dialog, html, Icon, loadStyle, useEffect, useRef, useState, useTitle } from '../view.js';
import { Field, Notice } from '../ui/parts.js';
import { EditAccount } from '../people/account-edit.js';
import { ReasonDialog } from '../people/reason-dialog.js';
import { checkAccount } from './check.js';
import { binder, SelectField, TextField } from './fields.js';
import { codeOf, OfficeNav, Problem, RequestNames } from './frame.js';
import { words } from './words.js';

addWords(words);
await loadStyle('admin.css');

/** @typedef {import('./types').AccountRow} AccountRow */
/** @typedef {import('./types').Fault} Fault */

const WAIT_MS = 250;
const FOUND_MAX = 50;
const ROLES = ['bidder', 'auctioneer', 'registrar', 'clerk', 'observer', 'admin'];
const OBSERVERS = ['enforcement', 'prosecutor', 'owner', 'inspector'];

export function Page() {
  useTitle(t('accounts.title'));
  const [query, setQuery] = useState('');
  const [asked, setAsked] = useState(0); // asks again without another query
  const { rows, problem } = useAccounts(query, asked);
  const [opening, setOpening] = useState(false);
  const [revoking, setRevoking] = useState(/** @type {AccountRow | null} */ (null));
  const [leaving, setLeaving] = useState(/** @type {AccountRow | null} */ (null));
  const [editing, setEditing] = useState(/** @type {AccountRow | null} */ (null));
  const [done, setDone] = useState('');
  const again = () => setAsked((n) => n + 1);
  return html`<main class="page office" id="main">
    <${OfficeNav} here="accounts" />
    <header class="office-head">
      <div>
        <h1 tabindex="-1">${t('accounts.title')}</h1>
        <p class="quiet">${t('accounts.what')}</p>
      </div>
      <button class="button button-main" onClick=${() => setOpening(true)}>
        <${Icon} name="plus" />${t('accounts.new')}
      </button>
    </header>
    <${Field} id="accounts-query" label=${t('accounts.find')} hint=${t('people.hint')}>
      ${(/** @type {object} */ a) => html`<input
        ...${a}
        class="input"
        type="search"
        autocomplete="off"
        spellcheck=${false}
        maxlength="100"
        value=${query}
        onInput=${(/** @type {any} */ e) => setQuery(e.currentTarget.value)}
      />`}
    <//>
    ${problem && html`<${Problem} code=${problem} onRetry=${again} />`}
    <div class="office-part" role="status">
      ${done && html`<${Notice} tone="good" icon="circle-check" title=${done} />`}
      <p class="label">
        ${rows && t(rows.length === 0 ? 'accounts.none' : rows.length >= FOUND_MAX ? 'people.many' : 'people.some', { n: rows.length })}
      </p>
    </div>
    ${rows && rows.length > 0 && html`<ul class="office-list office-accounts">${rows.map((a) => html`<${Row} key=${a.id} row=${a} onRevoke=${() => setRevoking(a)} onSignOut=${() => setLeaving(a)} onEdit=${() => setEditing(a)} />`)}</ul>`}
    ${
      opening &&
      html`<${NewAccount}
        onClose=${() => setOpening(false)}
        onMade=${(/** @type {AccountRow} */ made) => {
          setOpening(false);
          setDone(t('accounts.made', { name: made.name, login: made.login }));
          again();
        }}
      />`
    }
    ${
      editing &&
      html`<${EditAccount}
        row=${editing}
        onClose=${() => setEditing(null)}
        onDone=${(/** @type {string} */ said) => {
          setEditing(null);
          setDone(said);
          again();
        }}
      />`
    }
    ${
      leaving &&
      html`<${ReasonDialog}
        name="who.out"
        row=${leaving}
        onClose=${() => setLeaving(null)}
        act=${async (/** @type {string} */ reason) => {
          const { ended } = await api('POST', `/accounts/${leaving.id}/sign-out`, { reason });
          setLeaving(null);
          setDone(t(ended > 0 ? 'who.out.done' : 'who.out.none', { name: leaving.name, n: ended }));
        }}
      />`
    }
    ${
      revoking &&
      html`<${Revoke}
        row=${revoking}
        onClose=${() => setRevoking(null)}
        onDone=${() => {
          setDone(t('accounts.revoked', { name: revoking.name }));
          setRevoking(null);
          again();
        }}
      />`
    }
  </main>`;
}

/** @param {string} query @param {number} asked */
function useAccounts(query, asked) {
  const [rows, setRows] = useState(/** @type {AccountRow[] | null} */ (null));
  const [problem, setProblem] = useState('');
  useEffect(() => {
    const gone = new AbortController();
    const ask = async () => {
      try {
        const at = '/accounts?query=' + encodeURIComponent(query.trim());
        setRows((await api('GET', at, undefined, { signal: gone.signal })).accounts);
        setProblem('');
      } catch (e) {
        if (!gone.signal.aborted) setProblem(codeOf(e));
      }
    };
    const timer = setTimeout(() => void ask(), query === '' ? 0 : WAIT_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [query, asked]);
  return { rows, problem };
}

/** @param {{row: AccountRow, onRevoke: () => void, onSignOut: () => void, onEdit: () => void}} props */
function Row({ row, onRevoke, onSignOut, onEdit }) {
  const self = row.id === account.value?.id;
  return html`<li class=${cls('card office-row', row.revoked && 'office-row-off')}>
    <div class="office-row-main">
      <h2>${row.name}</h2>
      <p class="label dots">
        <span>${row.login}</span>
        <span>${t('role.' + row.role)}</span>
        ${row.observer && html`<span>${tCode('observer.', row.observer)}</span>`}
        ${row.staffRef && html`<span>${row.staffRef}</span>`}
        ${row.email && html`<span>${row.email}</span>`}
      </p>
    </div>
    ${
      !row.revoked &&
      row.role !== 'bidder' &&
      html`<button class="button" aria-label=${t('who.edit.of', { name: row.name })} onClick=${onEdit}>
        ${t('who.edit')}
      </button>`
    }
    ${row.revoked && html`<span class="office-state office-state-off"><${Icon} name="ban" />${t('accounts.off')}</span>`}
    ${!row.revoked && self && html`<span class="label">${t('accounts.self')}</span>`}
    ${
      !row.revoked &&
      !self &&
      html`<button class="button" aria-label=${t('who.out.of', { name: row.name })} onClick=${onSignOut}>
          ${t('who.out')}
        </button>
        <button class="button" aria-label=${t('accounts.revoke.of', { name: row.name })} onClick=${onRevoke}>
          ${t('accounts.revoke')}
        </button>`
    }
  </li>`;
}

const BLANK = {
  login: '',
  name: '',
  email: '',
  password: '',
  role: 'bidder',
  staffRef: '',
  observer: 'enforcement',
};

/** @param {Fault} fault @returns {Fault} */
const accountFault = ({ field, code }) => ({ field: 'account.' + field, code });

/** @param {{onClose: () => void, onMade: (made: AccountRow) => void}} props */
function NewAccount({ onClose, onMade }) {
  const [form, setForm] = useState({ account: BLANK });
  const [faults, setFaults] = useState(/** @type {Fault[]} */ ([]));
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const [tries, setTries] = useState(0);
  const working = useRef(false);
  const names = useRef(new RequestNames()).current;
  const box = useRef(/** @type {HTMLFormElement | null} */ (null));
  const isStaff = form.account.role !== 'bidder';
  const bind = binder(
    form,
    (path, value) => {
      const name = path.replace('account.', '');
      setForm(({ account }) => ({ account: { ...account, [name]: value } }));
      setFaults((all) => all.filter((f) => f.field !== path));
    },
    faults,
    [],
  );
  useEffect(() => {
    const wrong = box.current?.querySelector('[aria-invalid]');
    if (wrong instanceof HTMLElement) wrong.focus();
  }, [busy, tries]);

  /** @param {Event} e */
  const submit = async (e) => {
    e.preventDefault();
    if (working.current) return;
    const wrong = checkAccount(form.account);
    setProblem('');
    setFaults(wrong.map(accountFault));
    setTries((n) => n + 1);
    if (wrong.length > 0) return;
    working.current = true;
    setBusy(true);
    const { staffRef, observer, ...rest } = form.account;
    const body = {
      ...rest,
      ...(isStaff && { staffRef }),
      ...(rest.role === 'observer' && { observer }),
    };
    try {
      onMade(await api('POST', '/accounts', body, names.of(body)));
    } catch (error) {
      const code = codeOf(error);
      const fields = error instanceof ApiError ? error.fields : [];
      if (code === 'login_taken') setFaults([{ field: 'account.login', code }]);
      else if (fields.length > 0) setFaults(fields.map(accountFault));
      else setProblem(code);
    } finally {
      working.current = false;
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t('accounts.new')} onClose=${onClose}>
    <form class="form" noValidate onSubmit=${submit} ref=${box}>
      ${problem && html`<${Problem} code=${problem} />`}
      <${TextField} ...${bind('account.name')} maxlength=${120} required=${true} />
      <${SelectField} ...${bind('account.role')} options=${ROLES} words="role." />
      ${
        form.account.role === 'observer' &&
        html`<${SelectField} ...${bind('account.observer')} options=${OBSERVERS} words="observer." />`
      }
      ${
        isStaff &&
        html`<${TextField}
          ...${bind('account.staffRef')}
          maxlength=${64}
          required=${form.account.role === 'auctioneer'}
        />`
      }
      <${TextField} ...${bind('account.email')} type="email" maxlength=${254} />
      <${TextField} ...${bind('account.login')} maxlength=${64} required=${true} />
      <${TextField}
        ...${bind('account.password')}
        type="password"
        autocomplete="new-password"
        maxlength=${128}
        required=${true}
      />
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button class="button button-main" disabled=${busy}>${t(busy ? 'accounts.busy' : 'accounts.go')}</button>
      </div>
    </form>
  <//>`;
}

/** @param {{row: AccountRow, onClose: () => void, onDone: () => void}} props */
function Revoke({ row, onClose, onDone }) {
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const names = useRef(new RequestNames()).current;
  const back = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useEffect(() => back.current?.focus(), []);
  const revoke = async () => {
    if (busy) return;
    setBusy(true);
    try {
      await api('POST', `/accounts/${row.id}/revoke`, undefined, names.of(row.id));
      onDone();
    } catch (e) {
      setProblem(codeOf(e));
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t('accounts.revoke.title', { name: row.name })} onClose=${onClose} tone="bad">
    <p>${t('accounts.revoke.what')}</p>
    <p class="label dots"><span>${row.login}</span><span>${tCode('role.', row.role)}</span></p>
    ${problem && html`<${Problem} code=${problem} />`}
    <div class="dialog-buttons">
      <button type="button" class="button" ref=${back} onClick=${onClose}>${t('dialog.back')}</button>
      <button type="button" class="button button-bad" disabled=${busy} onClick=${revoke}>
        <${Icon} name="ban" />${t('accounts.revoke')}
      </button>
    </div>
  <//>`;
}
