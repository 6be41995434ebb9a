// Paying: the QR code, the amount, the memo and the account, each to be copied.

import { api } from '../account.js';
import { t, tCode } from '../i18n.js';
import { cls, html, Icon, useState } from '../view.js';
import { Notice } from '../ui/parts.js';
import { Upload } from '../ui/upload.js';
import { Qr } from '../ui/qr.js';
import { codeOf, Copied, dong, moment, Trouble } from './parts.js';

/** @typedef {import('./types').OwnRegistration} OwnRegistration */
/** @typedef {import('./types').PaymentKind} PaymentKind */

/** How a payment stands, in words. @param {{state: string, refundDueAt?: number}} p */
export const stateText = (p) => tCode('pay.state.', p.state, { time: moment(p.refundDueAt) });

/**
 * @param {{reg: OwnRegistration, onChanged: (reg: OwnRegistration) => void, onFile: () => void, children?: any}} props
 */
export function Pay({ reg, onChanged, onFile, children }) {
  return html`<div class="reg-pays">
    <${PayCard} reg=${reg} kind="fee" onChanged=${onChanged} />
    <${PayCard} reg=${reg} kind="deposit" onChanged=${onChanged}>
      ${
        reg.guarantee &&
        reg.deposit.state === 'due' &&
        reg.standing === 'in' &&
        html`<details class="reg-more">
          <summary>${t('pay.guarantee')}</summary>
          <${Upload}
            id="reg-guarantee"
            label=${t('pay.guarantee')}
            hint=${t('pay.guarantee.what')}
            wanted=${{ purpose: 'guarantee', registration: reg.id }}
            onDone=${() => {
              onFile();
              if (!reg.deposit.sentAt)
                void api('POST', `/registrations/${reg.id}/sent`, { payment: 'deposit' }).then(
                  onChanged,
                  () => {},
                );
            }}
          />
          ${children}
        </details>`
      }
    <//>
  </div>`;
}

/** @param {{reg: OwnRegistration, kind: PaymentKind, onChanged: (reg: OwnRegistration) => void, children?: any}} props */
function PayCard({ reg, kind, onChanged, children }) {
  const p = reg[kind];
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const w = kind === 'fee' ? reg.windows?.dossier : reg.windows?.deposit;
  if (p.due === 0) {
    return html`<section class="card reg-part">
      <h2>${t('reg.' + kind)}</h2>
      <p class="quiet">${t('reg.free')}</p>
    </section>`;
  }
  const sent = async () => {
    setBusy(true);
    setProblem('');
    try {
      onChanged(await api('POST', `/registrations/${reg.id}/sent`, { payment: kind }));
    } catch (e) {
      setProblem(codeOf(e));
    }
    setBusy(false);
  };
  const open = p.state === 'due' && reg.standing === 'in';
  return html`<section class="card reg-part" aria-labelledby=${'pay-' + kind}>
    <div class="reg-pay-head">
      <h2 id=${'pay-' + kind}>${t('reg.' + kind)}</h2>
      <span class=${cls('reg-state', (p.state === 'received' || p.state === 'guaranteed') && 'reg-state-good')}>
        ${stateText(p)}
      </span>
    </div>
    <p class="reg-amount">${dong(open && p.missing ? p.missing : p.due)}</p>
    ${open && p.paid > 0 && !p.untimely && p.missing > 0 && html`<p class="small">${t('pay.short', { amount: dong(p.missing) })}</p>`}
    ${p.untimely && html`<${Notice} tone="warn" icon="clock" title=${t('pay.untimely')} />`}
    ${
      open &&
      p.missing > 0 &&
      html`<details class="reg-more" open=${reg.step.code === 'pay_' + kind}>
        <summary>${t('step.pay_deposit.go')}</summary>
        <${HowToPay} reg=${reg} kind=${kind} from=${w?.from} />
      </details>`
    }
    ${open && p.dueAt && html`<p class="small quiet"><${Icon} name="clock" />${t('pay.by', { time: moment(p.dueAt) })}</p>`}
    ${p.sentAt && open && html`<p class="small" role="status">${t('pay.sent.at', { time: moment(p.sentAt) })}</p>`}
    <${Trouble} code=${problem} />
    ${
      open &&
      p.qr &&
      !p.sentAt &&
      html`<button type="button" class="button" disabled=${busy} onClick=${() => void sent()}>
        <${Icon} name="check" />${t('pay.sent')}
      </button>`
    }
    ${children}
  </section>`;
}

/** @param {{reg: OwnRegistration, kind: PaymentKind, from?: number}} props */
function HowToPay({ reg, kind, from }) {
  const p = reg[kind];
  const to = reg.payTo;
  if (!p.qr && to?.number) {
    return html`<p>${t('pay.from', { time: moment(from) })}</p>`;
  }
  if (!to?.number) return html`<${Notice} tone="warn" icon="info" title=${t('pay.noaccount')} />`;
  return html`<div class="reg-how">
    <figure class="reg-figure">
      <${Qr} text=${p.qr} label=${t('pay.qr', { amount: dong(p.missing), memo: p.memo })} />
      <figcaption class="small quiet">${t('pay.qr.what')}</figcaption>
    </figure>
    <dl class="reg-facts">
      <${Copied} label=${t('pay.amount')} text=${String(p.missing)} shown=${dong(p.missing)} />
      <${Copied} label=${t('pay.memo')} text=${p.memo} />
      <${Copied} label=${t('pay.to')} text=${to.number} />
      <div>
        <dt class="label">${t('pay.bank')}</dt>
        <dd>${reg.bankName || to.bin}</dd>
      </div>
      ${
        to.holder &&
        html`<div>
          <dt class="label">${t('pay.holder')}</dt>
          <dd>${to.holder}</dd>
        </div>`
      }
    </dl>
    <p class="small quiet reg-how-note">${t('pay.memo.what')}</p>
  </div>`;
}
