// Where people give what they hold beside the file, and what was understood.

import { t } from '../../i18n.js';
import { html, useRef } from '../../view.js';
import { Field } from '../../ui/parts.js';
import { countOf } from './held.js';

const KINDS = /** @type {const} */ (['heads', 'receipts', 'keys', 'witnesses', 'checkpoints']);

/**
 * @param {{held: import('./held.js').Holding, lone: string[], onText: (text: string) => void, onClear: () => void}} props lone: sessions of receipts that no file is of
 */
export function Beside({ held, lone, onText, onClear }) {
  const ref = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const clear = () => {
    if (ref.current) ref.current.value = '';
    onClear();
  };
  return html`<details class="verify-heads">
      <summary>${t('verify.heads.title')}</summary>
      <form
        class="form"
        onSubmit=${(/** @type {Event} */ e) => {
          e.preventDefault();
          onText(ref.current?.value ?? '');
        }}
      >
        <${Field}
          id="verify-known"
          label=${t('verify.heads')}
          hint=${t('verify.heads.hint')}
          error=${held.unread.length > 0 && t('verify.heads.unread', { line: held.unread[0] ?? '' })}
        >
          ${(/** @type {object} */ a) => html`<textarea ...${a} ref=${ref} class="input verify-known" rows="4" spellcheck="false"></textarea>`}
        <//>
        <div class="buttons"><button class="button">${t('verify.heads.compare')}</button></div>
      </form>
    </details>
    ${
      countOf(held) > 0 &&
      html`<div class="verify-held" role="status">
        <p>
          <strong>${t('verify.held')}</strong>
          ${' '}${KINDS.filter((k) => held[k].length > 0)
            .map((k) => t('verify.held.' + k, { n: held[k].length }))
            .join(', ')}.
        </p>
        ${lone.map((session) => html`<p class="small" key=${session}>${t('verify.held.lone', { session })}</p>`)}
        <button type="button" class="button" onClick=${clear}>${t('verify.held.clear')}</button>
      </div>`
    }`;
}
