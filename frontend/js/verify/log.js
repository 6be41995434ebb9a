// What the public log says of a file that is right, and what kept checkpoints
// come to.

import { language, t } from '../i18n.js';
import { longDate, timeWithMs } from '../text.js';
import { html } from '../view.js';
import { Notice } from '../ui/parts.js';
import { short } from './values.js';

/** @param {number} at */
const moment = (at) => `${timeWithMs(at)}, ${longDate(at, language.value)}`;

/** @param {{log?: import('./types').Logged, checkpoints?: import('./types').KeptCheckpoint[]}} props */
export function PublicLog({ log, checkpoints = [] }) {
  return html`<h3>${t('verify.log')}</h3>
    ${log ? html`<${InLog} log=${log} />` : html`<${Notice} tone="quiet" icon="info" title=${t('verify.log.none')}><p>${t('verify.log.none.means')}</p><//>`}
    ${
      checkpoints.length > 0 &&
      html`<ul class="verify-list">
        ${checkpoints.map((c, i) => html`<li key=${i}>${t('verify.kept.' + c.says, { size: c.size, origin: c.origin, here: log?.size ?? 0 })}</li>`)}
      </ul>`
    }`;
}

/** @param {{log: import('./types').Logged}} props */
function InLog({ log }) {
  const { index, origin, size } = log;
  return html`<${Notice} tone=${log.known ? 'good' : 'quiet'} icon="shield-check" title=${t('verify.log.in')}>
      <p>${t('verify.log.in.means', { index, origin, size, at: moment(log.at) })}</p>
      <p>${t(log.known ? 'verify.log.known' : 'verify.log.unknown')}</p>
    <//>
    <dl class="facts">
      <div class="verify-wide">
        <dt>${t('verify.log.first')}</dt>
        <dd><span class="hash verify-hash">${log.first}</span></dd>
      </div>
      ${
        log.key !== log.first &&
        html`<div class="verify-wide">
          <dt>${t('verify.log.key')}</dt>
          <dd><span class="hash verify-hash">${log.key}</span></dd>
        </div>`
      }
      <div class="verify-wide">
        <dt>${t('verify.log.checkpoint')}</dt>
        <dd>
          ${t('verify.log.checkpoint.short', { size, root: short(log.root) })}
          <span class="hash verify-hash">${log.root}</span>
        </dd>
      </div>
    </dl>
    ${
      (log.witnesses || log.others) &&
      html`<ul class="verify-list">
        ${log.witnesses?.map((w) => html`<li key=${w.name}>${w.at ? t('verify.witness.yes', { name: w.name, at: moment(w.at) }) : t('verify.witness.no', { name: w.name })}</li>`)}
        ${log.others && html`<li>${t('verify.witness.others', { names: log.others.join(', ') })}</li>`}
      </ul>`
    }`;
}
