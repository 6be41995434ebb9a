// The field through which files come in: chosen or taken with the camera, sent
// in chunks, continued after a broken line, with what went wrong beside it.

import { api, ApiError } from '../account.js';
import { addWords, language, t, tCode } from '../i18n.js';
import { say } from '../say.js';
import { sizeText, upload } from '../upload.js';
import { cls, html, Icon, loadStyle, useEffect, useRef, useState } from '../view.js';
import { words } from './words.js';

addWords(words);
await loadStyle('files.css');

/** @typedef {import('../types').OfficeFile} OfficeFile */
/** @typedef {{key: number, file: File, share: number, waiting: boolean, error: string, abort: AbortController}} Item */

/** What may be chosen for a purpose; the server has the last word. */
export const accepts = {
  pictures: 'image/jpeg,image/png,image/webp',
  papers: 'application/pdf,image/jpeg,image/png,image/webp',
  texts: 'application/pdf,image/jpeg,image/png,image/webp,.docx,.xlsx',
  tables: '.csv,.xlsx,application/pdf',
};
const named = {
  [accepts.pictures]: 'JPEG, PNG, WebP',
  [accepts.papers]: 'PDF, JPEG, PNG, WebP',
  [accepts.texts]: 'PDF, JPEG, PNG, WebP, DOCX, XLSX',
  [accepts.tables]: 'CSV, XLSX, PDF',
};

/** Waits, shorter if the line comes back. @param {number} ms @param {AbortSignal} [signal] */
function wait(ms, signal) {
  return /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        removeEventListener('online', done);
        resolve();
      }
      addEventListener('online', done);
      signal?.addEventListener('abort', () => {
        done();
        reject(signal.reason);
      });
    })
  );
}

/** @param {ArrayBuffer} bytes */
async function sha256(bytes) {
  const sum = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, '0')).join('');
}

const ways = { api, wait, hash: globalThis.crypto?.subtle ? sha256 : undefined };

/** The code of a refusal: that of the first field, if it names one. @param {unknown} e */
const codeOf = (e) => (e instanceof ApiError ? (e.fields[0]?.code ?? e.code) : 'other');

/**
 * A field for files. `wanted` says what they are for; `onDone` gets each file
 * once the office has it.
 * @param {{id: string, label: string, hint?: any, wanted: import('../upload.js').Wanted, accept?: string,
 *   multiple?: boolean, onDone: (file: OfficeFile) => void}} props
 */
export function Upload({ id, label, hint, wanted, accept = accepts.papers, multiple = true, onDone }) {
  const [items, setItems] = useState(/** @type {Item[]} */ ([]));
  const next = useRef(1);
  const live = useRef(/** @type {Item[]} */ ([]));
  live.current = items;
  useEffect(() => () => live.current.forEach((i) => i.abort.abort()), []); // the page is left

  /** @param {number} key @param {Partial<Item>} part */
  const change = (key, part) => setItems((all) => all.map((i) => (i.key === key ? { ...i, ...part } : i)));
  /** @param {number} key */
  const drop = (key) => setItems((all) => all.filter((i) => i.key !== key));

  /** @param {Item} item */
  const send = async (item) => {
    const { key, file, abort } = item;
    try {
      const kept = await upload(file, wanted, ways, {
        signal: abort.signal,
        onProgress: (share, waiting) => change(key, { share, waiting }),
      });
      drop(key);
      say(t('upload.done', { name: file.name }));
      onDone(kept);
    } catch (e) {
      if (abort.signal.aborted) drop(key);
      else change(key, { error: codeOf(e), waiting: false });
    }
  };

  /** @param {File[]} files */
  const add = (files) => {
    const fresh = files.map((file) => ({
      ...{ key: next.current++, file, share: 0, waiting: false, error: '' },
      abort: new AbortController(),
    }));
    setItems((all) => [...all, ...fresh]);
    // One after the other: a slow line is not made faster by many at once.
    void fresh.reduce((before, item) => before.then(() => send(item)), Promise.resolve());
  };

  /** @param {Event & {currentTarget: HTMLInputElement}} e */
  const onChange = (e) => {
    add([...(e.currentTarget.files ?? [])]);
    e.currentTarget.value = ''; // so that the same file can be chosen again
  };

  /** @param {DragEvent} e */
  const onDrop = (e) => {
    e.preventDefault();
    const files = [...(e.dataTransfer?.files ?? [])];
    add(multiple ? files : files.slice(0, 1));
  };

  const described = hint ? id + '-hint' : null;
  return html`<div class="upload" onDragOver=${(/** @type {DragEvent} */ e) => e.preventDefault()} onDrop=${onDrop}>
    <span class="field-label" id=${id + '-label'}>${label}</span>
    <div class="buttons">
      <label class="button upload-button">
        <input
          id=${id}
          class="upload-input"
          type="file"
          accept=${accept}
          multiple=${multiple}
          aria-labelledby=${`${id}-label ${id}-choose`}
          aria-describedby=${described}
          onChange=${onChange}
        />
        <${Icon} name="upload" />
        <span id=${id + '-choose'}>${t('upload.choose')}</span>
      </label>
      <label class="button upload-button upload-camera">
        <input
          class="upload-input"
          type="file"
          accept="image/jpeg"
          capture="environment"
          aria-labelledby=${`${id}-label ${id}-camera`}
          onChange=${onChange}
        />
        <${Icon} name="camera" />
        <span id=${id + '-camera'}>${t('upload.camera')}</span>
      </label>
    </div>
    ${hint && html`<p class="field-hint" id=${id + '-hint'}>${hint}</p>`}
    ${
      items.length > 0 &&
      html`<ul class="upload-items">
        ${items.map(
          (item) =>
            html`<${Row}
              key=${item.key}
              item=${item}
              types=${named[accept] ?? accept}
              onDrop=${() => (item.error ? drop(item.key) : item.abort.abort())}
              onAgain=${() => {
                change(item.key, { error: '', share: 0 });
                void send(item);
              }}
            />`,
        )}
      </ul>`
    }
  </div>`;
}

/** @param {{item: Item, types: string, onDrop: () => void, onAgain: () => void}} props */
function Row({ item, types, onDrop, onAgain }) {
  const { file, share, waiting, error } = item;
  const percent = Math.floor(share * 100);
  return html`<li class=${cls('upload-item', error && 'upload-item-bad')}>
    <span class="upload-name">${file.name}</span>
    <span class="label">${sizeText(file.size, language.value)}</span>
    <button
      type="button"
      class="upload-stop"
      aria-label=${t('upload.cancel', { name: file.name })}
      onClick=${onDrop}
    >
      <${Icon} name="x" />
    </button>
    ${
      error
        ? html`<p class="field-error upload-say" role="alert">
            <${Icon} name="triangle-alert" />
            <span>
              ${tCode('upload.error.', error, { types })}${' '}
              <button type="button" class="link" onClick=${onAgain}>${t('upload.again')}</button>
            </span>
          </p>`
        : html`<progress
              class="upload-bar"
              max="100"
              value=${percent}
              aria-label=${t('upload.sending', { percent })}
            ></progress>
            <p class="label upload-say" aria-live=${waiting ? 'polite' : 'off'}>
              ${t(waiting ? 'upload.waiting' : 'upload.sending', { percent })}
            </p>`
    }
  </li>`;
}
