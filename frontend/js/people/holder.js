// Who bid under a code: asked for by auctioneers and registrars once the
// result is there, with a reason that the audit log keeps.

import { api } from '../account.js';
import { t } from '../i18n.js';
import { Dialog, html, Icon, useState } from '../view.js';
import { Lines, Send, Text, Trouble, useForm } from './form.js';

/** @param {{session: string, code?: string, onClose: () => void}} props */
export function HolderDialog({ session, code = '', onClose }) {
  const form = useForm({ code, reason: '' });
  const [who, setWho] = useState(/** @type {{name: string, login: string} | null} */ (null));
  const send = form.submit(async () => {
    setWho((await api('POST', `/desk/sessions/${session}/holder`, form.values)).account);
  });
  return html`<${Dialog} title=${t('who.holder.title')} onClose=${onClose}>
    ${
      who
        ? html`<div class="form" role="status">
            <p><strong>${form.values.code}</strong></p>
            <p class="people-holder">${who.name}</p>
            <p class="label">${who.login}</p>
            <p class="small quiet"><${Icon} name="lock" /> ${t('who.holder.kept')}</p>
            <div class="dialog-buttons">
              <button type="button" class="button button-main" onClick=${onClose}>${t('dialog.back')}</button>
            </div>
          </div>`
        : html`<form class="form" noValidate onSubmit=${send} ref=${form.box}>
            <p>${t('who.holder.what')}</p>
            <${Trouble} code=${form.problem === 'not_found' ? 'no_code' : form.problem} />
            <${Text} form=${form} name="code" label=${t('who.holder.code')} hint="" placeholder="M-733" maxlength=${12} />
            <${Lines} form=${form} name="reason" />
            <div class="dialog-buttons">
              <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
              <${Send} form=${form}>${t('who.holder.go')}<//>
            </div>
          </form>`
    }
  <//>`;
}
