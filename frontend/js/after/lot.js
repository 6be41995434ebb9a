// One lot after its session: where it stands, the one next step, what happened,
// the minutes, the payment.

import { account, isA } from '../account.js';
import { language, t, tCode } from '../i18n.js';
import { longDate, timeOfDay } from '../text.js';
import { cls, html, useState } from '../view.js';
import { leftText, Notice, useRemaining } from '../ui/parts.js';
import { clock } from '../live.js';
import { ActDialog, amountText, proofField } from './act.js';
import { Again, SeveralWon } from './outcome.js';
import { MinutesFile, Signatures, versionText } from './minutes.js';

/** @typedef {import('./types').Proceeding} Proceeding */
/** @typedef {import('./act.js').Act} Act */

const FINAL = ['sold', 'failed', 'cancelled'];

/** The signature that is still missing from the reader under the latest version. @param {Proceeding} p */
export function mySlot(p) {
  const slot = account.value?.role ?? '';
  const latest = p.minutes.at(-1);
  if (!latest || !isA('auctioneer', 'clerk', 'observer')) return null;
  const mine = latest.signatures.some((s) => s.slot === slot);
  return mine || (slot === 'observer' && FINAL.includes(p.state)) ? null : slot;
}

/** @param {{p: Proceeding, onChange: () => void}} props */
export function Lot({ p, onChange }) {
  const [act, setAct] = useState(/** @type {Act | null} */ (null));
  const [opened, setOpened] = useState(false);
  const price = (/** @type {number} */ n) => amountText(n, p.currency);
  const acts = actsOf(p, price, () => {
    setAct(null);
    setOpened(true);
    onChange();
  });
  const id = 'lot-' + p.lotId;
  return html`<article class="card after-lot" aria-labelledby=${id}>
    <header class="after-head">
      <div>
        <p class="label">${t('after.lot', { n: p.lot.number })}</p>
        <h2 id=${id}>${p.lot.title}</h2>
      </div>
      <span class=${'after-state after-state-' + p.state}>${t('after.state.' + p.state)}</span>
    </header>
    ${p.session && html`<${Again} session=${p.session} />`}
    ${
      p.award &&
      p.state !== 'failed' &&
      !p.offer &&
      html`<p class="after-award">
        ${t('after.award', { code: p.award.code, price: price(p.award.price) })}
        ${p.winner && html`<br /><span class="quiet">${t('after.award.name', { name: p.winner })}</span>`}
      </p>`
    }
    ${
      p.awards &&
      p.state !== 'failed' &&
      html`<div class="after-award">
        <${SeveralWon} awards=${p.awards} currency=${p.currency} />
        ${p.winner && html`<p class="quiet">${t('after.award.name', { name: p.winner })}</p>`}
        ${p.state === 'sold' && html`<p class="small">${t('after.award.outside')}</p>`}
      </div>`
    }
    ${p.ground && p.state === 'failed' && html`<p>${tCode('outcome.ground.', p.ground)}</p>`}
    <${Next} p=${p} price=${price} acts=${acts} onAct=${setAct} />
    ${opened && html`<div role="status"><${Notice} tone="quiet" icon="eye" title=${t('after.open.asked')} /></div>`}
    ${p.settlement && html`<${Payment} p=${p} price=${price} acts=${acts} onAct=${setAct} />`}
    <${MinutesPart} p=${p} acts=${acts} onAct=${setAct} />
    <${Steps} p=${p} price=${price} />
    <${More} acts=${acts} onAct=${setAct} />
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

/** What is waited for, until when, and the button of the one next step. @param {any} props */
function Next({ p, price, acts, onAct }) {
  const left = useRemaining(p.deadlineAt);
  const sign = acts.sign;
  const main =
    { consent: acts.consent, offer: acts.offer }[/** @type {string} */ (p.state)] ?? (sign || null);
  /** @type {Record<string, string>} */
  const values = p.offer ? { code: p.offer.code, price: price(p.offer.price) } : {};
  const sentence =
    sign && main === sign
      ? t('after.next.sign', { n: p.minutes.at(-1).number })
      : t('after.next.' + p.state, values);
  return html`<div class=${cls('after-next', main && 'after-next-mine')}>
    <p>${sentence}</p>
    ${sign && main === sign && !FINAL.includes(p.state) && html`<p class="small">${t('after.next.' + p.state, values)}</p>`}
    ${
      p.deadlineAt &&
      html`<p class="small">
        ${t('after.until', { time: timeOfDay(p.deadlineAt), date: longDate(p.deadlineAt, language.value) })}
        ${left !== null && left > 0 && html` (<span role="timer">${t('after.left', { time: leftText(left) })}</span>)`}
        . ${t('after.next.expire.' + p.state)}
      </p>`
    }
    ${!p.deadlineAt && p.state === 'confirm' && html`<p class="small">${t('after.noterm')}</p>`}
    ${
      main &&
      html`<div>
        <button type="button" class="button button-main" onClick=${() => onAct(main)}>${main.label}</button>
      </div>`
    }
  </div>`;
}

/** @param {any} props */
function Payment({ p, price, acts, onAct }) {
  const s = /** @type {import('./types').Settlement} */ (p.settlement);
  const paid = s.payments.reduce((sum, one) => sum + one.amount, 0);
  const date = (/** @type {number} */ ms) => longDate(ms, language.value);
  const late = s.dueAt && !s.paidAt && clock.known && clock.now() > s.dueAt;
  return html`<section class="after-part">
    <h3>${t('after.settle')}</h3>
    <dl class="after-sums">
      <dt>${t('after.settle.price')}</dt>
      <dd class="figures">${price(s.price)}</dd>
      <dt>${t('after.settle.earnest')}</dt>
      <dd class="figures">${price(s.earnest)}</dd>
      <dt>${t('after.settle.paid')}</dt>
      <dd class="figures">${price(paid)}</dd>
      <dt>${t('after.settle.balance')}</dt>
      <dd class="figures"><strong>${price(p.balance ?? 0)}</strong></dd>
    </dl>
    ${s.paidAt && html`<p class="small">${t('after.settle.done', { date: date(s.paidAt) })}</p>`}
    ${
      s.dueAt &&
      !s.paidAt &&
      (late
        ? html`<${Notice} tone="bad" icon="triangle-alert" title=${t('after.settle.overdue', { date: date(s.dueAt) })} />`
        : html`<p class="small">${t('after.settle.due', { date: date(s.dueAt) })}</p>`)
    }
    ${
      acts.payment &&
      html`<div><button type="button" class="button" onClick=${() => onAct(acts.payment)}>${acts.payment.label}</button></div>`
    }
  </section>`;
}

/** @param {any} props */
function MinutesPart({ p, acts, onAct }) {
  const latest = p.minutes.at(-1);
  const older = p.minutes.slice(0, -1).reverse();
  const path = `/proceedings/${p.lotId}/minutes`;
  const winner = p.award && p.state !== 'failed' && !p.offer;
  return html`<section class="after-part">
    <h3>${t('after.minutes')}</h3>
    ${!latest && html`<p class="quiet">${t('after.minutes.none')}</p>`}
    ${
      latest &&
      html`<p>${versionText(latest)}</p>
        <${MinutesFile} path=${path} version=${latest} />
        <${Signatures} version=${latest} winner=${winner} />`
    }
    ${
      acts.sign &&
      (acts.consent || acts.offer) &&
      html`<div><button type="button" class="button" onClick=${() => onAct(acts.sign)}>${acts.sign.label}</button></div>`
    }
    ${
      acts.unsigned &&
      html`<div><button type="button" class="link" onClick=${() => onAct(acts.unsigned)}>${acts.unsigned.label}</button></div>`
    }
    ${
      older.length > 0 &&
      html`<details>
        <summary>${t('after.minutes.older', { n: older.length })}</summary>
        <ul class="after-older">
          ${older.map(
            (/** @type {any} */ v) => html`<li key=${v.number}>
              <p class="small">${versionText(v)}</p>
              <${MinutesFile} path=${path} version=${v} />
              <${Signatures} version=${v} winner=${false} />
            </li>`,
          )}
        </ul>
      </details>`
    }
  </section>`;
}

/** @param {any} props */
function Steps({ p, price }) {
  return html`<section class="after-part">
    <h3>${t('after.steps')}</h3>
    <ol class="after-steps small">
      ${p.steps.map(
        (/** @type {import('./types').Step} */ s, /** @type {number} */ i) => html`<li key=${i}>
          <time class="figures">${timeOfDay(s.at)}, ${longDate(s.at, language.value)}</time>
          <span>
            ${t('after.step.' + s.kind, { code: s.code ?? '', price: s.price ? price(s.price) : '' })}
            ${s.ground && html`<br /><span class="quiet">${tCode('outcome.ground.', s.ground)}</span>`}
            ${s.document && html`<br /><span class="quiet">${t('after.step.document', { text: s.document })}</span>`}
            ${s.reason && html`<br /><span class="quiet">${t('after.step.reason', { text: s.reason })}</span>`}
          </span>
        </li>`,
      )}
    </ol>
  </section>`;
}

/** What is possible and seldom needed. @param {any} props */
function More({ acts, onAct }) {
  const seldom = [acts.refusal, acts.disqualify, acts.open].filter(Boolean);
  if (seldom.length === 0) return null;
  return html`<div class="after-more">
    ${seldom.map(
      (a) =>
        html`<button type="button" key=${a.title} class="link" onClick=${() => onAct(a)}>${a.label}</button>`,
    )}
  </div>`;
}

/**
 * The acts the reader may do now; undefined for the others.
 * @param {Proceeding} p @param {(n: number) => string} price @param {(answer: any) => void} onOpened
 * @returns {Record<string, (Act & {label: string}) | undefined>}
 */
function actsOf(p, price, onOpened) {
  const path = '/proceedings/' + p.lotId;
  const reason = () => ({
    name: 'reason',
    label: t('after.field.reason'),
    kind: /** @type {const} */ ('lines'),
  });
  const paper = (/** @type {boolean} */ needed) => ({
    name: 'document',
    label: t(needed ? 'after.field.document' : 'after.field.document.optional'),
    kind: /** @type {const} */ ('text'),
  });
  const make = (/** @type {boolean} */ may, /** @type {string} */ name, /** @type {any} */ rest) =>
    may
      ? {
          label: t('after.do.' + name),
          title: t('after.do.' + name).replace('…', ''),
          go: t('after.do.go'),
          ...rest,
        }
      : undefined;
  const said = (/** @type {string} */ key, values = {}) => html`<p>${t(key, values)}</p>`;
  const latest = p.minutes.at(-1);
  const version = latest && { number: latest.number, hash: latest.hash };
  const running = !FINAL.includes(p.state);
  const codes = [...new Set([p.award?.code, ...(p.runners ?? []).map((r) => r.code)])].filter(
    (c) => c !== undefined,
  );
  const pick = (/** @type {string[]} */ list) => ({
    name: 'code',
    label: t('after.field.code'),
    kind: /** @type {const} */ ('choice'),
    options: list.map((c) => [c, c]),
  });
  const standing = codes.filter((c) => !(p.fallen ?? []).some((f) => f.code === c));
  return {
    consent: make(p.state === 'consent' && isA('auctioneer', 'clerk'), 'consent', {
      path: path + '/consent',
      what: said('after.consent.what'),
      fields: [
        {
          name: 'given',
          label: t('after.consent.given'),
          kind: 'choice',
          options: [
            ['yes', t('after.consent.yes')],
            ['no', t('after.consent.no')],
          ],
        },
        paper(true),
        reason(),
      ],
      body: (/** @type {any} */ f) => ({ ...f, given: f.given === 'yes' }),
    }),
    offer: make(p.state === 'offer' && isA('auctioneer'), 'offer', {
      path: path + '/offer',
      what: said('after.offer.what', { code: p.offer?.code ?? '', price: price(p.offer?.price ?? 0) }),
      fields: [],
      go: t('after.do.offer.go'),
    }),
    refusal: make(p.state === 'confirm' && isA('auctioneer'), 'refusal', {
      path: path + '/refusal',
      tone: 'bad',
      what: said('after.refusal.what'),
      fields: [
        {
          name: 'unsigned',
          label: t('after.refusal.kind'),
          kind: 'choice',
          options: [
            ['no', t('after.refusal.result')],
            ['yes', t('after.refusal.unsigned')],
          ],
        },
        reason(),
        paper(false),
      ],
      body: (/** @type {any} */ f) => ({ ...f, unsigned: f.unsigned === 'yes' }),
    }),
    disqualify: make(running && isA('auctioneer') && standing.length > 0, 'disqualify', {
      path: path + '/disqualify',
      tone: 'bad',
      what: said('after.disqualify.what'),
      fields: [pick(standing), reason(), paper(false)],
    }),
    open: make(Boolean(p.session) && isA('auctioneer', 'registrar') && codes.length > 0, 'open', {
      path: `/sessions/${p.session}/openings`,
      what: said('after.open.what'),
      fields: [pick(codes), reason()],
      go: t('after.do.open.go'),
      done: onOpened,
    }),
    sign: make(Boolean(version && mySlot(p)), 'sign', {
      path: path + '/sign',
      what: html`<p>${t('after.sign.what')}</p>
        ${latest && html`<${MinutesFile} path=${path + '/minutes'} version=${latest} />`}`,
      fields: [proofField()],
      go: t('after.do.sign.go'),
      body: (/** @type {any} */ f) => ({ ...version, ...f }),
    }),
    unsigned: make(Boolean(version && mySlot(p)), 'unsigned', {
      path: path + '/refuse-to-sign',
      what: said('after.unsigned.what'),
      fields: [reason()],
      body: (/** @type {any} */ f) => ({ ...version, ...f }),
    }),
    payment: make(Boolean(p.balance) && isA('auctioneer', 'registrar', 'clerk'), 'payment', {
      path: path + '/payments',
      what: said('after.payment.what', { amount: price(p.balance ?? 0) }),
      fields: [
        { name: 'amount', label: t('after.field.amount'), kind: 'amount', currency: p.currency },
        { name: 'reference', label: t('after.field.reference'), kind: 'text' },
      ],
      body: (/** @type {any} */ f) => ({ ...f, amount: f.amount === '' ? 0 : f.amount }),
    }),
  };
}
