// What receipts come to beside a file: those that agree are counted, the others
// are named.

import { t } from '../i18n.js';
import { html } from '../view.js';
import { findings } from './findings.js';

/** @typedef {import('./types').HeldReceipt} HeldReceipt */

/** @param {{receipts?: HeldReceipt[]}} props */
export function Receipts({ receipts = [] }) {
  if (receipts.length === 0) return null;
  return html`<h3>${t('verify.receipts')}</h3>
    <ul class="verify-list">
      ${findings(receipts).map(([what, n]) => html`<li key=${what}>${t('verify.receipt.' + what, { n })}</li>`)}
    </ul>`;
}

/** Which receipt contradicts a file, and who signed it. @param {{receipt: HeldReceipt}} props */
export function Accusing({ receipt }) {
  const { act, by, signed } = receipt;
  return html`<p>${t('verify.accused', { what: t('act.' + act), ref: by.ref })} ${t('verify.accused.' + signed)}</p>`;
}
