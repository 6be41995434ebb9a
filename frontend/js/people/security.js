// /cua-toi/bao-mat: password, second factor, and where one is signed in.

import { api } from '../account.js';
import { t } from '../i18n.js';
import { say } from '../say.js';
import { dayMonth, hourMinute } from '../text.js';
import { html, Icon, useEffect, useState, useTitle } from '../view.js';
import { Notice } from '../ui/parts.js';
import { codeOf, Send, Text, Trouble, useForm } from './form.js';
import { CodeField, RecoveryCodes, SetUp } from './second-factor.js';

/** @typedef {{set: boolean, required: boolean, recoveryLeft: number}} State */
/** @typedef {{id: string, createdAt: number, seenAt: number, address?: string, agent?: string, current?: boolean}} SignIn */

export function Page() {
  useTitle(t('who.security.title'));
  const [asked, setAsked] = useState(0);
  const again = () => setAsked((n) => n + 1);
  return html`<main class="page page-narrow people" id="main">
    <h1 tabindex="-1">${t('who.security.title')}</h1>
    <${SecondFactor} asked=${asked} />
    <${Password} onChanged=${again} />
    <${Devices} asked=${asked} onChanged=${again} />
  </main>`;
}

/**
 * What an address answers, asked again when `asked` changes.
 * @param {string} path @param {number} asked
 * @returns {[any, string]} answer and the code of what went wrong
 */
export function useAnswer(path, asked) {
  const [answer, setAnswer] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let gone = false;
    api('GET', path).then(
      (a) => !gone && (setAnswer(a), setProblem('')),
      (e) => !gone && setProblem(codeOf(e)),
    );
    return () => {
      gone = true;
    };
  }, [path, asked]);
  return [answer, problem];
}

/** @param {{asked: number}} props */
function SecondFactor({ asked }) {
  const [more, setMore] = useState(0);
  const [state, problem] = useAnswer('/me/second-factor', asked + more);
  const [doing, setDoing] = useState('');
  const done = () => {
    setDoing('');
    setMore((n) => n + 1);
  };
  return html`<section class="card form" aria-labelledby="second-factor">
    <h2 id="second-factor">${t('who.factor.title')}</h2>
    <p class="quiet">${t('who.factor.what')}</p>
    <${Trouble} code=${problem} />
    ${state && html`<${Standing} state=${state} />`}
    ${doing === 'set' && html`<${Begin} state=${state} onDone=${done} />`}
    ${doing === 'remove' && html`<${Remove} onDone=${done} />`}
    ${
      state &&
      !doing &&
      html`<div class="buttons">
        <button class=${state.set ? 'button' : 'button button-main'} onClick=${() => setDoing('set')}>
          ${t(state.set ? 'who.factor.other' : 'who.factor.set')}
        </button>
        ${state.set && !state.required && html`<button class="button" onClick=${() => setDoing('remove')}>${t('who.factor.remove')}</button>`}
      </div>`
    }
  </section>`;
}

/** @param {{state: State}} props */
function Standing({ state }) {
  if (!state.set)
    return html`<${Notice} tone="warn" icon="lock" title=${t(state.required ? 'who.factor.must' : 'who.factor.off')} />`;
  return html`<${Notice} tone=${state.recoveryLeft < 3 ? 'warn' : 'good'} icon="circle-check" title=${t('who.factor.on')}>
    <p>${t('who.factor.left', { n: state.recoveryLeft })}</p>
  <//>`;
}

/** @param {{state: State, onDone: () => void}} props */
function Begin({ state, onDone }) {
  const proof = useForm({ password: '', code: '' });
  const first = useForm({ code: '' });
  const [setUp, setSetUp] = useState(/** @type {{uri: string, typed: string} | null} */ (null));
  const [codes, setCodes] = useState(/** @type {string[]} */ ([]));
  const begin = proof.submit(async () => {
    const { password, code } = proof.values;
    setSetUp(await api('POST', '/me/second-factor', { password, code }));
  });
  const confirm = first.submit(async () => {
    setCodes((await api('POST', '/me/second-factor/confirm', { code: first.values.code })).recoveryCodes);
    say(t('who.factor.on'));
  });
  if (codes.length > 0) return html`<${RecoveryCodes} codes=${codes} onDone=${onDone} />`;
  if (setUp)
    return html`<${SetUp} setUp=${setUp} form=${first} onSubmit=${confirm} go=${t('who.factor.confirm')} />`;
  return html`<form class="form" noValidate onSubmit=${begin} ref=${proof.box}>
    <${Trouble} code=${proof.problem} />
    <${OwnPassword} form=${proof} id="p-factor-password" />
    ${state.set && html`<${CodeField} form=${proof} paper=${true} />`}
    <${Send} form=${proof}>${t('who.factor.next')}<//>
  </form>`;
}

