// The minutes of a lot: versions, the file and its hash, who signed.

import { api } from '../account.js';
import { language, t, tCode } from '../i18n.js';
import { longDate, timeOfDay } from '../text.js';
import { html, Icon, useState } from '../view.js';
import { Notice } from '../ui/parts.js';

/** @typedef {import('./types').Minutes} Version */

const SLOTS = ['auctioneer', 'clerk', 'winner', 'observer'];

/**
 * Loads a version, looks whether it is the file with this hash, and hands it to
 * the reader. Where the browser offers no hashing (plain http in a hall) the
 * hash stays for people to compare.
 * @param {string} path @param {Version} version
 */
async function openFile(path, version) {
  /** @type {Blob} */
  const file = await api('GET', `${path}?number=${version.number}`, undefined, { blob: true });
  if (crypto.subtle) {
    const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
    const hash = Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0')).join('');
    if (hash !== version.hash) throw new Error('another file');
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `bien-ban-${version.number}.pdf`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * The button that opens a version. `path` is where the files of the lot are.
 * @param {{path: string, version: Version}} props
 */
export function MinutesFile({ path, version }) {
  const [wrong, setWrong] = useState(false);
  const open = () =>
    openFile(path, version).then(
      () => setWrong(false),
      () => setWrong(true),
    );
  return html`<div class="after-file">
    <button type="button" class="button" onClick=${() => void open()}>
      <${Icon} name="file-text" />${t('after.minutes.open')}
    </button>
    <p class="after-hash small">
      <span class="label">${t('after.minutes.hash')}</span>
      <span class="hash">${version.hash}</span>
    </p>
    ${wrong && html`<div role="alert"><${Notice} tone="bad" icon="triangle-alert" title=${t('after.minutes.wrong')} /></div>`}
  </div>`;
}

/** When a version was made, in words. @param {Version} v */
export const versionText = (v) =>
  t('after.minutes.version', {
    n: v.number,
    time: timeOfDay(v.madeAt),
    date: longDate(v.madeAt, language.value),
  });

/** @param {{version: Version, winner: boolean}} props */
export function Signatures({ version, winner }) {
  const shown = SLOTS.filter((slot) => slot !== 'observer' && (slot !== 'winner' || winner));
  const extra = version.signatures.filter((s) => !shown.includes(s.slot));
  return html`<ul class="after-signatures small">
    ${shown.map((slot) => {
      const s = version.signatures.find((one) => one.slot === slot);
      return html`<${Signature} key=${slot} slot=${slot} signature=${s} />`;
    })}
    ${extra.map((s, i) => html`<${Signature} key=${'x' + i} slot=${s.slot} signature=${s} />`)}
  </ul>`;
}

/** @param {{slot: string, signature?: import('./types').Signature}} props */
function Signature({ slot, signature: s }) {
  const icon = !s ? 'hourglass' : s.refused ? 'ban' : 'circle-check';
  return html`<li class=${'after-signature after-signature-' + (!s ? 'open' : s.refused ? 'refused' : 'done')}>
    <${Icon} name=${icon} />
    <span>
      <strong>${t('after.slot.' + slot)}</strong>
      ${s ? ` ${s.name || s.code || ''}: ` : ': '}
      ${
        !s
          ? t('after.signed.not')
          : s.refused
            ? t('after.signed.refused', { text: s.refused })
            : tCode('after.signed.', s.method)
      }
      ${s && html`<span class="quiet">, ${timeOfDay(s.at)} ${longDate(s.at, language.value)}</span>`}
    </span>
  </li>`;
}
