// Takes signed receipts out of the browser: as a file, and the newest as a code
// that another device can read.

import { addWords, t } from '../i18n.js';
import { timeWithMs } from '../text.js';
import { html, Icon, useMemo, useState } from '../view.js';
import { Qr } from '../ui/qr.js';
import { fileOf, list } from './kept.js';
import { words } from './words.js';

addWords(words);

const REVOKE_MS = 60_000;

/** @param {string} session */
function keptOf(session) {
  try {
    return list(localStorage, session);
  } catch {
    return []; // storage is forbidden in this browser
  }
}

/** @param {{session: string}} props */
export function KeepReceipts({ session }) {
  const kept = useMemo(() => keptOf(session), [session]);
  const [open, setOpen] = useState(false);
  const newest = kept.at(-1);
  if (!newest) return null;
  const save = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([fileOf(kept)], { type: 'application/json' }));
    link.download = `bien-nhan-${session}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_MS);
  };
  return html`<section class="kept" aria-labelledby="kept">
    <h3 id="kept">${t('kept.title')}</h3>
    <p class="small">${t('kept.why', { n: kept.length })}</p>
    <button type="button" class="button" onClick=${save}><${Icon} name="download" />${t('kept.save')}</button>
    <details onToggle=${(/** @type {any} */ e) => setOpen(e.currentTarget.open)}>
      <summary>${t('kept.qr')}</summary>
      ${open && html`<${Code} kept=${newest} />`}
    </details>
  </section>`;
}

/** @param {{kept: import('./kept.js').Kept}} props */
function Code({ kept }) {
  const { act, at } = kept.receipt;
  return html`<p class="small">${t('kept.qr.what', { what: t('act.' + act), time: at ? timeWithMs(at) : '' })}</p>
    <${Qr} text=${JSON.stringify(kept)} label=${t('kept.qr')} />`;
}
