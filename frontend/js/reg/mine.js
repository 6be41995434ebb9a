// /ho-so: the registrations of a bidder, each with its one next step.

import { api } from '../account.js';
import { addWords, t } from '../i18n.js';
import { html, Icon, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { codeOf, NextStep, Trouble } from './parts.js';
import { words } from './words.js';

addWords(words);
await loadStyle('reg.css');

/** @typedef {import('./types').OwnRegistration} OwnRegistration */

/** Open ones first, then by what is due soonest. @param {OwnRegistration} a @param {OwnRegistration} b */
const order = (a, b) =>
  Number(closed(a)) - Number(closed(b)) || (a.step.deadline ?? Infinity) - (b.step.deadline ?? Infinity);
/** @param {OwnRegistration} r */
const closed = (r) => r.step.code.startsWith('closed_');

export function Page() {
  useTitle(t('own.title'));
  const [list, setList] = useState(/** @type {OwnRegistration[] | null} */ (null));
  const [problem, setProblem] = useState('');
  const load = async () => {
    try {
      setList((await api('GET', '/registrations/mine')).registrations.sort(order));
      setProblem('');
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => void load(), []);
  return html`<main class="page page-narrow reg" id="main">
    <header>
      <h1 tabindex="-1">${t('own.title')}</h1>
      <p class="quiet">${t('own.what')}</p>
    </header>
    <${Trouble} code=${problem} onRetry=${() => void load()} />
    ${!list && !problem && html`<p class="quiet">${t('reg.loading')}</p>`}
    ${
      list?.length === 0 &&
      html`<p>${t('own.none')}</p>
        <p><a class="button button-main" href="/cuoc-dau-gia">${t('own.find')}<${Icon} name="arrow-right" /></a></p>`
    }
    <ul class="reg-list">
      ${list?.map((r) => html`<${Row} key=${r.id} reg=${r} />`)}
    </ul>
    <p><a href="/cua-toi">${t('own.rooms')}</a></p>
  </main>`;
}

/** @param {{reg: OwnRegistration}} props */
function Row({ reg }) {
  const go = reg.step.code === 'go' && reg.session;
  const href =
    reg.step.code === 'identity'
      ? '/cua-toi/ho-so'
      : go
        ? '/phong/' + reg.session
        : `/cuoc-dau-gia/${reg.auctionId}/dang-ky?lo=${reg.lotId}`;
  return html`<li class="card reg-row">
    <div>
      <p class="label">${reg.auctionTitle}</p>
      <h2 class="reg-row-title">${t('reg.lot', { n: reg.lotNumber })}: ${reg.lotTitle}</h2>
    </div>
    <${NextStep} reg=${reg} heading="h3">
      <a class=${'button' + (closed(reg) ? '' : ' button-main')} href=${href}>
        ${t(`step.${reg.step.code}.go`)}<${Icon} name="arrow-right" />
      </a>
    <//>
  </li>`;
}
