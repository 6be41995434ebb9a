// /cua-toi/ket-qua: the lots a bidder took part in that are over, and what is
// asked of them. What refusing costs stands beside the button.

import { account, api, ApiError } from '../account.js';
import { addWords, language, t, tCode } from '../i18n.js';
import { longDate, timeOfDay } from '../text.js';
import { html, Icon, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { leftText, Notice, useRemaining } from '../ui/parts.js';
import { ActDialog, amountText, proofField } from './act.js';
import { MinutesFile, versionText } from './minutes.js';
import { OutcomeLine } from './outcome.js';
import { words } from './words.js';

addWords(words);
await loadStyle('after.css');

/** @typedef {import('./types').Mine} Mine */

const EVERY_MS = 15_000;

export function Page() {
  useTitle(t('myresult.title'));
  const [list, setList] = useState(/** @type {Mine[] | null} */ (null));
  const [problem, setProblem] = useState('');
  const look = async () => {
    try {
      setList((await api('GET', '/my/proceedings')).proceedings);
      setProblem('');
    } catch (e) {
      setProblem(e instanceof ApiError ? e.code : 'internal');
    }
  };
  useEffect(() => {
    void look();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && !document.querySelector('dialog[open]')) void look();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [account.value?.id]);
  return html`<main class="page page-narrow" id="main">
    <div>
      <h1 tabindex="-1">${t('myresult.title')}</h1>
      <p class="quiet">${t('myresult.what')}</p>
    </div>
    ${problem && html`<div role="alert"><${Notice} tone="warn" icon="triangle-alert" title=${tCode('after.problem.', problem)} /></div>`}
    ${!list && !problem && html`<p class="quiet">${t('loading')}</p>`}
    ${list?.length === 0 && html`<p>${t('myresult.none')}</p>`}
    ${list?.map((p) => html`<${Result} key=${p.lotId} p=${p} onChange=${() => void look()} />`)}
  </main>`;
}

/** @param {{p: Mine, onChange: () => void}} props */
function Result({ p, onChange }) {
  const [act, setAct] = useState(/** @type {import('./act.js').Act | null} */ (null));
  const id = 'mine-' + p.lotId;
  const parts = /** @type {Record<string, any>} */ ({
    winner: Won,
    adjacent: Offered,
    fallen: Fell,
    other: Other,
  });
  return html`<article class="card after-lot" aria-labelledby=${id}>
    <header>
      <p class="label dots">
        <span>${t('after.lot', { n: p.number })}</span>
        <span>${t('myresult.code', { code: p.myCode })}</span>
      </p>
      <h2 id=${id}>${p.title}</h2>
    </header>
    <${parts[p.part]} p=${p} price=${(/** @type {number} */ n) => amountText(n, p.currency)} onAct=${setAct} />
    ${p.session && html`<p class="small"><a href=${'/phong/' + p.session}>${t('myresult.room')}</a></p>`}
    ${
      act &&
      html`<${ActDialog}
        act=${act}
        onDone=${() => {
          setAct(null);
          onChange();
        }}
        onClose=${() => {
          setAct(null);
          onChange();
        }}
      />`
    }
  </article>`;
}

/** The deadline of what is asked, with the time left. @param {{at?: number}} props */
function Until({ at }) {
  const left = useRemaining(at);
  if (!at) return null;
  return html`<p class="after-until">
    ${t('after.until', { time: timeOfDay(at), date: longDate(at, language.value) })}
    ${left !== null && left > 0 && html`<strong role="timer"> ${t('after.left', { time: leftText(left) })}</strong>`}
  </p>`;
}

/** @param {any} props */
function Won({ p, price, onAct }) {
  const path = '/my/proceedings/' + p.lotId;
  const date = (/** @type {number} */ ms) => longDate(ms, language.value);
  if (p.state === 'consent') return html`<p>${t('myresult.won.consent', { price: price(p.price) })}</p>`;
  if (p.state === 'sold') {
    return html`<${Notice} tone="good" icon="circle-check" title=${t('myresult.sold', { price: price(p.price) })} />
      ${
        p.settlement &&
        html`<dl class="after-sums">
          <dt>${t('after.settle.earnest')}</dt>
          <dd class="figures">${price(p.settlement.earnest)}</dd>
          <dt>${t('after.settle.balance')}</dt>
          <dd class="figures"><strong>${price(p.balance ?? 0)}</strong></dd>
        </dl>`
      }
      ${p.settlement?.dueAt && !p.settlement.paidAt && html`<p>${t('after.settle.due', { date: date(p.settlement.dueAt) })}</p>`}
      ${p.minutes && html`<${MinutesFile} path=${path + '/minutes'} version=${p.minutes} />`}`;
  }
  const version = p.minutes && { number: p.minutes.number, hash: p.minutes.hash };
  return html`<${Notice} tone="good" icon="gavel" title=${t('myresult.won', { price: price(p.price) })}>
      <p>${t('myresult.confirm.what')}</p>
    <//>
    <${Until} at=${p.deadlineAt} />
    ${p.minutes && html`<p class="small">${versionText(p.minutes)}</p><${MinutesFile} path=${path + '/minutes'} version=${p.minutes} />`}
    <p class="small">${t('myresult.expire')}</p>
    <div class="buttons">
      <button
        type="button"
        class="button button-main"
        disabled=${!version}
        onClick=${() =>
          onAct({
            title: t('myresult.confirm').replace('…', ''),
            what: html`<p>${t('myresult.confirm.what')}</p>`,
            path: path + '/confirm',
            fields: [proofField()],
            go: t('myresult.confirm.go'),
            body: (/** @type {any} */ f) => ({ ...version, ...f }),
          })}
      >
        <${Icon} name="check" />${t('myresult.confirm')}
      </button>
      <button
        type="button"
        class="button"
        onClick=${() =>
          onAct({
            title: t('myresult.refuse').replace('…', ''),
            tone: 'bad',
            what: html`<p>${t('myresult.refuse.what', { deposit: price(p.deposit ?? 0) })}</p>`,
            path: path + '/refuse',
            fields: [
              { name: 'typed', label: t('myresult.refuse.typed', { code: p.myCode }), kind: 'text' },
              { name: 'reason', label: t('after.field.reason'), kind: 'lines' },
            ],
            go: t('myresult.refuse.go'),
          })}
      >
        ${t('myresult.refuse')}
      </button>
    </div>`;
}

/** @param {any} props */
function Offered({ p, price, onAct }) {
  const path = '/my/proceedings/' + p.lotId;
  return html`<${Notice} tone="warn" icon="hourglass" title=${t('myresult.offered', { price: price(p.offer) })}>
      <p>${t('myresult.offered.what')}</p>
    <//>
    <${Until} at=${p.deadlineAt} />
    <div class="buttons">
      <button
        type="button"
        class="button button-main"
        onClick=${() =>
          onAct({
            title: t('myresult.accept', { price: price(p.offer) }).replace('…', ''),
            what: html`<p>${t('myresult.accept.what', { price: price(p.offer) })}</p>`,
            path: path + '/accept',
            fields: [proofField()],
            go: t('myresult.accept.go'),
          })}
      >
        <${Icon} name="check" />${t('myresult.accept', { price: price(p.offer) })}
      </button>
      <button
        type="button"
        class="button"
        onClick=${() =>
          onAct({
            title: t('myresult.decline').replace('…', ''),
            what: html`<p>${t('myresult.decline.what')}</p>`,
            path: path + '/decline',
            fields: [],
            go: t('myresult.decline.go'),
          })}
      >
        ${t('myresult.decline')}
      </button>
    </div>`;
}

/** @param {any} props */
function Fell({ p }) {
  return html`<${Notice} tone="bad" icon="ban" title=${t('myresult.fallen')}>
      ${p.forfeit && html`<p>${t('myresult.fallen.ground', { ground: tCode('after.ground.', p.forfeit) })}</p>`}
    <//>
    <${OutcomeLine} o=${p} />`;
}

/** @param {any} props */
function Other({ p }) {
  return html`<${OutcomeLine} o=${p} />
    ${(p.state === 'sold' || p.state === 'failed' || p.state === 'cancelled') && html`<p class="small">${t('myresult.other')}</p>`}`;
}
