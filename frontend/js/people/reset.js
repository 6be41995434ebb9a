// /dat-lai-mat-khau: asks for a letter; with the token of one behind #, sets
// the new password.

import { api } from '../account.js';
import { t } from '../i18n.js';
import { html, useState, useTitle } from '../view.js';
import { Notice } from '../ui/parts.js';
import { Send, Text, Trouble, useForm } from './form.js';

export function Page() {
  useTitle(t('who.reset.title'));
  const [token] = useState(location.hash.slice(1));
  return html`<main class="page page-narrow" id="main">
    <div class="card card-brass form">
      <h1 tabindex="-1">${t('who.reset.title')}</h1>
      ${token ? html`<${Set} token=${token} />` : html`<${Ask} />`}
      <p class="small"><a href="/dang-nhap">${t('who.reset.signin')}</a></p>
    </div>
  </main>`;
}

function Ask() {
  const form = useForm({ login: '' });
  const [sent, setSent] = useState(false);
  const send = form.submit(async () => {
    await api('POST', '/auth/forgot', form.values, { anonymous: true });
    setSent(true);
  });
  if (sent)
    return html`<div role="status">
      <${Notice} tone="good" icon="circle-check" title=${t('who.reset.sent')}>
        <p>${t('who.reset.sent.what')}</p>
      <//>
    </div>`;
  return html`<form class="form" noValidate onSubmit=${send} ref=${form.box}>
    <p class="quiet">${t('who.reset.what')}</p>
    <${Trouble} code=${form.problem} />
    <${Text} form=${form} name="login" label=${t('who.reset.login')} hint="" autocomplete="username" maxlength=${254} />
    <${Send} form=${form}>${t('who.reset.go')}<//>
  </form>`;
}

/** @param {{token: string}} props */
function Set({ token }) {
  const form = useForm({ password: '' });
  const [done, setDone] = useState(false);
  const send = form.submit(async () => {
    await api('POST', '/auth/reset', { token, password: form.values.password }, { anonymous: true });
    history.replaceState(null, '', location.pathname); // the link serves once
    setDone(true);
  });
  if (done)
    return html`<div role="status">
      <${Notice} tone="good" icon="circle-check" title=${t('who.reset.done')} />
    </div>`;
  return html`<form class="form" noValidate onSubmit=${send} ref=${form.box}>
    ${
      form.problem === 'not_found'
        ? html`<div role="alert">
            <${Notice} tone="bad" icon="triangle-alert" title=${t('who.reset.dead')}>
              <a href="/dat-lai-mat-khau" target="_self">${t('who.reset.again')}</a>
            <//>
          </div>`
        : html`<${Trouble} code=${form.problem} />`
    }
    <${Text}
      form=${form}
      name="password"
      label=${t('who.password.new')}
      type="password"
      autocomplete="new-password"
      maxlength=${128}
    />
    <${Send} form=${form}>${t('who.reset.set')}<//>
  </form>`;
}