/** The password once more. Its mistakes come back as "old". @param {{form: import('./form.js').Form, id: string}} props */
function OwnPassword({ form, id }) {
  const wrong = form.faults.find((f) => f.field === 'old');
  const named = wrong ? { ...form, faults: [...form.faults, { ...wrong, field: 'password' }] } : form;
  return html`<${Text}
    form=${named}
    name="password"
    id=${id}
    hint=""
    type="password"
    autocomplete="current-password"
    maxlength=${128}
  />`;
}

/** @param {{onDone: () => void}} props */
function Remove({ onDone }) {
  const form = useForm({ password: '', code: '' });
  const send = form.submit(async () => {
    await api('POST', '/me/second-factor/remove', form.values);
    say(t('who.factor.off'));
    onDone();
  });
  return html`<form class="form" noValidate onSubmit=${send} ref=${form.box}>
    <${Trouble} code=${form.problem} />
    <${OwnPassword} form=${form} id="p-remove-password" />
    <${CodeField} form=${form} paper=${true} />
    <div class="buttons">
      <button class="button button-bad" disabled=${form.busy}>${t('who.factor.remove')}</button>
      <button type="button" class="button" onClick=${onDone}>${t('dialog.back')}</button>
    </div>
  </form>`;
}

/** @param {{onChanged: () => void}} props */
function Password({ onChanged }) {
  const form = useForm({ old: '', password: '' });
  const [done, setDone] = useState(false);
  const send = form.submit(async () => {
    setDone(false);
    await api('POST', '/me/password', form.values);
    form.setValues({ old: '', password: '' });
    setDone(true);
    onChanged();
  });
  return html`<section class="card" aria-labelledby="change-password">
    <form class="form" noValidate onSubmit=${send} ref=${form.box}>
      <h2 id="change-password">${t('who.change.title')}</h2>
      <${Trouble} code=${form.problem} />
      <div role="status">
        ${done && html`<${Notice} tone="good" icon="circle-check" title=${t('who.change.done')} />`}
      </div>
      <${Text} form=${form} name="old" type="password" autocomplete="current-password" maxlength=${128} />
      <${Text}
        form=${form}
        name="password"
        label=${t('who.password.new')}
        type="password"
        autocomplete="new-password"
        maxlength=${128}
      />
      <div class="buttons"><${Send} form=${form}>${t('who.change.go')}<//></div>
    </form>
  </section>`;
}

/** @param {{asked: number, onChanged: () => void}} props */
function Devices({ asked, onChanged }) {
  const [answer, problem] = useAnswer('/me/sign-ins', asked);
  const [failed, setFailed] = useState('');
  const list = /** @type {SignIn[]} */ (answer?.signIns ?? []);
  /** @param {string} path */
  const end = async (path) => {
    setFailed('');
    try {
      await api('POST', path);
      say(t('who.devices.ended'));
    } catch (e) {
      setFailed(codeOf(e));
    }
    onChanged();
  };
  return html`<section class="card form" aria-labelledby="devices">
    <h2 id="devices">${t('who.devices.title')}</h2>
    <p class="quiet">${t('who.devices.what')}</p>
    <${Trouble} code=${problem || failed} />
    <ul class="people-list">
      ${list.map((s) => html`<${Device} key=${s.id} place=${s} onEnd=${() => void end(`/me/sign-ins/${s.id}/end`)} />`)}
    </ul>
    ${
      list.length > 1 &&
      html`<div class="buttons">
        <button class="button" onClick=${() => void end('/me/sign-ins/end-others')}>${t('who.devices.others')}</button>
      </div>`
    }
  </section>`;
}

/** @param {{place: SignIn, onEnd: () => void}} props */
function Device({ place, onEnd }) {
  const name = place.agent || t('who.devices.unknown');
  return html`<li class="people-row">
    <div>
      <p class="people-row-name">${name}</p>
      <p class="label dots">
        ${place.address && html`<span>${place.address}</span>`}
        <span>${t('who.devices.seen', { at: `${hourMinute(place.seenAt)} ${dayMonth(place.seenAt)}` })}</span>
      </p>
    </div>
    ${
      place.current
        ? html`<span class="people-state people-state-good"><${Icon} name="circle-check" />${t('who.devices.this')}</span>`
        : html`<button class="button" aria-label=${t('who.devices.end.of', { name })} onClick=${onEnd}>
            ${t('who.devices.end')}
          </button>`
    }
  </li>`;
}
