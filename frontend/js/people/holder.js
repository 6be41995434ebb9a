// Who bid under a code: auctioneers and registrars ask once the result is there,
// with a reason; another of them has to approve it before a name is told.

import { api } from '../account.js';
import { t } from '../i18n.js';
import { RequestNames } from '../admin/frame.js';
import { Dialog, html, Icon, useRef, useState } from '../view.js';
import { Lines, Send, Text, Trouble, useForm } from './form.js';

/** @param {{session: string, code?: string, onClose: () => void}} props */
export function HolderDialog({ session, code = '', onClose }) {
  const form = useForm({ code, reason: '' });
  const names = useRef(new RequestNames());
  const [who, setWho] = useState(/** @type {{code: string, auctionId: string} | null} */ (null));
  const send = form.submit(async () => {
    setWho(await api('POST', `/sessions/${session}/openings`, form.values, names.current.of(form.values)));
  });
  return html`<${Dialog} title=${t('who.holder.title')} onClose=${onClose}>
    ${
      who
        ? html`<div class="form" role="status">
            <p class="people-holder"><strong>${who.code}</strong></p>
            <p>${t('who.holder.kept')}</p>
            <p>
              <a href=${`/quan-tri/cuoc-dau-gia/${who.auctionId}/ket-qua`}><${Icon} name="lock" /> ${t('who.holder.where')}</a>
            </p>
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
