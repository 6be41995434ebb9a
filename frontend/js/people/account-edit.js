// Changing an account of the staff, and taking off a second factor that was
// lost. For its admin.

import { api } from '../account.js';
import { t } from '../i18n.js';
import { Dialog, html, useState } from '../view.js';
import { Choice, Send, Text, Trouble, useForm } from './form.js';
import { ReasonDialog } from './reason-dialog.js';

const OBSERVERS = ['enforcement', 'prosecutor', 'owner', 'inspector'];

/**
 * `onDone` gets a sentence about what was done.
 * @param {{row: import('../admin/types').AccountRow, onClose: () => void, onDone: (said: string) => void}} props
 */
export function EditAccount({ row, onClose, onDone }) {
  const form = useForm({
    name: row.name,
    email: row.email ?? '',
    staffRef: row.staffRef ?? '',
    observer: row.observer ?? 'enforcement',
  });
  const [dropping, setDropping] = useState(false);
  const save = form.submit(async () => {
    const { observer, ...rest } = form.values;
    await api('PUT', '/accounts/' + row.id, row.role === 'observer' ? { ...rest, observer } : rest);
    onDone(t('who.edit.done', { name: form.values.name }));
  });
  const drop = async (/** @type {string} */ reason) => {
    await api('POST', `/accounts/${row.id}/drop-second-factor`, { reason });
    onDone(t('who.drop.done', { name: row.name }));
  };
  if (dropping)
    return html`<${ReasonDialog}
      name="who.drop"
      row=${row}
      onClose=${onClose}
      act=${drop}
      known=${{ not_found: 'no_second_factor' }}
    />`;
  return html`<${Dialog} title=${t('who.edit.title', { name: row.name })} onClose=${onClose}>
    <form class="form" noValidate onSubmit=${save} ref=${form.box}>
      <${Trouble} code=${form.problem} />
      <${Text} form=${form} name="name" />
      ${row.role === 'observer' && html`<${Choice} form=${form} name="observer" options=${OBSERVERS} prefix="observer." />`}
      <${Text} form=${form} name="staffRef" maxlength=${64} />
      <${Text} form=${form} name="email" type="email" maxlength=${254} />
      <button type="button" class="link" onClick=${() => setDropping(true)}>${t('who.drop')}</button>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <${Send} form=${form}>${t('who.centre.save')}<//>
      </div>
    </form>
  <//>`;
}
