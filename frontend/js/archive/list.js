// /quan-tri/luu-tru: the sealed files of the centre, searched page by page, and
// how long they are kept.

import { api, ApiError, isA } from '../account.js';
import { addWords, language, t } from '../i18n.js';
import { sizeText } from '../upload.js';
import { html, Icon, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { CheckField, NumberField, TextField } from '../admin/fields.js';
import { codeOf, OfficeNav, Problem } from '../admin/frame.js';
import { readMoment } from '../admin/typed.js';
import { words as office } from '../admin/words.js';
import { Field, Notice } from '../ui/parts.js';
import { dayText } from './parts.js';
import { words } from './words.js';

addWords(office);
addWords(words);
await loadStyle('admin.css');

/** @typedef {{auctionId: string, title: string, owner: string, status: string, lots: number, sold: number, number: number, size: number, sealedAt: number, keepUntil: number, held?: boolean, disposal?: string}} Row */

const DAY_MS = 86_400_000;
const PAGE = 50;
const OUTCOMES = ['', 'sold', 'failed', 'cancelled'];
const NOTHING = { words: '', winner: '', outcome: '', from: '', to: '', expired: false };

export function Page() {
  useTitle(t('archive.title'));
  const [filter, setFilter] = useState(NOTHING);
  const [rows, setRows] = useState(/** @type {Row[] | null} */ (null));
  const [whole, setWhole] = useState(false);
  const [problem, setProblem] = useState('');
  const [keep, setKeep] = useState(/** @type {Record<string, number> | null} */ (null));

  /** @param {string} after */
  const load = async (after) => {
    setProblem('');
    const q = new URLSearchParams();
    if (filter.words) q.set('q', filter.words);
    if (filter.winner) q.set('winner', filter.winner.trim());
    if (filter.outcome) q.set('outcome', filter.outcome);
    const from = filter.from && readMoment({ date: filter.from, time: '00:00' });
    const to = filter.to && readMoment({ date: filter.to, time: '00:00' });
    if (from) q.set('from', String(from));
    if (to) q.set('to', String(to + DAY_MS));
    if (filter.expired) q.set('expired', '1');
    if (after) q.set('after', after);
    try {
      const found = (await api('GET', '/archive?' + q)).archives;
      setRows((old) => (after && old ? [...old, ...found] : found));
      setWhole(found.length < PAGE);
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => {
    void load('');
    api('GET', '/archive/settings').then(setKeep, (e) => setProblem(codeOf(e)));
  }, []);
  /** @param {string} name */
  const bind = (name) => ({
    id: 'archive-' + name,
    value: /** @type {any} */ (filter)[name],
    onValue: (/** @type {any} */ value) => setFilter({ ...filter, [name]: value }),
  });
  /** @param {Event} e */
  const submit = (e) => {
    e.preventDefault();
    void load('');
  };
  const last = rows?.[rows.length - 1];
  return html`<main class="page office" id="main">
    <${OfficeNav} here="archive" />
    <header class="office-head">
      <div>
        <h1 tabindex="-1">${t('archive.title')}</h1>
        <p class="quiet">${keep && t('archive.what', { n: keep.years ?? 0 })}</p>
      </div>
    </header>
    <form class="office-part" role="search" onSubmit=${submit}>
      <div class="office-grid">
        <${TextField} ...${bind('words')} label=${t('archive.words')} hint=${t('archive.words.hint')} maxlength=${200} />
        <${TextField} ...${bind('winner')} label=${t('archive.winner')} maxlength=${40} />
        <${Choice} ...${bind('outcome')} />
        <${Day} ...${bind('from')} label=${t('archive.from')} />
        <${Day} ...${bind('to')} label=${t('archive.to')} />
      </div>
      <${CheckField} ...${bind('expired')} label=${t('archive.expired')} />
      <div class="buttons">
        <button class="button button-main"><${Icon} name="search" />${t('archive.search')}</button>
      </div>
    </form>
    ${problem && html`<${Problem} code=${problem} onRetry=${() => void load('')} />`}
    ${rows === null && !problem && html`<p class="quiet">${t('loading')}</p>`}
    <div role="status">${rows?.length === 0 && html`<p class="quiet">${t('archive.none')}</p>`}</div>
    ${rows && rows.length > 0 && html`<ul class="office-list">${rows.map((row) => html`<${Line} key=${row.auctionId} row=${row} />`)}</ul>`}
    ${last && !whole && html`<button class="button" onClick=${() => void load(last.auctionId)}>${t('archive.more')}</button>`}
    ${keep && isA('admin') && html`<${Settings} keep=${keep} onKeep=${setKeep} />`}
  </main>`;
}

/** @param {{id: string, value: string, onValue: (v: string) => void}} props */
function Choice({ id, value, onValue }) {
  return html`<${Field} id=${id} label=${t('archive.outcome')}>
    ${(/** @type {object} */ a) => html`<select
      ...${a}
      class="input"
      value=${value}
      onChange=${(/** @type {any} */ e) => onValue(e.currentTarget.value)}
    >
      ${OUTCOMES.map((o) => html`<option value=${o}>${t('archive.outcome.' + (o || 'all'))}</option>`)}
    </select>`}
  <//>`;
}

/** @param {{id: string, label: string, value: string, onValue: (v: string) => void}} props */
export function Day({ id, label, value, onValue }) {
  return html`<${Field} id=${id} label=${label}>
    ${(/** @type {object} */ a) => html`<input
      ...${a}
      class="input"
      type="date"
      value=${value}
      onChange=${(/** @type {any} */ e) => onValue(e.currentTarget.value)}
    />`}
  <//>`;
}

/** @param {{row: Row}} props */
function Line({ row }) {
  return html`<li class="card office-row">
    <div class="office-row-main">
      <p class="label dots">
        <span>${dayText(row.sealedAt)}</span>
        <span>${row.status === 'cancelled' ? t('archive.outcome.cancelled') : t('archive.sold', { n: row.sold, of: row.lots })}</span>
        <span>${sizeText(row.size, language.value)}</span>
        ${row.held && html`<span>${t('archive.held')}</span>`}
        ${row.disposal && html`<span>${t('archive.disposal.' + row.disposal)}</span>`}
      </p>
      <h2><a href=${`/quan-tri/cuoc-dau-gia/${row.auctionId}/luu-tru`}>${row.title}</a></h2>
      <p class="quiet">${row.owner}</p>
      <p>${t('keep.until', { date: dayText(row.keepUntil - 1) })}</p>
    </div>
  </li>`;
}

const SETTINGS = /** @type {const} */ (['years', 'sealAfterDays', 'answerDays']);
/** @type {Record<string, string>} */
const LABELS = { years: 'archive.years', sealAfterDays: 'archive.sealAfter', answerDays: 'archive.answer' };

/** @param {{keep: Record<string, number>, onKeep: (k: Record<string, number>) => void}} props */
function Settings({ keep, onKeep }) {
  const [typed, setTyped] = useState(() => SETTINGS.map((name) => String(keep[name] ?? '')));
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const [problem, setProblem] = useState('');
  const [saved, setSaved] = useState(false);
  /** @param {Event} e */
  const save = async (e) => {
    e.preventDefault();
    setFaults({});
    setProblem('');
    setSaved(false);
    const body = Object.fromEntries(SETTINGS.map((name, i) => [name, Math.trunc(Number(typed[i])) || 0]));
    try {
      onKeep(await api('PUT', '/archive/settings', body));
      setSaved(true);
    } catch (error) {
      if (error instanceof ApiError && error.fields.length > 0) {
        setFaults(Object.fromEntries(error.fields.map((f) => [f.field.replace('keep.', ''), f.message])));
      } else setProblem(codeOf(error));
    }
  };
  return html`<form class="office-part" onSubmit=${save} aria-labelledby="archive-settings">
    <h2 class="rule-head" id="archive-settings">${t('archive.settings')}</h2>
    <div class="office-grid">
      ${SETTINGS.map(
        (name, i) =>
          html`<${NumberField}
            key=${name}
            id=${'archive-' + name}
            label=${t(LABELS[name] ?? '')}
            error=${faults[name]}
            value=${typed[i]}
            onValue=${(/** @type {string} */ v) => setTyped(typed.with(i, v))}
          />`,
      )}
    </div>
    ${problem && html`<${Problem} code=${problem} />`}
    <div role="status">${saved && html`<${Notice} tone="good" icon="circle-check" title=${t('archive.saved')} />`}</div>
    <div class="buttons"><button class="button">${t('archive.save')}</button></div>
  </form>`;
}
