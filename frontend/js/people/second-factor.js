// Setting up a second factor: the code to scan, the first number of the app,
// and the codes for the drawer.

import { t } from '../i18n.js';
import { html, Icon } from '../view.js';
import { Notice } from '../ui/parts.js';
import { Qr } from '../ui/qr.js';
import { Send, Text, Trouble } from './form.js';

/** The field for a number of the app. @param {{form: import('./form.js').Form, paper?: boolean}} props */
export function CodeField({ form, paper = false }) {
  return html`<${Text}
    form=${form}
    name="code"
    autocomplete="one-time-code"
    inputmode=${paper ? 'text' : 'numeric'}
    maxlength=${20}
    required=${true}
    hint=${t(paper ? 'who.code.hint.paper' : 'who.code.hint.app')}
  />`;
}

/**
 * Scan, then type the first number.
 * @param {{setUp: {uri: string, typed: string}, form: import('./form.js').Form, onSubmit: (e: Event) => void, go: string}} props
 */
export function SetUp({ setUp, form, onSubmit, go }) {
  return html`<form class="form" noValidate onSubmit=${onSubmit} ref=${form.box}>
    <ol class="people-steps">
      <li>${t('who.setup.app')}</li>
      <li>
        ${t('who.setup.scan')}
        <${Qr} text=${setUp.uri} label=${t('who.setup.qr')} />
        <details>
          <summary>${t('who.setup.type')}</summary>
          <code class="people-typed">${setUp.typed}</code>
        </details>
      </li>
      <li>${t('who.setup.code')}</li>
    </ol>
    <${Trouble} code=${form.problem} />
    <${CodeField} form=${form} />
    <${Send} form=${form}>${go}<//>
  </form>`;
}

/** The codes on paper, shown once. @param {{codes: string[], onDone: () => void}} props */
export function RecoveryCodes({ codes, onDone }) {
  return html`<div class="form">
    <${Notice} tone="warn" icon="lock" title=${t('who.recovery.once')}>
      <p>${t('who.recovery.what')}</p>
    <//>
    <ol class="people-codes">
      ${codes.map((code) => html`<li key=${code}><code>${code}</code></li>`)}
    </ol>
    <button type="button" class="button" onClick=${() => print()}>
      <${Icon} name="file-text" />${t('who.recovery.print')}
    </button>
    <button type="button" class="button button-main" onClick=${onDone}>${t('who.recovery.done')}</button>
  </div>`;
}
