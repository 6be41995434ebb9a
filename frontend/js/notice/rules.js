// The whole Quy chế beyond the lots, as chapters of terms and sentences.

import { language, t, tCode } from '../i18n.js';
import { money } from '../text.js';
import { html } from '../view.js';
import { duration } from '../ui/rules.js';
import { SpanText } from './dates.js';

/** @typedef {import('../types').PublicAuction} PublicAuction */

/** @param {{title: string, children?: any}} props */
const Chapter = ({ title, children }) =>
  html`<section class="notice-chapter"><h3>${title}</h3><dl class="notice-terms">${children}</dl></section>`;

/** A term; nothing where it says nothing. @param {{name: string, children?: any}} props */
const Term = ({ name, children }) =>
  children ? html`<div><dt>${name}</dt><dd class="notice-lines">${children}</dd></div>` : null;

const dong = (/** @type {number} */ n) => money(n, 'VND', language.value);

/** @param {{auction: PublicAuction}} props */
export function RulesSheet({ auction }) {
  const { sheet } = auction;
  return html`<section class="card notice-rules" aria-labelledby="notice-rules">
    <h2 id="notice-rules">${t('notice.rules.all')}</h2>
    <${Who} auction=${auction} />
    <${Chapter} title=${t('notice.rules.viewing')}>
      ${
        (sheet.viewing ?? []).length === 0
          ? html`<div><dd>${t('notice.rules.viewing.none')}</dd></div>`
          : sheet.viewing?.map((v, i) => html`<div key=${i}><dd><${SpanText} span=${v} /></dd></div>`)
      }
    <//>
    <${MoneyChapter} money=${sheet.money ?? {}} />
    <${After} after=${sheet.after ?? {}} />
    <${Chapter} title=${t('notice.rules.room')}>
      <div><dd>${t(sheet.room?.showCount ? 'notice.rules.count.yes' : 'notice.rules.count.no')}</dd></div>
    <//>
    ${
      sheet.terms &&
      html`<${Chapter} title=${t('notice.rules.terms')}><div><dd class="notice-lines">${sheet.terms}</dd></div><//>`
    }
    <${Overrides} overrides=${sheet.override ?? []} />
  </section>`;
}

/** @param {{auction: PublicAuction}} props */
function Who({ auction }) {
  const { sheet, centre, staff } = auction;
  return html`<${Chapter} title=${t('notice.rules.who')}>
    <${Term} name=${t('notice.rules.centre')}>
      ${[centre.name, centre.address, centre.phone, centre.email].filter(Boolean).join('\n')}
    <//>
    <${Term} name=${t('notice.rules.owner')}>${auction.owner}<//>
    <${Term} name=${t('notice.rules.contract')}>${sheet.contract}<//>
    <${Term} name=${t('notice.rules.form')}>${formText(auction)}<//>
    <${Term} name=${t('notice.rules.place')}>${auction.place}<//>
    <${Term} name=${t('notice.rules.property')}>${sheet.property && tCode('notice.property.', sheet.property)}<//>
    <${Term} name=${t('notice.rules.quality')}>${sheet.quality}<//>
    ${staff.map((s, i) => html`<${Term} key=${i} name=${tCode('notice.staff.', s.part)}>${staffText(s)}<//>`)}
    <${Term} name=${t('notice.rules.contacts')}>${sheet.contacts}<//>
    <${Term} name=${t('notice.rules.preset')}>${sheet.preset && t(`notice.preset.${sheet.preset}.name`)}<//>
  <//>`;
}

/** The form and the methods of the lots. @param {PublicAuction} auction */
function formText({ lots }) {
  const methods = [...new Set(lots.map((lot) => lot.rules.method))];
  return t('notice.rules.form.what', {
    methods: methods.map((m) => t('method.' + m).toLowerCase()).join(', '),
  });
}

/** @param {PublicAuction['staff'][0]} staff */
function staffText({ name, licence, observer }) {
  if (!name) return tCode('notice.observer.', observer ?? 'other');
  return licence ? `${name}, ${t('notice.staff.licence', { n: licence })}` : name;
}

/** @param {{money: NonNullable<PublicAuction['sheet']['money']>}} props */
function MoneyChapter({ money: m }) {
  const { bin, number, holder, branch } = m.account ?? {};
  const bank = [bin, branch].filter(Boolean).join(', ');
  return html`<${Chapter} title=${t('notice.rules.money')}>
    <${Term} name=${t('notice.rules.fee')}>${m.dossierFee ? dong(m.dossierFee) : t('notice.rules.free')}<//>
    <${Term} name=${t('notice.rules.account')}>
      ${number && t('notice.rules.account.text', { number, holder: holder ?? '', bank })}
    <//>
    <${Term} name=${t('notice.rules.cash')}>${m.cashLimit && t('notice.rules.cash.what', { amount: dong(m.cashLimit) })}<//>
    <${Term} name=${t('notice.rules.guarantee')}>
      ${t(m.guarantee ? 'notice.rules.guarantee.yes' : 'notice.rules.guarantee.no')}
    <//>
    <${Term} name=${t('notice.rules.keep')}>
      ${t(m.keepOnWithdrawal ? 'notice.rules.keep.yes' : 'notice.rules.keep.no')}
    <//>
    <${Term} name=${t('notice.rules.lost')}>${t('notice.rules.lost.what')}<//>
  <//>`;
}

/** @param {{after: NonNullable<PublicAuction['sheet']['after']>}} props */
function After({ after }) {
  return html`<${Chapter} title=${t('notice.rules.after')}>
    <${Term} name=${t('notice.rules.answer')}>
      ${after.answerMs && t('notice.rules.answer.what', { time: duration(after.answerMs) })}
    <//>
    <${Term} name=${t('notice.rules.winner')}>
      ${t(after.nameWinner ? 'notice.rules.winner.yes' : 'notice.rules.winner.no')}
    <//>
    <${Term} name=${t('notice.rules.adjacent')}>
      ${t(after.adjacentBidder ? 'notice.rules.adjacent.yes' : 'notice.rules.adjacent.no')}
    <//>
    <${Term} name=${t('notice.rules.single')}>
      ${after.singleBidder && t('notice.rules.single.' + after.singleBidder)}
    <//>
    <${Term} name=${t('notice.rules.refund')}>
      ${after.refundDays && t('notice.rules.refund.what', { n: after.refundDays })}
    <//>
    <${Term} name=${t('notice.rules.payment')}>
      ${after.paymentDays && t('notice.rules.payment.what', { n: after.paymentDays })}
    <//>
  <//>`;
}

/** What of the law was set aside, and why. @param {{overrides: {field: string, code: string, reason: string}[]}} props */
function Overrides({ overrides }) {
  if (overrides.length === 0) return null;
  return html`<${Chapter} title=${t('notice.rules.overrides')}>
    ${overrides.map((o) => html`<${Term} key=${o.field + o.code} name=${overrideName(o.field)}>${o.reason}<//>`)}
  <//>`;
}

/** @param {string} field */
function overrideName(field) {
  if (field.startsWith('sheet.windows.deposit')) return t('notice.override.depositWindow');
  const parts = field.split('.');
  const key = parts.includes('dossier')
    ? 'dossier'
    : parts.includes('viewing')
      ? 'viewing'
      : (parts.at(-1) ?? '');
  const what = tCode('notice.override.', key);
  return parts[0] === 'lots' ? t('notice.override.lot', { n: Number(parts[1]) + 1, what }) : what;
}
