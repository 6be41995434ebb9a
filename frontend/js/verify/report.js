// What a file was found to be: everything right, with what it says and what
// has to be taken on somebody's word; or the first thing that is wrong.

import { language, t, tCode } from '../i18n.js';
import { longDate, timeWithMs } from '../text.js';
import { html, useEffect, useRef } from '../view.js';
import { Money, Notice, Stamp } from '../ui/parts.js';
import { PublicLog } from './log.js';
import { contradicts } from './findings.js';
import { Accusing, Receipts } from './receipts.js';
import { differences, seconds, short, valuesOf } from './values.js';

/** @typedef {import('./types').Report} ReportOf */
/** @typedef {import('./types').Wrong} WrongOf */
/** @typedef {import('./types').Claims} Claims */

/** What is attached to a file and checked: what ties it to the public log. */
const OF_THE_LOG = new Set(['log', 'log-key']);

/**
 * @param {{report: ReportOf, receipts?: import('./types').HeldReceipt[], course: {ms: number, heads: number}, unused: boolean}} props unused: heads that name no session and may be of another file
 */
export function Report({ report, receipts, course, unused }) {
  const { result, currency, head } = report;
  const others = (report.attached ?? []).map((a) => a.name).filter((name) => !OF_THE_LOG.has(name));
  const speed = { n: head.seq, s: seconds(course.ms, language.value) };
  return html`<div class="verify-verdict">
    <${Notice} tone="good" icon="shield-check" title=${t('verify.right')}>
      <p>${t('verify.right.means', speed)}</p>
      <p>${course.heads > 0 ? t('verify.right.heads', { n: course.heads }) : t('verify.right.noHeads')}</p>
    <//>
    <dl class="facts">
      <${Fact} name="session">${report.session}<//>
      <${Fact} name="lot">${t('lot.number', { n: report.lot.number })}: ${report.lot.title}<//>
      <${Fact} name="outcome"><${Stamp} phase=${report.phase} result=${result} /><//>
      ${result && html`<${Outcome} result=${result} currency=${currency} />`}
      <${Fact} name="bids">${report.bids}<//>
      <${Fact} name="head" wide>
        ${t('verify.fact.head.short', { seq: head.seq, hash: short(head.hash) })}
        <span class="hash verify-hash">${head.seq} ${head.hash}</span>
      <//>
      <${Fact} name="rules" wide><span class="hash verify-hash">${report.rulesHash}</span><//>
    </dl>
    <${PublicLog} log=${report.log} checkpoints=${report.checkpoints} />
    <${Receipts} receipts=${receipts} />
    <h3>${t('verify.claims')}</h3>
    <${ClaimList} claims=${report.claims} />
    ${unused && html`<p class="small quiet">${t('verify.heads.many')}</p>`}
    ${others.length > 0 && html`<p class="small">${t('verify.attached', { what: others.join(', ') })}</p>`}
    <${PrintButton} />
  </div>`;
}

/** @param {{name: string, wide?: boolean, children?: any}} props */
function Fact({ name, wide = false, children }) {
  return html`<div class=${wide ? 'verify-wide' : null}>
    <dt>${t('verify.fact.' + name)}</dt>
    <dd>${children}</dd>
  </div>`;
}

