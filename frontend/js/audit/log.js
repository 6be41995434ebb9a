// /quan-tri/nhat-ky: the audit log, filtered and page by page.

import { account, api, isA } from '../account.js';
import { addWords, t, tCode } from '../i18n.js';
import { dayMonth, timeWithMs } from '../text.js';
import { html, Icon, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { codeOf, OfficeNav, Problem } from '../admin/frame.js';
import { readMoment } from '../admin/typed.js';
import { words as office } from '../admin/words.js';
import { Field, Notice } from '../ui/parts.js';
import { words } from './words.js';

addWords(office);
addWords(words);
await loadStyle('admin.css');

/** @typedef {{seq: number, at: number, who?: string, role: string, origin?: string, name: string, subject: string, subjectId: string, reason?: string, before?: unknown, after?: unknown, hash: string}} Act */

const NOUNS = [
  'auction',
  'registration',
  'payment',
  'session',
  'identity',
  'minutes',
  'account',
  'sign_in',
  'password',
  'second_factor',
  'letter',
  'file',
  'centre',
];
const DAY_MS = 86_400_000;

/** @param {{query: URLSearchParams}} props */
export function Page({ query }) {
  useTitle(t('audit.title'));
  const auction = query.get('auction') ?? '';
  const [filter, setFilter] = useState({ noun: '', from: '', to: '' });
  const [acts, setActs] = useState(/** @type {Act[] | null} */ (null));
  const [whole, setWhole] = useState(false); // nothing older is left
  const [problem, setProblem] = useState('');

  /** @param {number} before zero: from the newest */
  const load = async (before) => {
    setProblem('');
    const q = new URLSearchParams();
    const from = filter.from && readMoment({ date: filter.from, time: '00:00' });
    const to = filter.to && readMoment({ date: filter.to, time: '00:00' });
    if (auction) q.set('auction', auction);
    if (filter.noun) q.set('name', filter.noun + '.');
    if (from) q.set('from', String(from));
    if (to) q.set('to', String(to + DAY_MS));
    if (before) q.set('before', String(before));
    try {
      const found = (await api('GET', '/acts?' + q)).acts;
      setActs((old) => (before && old ? [...old, ...found] : found));
      setWhole(found.length === 0);
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => void load(0), [filter, auction]);

  /** @param {string} name */
  const bind = (name) => ({
    value: /** @type {any} */ (filter)[name],
    onChange: (/** @type {any} */ e) => setFilter({ ...filter, [name]: e.currentTarget.value }),
  });
  const last = acts?.[acts.length - 1];
  return html`<main class="page office" id="main">
    <${OfficeNav} here="audit" />
    <header class="office-head">
      <div>
        <h1 tabindex="-1">${t('audit.title')}</h1>
        <p class="quiet">${t('audit.what')}</p>
      </div>
      ${isA('admin') && html`<${Chain} />`}
    </header>
    ${
      problem === 'forbidden' && account.value?.role === 'observer'
        ? html`<${Notice} tone="info" icon="info" title=${t('audit.observe')} />`
        : problem && html`<${Problem} code=${problem} onRetry=${() => void load(0)} />`
    }
    <div class="office-grid">
      <${Field} id="audit-noun" label=${t('audit.name')}>
        ${(/** @type {object} */ a) => html`<select ...${a} ...${bind('noun')} class="input">
          <option value="">${t('audit.name.all')}</option>
          ${NOUNS.map((noun) => html`<option value=${noun}>${t('audit.act.' + noun)}</option>`)}
        </select>`}
      <//>
      <${Field} id="audit-from" label=${t('audit.from')}>
        ${(/** @type {object} */ a) => html`<input ...${a} ...${bind('from')} class="input" type="date" />`}
      <//>
      <${Field} id="audit-to" label=${t('audit.to')}>
        ${(/** @type {object} */ a) => html`<input ...${a} ...${bind('to')} class="input" type="date" />`}
      <//>
    </div>
    ${acts === null && !problem && html`<p class="quiet">${t('loading')}</p>`}
    ${acts?.length === 0 && html`<p class="quiet">${t('audit.none')}</p>`}
    ${
      acts &&
      acts.length > 0 &&
      html`<ol class="office-list" reversed>
        ${acts.map((act) => html`<${Line} key=${act.seq} act=${act} />`)}
      </ol>`
    }
    ${
      last &&
      !whole &&
      last.seq > 1 &&
      html`<button class="button" onClick=${() => void load(last.seq)}>${t('audit.more')}</button>`
    }
  </main>`;
}

/** @param {{act: Act}} props */
function Line({ act }) {
  const changed = act.before !== undefined || act.after !== undefined;
  return html`<li class="card office-row">
    <div class="office-row-main">
      <p class="label dots">
        <span>#${act.seq}</span>
        <span>${dayMonth(act.at)} ${timeWithMs(act.at)}</span>
        ${act.origin && html`<span>${t('audit.origin', { origin: act.origin })}</span>`}
      </p>
      <p>
        <strong>${act.who || t('audit.system')}</strong> · ${actText(act.name)}
      </p>
      <p class="small quiet">
        <code>${act.name}</code> ${act.subject} ${act.subjectId}
      </p>
      ${act.reason && html`<p>${t('audit.reason', { reason: act.reason })}</p>`}
      ${
        changed &&
        html`<details>
          <summary>${t('audit.change')}</summary>
          <${State} title=${t('audit.before')} value=${act.before} />
          <${State} title=${t('audit.after')} value=${act.after} />
        </details>`
      }
    </div>
  </li>`;
}

/** An act for people: what it was done to, and what was done. @param {string} name */
function actText(name) {
  const [noun = '', verb = ''] = name.split('.');
  return `${tCode('audit.act.', noun)}: ${tCode('audit.verb.', verb)}`;
}

/** @param {{title: string, value: unknown}} props */
function State({ title, value }) {
  if (value === undefined || value === null) return null;
  return html`<figure class="audit-state">
    <figcaption class="label">${title}</figcaption>
    <pre tabindex="0">${JSON.stringify(value, null, 1)}</pre>
  </figure>`;
}

function Chain() {
  const [found, setFound] = useState(
    /** @type {{lines: number, head: string, broken?: number} | null} */ (null),
  );
  const [problem, setProblem] = useState('');
  const check = async () => {
    setProblem('');
    try {
      setFound(await api('GET', '/acts/chain'));
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  return html`<div role="status">
    <button class="button" onClick=${() => void check()}><${Icon} name="check" />${t('audit.chain')}</button>
    ${problem && html`<${Problem} code=${problem} />`}
    ${
      found &&
      (found.broken
        ? html`<${Notice} tone="bad" icon="triangle-alert" title=${t('audit.chain.broken', { n: found.broken })} />`
        : html`<${Notice}
            tone="good"
            icon="circle-check"
            title=${t('audit.chain.whole', { n: found.lines, hash: found.head.slice(0, 8) })}
          />`)
    }
  </div>`;
}
