// Who has asked to see who bid, on the page of what follows the sessions: one
// asks, another approves, who asked looks once.

import { account, api } from '../account.js';
import { language, t } from '../i18n.js';
import { longDate, timeOfDay } from '../text.js';
import { html, Icon, useEffect, useState } from '../view.js';
import { Notice } from '../ui/parts.js';
import { ActDialog } from './act.js';

/**
 * @typedef {object} Opening
 * @property {string} id
 * @property {string} session
 * @property {string} code
 * @property {string} reason
 * @property {string} askedBy
 * @property {number} askedAt
 * @property {number} expiresAt
 * @property {string} [decidedBy]
 * @property {string} [remark]
 * @property {'waiting' | 'approved' | 'refused' | 'used' | 'expired'} state
 * @property {boolean} [mine]
 * @property {boolean} [mayDecide]
 */

/** @param {number} at */
const moment = (at) => `${timeOfDay(at)} ${longDate(at, language.value)}`;

/** What is sent to decide or to look. @param {string} auction @param {Opening} o */
export function actsOf(auction, o) {
  const path = `/auctions/${auction}/openings/${o.id}`;
  const remark = { name: 'remark', label: t('after.opening.remark'), kind: /** @type {const} */ ('lines') };
  const what = html`<p>${t('after.opening.of', { code: o.code, name: o.askedBy })}</p>
    <blockquote class="opening-why">${o.reason}</blockquote>`;
  return {
    approve: o.mayDecide && {
      title: t('after.opening.approve'),
      what: html`${what}<p>${t('after.opening.approve.what')}</p>`,
      path: path + '/decide',
      fields: [],
      go: t('after.opening.approve'),
      body: () => ({ approve: true }),
    },
    refuse: o.mayDecide && {
      title: t('after.opening.refuse'),
      what,
      path: path + '/decide',
      fields: [remark],
      go: t('after.opening.refuse'),
      body: (/** @type {any} */ f) => ({ approve: false, ...f }),
    },
    use: o.mine &&
      o.state === 'approved' && {
        title: t('after.opening.use'),
        what: html`<p>${t('after.opening.use.what', { code: o.code })}</p>`,
        path: path + '/use',
        fields: [],
        go: t('after.opening.use'),
      },
  };
}

/** @param {{auction: string, version: number}} props version: another one reads them again */
export function Openings({ auction, version }) {
  const [list, setList] = useState(/** @type {Opening[]} */ ([]));
  const [act, setAct] = useState(/** @type {any} */ (null));
  const [seen, setSeen] = useState('');
  const may = ['auctioneer', 'registrar'].includes(account.value?.role ?? '');
  const look = () =>
    api('GET', `/auctions/${auction}/openings`)
      .then((a) => setList(a.openings))
      .catch(() => {}); // the rest of the page asks the same server and tells
  useEffect(() => {
    if (may) void look();
  }, [auction, version, may]);
  if (!may || list.length === 0) return null;
  return html`<section class="card after-openings" aria-labelledby="openings">
    <h2 id="openings">${t('after.openings')}</h2>
    <p class="small quiet">${t('after.openings.what')}</p>
    ${seen && html`<div role="status"><${Notice} tone="good" icon="eye" title=${seen} /></div>`}
    <ul class="openings">
      ${list.map((o) => html`<${Row} key=${o.id} o=${o} acts=${actsOf(auction, o)} onAct=${setAct} />`)}
    </ul>
    ${
      act &&
      html`<${ActDialog}
        act=${{
          ...act,
          done: (/** @type {any} */ answer) => {
            setAct(null);
            if (answer.account) setSeen(t('after.open.is', { code: answer.opening.code, ...answer.account }));
            void look();
          },
        }}
        onDone=${() => setAct(null)}
        onClose=${() => {
          setAct(null);
          void look();
        }}
      />`
    }
  </section>`;
}

/** @param {{o: Opening, acts: any, onAct: (a: any) => void}} props */
function Row({ o, acts, onAct }) {
  const button = (/** @type {string} */ name, /** @type {string} */ icon, main = false) =>
    acts[name] &&
    html`<button type="button" class=${main ? 'button button-main' : 'button'} data-opening=${name} onClick=${() => onAct(acts[name])}>
      <${Icon} name=${icon} />${t('after.opening.' + name)}
    </button>`;
  return html`<li class="opening" data-state=${o.state}>
    <p class="opening-head">
      <strong>${o.code}</strong>
      <span class=${'after-state opening-' + o.state}>${t('after.opening.state.' + o.state)}</span>
    </p>
    <blockquote class="opening-why">${o.reason}</blockquote>
    <p class="small quiet">
      ${t('after.opening.asked', { name: o.askedBy, at: moment(o.askedAt) })}
      ${o.decidedBy && html` ${t('after.opening.decided', { name: o.decidedBy })}`}
      ${o.remark && html` ${o.remark}`}
      ${['waiting', 'approved'].includes(o.state) && html` ${t('after.opening.until', { at: moment(o.expiresAt) })}`}
    </p>
    <p class="opening-acts">${button('approve', 'check', true)} ${button('refuse', 'x')} ${button('use', 'eye', true)}</p>
  </li>`;
}