/** @param {{result: import('../types').Result, currency: string}} props */
function Outcome({ result, currency }) {
  if (result.outcome !== 'sold') {
    return html`<${Fact} name="ground">${tCode('ground.', result.ground ?? 'other')}<//>`;
  }
  if (result.awards) {
    return html`<${Fact} name="winners">
      <ul class="verify-list">
        ${result.awards.map(
          (a) => html`<li key=${a.code}>
            <strong>${a.code}</strong> · ${t('verify.units', { n: a.units })} · <${Money} amount=${a.price} currency=${currency} />
          </li>`,
        )}
      </ul>
    <//>`;
  }
  return html`<${Fact} name="winner"><strong>${result.winner}</strong><//>
    <${Fact} name="price"><strong><${Money} amount=${result.price ?? 0} currency=${currency} /></strong><//>
    ${
      result.bidAt &&
      html`<${Fact} name="winning">${t('verify.fact.winning.at', { seq: result.bidSeq ?? 0, at: timeWithMs(result.bidAt), date: longDate(result.bidAt, language.value) })}<//>`
    }`;
}

/** What is taken on the word of who ran the session, each with what it means. @param {{claims: Claims}} props */
function ClaimList({ claims }) {
  const s = seconds(claims.lostMs, language.value);
  const lines = /** @type {[string, number][]} */ ([
    ['outages', claims.outages],
    ['lateOpens', claims.lateOpens],
    ['followed', claims.followed],
    ['limits', claims.limits],
    ['hidden', claims.hidden],
    ['reserve', claims.reserve ? 1 : 0],
  ]).filter(([, n]) => n > 0);
  if (lines.length === 0) return html`<p>${t('verify.claims.none')}</p>`;
  return html`<p>${t('verify.claims.some')}</p>
    <ul class="verify-list">
      ${lines.map(([name, n]) => html`<li key=${name}>${t('verify.claim.' + name, { n, s })}</li>`)}
    </ul>`;
}

/** What kind of trouble a code stands for. @type {Record<string, string>} */
const MEANING = {
  no_record: 'file',
  line: 'file',
  cut: 'file',
  end: 'changed',
  chain: 'changed',
  unreadable: 'changed',
  number: 'changed',
  not_canonical: 'changed',
  other_history: 'history',
  shown_missing: 'history',
  receipt: 'receipt',
  receipt_gone: 'receipt',
  receipt_bare: 'receipt',
  receipt_opens: 'receipt',
  log_proof: 'log',
  log_keys: 'log',
  log_forged: 'log',
  log_old_key: 'log',
  log_other_key: 'key',
  log_inclusion: 'log',
  log_session: 'log',
  log_end: 'history',
  log_witness: 'log',
  split_view: 'history',
};

/** What was given beside the file and is not what it should be. @param {{unread: {what: string, text: string}}} props */
export function Unread({ unread }) {
  const text = unread.text.slice(0, UNREAD);
  return html`<${Notice} tone="warn" icon="triangle-alert" title=${t('verify.unread')}>
    <p class="verify-hash">${t('verify.unread.' + unread.what, { text })}</p>
    <p>${t('verify.unread.means')}</p>
  <//>`;
}

const UNREAD = 80;

/** @param {{wrong: WrongOf, receipts?: import('./types').HeldReceipt[]}} props */
export function Wrong({ wrong, receipts }) {
  const kind = MEANING[wrong.code] ?? 'rules';
  const receipt = receipts?.find((r) => contradicts(r) && r.cmd === wrong.args?.cmd);
  const meaning = kind === 'receipt' ? `receipt.${receipt?.signed ?? 'unchecked'}` : kind;
  const doubt = kind === 'receipt' && receipt?.signed !== 'server';
  const where = wrong.seq
    ? t('verify.at.record', { seq: wrong.seq })
    : wrong.line
      ? t('verify.at.line', { line: wrong.line })
      : t('verify.at.file');
  const rows = differences(wrong.args);
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => ref.current?.scrollIntoView({ block: 'nearest' }), []);
  return html`<div class="verify-verdict" ref=${ref}>
    <${Notice} tone=${doubt ? 'warn' : 'bad'} icon=${doubt ? 'triangle-alert' : 'ban'} title=${t(doubt ? 'verify.doubt' : 'verify.wrong')}>
      <p><strong>${where}</strong> ${tCode('verify.wrong.', wrong.code, valuesOf(wrong.args))}</p>
      ${receipt && html`<${Accusing} receipt=${receipt} />`}
    <//>
    ${
      rows.length > 0 &&
      html`<div class="scroll">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">${t('verify.diff.field')}</th>
              <th scope="col">${t('verify.diff.want')}</th>
              <th scope="col">${t('verify.diff.have')}</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ([field, want, have]) => html`<tr key=${field}>
                <td><code>${field}</code></td>
                <td><code>${want}</code></td>
                <td><code>${have}</code></td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>`
    }
    <h3>${t('verify.means')}</h3>
    <p>${t('verify.means.' + meaning)}</p>
    <h3>${t('verify.todo')}</h3>
    <p>${t('verify.todo.' + meaning)}</p>
    <${Receipts} receipts=${receipts?.filter((r) => !contradicts(r))} />
    <details>
      <summary>${t('verify.exact')}</summary>
      <p><code lang="en">${wrong.code}: ${wrong.why}</code></p>
    </details>
    <${PrintButton} />
  </div>`;
}

function PrintButton() {
  return html`<div class="buttons verify-screen">
    <button class="button" onClick=${() => print()}>${t('verify.print')}</button>
  </div>`;
}
