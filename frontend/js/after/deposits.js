// The deposits of an auction: what goes back and by when, what may be lost and
// who decides, the file for the bank.

import { api, isA } from '../account.js';
import { language, t, tCode } from '../i18n.js';
import { longDate } from '../text.js';
import { cls, html, Icon, useState } from '../view.js';
import { Notice } from '../ui/parts.js';
import { codeOf } from '../admin/frame.js';
import { ActDialog, amountText } from './act.js';

/** @typedef {import('./types').Deposit} Deposit */

const GROUNDS = ['absent', 'disqualified', 'unsigned', 'withdrew', 'refused'];
const date = (/** @type {number} */ ms) => longDate(ms, language.value);
const waits = (/** @type {Deposit} */ d) => Boolean(d.forfeit && !d.forfeit.decidedAt);

/** @param {{id: string, list: Deposit[], final: boolean, onChange: () => void}} props */
export function Deposits({ id, list, final, onChange }) {
  const [act, setAct] = useState(/** @type {import('./act.js').Act | null} */ (null));
  const [picked, setPicked] = useState(/** @type {string[]} */ ([]));
  const due = list.filter((d) => d.state === 'refund_due');
  const overdue = due.filter((d) => d.overdue);
  const transfers = due.some((d) => d.paid > 0 && d.method !== 'guarantee'); // a guarantee is only released
  const chosen = picked.filter((one) => due.some((d) => d.registrationId === one));
  const keeper = isA('auctioneer', 'registrar', 'clerk');
  const mark = () =>
    setAct({
      title: t('after.deposits.mark').replace('…', ''),
      what: html`<p>${t('after.deposits.mark.what', { n: chosen.length })}</p>`,
      path: `/auctions/${id}/refunds`,
      fields: [{ name: 'reference', label: t('after.field.reference'), kind: 'text' }],
      go: t('after.do.go'),
      body: (f) => ({ registrations: chosen, ...f }),
    });
  return html`<section class="card after-lot" aria-labelledby="deposits">
    <h2 id="deposits">${t('after.deposits')}</h2>
    ${list.length === 0 && html`<p class="quiet">${t('after.deposits.none')}</p>`}
    ${!final && list.length > 0 && html`<p class="quiet">${t('after.deposits.wait')}</p>`}
    ${
      overdue.length > 0 &&
      html`<${Notice} tone="bad" icon="triangle-alert" title=${t('after.deposits.overdue', { n: overdue.length })}>
        <p>${t('after.deposits.overdue.what')}</p>
      <//>`
    }
    ${
      due.length > 0 &&
      keeper &&
      html`<div class="after-tools">
        <span>${t('after.deposits.due', { n: due.length })}</span>
        ${transfers && html`<${Export} id=${id} format="xlsx" /><${Export} id=${id} format="csv" />`}
        <button type="button" class="button button-main" disabled=${chosen.length === 0} onClick=${mark}>
          ${t('after.deposits.mark')}
        </button>
      </div>`
    }
    ${
      list.length > 0 &&
      html`<div class="after-scroll" tabindex="0" role="group" aria-labelledby="deposits">
        <table class="table after-table">
          <thead>
            <tr>
              <th scope="col">
                ${
                  due.length > 0 && keeper
                    ? html`<input
                        type="checkbox"
                        class="after-check"
                        aria-label=${t('after.deposits.mark.all')}
                        checked=${chosen.length === due.length}
                        onChange=${() => setPicked(chosen.length === due.length ? [] : due.map((d) => d.registrationId))}
                      />`
                    : html`<span class="unseen">${t('after.deposits.mark.all')}</span>`
                }
              </th>
              <th scope="col">${t('after.deposits.who')}</th>
              <th scope="col" class="num">${t('after.deposits.amount')}</th>
              <th scope="col">${t('after.deposits.state')}</th>
              <th scope="col">${t('after.deposits.act')}</th>
            </tr>
          </thead>
          <tbody>
            ${list.map(
              (d) =>
                html`<${Line}
                  key=${d.registrationId}
                  d=${d}
                  picked=${chosen.includes(d.registrationId)}
                  onPick=${
                    keeper && d.state === 'refund_due'
                      ? () =>
                          setPicked(
                            chosen.includes(d.registrationId)
                              ? chosen.filter((one) => one !== d.registrationId)
                              : [...chosen, d.registrationId],
                          )
                      : null
                  }
                  onAct=${setAct}
                />`,
            )}
          </tbody>
        </table>
      </div>`
    }
    ${
      act &&
      html`<${ActDialog}
        act=${act}
        onDone=${() => {
          setAct(null);
          setPicked([]);
          onChange();
        }}
        onClose=${() => setAct(null)}
      />`
    }
  </section>`;
}

/** @param {any} props */
function Line({ d, picked, onPick, onAct }) {
  return html`<tr class=${cls(d.overdue && 'after-overdue')}>
    <td>
      ${
        onPick &&
        html`<input
          type="checkbox"
          class="after-check"
          aria-label=${t('after.deposits.pick', { name: d.name })}
          checked=${picked}
          onChange=${onPick}
        />`
      }
    </td>
    <th scope="row">
      ${d.name}<br /><span class="label">${t('after.lot', { n: d.lotNumber })}, ${d.memo}</span>
    </th>
    <td class="num figures">${amountText(d.paid, 'VND')}</td>
    <td>
      ${stateText(d)}
      ${waits(d) && html`<br /><strong>${t('after.forfeit.proposed', { ground: tCode('after.ground.', d.forfeit.ground) })}</strong>`}
      ${d.forfeit?.decision && html`<br /><span class="label">${d.forfeit.decision}</span>`}
    </td>
    <td><${LineAct} d=${d} onAct=${onAct} /></td>
  </tr>`;
}

/** @param {Deposit} d */
function stateText(d) {
  if (d.overdue) return t('after.deposit.overdue', { date: date(d.refundDueAt ?? 0) });
  if (d.state === 'refund_due')
    return d.refundDueAt
      ? t('after.deposit.refund_due', { date: date(d.refundDueAt) })
      : t('after.deposit.refund_due.noterm');
  if (d.state === 'refunded') return t('after.deposit.refunded', { ref: d.references?.at(-1) ?? '' });
  return tCode('after.deposit.', d.state);
}

/** @param {{d: Deposit, onAct: (act: import('./act.js').Act) => void}} props */
function LineAct({ d, onAct }) {
  const path = '/registrations/' + d.registrationId;
  const reason = { name: 'reason', label: t('after.field.reason'), kind: /** @type {const} */ ('lines') };
  if (waits(d) && isA('auctioneer', 'admin')) {
    return html`<button
      type="button"
      class="button"
      onClick=${() =>
        onAct({
          title: t('after.forfeit.decide').replace('…', ''),
          what: html`<p>${t('after.forfeit.decide.what', { ground: tCode('after.ground.', d.forfeit?.ground ?? '') })}</p>
            ${d.forfeit?.reason && html`<p class="quiet">${t('after.step.reason', { text: d.forfeit.reason })}</p>`}`,
          path: path + '/forfeit-decision',
          fields: [
            {
              name: 'approve',
              label: t('after.forfeit.verdict'),
              kind: 'choice',
              options: [
                ['no', t('after.forfeit.no')],
                ['yes', t('after.forfeit.yes')],
              ],
            },
            reason,
          ],
          go: t('after.do.go'),
          body: (f) => ({ ...f, approve: f.approve === 'yes' }),
        })}
    >
      ${t('after.forfeit.decide')}
    </button>`;
  }
  const held = d.state === 'refund_due' || d.state === 'received' || d.state === 'guaranteed';
  if (!held || waits(d) || !isA('auctioneer', 'registrar', 'clerk', 'admin')) return null;
  return html`<button
    type="button"
    class="link"
    onClick=${() =>
      onAct({
        title: t('after.forfeit.propose').replace('…', ''),
        what: html`<p>${t('after.forfeit.propose.what')}</p>`,
        path: path + '/forfeit',
        tone: 'bad',
        fields: [
          {
            name: 'ground',
            label: t('after.field.ground'),
            kind: 'choice',
            options: GROUNDS.map((g) => [g, t('after.ground.' + g)]),
          },
          reason,
        ],
        go: t('after.do.go'),
      })}
  >
    ${t('after.forfeit.propose')}
  </button>`;
}

/** Hands the file for the bank to the reader. @param {{id: string, format: string}} props */
function Export({ id, format }) {
  const [problem, setProblem] = useState('');
  const get = async () => {
    setProblem('');
    try {
      const file = await api('GET', `/auctions/${id}/refunds?format=${format}`, undefined, { blob: true });
      const link = document.createElement('a');
      link.href = URL.createObjectURL(file);
      link.download = 'hoan-tien.' + format;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  return html`<span>
    <button type="button" class="button" onClick=${() => void get()}>
      <${Icon} name="download" />${t('after.deposits.export', { format: format.toUpperCase() })}
    </button>
    ${problem && html`<span class="field-error" role="alert">${tCode('after.problem.', problem)}</span>`}
  </span>`;
}
