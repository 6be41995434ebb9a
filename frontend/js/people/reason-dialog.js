// A dialog that asks why, of what an admin does to somebody else's account.

import { t } from '../i18n.js';
import { Dialog, html } from '../view.js';
import { Lines, Send, Trouble, useForm } from './form.js';

/**
 * The words are those of `name`: its .title, .what and .go. `act` gets the reason.
 * @param {{
 *   name: string,
 *   row: import('../admin/types').AccountRow,
 *   onClose: () => void,
 *   act: (reason: string) => Promise<void>,
 *   known?: Record<string, string>,
 * }} props `known` has other codes for those of the server
 */
export function ReasonDialog({ name, row, onClose, act, known = {} }) {
  const form = useForm({ reason: '' });
  const send = form.submit(() => act(form.values.reason));
  return html`<${Dialog} title=${t(name + '.title', { name: row.name })} onClose=${onClose}>
    <form class="form" noValidate onSubmit=${send} ref=${form.box}>
      <p>${t(name + '.what')}</p>
      <${Trouble} code=${known[form.problem] ?? form.problem} />
      <${Lines} form=${form} name="reason" />
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <${Send} form=${form}>${t(name + '.go')}<//>
      </div>
    </form>
  <//>`;
}
