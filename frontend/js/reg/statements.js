// Bank statements: uploaded, compared row by row, booked once when confirmed.

import { api } from '../account.js';
import { t, tCode } from '../i18n.js';
import { html, Icon, useEffect, useState } from '../view.js';
import { Notice } from '../ui/parts.js';
import { accepts, Upload } from '../ui/upload.js';
import { RequestNames } from '../admin/frame.js';
import { AssignDialog } from './assign.js';
import { codeOf, dong, moment, Trouble } from './parts.js';

/** @typedef {import('./types').Statement} Statement */
/** @typedef {import('./types').StatementRow} StatementRow */
/** @typedef {import('./types').Assignment} Assignment */
/** @typedef {import('./types').DeskRegistration} DeskRegistration */

const BOOKS = ['matched', 'split', 'underpaid', 'overpaid', 'late', 'early'];
const GOOD = ['matched', 'split'];

/** @param {{auction: string, list: DeskRegistration[], onBooked: () => void}} props */
export function Statements({ auction, list, onBooked }) {
  const [all, setAll] = useState(/** @type {Statement[]} */ ([]));
  const [shown, show] = useState(/** @type {Statement | null} */ (null));
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const load = async () => {
    try {
      setAll((await api('GET', `/auctions/${auction}/statements`)).statements);
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => void load(), [auction]);
  /** @param {() => Promise<Statement>} ask */
  const open = async (ask) => {
    setBusy(true);
    setProblem('');
    try {
      show(await ask());
      await load();
    } catch (e) {
      setProblem(codeOf(e));
    }
    setBusy(false);
  };
  return html`<section class="card reg-part" aria-labelledby="statement-title">
    <h2 id="statement-title">${t('statement.title')}</h2>
    <p class="quiet">${t('statement.what')}</p>
    <${Upload}
      id="statement-file"
      label=${t('statement.file')}
      wanted=${{ purpose: 'statement' }}
      accept=${accepts.tables}
      multiple=${false}
      onDone=${(/** @type {{id: string}} */ f) => void open(() => api('POST', `/auctions/${auction}/statements`, { fileId: f.id }))}
    />
    ${busy && html`<p class="quiet" role="status">${t('statement.reading')}</p>`}
    <${Trouble} code=${problem} />
    ${
      shown &&
      html`<${Preview}
        key=${shown.id}
        statement=${shown}
        list=${list}
        onConfirmed=${(/** @type {Statement} */ s) => {
          show(s);
          void load();
          onBooked();
        }}
      />`
    }
    ${
      all.length > 0 &&
      html`<h3>${t('statement.list')}</h3>
        <ul class="reg-list">
          ${all.map(
            (s) =>
              html`<li key=${s.id}>
                <button type="button" class="link" onClick=${() => void open(() => api('GET', '/statements/' + s.id))}>
                  ${t('statement.show', { name: s.name })}
                </button>
                ${' '}<span class="label">
                  ${moment(s.uploadedAt)}, ${' '}
                  ${s.confirmedAt ? t('statement.confirmed', { time: moment(s.confirmedAt) }) : t('statement.unconfirmed')}
                </span>
              </li>`,
          )}
        </ul>`
    }
  </section>`;
}

/**
 * @param {{statement: Statement, list: DeskRegistration[], onConfirmed: (s: Statement) => void}} props
 */
function Preview({ statement, list, onConfirmed }) {
  const rows = statement.rows ?? [];
  const problems = statement.problems ?? [];
  const [byHand, setByHand] = useState(/** @type {Assignment[]} */ ([]));
  const [assigning, assign] = useState(/** @type {StatementRow | null} */ (null));
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const [names] = useState(() => new RequestNames());
  const done = statement.confirmedAt !== undefined;
  const count = rows.filter((r) => BOOKS.includes(r.verdict)).length + byHand.length;
  const confirm = async () => {
    setBusy(true);
    setProblem('');
    try {
      const body = { assign: byHand };
      onConfirmed(
        await api('POST', `/statements/${statement.id}/confirm`, body, names.of([statement.id, body])),
      );
      names.done();
      setByHand([]);
    } catch (e) {
      setProblem(codeOf(e));
    }
    setBusy(false);
  };
  return html`<div class="reg-box reg-preview">
    <h3>${statement.name}</h3>
    ${statement.confirmedBefore && html`<${Notice} tone="warn" icon="info" title=${t('statement.before')} />`}
    ${problems.length > 0 && html`<${Problems} problems=${problems} />`}
    ${statement.debits > 0 && html`<p class="small quiet">${t('statement.debits', { n: statement.debits })}</p>`}
    ${rows.length === 0 && html`<p>${t('statement.norows')}</p>`}
    ${
      rows.length > 0 &&
      html`<div class="reg-scroll" tabindex="0" role="region" aria-label=${t('statement.rows')}>
        <table class="reg-rows">
          <thead>
            <tr>
              ${['line', 'at', 'amount', 'text', 'means'].map((k) => html`<th key=${k} scope="col">${t('statement.row.' + k)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (r) =>
                html`<${Row}
                  key=${r.line}
                  row=${r}
                  list=${list}
                  open=${!done}
                  byHand=${byHand.find((a) => a.line === r.line)}
                  onAssign=${() => assign(r)}
                  onUndo=${() => setByHand(byHand.filter((a) => a.line !== r.line))}
                />`,
            )}
          </tbody>
        </table>
      </div>`
    }
    <${Trouble} code=${problem} />
    ${
      !done &&
      html`<p class="small quiet">${t(count > 0 ? 'statement.confirm.what' : 'statement.confirm.none')}</p>
        <button type="button" class="button button-main" disabled=${busy || count === 0} onClick=${() => void confirm()}>
          <${Icon} name="check" />${t('statement.confirm', { n: count })}
        </button>`
    }
    ${done && html`<p role="status">${t('statement.confirmed', { time: moment(statement.confirmedAt) })}</p>`}
    ${
      assigning &&
      html`<${AssignDialog}
        row=${assigning}
        list=${list}
        onAssign=${(/** @type {Assignment} */ a) => {
          setByHand([...byHand.filter((x) => x.line !== a.line), a]);
          assign(null);
        }}
        onClose=${() => assign(null)}
      />`
    }
  </div>`;
}

/** @param {{problems: NonNullable<Statement['problems']>}} props */
function Problems({ problems }) {
  return html`<div class="reg-problems">
    <${Notice} tone="bad" icon="triangle-alert" title=${t('statement.problems', { n: problems.length })}>
      <ul>
        ${problems.map(
          (p, i) =>
            html`<li key=${i}>
              <strong>${p.line ? t('statement.problem.line', { line: p.line }) : t('statement.problem.file')}</strong>:
              ${' '}${tCode('bankfault.', p.code)} ${p.text && html`<span class="hash">${p.text}</span>`}
            </li>`,
        )}
      </ul>
    <//>
  </div>`;
}

/**
 * @param {{row: StatementRow, list: DeskRegistration[], open: boolean, byHand?: Assignment, onAssign: () => void,
 *   onUndo: () => void}} props
 */
function Row({ row, list, open, byHand, onAssign, onUndo }) {
  const to = list.find((r) => r.id === (byHand?.registrationId ?? row.registrationId));
  const payment = byHand?.payment ?? row.payment;
  const tone = GOOD.includes(row.verdict) ? 'good' : BOOKS.includes(row.verdict) ? 'warn' : '';
  const free = open && !BOOKS.includes(row.verdict) && row.verdict !== 'duplicate';
  const reason = byHand?.reason ?? row.reason;
  return html`<tr>
    <td>${row.line}</td>
    <td>${moment(row.at)} ${row.dayOnly && html`<span class="label">${t('statement.row.dayonly')}</span>`}</td>
    <td>${dong(row.amount)}</td>
    <td>${row.description}<br /><span class="label">${row.reference}</span></td>
    <td>
      <span class=${'reg-state' + (tone ? ' reg-state-' + tone : '')}>
        ${tCode('verdict.', row.verdict, { amount: dong(Math.abs(row.difference ?? 0)) })}
      </span>
      ${row.applied && html` <strong>${t('statement.row.booked')}</strong>`}
      ${to && payment && html`<br />${t('statement.row.for', { payment: t('reg.' + payment), name: to.name, lot: to.lotNumber })}`}
      ${reason && html`<br /><span class="label">${t('statement.assigned', { reason })}</span>`}
      ${
        free &&
        html`<br /><button type="button" class="link" onClick=${byHand ? onUndo : onAssign}>
            ${t(byHand ? 'statement.unassign' : 'statement.assign')}
          </button>`
      }
    </td>
  </tr>`;
}
