// The second step of signing in: a code, or first the set-up that the centre
// wants of its staff.

import { admit, api, secondStep } from '../account.js';
import { t } from '../i18n.js';
import { html, useEffect, useState } from '../view.js';
import { codeOf, Send, Trouble, useForm } from './form.js';
import { CodeField, RecoveryCodes, SetUp } from './second-factor.js';

/**
 * `onBack` begins the sign-in again, with the code of what went wrong if
 * anything did.
 * @param {{step: import('../account.js').SecondStep, onBack: (why?: string) => void}} props
 */
export function SecondStep({ step, onBack }) {
  const form = useForm({ code: '' });
  const [setUp, setSetUp] = useState(/** @type {{uri: string, typed: string} | null} */ (null));
  const [answer, setAnswer] = useState(/** @type {Awaited<ReturnType<typeof secondStep>> | null} */ (null));
  const fresh = step.secondFactor === 'second_factor_set_up';
  useEffect(() => {
    if (!fresh) return;
    api('POST', '/auth/set-up', { challenge: step.challenge }, { anonymous: true }).then(setSetUp, (e) =>
      onBack(codeOf(e)),
    );
  }, [step.challenge]);
  const send = form.submit(async () => {
    try {
      const done = await secondStep(step.challenge, form.values.code);
      if (done.recoveryCodes) setAnswer(done);
      else admit(done);
    } catch (e) {
      if (codeOf(e) === 'signed_out') onBack('second_late');
      else throw e;
    }
  });
  return html`<main class="page page-narrow signin" id="main">
    <div class="card card-brass form signin-card">
      <div>
        <h1 tabindex="-1">${t('who.factor.title')}</h1>
        <p class="quiet">${t(fresh ? 'who.factor.must' : 'who.factor.what')}</p>
      </div>
      ${
        answer
          ? html`<${RecoveryCodes} codes=${answer.recoveryCodes} onDone=${() => admit(answer)} />`
          : fresh
            ? setUp &&
              html`<${SetUp} setUp=${setUp} form=${form} onSubmit=${send} go=${t('who.factor.confirm')} />`
            : html`<form class="form" noValidate onSubmit=${send} ref=${form.box}>
                <${Trouble} code=${form.problem} />
                <${CodeField} form=${form} paper=${true} />
                <${Send} form=${form}>${t('signin.go')}<//>
              </form>`
      }
      ${!answer && html`<button type="button" class="link" onClick=${() => onBack()}>${t('dialog.back')}</button>`}
    </div>
  </main>`;
}
