// Verifies the record of a session in the reader's own browser: the file comes
// from wherever they have it, and nothing of it is sent anywhere.

import { api } from '../account.js';
import { addWords, language, t } from '../i18n.js';
import { say } from '../say.js';
import { html, Icon, loadStyle, useEffect, useMemo, useRef, useState, useTitle } from '../view.js';
import { Notice } from '../ui/parts.js';
import { Beside } from './held/form.js';
import { facts, load, verifier, verify } from './engine.js';
import { sessionOf } from './held/heads.js';
import { besideOf, heldIn, nothing, readHeld, together } from './held/held.js';
import { words as heldWords } from './held/words.js';
import { Report, Unread, Wrong } from './report.js';
import { decimal } from './values.js';
import { words } from './words.js';

addWords(words);
addWords(heldWords);
await loadStyle('verify.css');

/** @typedef {import('./engine.js').Course} Course */
/**
 * @typedef {object} Item a file that is verified
 * @property {number} key
 * @property {string} name
 * @property {Blob} file
 * @property {string} [session]
 * @property {Course} course
 * @property {import('./held/held.js').Holding} [beside] what was held when it was last begun
 */

/** @param {{query: URLSearchParams}} props */
export function Page({ query }) {
  useTitle(t('verify.title'));
  const desk = useDesk();
  const wanted = query.get('phien');
  useEffect(() => {
    void load();
    if (wanted && /^[0-9a-hjkmnp-tv-z]{12}$/.test(wanted)) void desk.fetchRecord(wanted);
  }, [wanted]);
  return html`<main class="page page-narrow verify" id="main">
    <div>
      <h1 tabindex="-1">${t('verify.title')}</h1>
      <p>${t('verify.what')}</p>
    </div>
    <${Tool} />
    ${desk.fetchFailed && html`<${Notice} tone="warn" icon="triangle-alert" title=${t('verify.fetch.failed')}><p>${t('verify.fetch.why.' + desk.fetchFailed)}</p><//>`}
    <${Drop} onFiles=${desk.add} />
    <${Beside} held=${desk.held} lone=${desk.lone} onText=${desk.compare} onClear=${desk.clear} />
    ${desk.items.map((item) => html`<${Result} key=${item.key} item=${item} unused=${desk.unused} onStop=${desk.stop} onAgain=${desk.again} />`)}
    <${About} />
  </main>`;
}

/** The files on the table, what is held beside them, and one verification after the other. */
function useDesk() {
  const [items, setItems] = useState(/** @type {Item[]} */ ([]));
  const [pasted, setPasted] = useState(nothing());
  const [dropped, setDropped] = useState(/** @type {import('./held/held.js').Holding[]} */ ([]));
  const [fetchFailed, setFetchFailed] = useState('');
  const stops = useRef(/** @type {Map<number, () => void>} */ (new Map()));
  const lastKey = useRef(0);
  const held = useMemo(() => together([pasted, ...dropped]), [pasted, dropped]);

  const change = (/** @type {number} */ key, /** @type {Partial<Item>} */ to) =>
    setItems((list) => list.map((i) => (i.key === key ? { ...i, ...to } : i)));

  const next = items.find((i) => i.course.state === 'waiting' || isOld(i, held));
  const busy = items.some((i) => i.course.state === 'running');
  const there = verifier.value;
  useEffect(() => {
    if (!next || busy || there !== 'loaded') return;
    const beside = besideOf(held, next.session, items.length === 1);
    change(next.key, { beside: held });
    const stop = verify(next.file, beside, (course) => {
      change(next.key, { course });
      if (course.state === 'answered' && !course.answer.unread)
        say(t(course.answer.wrong ? 'verify.said.wrong' : 'verify.said.right'));
    });
    stops.current.set(next.key, stop);
  }, [next, busy, there]);

  const add = async (/** @type {File[]} */ files) => {
    /** @type {Item[]} */
    const more = [];
    for (const file of files) {
      const session = await sessionOf(file);
      const given = session ? undefined : await heldIn(file);
      if (given) setDropped((list) => [...list, given]);
      else
        more.push({ key: ++lastKey.current, name: file.name, file, session, course: { state: 'waiting' } });
    }
    setItems((list) => [...list, ...more]);
  };
  const fetchRecord = async (/** @type {string} */ session) => {
    setFetchFailed('');
    try {
      const text = await api('GET', `/sessions/${session}/record`, undefined, { blob: true });
      await add([new File([text], `phien-${session}.txt`)]);
    } catch (e) {
      const status = /** @type {{status?: number}} */ (e).status ?? 0;
      setFetchFailed(status === 404 ? 'unknown' : status === 409 ? 'not_over' : 'other');
    }
  };
  const again = (/** @type {number} */ key) => change(key, { course: { state: 'waiting' } });
  const compare = (/** @type {string} */ text) => setPasted(readHeld(text));
  const clear = () => {
    setPasted(nothing());
    setDropped([]);
  };
  const stop = (/** @type {number} */ key) => stops.current.get(key)?.();
  const unused = items.length > 1 && held.heads.some((h) => !h.session);
  const sessions = new Set(items.map((i) => i.session));
  const lone = [...new Set(held.receipts.map((r) => r.session))].filter((s) => !sessions.has(s));
  return { items, held, lone, unused, fetchFailed, add, again, compare, clear, fetchRecord, stop };
}

/** Whether more or less is held now than when a file was verified. @param {Item} item @param {import('./held/held.js').Holding} held */
const isOld = (item, held) =>
  (item.course.state === 'answered' || item.course.state === 'failed') && item.beside !== held;

/** What the page has loaded, and that it now needs no network. */
function Tool() {
  const state = verifier.value;
  const size = facts.value;
  if (state === 'missing' || state === 'broken') {
    return html`<${Notice} tone="bad" icon="ban" title=${t('verify.tool.' + state)}><p>${t(`verify.tool.${state}.why`)}</p><//>`;
  }
  const mb = (/** @type {number} */ bytes) => decimal(bytes / 1e6, language.value);
  return html`<p class="verify-tool small quiet" role="status">
    <${Icon} name=${state === 'loaded' ? 'circle-check' : 'hourglass'} />
    <span>
      ${t(state === 'loaded' ? 'verify.tool.loaded' : 'verify.tool.loading')}
      ${size && ' ' + t('verify.tool.size', { br: mb(size.brotli), raw: mb(size.bytes) })}
    </span>
  </p>`;
}

