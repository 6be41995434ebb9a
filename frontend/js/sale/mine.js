// Where the reader stands in the whole sale, in one place: leading, outbid,
// won, and the sum that binds.

import { t } from '../i18n.js';
import { html, Icon } from '../view.js';
import { Money, Notice } from '../ui/parts.js';
import { boundOf } from './model.js';
import { outbidText } from './use.js';

/** @typedef {import('./types').SaleRow} SaleRow */
/** @typedef {import('./types').SaleStanding} SaleStanding */

/** Nothing for who takes no part. @param {{rows: SaleRow[], mine: Map<string, SaleStanding>}} props */
export function Bound({ rows, mine }) {
  const { leading, outbid, won, taking, sums } = boundOf(rows, mine);
  if (taking === 0) return null;
  const counts = /** @type {const} */ ([
    ['leading', leading],
    ['outbid', outbid],
    ['won', won],
  ]);
  return html`<section class="card sale-bound" aria-labelledby="sale-bound">
    <h2 class="label" id="sale-bound">${t('sale.bound.title', { n: taking })}</h2>
    <dl class="facts">
      ${counts.map(
        ([name, n]) => html`<div key=${name} class=${'sale-bound-' + name}>
          <dt>${t('sale.bound.' + name)}</dt>
          <dd>${t('sale.bound.lots', { n })}</dd>
        </div>`,
      )}
      ${sums.map(
        ({ currency, sum, most }) => html`<div key=${currency} class="sale-bound-sum">
          <dt>${t('sale.bound.sum')}</dt>
          <dd>
            <${Money} amount=${sum} currency=${currency} />
            ${most > sum && html`<span class="small quiet"> ${t('sale.bound.most')} <${Money} amount=${most} currency=${currency} /></span>`}
          </dd>
        </div>`,
      )}
    </dl>
  </section>`;
}

/**
 * Told in words until it is seen to.
 * @param {{alerts: SaleRow[], onShow?: (session: string) => void, onDismiss: (session: string) => void}} props
 *   without onShow the lot opens on its own page
 */
export function OutbidAlerts({ alerts, onShow, onDismiss }) {
  return alerts.map(
    (row) => html`<div key=${row.lot.session} class="sale-alert">
      <${Notice} tone="bad" icon="triangle-alert" title=${outbidText(row)}>
        <p class="buttons">
          ${
            onShow
              ? html`<button type="button" class="button" onClick=${() => onShow(row.lot.session)}>
                  ${t('sale.see', { n: row.lot.number })}
                </button>`
              : html`<a class="button" href=${'/phong/' + row.lot.session}>${t('sale.see', { n: row.lot.number })}</a>`
          }
          <button type="button" class="link" onClick=${() => onDismiss(row.lot.session)}>
            <${Icon} name="x" />${t('sale.dismiss')}
          </button>
        </p>
      <//>
    </div>`,
  );
}
