// The last question before an auction is published: what will be frozen.

import { language, t } from '../i18n.js';
import { hourMinute, longDate, money } from '../text.js';
import { Dialog, html, Icon, useLayoutEffect, useRef } from '../view.js';
import { Notice } from '../ui/parts.js';

const SHOWN = 6; // lots; more would hide the buttons

/**
 * @param {{auction: import('./types').Auction, busy: boolean, onPublish: () => void, onClose: () => void}} props
 */
export function PublishDialog({ auction, busy, onPublish, onClose }) {
  const lang = language.value;
  const back = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useLayoutEffect(() => back.current?.focus(), []); // Enter must not publish by itself
  const { lots } = auction;
  return html`<${Dialog} title=${t('publish.title')} onClose=${onClose}>
    <p>${t('publish.what')}</p>
    <ul class="office-publish">
      ${lots.slice(0, SHOWN).map(
        ({ id, number, title, rules }) =>
          html`<li key=${id}>
            <span><strong>${t('lot.number', { n: number })}</strong> ${title}</span>
            <span class="label dots">
              <span>${money(rules.start, rules.currency, lang)}</span>
              <span>
                ${t('publish.opens', { time: hourMinute(rules.opensAt), date: longDate(rules.opensAt, lang) })}
              </span>
            </span>
          </li>`,
      )}
    </ul>
    ${lots.length > SHOWN && html`<p class="quiet">${t('publish.more', { n: lots.length - SHOWN })}</p>`}
    <p>${t('publish.people', { n: auction.participantCount })}</p>
    ${
      (auction.warnings?.length ?? 0) > 0 &&
      html`<${Notice} tone="warn" icon="scale" title=${t('publish.warned', { n: auction.warnings?.length ?? 0 })} />`
    }
    <div class="dialog-buttons">
      <button type="button" class="button" ref=${back} onClick=${onClose}>${t('dialog.back')}</button>
      <button type="button" class="button button-main" disabled=${busy} onClick=${onPublish}>
        <${Icon} name="lock" />${t(busy ? 'publish.busy' : 'publish.go')}
      </button>
    </div>
  <//>`;
}
