// Signing in. When another page asked for it, the reader goes back there.

import { account, ApiError, signIn } from '../account.js';
import { addWords, t, tCode } from '../i18n.js';
import { html, navigate, useEffect, useRef, useState, useTitle } from '../view.js';
import { Field, Notice } from '../ui/parts.js';
import { words } from './words.js';

addWords(words);

/** Where somebody goes after signing in, unless they came from somewhere. @param {string} role */
const homeOf = (role) => (role === 'bidder' ? '/cua-toi' : '/dieu-hanh');

/**
 * The address to go back to: only one of this site.
 * @param {URLSearchParams} query @param {string | undefined} next
 */
function target(query, next) {
  const wanted = next ?? query.get('tiep') ?? '';
  return /^\/(?!\/|dang-nhap)/.test(wanted) ? wanted : null;
}

/** @param {{query: URLSearchParams, next?: string}} props */
export function Page({ query, next }) {
  useTitle(t('signin.title'));
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [own, setOwn] = useState(/** @type {string | null} */ (null)); // instead of one that was given; null: not asked for
  const [ownProblem, setOwnProblem] = useState(/** @type {string | null} */ (null));
  const [busy, setBusy] = useState(false);
  const [waits, setWaits] = useState(false); // for a turn
  const leaves = useRef(/** @type {AbortController | null} */ (null)); // the line
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const [step, setStep] = useState(/** @type {import('../account.js').SecondStep | null} */ (null));
  const [Second, setSecond] = useState(/** @type {any} */ (null));
  const who = account.value;
  const back = target(query, next);

  useEffect(() => () => leaves.current?.abort(), []);
  useEffect(() => {
    if (who && !next) navigate(back ?? homeOf(who.role), { replace: true });
  }, [who?.id]);

  /** @param {SubmitEvent} e */
  const submit = async (e) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    setOwnProblem(null);
    leaves.current = new AbortController();
    try {
      const more = await signIn(login.trim(), password, {
        own: own ?? undefined,
        waits: () => setWaits(true),
        signal: leaves.current.signal,
      });
      if (!more) return;
      const second = await import('../people/second-step.js'); // most people never need it
      setSecond(() => second.SecondStep);
      setStep(more);
      setBusy(false);
    } catch (error) {
      const { code, fields } = error instanceof ApiError ? error : { code: 'internal', fields: [] };
      const field = fields.find((f) => f.field === 'newPassword');
      if (code === 'password_given') setOwn('');
      else if (field) setOwnProblem(t('signin.own.' + field.code));
      else if (!leaves.current.signal.aborted) setProblem(code);
      setBusy(false);
    }
    setWaits(false);
  };

  if (step && Second)
    return html`<${Second}
      step=${step}
      onBack=${(/** @type {string | undefined} */ why) => {
        setStep(null);
        setPassword('');
        setProblem(why ?? null);
      }}
    />`;
  return html`<main class="page page-narrow signin" id="main">
    <form class="card card-brass form signin-card" onSubmit=${submit}>
      <div>
        <h1 tabindex="-1">${t('signin.title')}</h1>
        <p class="quiet">${t(next ? 'signin.needed' : 'signin.what')}</p>
      </div>
      ${
        who &&
        next &&
        html`<${Notice} tone="warn" icon="lock" title=${t('signin.other', { name: who.name })} />`
      }
      ${
        problem &&
        html`<div role="alert">
          <${Notice} tone="bad" icon="triangle-alert" title=${tCode('signin.error.', problem)} />
        </div>`
      }
      <div role="status">
        ${
          waits &&
          html`<${Notice} tone="info" icon="hourglass" title=${t('signin.line')}>
            <p>${t('signin.line.what')}</p>
            <button type="button" class="button button-quiet" onClick=${() => leaves.current?.abort()}>
              ${t('signin.line.leave')}
            </button>
          <//>`
        }
      </div>
      <${Field} id="login" label=${t('signin.login')}>
        ${(/** @type {object} */ attributes) => html`<input
          ...${attributes}
          class="input"
          required
          autocomplete="username"
          autocapitalize="none"
          spellcheck=${false}
          maxlength="100"
          value=${login}
          onInput=${(/** @type {any} */ e) => setLogin(e.currentTarget.value)}
        />`}
      <//>
      <${Field} id="password" label=${t('signin.password')}>
        ${(/** @type {object} */ attributes) => html`<input
          ...${attributes}
          class="input"
          type="password"
          required
          autocomplete="current-password"
          maxlength="200"
          value=${password}
          onInput=${(/** @type {any} */ e) => setPassword(e.currentTarget.value)}
        />`}
      <//>
      ${own !== null && html`<${OwnPassword} value=${own} onValue=${setOwn} problem=${ownProblem} />`}
      <button class="button button-main" disabled=${busy}>${t(waits ? 'signin.waits' : busy ? 'signin.busy' : 'signin.go')}</button>
      <p class="small signin-more">
        <a href="/dat-lai-mat-khau">${t('signin.forgot')}</a>
        <a href="/dang-ky-tai-khoan">${t('signin.join')}</a>
      </p>
      <p class="small quiet">
        ${t('signin.watch')}${' '}
        <a href="/">${t('nav.home')}</a>
      </p>
    </form>
  </main>`;
}

/** For who got the password from the centre. @param {{value: string, onValue: (typed: string) => void, problem: string | null}} props */
function OwnPassword({ value, onValue, problem }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => input.current?.focus(), [problem]);
  return html`<div role="status">
      <${Notice} tone="info" icon="lock" title=${t('signin.own')}><p>${t('signin.own.what')}</p><//>
    </div>
    <${Field} id="own" label=${t('signin.own.label')} error=${problem}>
      ${(/** @type {object} */ attributes) => html`<input
        ...${attributes}
        ref=${input}
        class="input"
        type="password"
        required
        autocomplete="new-password"
        maxlength="200"
        value=${value}
        onInput=${(/** @type {any} */ e) => onValue(e.currentTarget.value)}
      />`}
    <//>`;
}
