// Files on a page: the public photos and documents of an auction, and single
// files that need a token.

import { api } from '../account.js';
import { addWords, language, t } from '../i18n.js';
import { say } from '../say.js';
import { dayMonth } from '../text.js';
import { sizeText } from '../upload.js';
import { cls, Dialog, html, Icon, loadStyle, useEffect, useState } from '../view.js';
import { words } from './words.js';

addWords(words);
await loadStyle('files.css');

/** @typedef {import('../types').OfficeFile} OfficeFile */
/** @typedef {{id: string, number: number, title: string}} LotName */

/** Where a file is, for what is public. @param {string} id @param {160 | 480 | 1280} [size] */
export const fileAddress = (id, size) => `/api/v1/files/${id}${size ? '?size=' + size : ''}`;

/**
 * The photos and documents of a public auction. Draws nothing while there are
 * none.
 * @param {{auction: string, lots: LotName[]}} props
 */
export function Files({ auction, lots }) {
  const [files, setFiles] = useState(/** @type {OfficeFile[] | null} */ (null));
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    api('GET', `/notices/${auction}/files`, undefined, { anonymous: true })
      .then((answer) => setFiles(answer.files))
      .catch(() => setFailed(true));
  }, [auction]);
  if (failed) return html`<p class="quiet">${t('files.failed')}</p>`;
  if (!files || files.length === 0) return null;
  const photos = files.filter((f) => f.purpose === 'photo' && !f.withdrawnAt);
  const papers = files.filter((f) => f.purpose !== 'photo' || f.withdrawnAt);
  return html`<section class="files" aria-labelledby="files-title">
    <h2 class="rule-head" id="files-title">${t('files.title')}</h2>
    ${photos.length > 0 && html`<${Photos} photos=${photos} lots=${lots} />`}
    ${
      papers.length > 0 &&
      html`<ul class="files-list">
        ${papers.map((f) => html`<${FileRow} key=${f.id} file=${f} lot=${lots.find((l) => l.id === f.lotId)} />`)}
      </ul>`
    }
  </section>`;
}

/** @param {{photos: OfficeFile[], lots: LotName[]}} props */
function Photos({ photos, lots }) {
  const [shown, show] = useState(/** @type {OfficeFile | null} */ (null));
  /** @param {OfficeFile} f */
  const nameOf = (f) => {
    const lot = lots.find((l) => l.id === f.lotId);
    const n = photos.filter((p) => p.lotId === f.lotId).indexOf(f) + 1;
    return lot ? t('files.photo.lot', { n, lot: lot.number }) : t('files.photo', { n });
  };
  return html`<ul class="files-photos">
      ${photos.map(
        (f) =>
          html`<li key=${f.id}>
            <button type="button" class="files-photo" aria-label=${t('files.enlarge', { name: nameOf(f) })} onClick=${() => show(f)}>
              <img src=${fileAddress(f.id, 480)} alt="" loading="lazy" decoding="async" />
            </button>
          </li>`,
      )}
    </ul>
    ${
      shown &&
      html`<${Dialog} title=${nameOf(shown)} tone="wide" onClose=${() => show(null)}>
        <img class="files-large" src=${fileAddress(shown.id, 1280)} alt=${nameOf(shown)} />
        <p class="small"><a href=${fileAddress(shown.id)} target="_blank">${t('files.original')}</a></p>
        <${Hash} file=${shown} />
        <div class="buttons"><button class="button" onClick=${() => show(null)}>${t('files.close')}</button></div>
      <//>`
    }`;
}

/**
 * One file in a list: its name, how large it is, and its hash to compare.
 * `secret` ones are fetched with the reader's token.
 * @param {{file: OfficeFile, lot?: LotName, secret?: boolean, children?: any}} props
 */
export function FileRow({ file, lot, secret = false, children }) {
  return html`<li class=${cls('files-row', file.withdrawnAt !== undefined && 'files-row-off')}>
    <${Icon} name="file-text" />
    <div class="files-what">
      <p class="files-name">
        ${
          secret
            ? html`<button type="button" class="link" onClick=${() => void openFile(file)}>${file.name}</button>`
            : file.withdrawnAt
              ? html`<s>${file.name}</s>`
              : html`<a href=${fileAddress(file.id)} target="_blank">${file.name}</a>`
        }
      </p>
      <p class="label dots">
        ${lot && html`<span>${t('files.lot', { n: lot.number })}</span>`}
        <span>${sizeText(file.size, language.value)}</span>
        ${file.withdrawnAt ? html`<span>${t('files.withdrawn', { date: dayMonth(file.withdrawnAt) })}</span>` : null}
      </p>
      <${Hash} file=${file} />
    </div>
    ${children}
  </li>`;
}

/** The hash of a file, short, with a button that copies all of it. @param {{file: OfficeFile}} props */
export function Hash({ file }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(file.hash);
      say(t('files.hash.copied'));
    } catch {
      // Without the clipboard the whole hash is in the title.
    }
  };
  return html`<p class="label files-hash">
    ${t('files.hash')}
    <span class="hash" title=${file.hash}>${file.hash.slice(0, 12)}…</span>
    <button type="button" class="files-copy" aria-label=${t('files.hash.copy', { name: file.name })} onClick=${() => void copy()}>
      <${Icon} name="copy" />
    </button>
  </p>`;
}

/**
 * Fetches a file with the reader's token and hands it to the browser to keep.
 * @param {OfficeFile} file
 */
export async function openFile(file) {
  try {
    const address = URL.createObjectURL(await api('GET', '/files/' + file.id, undefined, { blob: true }));
    const a = document.createElement('a');
    a.href = address;
    a.download = file.name;
    a.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch {
    say(t('files.open.failed'));
  }
}

/**
 * A small picture of a file that needs a token.
 * @param {{file: OfficeFile, size?: 160 | 480, alt: string}} props
 */
export function SecretPicture({ file, size = 160, alt }) {
  const [address, setAddress] = useState('');
  useEffect(() => {
    let made = '';
    let left = false;
    api('GET', `/files/${file.id}?size=${size}`, undefined, { blob: true })
      .then((blob) => {
        if (left) return;
        made = URL.createObjectURL(blob);
        setAddress(made);
      })
      .catch(() => {}); // the frame stays empty; the name stands beside it
    return () => {
      left = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [file.id, size]);
  return html`<span class="files-frame">${address && html`<img src=${address} alt=${alt} />`}</span>`;
}
