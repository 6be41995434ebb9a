// The last question before an auction is listed: what everybody will read.

import { language, t } from '../../i18n.js';
import { hourMinute, longDate } from '../../text.js';
import { Dialog, html, Icon, useLayoutEffect, useRef } from '../../view.js';

/** @param {number | undefined} ms */
const moment = (ms) => (ms ? `${hourMinute(ms)}, ${longDate(ms, language.value)}` : '–');

/**
 * @param {{auction: import('../types').Auction, busy: boolean, onList: () => void, onClose: () => void}} props
 */
export function ListDialog({ auction, busy, onList, onClose }) {
  const back = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useLayoutEffect(() => back.current?.focus(), []); // Enter must not list by itself
  const { lots, sheet = {} } = auction;
  const { dossier } = sheet.windows ?? {};
  const overrides = sheet.override?.length ?? 0;
  const opens = Math.min(...lots.map((l) => l.rules.opensAt));
  return html`<${Dialog} title=${t('listing.title')} onClose=${onClose}>
    <p>${t('listing.what')}</p>
    <h3 class="field-label">${t('list.public')}</h3>
    <ul class="rules">
      <li>${auction.title}</li>
      <li>${t('list.public.lots', { n: lots.length })}</li>
      <li>${t('list.public.windows', { from: moment(dossier?.from), to: moment(dossier?.to) })}</li>
      <li>${t('list.public.opens', { time: moment(opens) })}</li>
      <li>${t('list.public.staff')}</li>
      ${overrides > 0 && html`<li>${t('list.public.overrides', { n: overrides })}</li>`}
    </ul>
    <div class="dialog-buttons">
      <button type="button" class="button" ref=${back} onClick=${onClose}>${t('dialog.back')}</button>
      <button type="button" class="button button-main" disabled=${busy} onClick=${onList}>
        <${Icon} name="lock" />${t(busy ? 'list.busy' : 'list.go')}
      </button>
    </div>
  <//>`;
}
