// One registration as the registrar sees it: form, papers, decision, money.

import { account, api } from '../account.js';
import { language, t } from '../i18n.js';
import { capital, words as inWords } from '../text.js';
import { html, Icon, useState } from '../view.js';
import { FileRow } from '../ui/files.js';
import { Field } from '../ui/parts.js';
import { RequestNames } from '../admin/frame.js';
import { useFiles } from './dossier.js';
import { codeOf, dong, faultsOf, moment, Trouble } from './parts.js';
import { stateText } from './pay.js';

/** @typedef {import('./types').DeskRegistration} DeskRegistration */
/** @typedef {import('./types').PaymentKind} PaymentKind */
/** @typedef {import('./types').Receipt} Receipt */
/** @typedef {import('./types').DeskAuction} Auction */

/**
 * Runs one act at a time and tells what came of it.
 * @param {() => void} onStale
 */
function useAct(onStale) {
  const [problem, setProblem] = useState('');
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const [busy, setBusy] = useState(false);
  const [names] = useState(() => new RequestNames());
  /** @param {string} path @param {object} body @returns {Promise<any>} null: it was refused */
  const act = async (path, body) => {
    if (busy) return null;
    setBusy(true);
    setProblem('');
    setFaults({});
    try {
      const answer = await api('POST', path, body, names.of([path, body]));
      names.done();
      return answer;
    } catch (e) {
      const found = faultsOf(e);
      setFaults(found);
      if (Object.keys(found).length === 0) setProblem(codeOf(e));
      if (['edited_meanwhile', 'wrong_state'].includes(codeOf(e))) onStale();
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { act, problem, faults, busy };
}

/**
 * @param {{r: DeskRegistration, auction: Auction, onChanged: (r: DeskRegistration) => void, onStale: () => void}} props
 */
export function Inside({ r, auction, onChanged, onStale }) {
  const files = useFiles(r.id, r.version);
  const open = auction.status === 'listed' && r.standing === 'in';
  return html`<div class="reg-inside">
    <dl class="reg-facts">
      <${Fact} name=${t('regdesk.declared')}>${t(r.noConflict ? 'regdesk.declared.yes' : 'regdesk.declared.no')}<//>
      <${Fact} name=${t('regdesk.submitted')}>${r.submittedAt ? moment(r.submittedAt) : t('follow.pending')}<//>
      ${
        r.representative &&
        html`<${Fact} name=${t('regdesk.proxy')}>
          ${t('regdesk.proxy.last', { name: r.representative, last: r.proxyLast ?? '' })}
        <//>`
      }
      ${
        r.refundTo?.number &&
        html`<${Fact} name=${t('regdesk.refund')}>${r.refundTo.number}, ${r.refundTo.holder} (${r.refundTo.bin})<//>`
      }
      ${r.reason && html`<${Fact} name=${t('regdesk.reason')}>${r.reason}<//>`}
    </dl>
    <div class="reg-box">
      <h3>${t('regdesk.files')}</h3>
      ${files.length === 0 && html`<p class="quiet">${t('dossier.none')}</p>`}
      ${
        files.length > 0 &&
        html`<ul class="files-list">
          ${files.map((f) => html`<${FileRow} key=${f.id} file=${f} secret />`)}
        </ul>`
      }
    </div>
    <div class="reg-columns">
      ${open && r.dossier === 'submitted' && html`<${Decide} r=${r} onChanged=${onChanged} onStale=${onStale} />`}
      <${Money} r=${r} auction=${auction} open=${open} onChanged=${onChanged} onStale=${onStale} />
    </div>
  </div>`;
}

/** @param {{name: string, children?: any}} props */
function Fact({ name, children }) {
  return html`<div>
    <dt class="label">${name}</dt>
    <dd>${children}</dd>
  </div>`;
}

/** @param {{id: string, label: string, hint?: string, error?: string, value: string, onValue: (v: string) => void}} props */
function Reason({ id, label, hint, error, value, onValue }) {
  return html`<${Field} id=${id} label=${label} hint=${hint} error=${error}>
    ${(/** @type {object} */ a) => html`<textarea
      ...${a}
      class="input"
      maxlength="500"
      value=${value}
      onInput=${(/** @type {any} */ e) => onValue(e.currentTarget.value)}
    />`}
  <//>`;
}

/** @param {{r: DeskRegistration, onChanged: (r: DeskRegistration) => void, onStale: () => void}} props */
function Decide({ r, onChanged, onStale }) {
  const [reason, setReason] = useState('');
  const { act, problem, faults, busy } = useAct(onStale);
  /** @param {boolean} approve */
  const decide = async (approve) => {
    const done = await act(`/registrations/${r.id}/decide`, { version: r.version, approve, reason });
    if (done) onChanged(done);
  };
  return html`<section class="reg-box" aria-label=${t('decide.title')}>
    <h3>${t('decide.title')}</h3>
    <${Reason}
      id=${'decide-' + r.id}
      label=${t('decide.reason')}
      hint=${t('decide.reason.what')}
      error=${faults.reason ?? faults.approve}
      value=${reason}
      onValue=${setReason}
    />
    <${Trouble} code=${problem} />
    <div class="buttons">
      <button type="button" class="button button-main" disabled=${busy} onClick=${() => void decide(true)}>
        <${Icon} name="check" />${t('decide.approve')}
      </button>
      <button type="button" class="button button-bad" disabled=${busy} onClick=${() => void decide(false)}>
        <${Icon} name="undo-2" />${t('decide.reject')}
      </button>
    </div>
  </section>`;
}

/**
 * @param {{r: DeskRegistration, auction: Auction, open: boolean, onChanged: (r: DeskRegistration) => void, onStale: () => void}} props
 */
function Money({ r, auction, open, onChanged, onStale }) {
  const [receipt, setReceipt] = useState(/** @type {Receipt | null} */ (null));
  const props = { r, auction, open, onChanged, onStale, onReceipt: setReceipt };
  return html`<section class="reg-box" aria-label=${t('money.title')}>
    <h3>${t('money.title')}</h3>
    <${Paid} ...${props} kind="fee" />
    <${Paid} ...${props} kind="deposit" />
    ${receipt && html`<${CashReceipt} receipt=${receipt} />`}
  </section>`;
}

/**
 * @param {{r: DeskRegistration, auction: Auction, open: boolean, kind: PaymentKind, onChanged: (r: DeskRegistration) => void,
 *   onStale: () => void, onReceipt: (r: Receipt) => void}} props
 */
function Paid({ r, auction, open, kind, onChanged, onStale, onReceipt }) {
  const p = r[kind];
  const { act, problem, faults, busy } = useAct(onStale);
  const [reason, setReason] = useState('');
  const due = open && p.state === 'due';
  const cash = due && p.missing > 0 && (kind === 'fee' || p.due < (auction.sheet?.money?.cashLimit ?? 0));
  const guarantee = due && kind === 'deposit' && auction.sheet?.money?.guarantee === true;
  const waive = due && (kind === 'fee' || (p.paid ?? 0) >= p.due);
  const takeCash = async () => {
    const done = await act(`/registrations/${r.id}/cash`, { payment: kind, amount: p.missing });
    if (!done) return;
    onReceipt(done.receipt);
    onChanged(done.registration);
  };
  /** @param {string} path @param {object} body */
  const settle = async (path, body) => {
    const done = await act(`/registrations/${r.id}/${path}`, body);
    if (done) onChanged(done);
  };
  const wrong = faults.payment ?? faults.amount;
  return html`<div class="reg-box">
    <p>
      <strong>${t('reg.' + kind)}</strong>: ${stateText({ state: p.state, ...(p.refundDueAt && { refundDueAt: p.refundDueAt }) })},
      ${' '}${t('money.paid', { paid: dong(p.paid), due: dong(p.due) })}
      ${(p.surplus ?? 0) > 0 && html`, <strong>${t('money.surplus', { amount: dong(p.surplus) })}</strong>`}
      ${(p.untimely ?? 0) > 0 && html`, <strong>${t('money.untimely', { amount: dong(p.untimely) })}</strong>`}
      ${(p.waived ?? 0) > 0 && html`, ${t('money.waived', { amount: dong(p.waived) })}`}
    </p>
    ${p.note && html`<p class="small quiet">${p.note}</p>`}
    <p class="label">${t('pay.memo')}: <span class="hash">${p.memo}</span></p>
    ${
      (guarantee || waive) &&
      html`<${Reason}
        id=${`money-${kind}-${r.id}`}
        label=${t(guarantee && !waive ? 'money.guarantee.note' : 'money.waive.reason')}
        error=${faults.note ?? faults.reason ?? wrong}
        value=${reason}
        onValue=${setReason}
      />`
    }
    ${!guarantee && !waive && wrong && html`<p class="field-error" role="alert">${wrong}</p>`}
    <${Trouble} code=${problem} />
    <div class="buttons">
      ${
        cash &&
        html`<button type="button" class="button" disabled=${busy} onClick=${() => void takeCash()}>
          <${Icon} name="receipt" />${t('money.cash', { amount: dong(p.missing) })}
        </button>`
      }
      ${
        guarantee &&
        html`<button type="button" class="button" disabled=${busy} onClick=${() => void settle('guarantee', { note: reason })}>
          ${t('money.guarantee')}
        </button>`
      }
      ${
        waive &&
        html`<button type="button" class="button" disabled=${busy} onClick=${() => void settle('waive', { payment: kind, reason })}>
          ${t('money.waive.' + kind)}
        </button>`
      }
    </div>
  </div>`;
}

/** What the counter gives for cash, to be printed. @param {{receipt: Receipt}} props */
function CashReceipt({ receipt }) {
  const spelled = capital(inWords(receipt.amount, 'VND', language.value));
  return html`<section class="reg-receipt" role="status">
    <h3>${t('money.receipt', { number: receipt.number })}</h3>
    <dl class="reg-facts">
      <${Fact} name=${t('money.receipt.payer')}>${receipt.payer}<//>
      <${Fact} name=${t('money.receipt.for')}>
        ${t('money.receipt.what', { payment: t('reg.' + receipt.payment), lot: receipt.lot, auction: receipt.auction })}
      <//>
      <${Fact} name=${t('money.receipt.amount')}>${dong(receipt.amount)}<//>
      <${Fact} name=${t('money.receipt.words')}>${spelled}<//>
      <${Fact} name=${t('money.receipt.at')}>${moment(receipt.at)}<//>
      <${Fact} name=${t('money.receipt.by')}>${receipt.takenBy || (account.value?.name ?? '')}<//>
    </dl>
    <div class="buttons">
      <button type="button" class="button" onClick=${() => print()}>${t('money.receipt.print')}</button>
    </div>
  </section>`;
}
