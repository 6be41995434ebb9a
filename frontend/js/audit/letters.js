// /quan-tri/thu: what was written to whom, and whether it went out.

import { api } from '../account.js';
import { addWords, t } from '../i18n.js';
import { dayMonth, hourMinute } from '../text.js';
import { Dialog, html, Icon, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { CheckField } from '../admin/fields.js';
import { codeOf, OfficeNav, Problem, RequestNames } from '../admin/frame.js';
import { words as office } from '../admin/words.js';
import { words } from './words.js';

addWords(office);
addWords(words);
await loadStyle('admin.css');

/** @typedef {{id: string, kind: string, name: string, address: string, subject: string, body?: string, createdAt: number, nextAt?: number, sentAt?: number, tries: number, trouble?: string}} Letter */

const names = new RequestNames();

export function Page() {
  useTitle(t('letters.title'));
  const [unsent, setUnsent] = useState(false);
  const [list, setList] = useState(/** @type {Letter[] | null} */ (null));
  const [whole, setWhole] = useState(false);
  const [open, setOpen] = useState(/** @type {Letter | null} */ (null));
  const [problem, setProblem] = useState('');

  /** @param {() => Promise<void>} work */
  const run = async (work) => {
    setProblem('');
    try {
      await work();
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  /** @param {number} before */
  const load = (before) =>
    run(async () => {
      const q = new URLSearchParams(unsent ? { unsent: '1' } : {});
      if (before) q.set('before', String(before));
      const found = (await api('GET', '/letters?' + q)).letters;
      setList((old) => (before && old ? [...old, ...found] : found));
      setWhole(found.length === 0);
    });
  useEffect(() => void load(0), [unsent]);
  const last = list?.[list.length - 1];
  return html`<main class="page office" id="main">
    <${OfficeNav} here="letters" />
    <header class="office-head">
      <div>
        <h1 tabindex="-1">${t('letters.title')}</h1>
        <p class="quiet">${t('letters.what')}</p>
      </div>
    </header>
    <${CheckField} id="letters-unsent" label=${t('letters.unsent')} value=${unsent} onValue=${setUnsent} />
    ${problem && html`<${Problem} code=${problem} onRetry=${() => void load(0)} />`}
    ${list === null && !problem && html`<p class="quiet">${t('loading')}</p>`}
    ${list?.length === 0 && html`<p class="quiet">${t('letters.none')}</p>`}
    ${
      list &&
      list.length > 0 &&
      html`<ul class="office-list">
        ${list.map(
          (letter) =>
            html`<li key=${letter.id} class="card office-row">
              <div class="office-row-main">
                <p class="label dots">
                  <span>${dayMonth(letter.createdAt)} ${hourMinute(letter.createdAt)}</span>
                  <span>${stateOf(letter)}</span>
                </p>
                <h2>${letter.subject}</h2>
                <p class="quiet">${t('letters.to', { name: letter.name, address: letter.address })}</p>
                ${letter.trouble && html`<p class="field-error">${letter.trouble}</p>`}
              </div>
              <button
                class="button"
                onClick=${() => run(async () => setOpen(await api('GET', '/letters/' + letter.id)))}
              >
                <${Icon} name="eye" />${t('letters.read')}
              </button>
            </li>`,
        )}
      </ul>`
    }
    ${
      last &&
      !whole &&
      html`<button class="button" onClick=${() => void load(last.createdAt)}>${t('letters.more')}</button>`
    }
    ${
      open &&
      html`<${Dialog} title=${open.subject} onClose=${() => setOpen(null)}>
        <p class="label">${t('letters.to', { name: open.name, address: open.address })}</p>
        <p class="letter-body">${open.body || t('letters.secret')}</p>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick=${() => setOpen(null)}>${t('dialog.back')}</button>
          ${
            !open.sentAt &&
            !open.nextAt &&
            html`<button
              type="button"
              class="button button-main"
              onClick=${() =>
                run(async () => {
                  await api('POST', `/letters/${open.id}/retry`, undefined, names.of(open.id));
                  names.done();
                  setOpen(null);
                  await load(0);
                })}
            >
              ${t('letters.retry')}
            </button>`
          }
        </div>
      <//>`
    }
  </main>`;
}

/** What became of a letter. @param {Letter} letter */
function stateOf({ sentAt, nextAt, tries }) {
  if (sentAt) return t('letters.sent', { time: `${hourMinute(sentAt)} ${dayMonth(sentAt)}` });
  if (!nextAt) return t('letters.given', { n: tries });
  if (tries === 0) return t('letters.waiting');
  return t('letters.again', { n: tries, time: hourMinute(nextAt) });
}
