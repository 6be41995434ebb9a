// /dang-ky-tai-khoan: a newcomer opens an account, and is signed in with it.

import { account, api, signIn } from '../account.js';
import { t } from '../i18n.js';
import { html, navigate, useEffect, useTitle } from '../view.js';
import { Send, Text, Tick, Trouble, useForm } from './form.js';

export function Page() {
  useTitle(t('who.join.title'));
  const form = useForm({ name: '', email: '', login: '', password: '', consent: false });
  useEffect(() => {
    if (account.value) navigate('/cua-toi/ho-so', { replace: true });
  }, []);
  const send = form.submit(async () => {
    await api('POST', '/join', form.values, { anonymous: true });
    await signIn(form.values.login, form.values.password);
    navigate('/cua-toi/ho-so');
  });
  return html`<main class="page page-narrow" id="main">
    <form class="card card-brass form" noValidate onSubmit=${send} ref=${form.box}>
      <div>
        <h1 tabindex="-1">${t('who.join.title')}</h1>
        <p class="quiet">${t('who.join.what')}</p>
      </div>
      <${Trouble} code=${form.problem} />
      <${Text} form=${form} name="name" autocomplete="name" required=${true} />
      <${Text} form=${form} name="email" type="email" autocomplete="email" maxlength=${254} required=${true} />
      <${Text} form=${form} name="login" autocomplete="username" maxlength=${64} required=${true} />
      <${Text} form=${form} name="password" type="password" autocomplete="new-password" maxlength=${128} required=${true} />
      <${Tick} form=${form} name="consent">${t('who.consent')}<//>
      <${Send} form=${form}>${t('who.join.go')}<//>
      <p class="small quiet">${t('who.join.have')} <a href="/dang-nhap">${t('signin.go')}</a></p>
    </form>
  </main>`;
}
