// The checklist before the opening: what the program sees, and what people tick.

import { api, isA } from '../account.js';
import { t, tCode } from '../i18n.js';
import { hourMinute } from '../text.js';
import { cls, html, Icon, useRef, useState } from '../view.js';
import { codeOf, Problem, RequestNames } from '../admin/frame.js';

/** @typedef {import('./types').ReadinessItem} ReadinessItem */

const ICONS = { ready: 'circle-check', not_ready: 'hourglass', no_matter: 'ellipsis' };

/** @param {{id: string, items: ReadinessItem[], onItems: (items: ReadinessItem[]) => void}} props */
export function Readiness({ id, items, onItems }) {
  const [problem, setProblem] = useState('');
  // What was ticked and is not answered yet; the answer to an earlier tick knows nothing of it.
  const [sent, setSent] = useState(/** @type {Record<string, boolean>} */ ({}));
  const turn = useRef(Promise.resolve());
  const mayTick = isA('auctioneer', 'registrar', 'clerk', 'admin');
  const wanted = items.filter((i) => i.state !== 'no_matter');
  const done = wanted.filter((i) => i.state === 'ready').length;
  /** @param {string} item @param {boolean} ticked */
  const send = async (item, ticked) => {
    const body = { item, ticked };
    try {
      const answer = await api('POST', `/auctions/${id}/readiness`, body, new RequestNames().of(body));
      onItems(answer.readiness);
    } catch (e) {
      setProblem(codeOf(e));
    }
    setSent(({ [item]: _, ...rest }) => rest);
  };
  /** One after the other, so that the newest answer comes last. @param {ReadinessItem} item @param {boolean} ticked */
  const tick = ({ name }, ticked) => {
    setProblem('');
    setSent((others) => ({ ...others, [name]: ticked }));
    turn.current = turn.current.then(() => send(name, ticked));
  };
  return html`<section class="card office-part" aria-labelledby="ready">
    <div class="day-head">
      <h2 id="ready">${t('ready.title')}</h2>
      <span class=${cls('pill', done === wanted.length && 'pill-good')}>
        <span class="pill-dot" aria-hidden="true"></span>
        ${done === wanted.length ? t('ready.all') : t('ready.sum', { n: done, all: wanted.length })}
      </span>
    </div>
    ${problem && html`<${Problem} code=${problem} />`}
    <ul class="ready">
      ${items.map((item) => html`<${Item} key=${item.name} item=${item} sent=${sent[item.name]} mayTick=${mayTick} onTick=${tick} />`)}
    </ul>
  </section>`;
}

/** How far it may be off, and what to do about it. @param {ReadinessItem} item */
const serverClock = ({ state, have, want }) =>
  [want && t('ready.clock.off', { have: have ?? 0 }), state === 'not_ready' && t('ready.clock.do')]
    .filter(Boolean)
    .join(' ');

/**
 * @param {{item: ReadinessItem, sent?: boolean, mayTick: boolean, onTick: (item: ReadinessItem, ticked: boolean) => void}} props
 *   sent: what was just ticked and waits for its answer
 */
function Item({ item, sent, mayTick, onTick }) {
  const name = tCode('ready.item.', item.name);
  const more = item.at
    ? t('ready.by', { name: item.by ?? '', time: hourMinute(item.at) })
    : item.name === 'clock'
      ? t('ready.ms', { have: item.have ?? 0 })
      : item.name === 'server_clock'
        ? serverClock(item)
        : item.want
          ? t('ready.have', { have: item.have ?? 0, want: item.want })
          : '';
  const text = html`<span class="ready-text">
    <span>${name}</span>
    ${more && html`<span class="label">${more}</span>`}
  </span>`;
  if (!item.ticked || !mayTick) {
    return html`<li class="ready-item ready-${item.state}">
      <${Icon} name=${ICONS[item.state]} label=${t('ready.state.' + item.state)} />${text}
    </li>`;
  }
  return html`<li class="ready-item ready-${item.state}">
    <label class="ready-tick">
      <input
        type="checkbox"
        checked=${sent ?? item.state === 'ready'}
        onChange=${(/** @type {any} */ e) => onTick(item, e.currentTarget.checked)}
      />
      ${text}
    </label>
  </li>`;
}