/** @param {{onFiles: (files: File[]) => void}} props */
function Drop({ onFiles }) {
  const [over, setOver] = useState(false);
  const take = (/** @type {DragEvent} */ e) => {
    e.preventDefault();
    setOver(false);
    onFiles([...(e.dataTransfer?.files ?? [])]);
  };
  return html`<div
    class=${'verify-drop' + (over ? ' verify-drop-over' : '')}
    onDragOver=${(/** @type {DragEvent} */ e) => {
      e.preventDefault();
      setOver(true);
    }}
    onDragLeave=${() => setOver(false)}
    onDrop=${take}
  >
    <p id="verify-files"><strong>${t('verify.files')}</strong></p>
    <label class="button verify-choose">
      <${Icon} name="upload" />
      <span aria-hidden="true">${t('verify.choose')}</span>
      <input
        class="verify-input"
        type="file"
        multiple
        aria-labelledby="verify-files"
        aria-describedby="verify-files-hint"
        onChange=${(/** @type {Event} */ e) => {
          const input = /** @type {HTMLInputElement} */ (e.target);
          onFiles([...(input.files ?? [])]);
          input.value = '';
        }}
      />
    </label>
    <p class="field-hint" id="verify-files-hint">${t('verify.files.hint')}</p>
  </div>`;
}

/**
 * @param {{item: Item, unused: boolean, onStop: (key: number) => void, onAgain: (key: number) => void}} props
 */
function Result({ item, unused, onStop, onAgain }) {
  const { course } = item;
  const label = 'verify-file-' + item.key;
  return html`<section class="verify-result" aria-labelledby=${label}>
    <h2 id=${label} class="verify-name">${item.name}</h2>
    ${course.state === 'waiting' && html`<p class="quiet">${t('verify.waiting')}</p>`}
    ${course.state === 'running' && html`<${Progress} item=${item} course=${course} onStop=${onStop} />`}
    ${(course.state === 'stopped' || course.state === 'failed') && html`<${NotDone} item=${item} course=${course} onAgain=${onAgain} />`}
    ${course.state === 'answered' && course.answer.report && html`<${Report} report=${course.answer.report} receipts=${course.answer.receipts} course=${course} unused=${unused} />`}
    ${course.state === 'answered' && course.answer.wrong && html`<${Wrong} wrong=${course.answer.wrong} receipts=${course.answer.receipts} />`}
    ${course.state === 'answered' && course.answer.unread && html`<${Unread} unread=${course.answer.unread} />`}
  </section>`;
}

/** @param {{item: Item, course: Extract<Course, {state: 'running'}>, onStop: (key: number) => void}} props */
function Progress({ item, course, onStop }) {
  const share = item.file.size ? Math.min(1, course.bytes / item.file.size) : 1;
  const percent = Math.floor(share * 100);
  return html`<div class="verify-progress">
    <div
      class="verify-bar"
      role="progressbar"
      aria-label=${t('verify.running')}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${percent}
      aria-valuetext=${t('verify.percent', { n: percent })}
    >
      <div class="verify-bar-fill" style=${{ inlineSize: percent + '%' }}></div>
    </div>
    <p class="small">${t('verify.running')} ${t('verify.percent', { n: percent })}</p>
    <button class="button" onClick=${() => onStop(item.key)}>${t('verify.stop')}</button>
  </div>`;
}

/** @param {{item: Item, course: Course, onAgain: (key: number) => void}} props */
function NotDone({ item, course, onAgain }) {
  return html`<${Notice} tone="quiet" icon="info" title=${t('verify.' + course.state)}>
    ${course.state === 'failed' && html`<p>${t('verify.failed.why')} <code lang="en">${course.why}</code></p>`}
    <button class="button" onClick=${() => onAgain(item.key)}>${t('verify.again')}</button>
  <//>`;
}

const CHECKED = ['chain', 'rules', 'clock', 'nothing', 'log', 'held'];
const NOT_PROVED = ['who', 'sent', 'outage', 'hidden', 'people'];

/** What is looked at, and what no file can show. */
function About() {
  const list = (/** @type {string} */ of, /** @type {string[]} */ names) =>
    html`<ul>
      ${names.map((n) => html`<li key=${n}>${t(`verify.${of}.${n}`)}</li>`)}
    </ul>`;
  return html`<section class="verify-about" aria-labelledby="verify-checked">
      <h2 id="verify-checked" class="rule-head">${t('verify.checked')}</h2>
      ${list('checked', CHECKED)}
    </section>
    <section class="verify-about" aria-labelledby="verify-unproved">
      <h2 id="verify-unproved" class="rule-head">${t('verify.unproved')}</h2>
      ${list('unproved', NOT_PROVED)}
      <p class="small quiet">
        ${t('verify.own')} ${facts.value && html`<span class="hash">${facts.value.sha256}</span>`}
      </p>
    </section>`;
}
