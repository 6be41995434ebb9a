// What the pages of the archive share: moments with their year, downloads that
// need a token, and a dialog that asks for a reason.

import { api } from '../account.js';
import { t } from '../i18n.js';
import { hourMinute } from '../text.js';
import { Dialog, html, useState } from '../view.js';
import { codeOf, Problem } from '../admin/frame.js';
import { LinesField } from '../admin/fields.js';

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Ho_Chi_Minh',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
});

/** 26/11/2026 @param {number} ms */
export const dayText = (ms) => dayFormat.format(ms);
/** 09:15 26/11/2026 @param {number} ms */
export const when = (ms) => `${hourMinute(ms)} ${dayText(ms)}`;

/**
 * Asks the server for a file and hands it to the browser to keep.
 * @param {string} path
 * @param {unknown} body
 * @param {string} name
 */
export async function download(path, body, name) {
  const url = URL.createObjectURL(await api('POST', path, body, { blob: true }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * Asks for a reason and then does something with it. `problems` is the prefix
 * of what the server may answer.
 * @param {{title: string, what?: string, label?: string, optional?: boolean, action: string, bad?: boolean, onDo: (reason: string) => Promise<void>, onClose: () => void}} props
 */
export function ReasonDialog({
  title,
  what,
  label = t('keep.reason'),
  optional = false,
  action,
  bad = false,
  onDo,
  onClose,
}) {
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  /** @param {Event} e */
  const submit = async (e) => {
    e.preventDefault();
    setBusy(true);
    setProblem('');
    try {
      await onDo(reason.trim());
      onClose();
    } catch (error) {
      setProblem(codeOf(error));
    }
    setBusy(false);
  };
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <form class="office-part" onSubmit=${submit}>
      ${what && html`<p>${what}</p>`}
      <${LinesField} id="keep-reason" label=${label} value=${reason} onValue=${setReason} maxlength=${500} />
      ${problem && html`<${KeepProblem} code=${problem} />`}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button class=${'button ' + (bad ? 'button-bad' : 'button-main')} disabled=${busy || (!optional && reason.trim() === '')}>
          ${action}
        </button>
      </div>
    </form>
  <//>`;
}

const OWN = ['wrong_state', 'too_early', 'forbidden', 'not_found'];

/** What the server would not do, in the words of the archive. @param {{code: string, onRetry?: () => void}} props */
export function KeepProblem({ code, onRetry }) {
  if (!OWN.includes(code)) return html`<${Problem} code=${code} onRetry=${onRetry} />`;
  return html`<p class="field-error" role="alert">${t('keep.problem.' + code)}</p>`;
}
