// What the office's pages have in common: how an answer of the server is told,
// and keys that make a repeated request harmless.

import { ApiError } from '../account.js';
import { t, tCode } from '../i18n.js';
import { html, Icon } from '../view.js';
import { Notice } from '../ui/parts.js';

export { OfficeNav } from './nav.js';

/** The code of what went wrong. @param {unknown} error */
export const codeOf = (error) => (error instanceof ApiError ? error.code : 'internal');

/**
 * What the server could not or would not do, said once when it appears.
 * @param {{code: string, onRetry?: () => void}} props
 */
export function Problem({ code, onRetry }) {
  return html`<div role="alert">
    <${Notice} tone="bad" icon="triangle-alert" title=${tCode('problem.', code)}>
      ${
        onRetry &&
        html`<button type="button" class="link" onClick=${onRetry}>
          <${Icon} name="refresh-cw" />
          ${t('problem.again')}
        </button>`
      }
    <//>
  </div>`;
}

/**
 * Names requests so that the server does a repeated one only once: the same
 * body has the same name until the body changes, whoever presses how often.
 */
export class RequestNames {
  #body = '';
  #name = '';

  /** @param {unknown} body @returns {{headers: Record<string, string>}} options for api() */
  of(body) {
    const text = JSON.stringify(body);
    if (text !== this.#body || this.#name === '') {
      this.#body = text;
      this.#name = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) =>
        b.toString(16).padStart(2, '0'),
      ).join('');
    }
    return { headers: { 'Idempotency-Key': this.#name } };
  }

  /** What comes next is another request, even with the same body. */
  done() {
    this.#name = '';
  }
}
