// /quan-tri/bao-cao: reports of a period, an auction or a session, as a file.

import { api, ApiError, isA } from '../account.js';
import { addWords, t } from '../i18n.js';
import { html, Icon, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { CheckField, ChoiceField, LinesField } from '../admin/fields.js';
import { codeOf, OfficeNav, Problem } from '../admin/frame.js';
import { readMoment, writeMoment } from '../admin/typed.js';
import { words as office } from '../admin/words.js';
import { Field } from '../ui/parts.js';
import { Day } from './list.js';
import { download } from './parts.js';
import { words } from './words.js';

addWords(office);
addWords(words);
await loadStyle('admin.css');

/** @typedef {{id: string, title: string}} AuctionName */
/** @typedef {{session: string, lotNumber: number, lotTitle: string, run: number}} Run */

const DAY_MS = 86_400_000;
const MONTH_MS = 30 * DAY_MS;
const KINDS = ['lots', 'deposits', 'bids', 'presence', 'acts'];
const OF_PERIOD = ['lots', 'acts'];
const OF_SESSION = ['bids', 'presence'];
const FORMATS = ['xlsx', 'csv'];

export function Page() {
  useTitle(t('report.title'));
  const kinds = KINDS.filter((k) => k !== 'acts' || isA('auctioneer', 'observer', 'admin'));
  const [form, setForm] = useState(() => ({
    kind: 'lots',
    format: 'xlsx',
    from: '', // the last month, as soon as the server has said what day it is
    to: '',
    auction: '',
    session: '',
    names: false,
    reason: '',
  }));
  const [auctions, setAuctions] = useState(/** @type {AuctionName[]} */ ([]));
  const [runs, setRuns] = useState(/** @type {Run[]} */ ([]));
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const period = OF_PERIOD.includes(form.kind);
  const session = OF_SESSION.includes(form.kind);
  /** @param {Promise<void>} work */
  const run = (work) => work.catch((e) => setProblem(codeOf(e)));
  useEffect(() => void run(api('GET', '/auctions').then((found) => setAuctions(found.auctions))), []);
  useEffect(() => {
    const month = async () => {
      const { now } = await api('GET', '/time');
      const [from, to] = [writeMoment(now - MONTH_MS).date, writeMoment(now).date];
      setForm((old) => ({ ...old, from: old.from || from, to: old.to || to }));
    };
    void run(month());
  }, []);
  useEffect(() => {
    setRuns([]);
    if (form.auction && session)
      void run(api('GET', `/auctions/${form.auction}/day`).then((day) => setRuns(day.sessions)));
  }, [form.auction, session]);

  /** @param {string} name */
  const bind = (name) => ({
    id: 'report-' + name,
    error: faults[name],
    value: /** @type {any} */ (form)[name],
    onValue: (/** @type {any} */ value) => setForm({ ...form, [name]: value }),
  });
  /** @param {Event} e */
  const submit = async (e) => {
    e.preventDefault();
    setBusy(true);
    setProblem('');
    setFaults({});
    try {
      await download('/reports', request(form), `${t('report.kind.' + form.kind)}.${form.format}`);
    } catch (error) {
      if (error instanceof ApiError && error.fields.length > 0) {
        setFaults(Object.fromEntries(error.fields.map((f) => [f.field, f.message])));
      } else setProblem(codeOf(error));
    }
    setBusy(false);
  };
  const chosen = period || (session ? form.session : form.auction);
  return html`<main class="page office" id="main">
    <${OfficeNav} here="reports" />
    <header class="office-head">
      <div>
        <h1 tabindex="-1">${t('report.title')}</h1>
        <p class="quiet">${t('report.what')}</p>
      </div>
    </header>
    <form class="office-part" onSubmit=${submit}>
      <${ChoiceField} ...${bind('kind')} label=${t('report.kind')} options=${kinds} words="report.kind." />
      ${
        period &&
        html`<div class="office-grid">
          <${Day} ...${bind('from')} label=${t('report.from')} />
          <${Day} ...${bind('to')} label=${t('report.to')} />
        </div>`
      }
      ${
        !period &&
        html`<${Select} ...${bind('auction')} label=${t('report.auction')} options=${auctions.map((a) => [a.id, a.title])} />`
      }
      ${
        session &&
        html`<${Select}
          ...${bind('session')}
          label=${t('report.session')}
          options=${runs.map((r) => [r.session, t('report.run', { n: r.lotNumber, title: r.lotTitle, run: r.run })])}
        />`
      }
      ${
        form.kind === 'deposits' &&
        isA('auctioneer', 'registrar', 'clerk') &&
        html`<${CheckField} ...${bind('names')} label=${t('report.names')} hint=${t('report.names.what')} />`
      }
      ${form.kind === 'deposits' && form.names && html`<${LinesField} ...${bind('reason')} label=${t('keep.reason')} maxlength=${500} />`}
      <${ChoiceField} ...${bind('format')} label=${t('report.format')} options=${FORMATS} words="report.format." />
      ${
        problem === 'too_early'
          ? html`<p class="field-error" role="alert">${t('report.problem.too_early')}</p>`
          : problem && html`<${Problem} code=${problem} />`
      }
      <div class="buttons">
        <button class="button button-main" disabled=${busy || !chosen}><${Icon} name="download" />${t('report.download')}</button>
      </div>
    </form>
  </main>`;
}

/** What the server is asked. @param {Record<string, any>} form */
function request(form) {
  const period = OF_PERIOD.includes(form.kind);
  const session = OF_SESSION.includes(form.kind);
  const from = period && readMoment({ date: form.from, time: '00:00' });
  const to = period && readMoment({ date: form.to, time: '00:00' });
  return {
    kind: form.kind,
    format: form.format,
    from: from || 0,
    to: to ? to + DAY_MS : 0,
    auction: form.kind === 'deposits' ? form.auction : '',
    session: session ? form.session : '',
    names: form.kind === 'deposits' && form.names,
    reason: form.names ? form.reason.trim() : '',
  };
}

/** @param {{id: string, label: string, value: string, error?: string, options: [string, string][], onValue: (v: string) => void}} props */
function Select({ id, label, value, error, options, onValue }) {
  return html`<${Field} id=${id} label=${label} error=${error}>
    ${(/** @type {object} */ a) => html`<select
      ...${a}
      class="input"
      value=${value}
      onChange=${(/** @type {any} */ e) => onValue(e.currentTarget.value)}
    >
      <option value="">${t('report.choose')}</option>
      ${options.map(([key, name]) => html`<option key=${key} value=${key}>${name}</option>`)}
    </select>`}
  <//>`;
}
