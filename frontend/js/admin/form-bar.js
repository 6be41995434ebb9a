// The bar below the auction's form: what can be done with it now, and how it
// stands. A draft is saved, listed or published; listed rules are changed with
// a notice to the public.

import { t } from '../i18n.js';
import { hourMinute } from '../text.js';
import { cls, html, Icon, useState } from '../view.js';
import { Field } from '../ui/parts.js';
import { faultText, idOf } from './fields.js';

/** @typedef {ReturnType<typeof import('./editor.js').useEditor>} Editor */

/**
 * @param {{editor: Editor, onList: () => void, onPublish: () => void, onCancel: () => void}} props
 */
export function DraftBar({ editor, onList, onPublish, onCancel }) {
  const { saved, savedAtMs, busy, dirty, form } = editor;
  const chosen = form.participants.length > 0; // a sale among those who were chosen is not listed
  return html`<div class="office-bar">
    <p class="office-bar-state" role="status">
      ${t(busy ? 'auction.saving' : dirty ? 'auction.unsaved' : saved ? 'auction.saved' : 'auction.empty', {
        time: Number.isNaN(savedAtMs) ? '' : hourMinute(savedAtMs),
      })}
      ${saved && html` <button type="button" class="link" onClick=${onCancel}>${t('listed.cancel')}</button>`}
    </p>
    <button class="button" disabled=${busy}>${t('auction.save')}</button>
    <button type="button" class=${cls('button', chosen && 'button-main')} disabled=${busy} onClick=${onPublish}>
      <${Icon} name="gavel" />${t('auction.publish')}
    </button>
    <button type="button" class=${cls('button', !chosen && 'button-main')} disabled=${busy} onClick=${onList}>
      <${Icon} name="megaphone" />${t('list.button')}
    </button>
  </div>`;
}

/** @param {{editor: Editor, onLeave: () => void, onTried: () => void}} props */
export function AmendBar({ editor, onLeave, onTried }) {
  const { busy, faults, amend } = editor;
  const [notice, setNotice] = useState('');
  const fault = faults.find((f) => f.field === 'notice');
  const send = async () => {
    await amend(notice);
    onTried();
  };
  return html`<section class="card card-brass office-part" aria-labelledby="part-notice">
      <h2 id="part-notice">${t('field.notice')}</h2>
      <p class="quiet">${t('amend.what')}</p>
      <${Field} id=${idOf('notice')} label=${t('field.notice')} error=${fault && faultText(fault)}>
        ${(/** @type {object} */ a) => html`<textarea
          ...${a}
          class="input"
          rows="4"
          maxlength="4000"
          value=${notice}
          onInput=${(/** @type {any} */ e) => setNotice(e.currentTarget.value)}
        />`}
      <//>
    </section>
    <div class="office-bar">
      <p class="office-bar-state" role="status">${busy ? t('auction.saving') : ''}</p>
      <button type="button" class="button" disabled=${busy} onClick=${onLeave}>${t('amend.back')}</button>
      <button type="button" class="button button-main" disabled=${busy} onClick=${send}>
        <${Icon} name="lock" />${t('amend.go')}
      </button>
    </div>`;
}
