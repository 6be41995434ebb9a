// A falling price, sealed offers above it, and the last word: three stages of
// one session, each shown as the method that it is.

import { addWords, language, t } from '../i18n.js';
import { isFalling } from '../room.js';
import { figures } from '../text.js';
import { cls, html, Icon } from '../view.js';
import { BidBox } from '../ui/bid-box.js';
import { Money, Notice, usualPrice } from '../ui/parts.js';
import { Desk, Line as SealedLine, Panel as SealedPanel } from '../sealed/way.js';
import { words } from './words.js';

addWords(words);

export { Desk };

/** @typedef {import('../types').Room} Room */
/** @typedef {import('../types').Standing} Standing */

const STAGES = /** @type {const} */ (['falling', 'offers', 'answer']);

/** @param {Room} room @returns {(typeof STAGES)[number]} */
const stageOf = ({ now }) => now.hy?.s ?? 'falling';

/** @param {Room} room @returns {[string, number]} */
export function price(room) {
  const { now } = room;
  if (isFalling(room) || now.res || !now.p) return usualPrice(room);
  if (now.b && now.b === now.hy?.c && stageOf(room) === 'answer') return [t('hybrid.price.answer'), now.p];
  return [t(now.sl?.o && now.n > 1 ? 'hybrid.price.best' : 'hybrid.price.accepted'), now.p];
}

/** @param {{room: Room}} props */
export function Facts({ room }) {
  const { now, rules } = room;
  const { currency } = rules;
  if (isFalling(room))
    return html`${now.ft && html`<div><dt>${t('fact.next')}</dt><dd><${Money} amount=${now.ft} currency=${currency} /></dd></div>`}
      <div><dt>${t('fact.floor')}</dt><dd><${Money} amount=${rules.descent?.floor ?? 0} currency=${currency} /></dd></div>`;
  // One of the two: with the leader both are too much for a small phone.
  if (stageOf(room) === 'offers')
    return html`${now.ph === 'running' && now.nx > 0 && html`<div><dt>${t('hybrid.least')}</dt><dd><${Money} amount=${now.nx} currency=${currency} /></dd></div>`}`;
  return html`${now.hy?.c && now.hy.c !== now.b && html`<div><dt>${t('hybrid.first')}</dt><dd>${now.hy.c}</dd></div>`}`;
}

/** The three stages and what happens in this one. @param {{room: Room, you?: Standing | null, explain?: boolean}} props */
export function Line({ room, you = null, explain = true }) {
  const stage = stageOf(room);
  const at = STAGES.indexOf(stage);
  return html`<div class="sealed">
      <ol class="sealed-locks" aria-label=${t('hybrid.line')}>
        ${STAGES.map(
          (name, i) => html`<li
            key=${name}
            class=${cls('sealed-lock', i < at && 'sealed-lock-given', i === at && 'sealed-lock-shut', i > at && 'sealed-lock-open')}
            aria-current=${i === at ? 'step' : null}
          >
            <${Icon} name=${i < at ? 'check' : { falling: 'arrow-down', offers: 'lock', answer: 'gavel' }[name]} />
            <span>${i + 1}. ${t('hybrid.' + name)}</span>
          </li>`,
        )}
      </ol>
      ${explain && html`<p class="sealed-text">${sentence(room, you)}</p>`}
    </div>
    ${(room.now.ph === 'scheduled' || (stage === 'offers' && (explain || room.now.ph === 'closed'))) && html`<${SealedLine} room=${room} explain=${false} />`}`;
}

/** @param {Room} room @param {Standing | null} you */
function sentence(room, you) {
  const { now } = room;
  const stage = stageOf(room);
  if (now.ph === 'closed')
    return t(stage === 'offers' && !now.sl?.o ? 'hybrid.shut.what' : 'hybrid.over.what');
  if (you?.lw && stage !== 'falling') return t(`hybrid.${stage}.mine`);
  return t(`hybrid.${stage}.what`);
}

/** For the hall. @param {Room} room */
export function call(room) {
  const { now } = room;
  const stage = stageOf(room);
  if (stage === 'falling') return '';
  if (now.ph === 'running') {
    const least = figures(now.nx, room.rules.currency, language.value);
    return `${t('hybrid.call.' + stage)} · ${t('hybrid.least')} ${least}`;
  }
  return now.ph === 'closed' && stage === 'offers' && !now.sl?.o
    ? t(now.sl?.g ? 'sealed.call.half' : 'sealed.call.shut')
    : '';
}

/** The sheet of the stage. @param {{feed: import('../live.js').RoomFeed, receipts: any[]}} props */
export function Panel({ feed, receipts }) {
  const room = feed.room.value;
  const you = feed.you.value;
  if (!room) return null;
  const stage = stageOf(room);
  const open = ['running', 'closed', 'paused'].includes(room.now.ph);
  if (stage === 'offers' && open && !you?.lw) return html`<${SealedPanel} feed=${feed} />`;
  if (stage === 'answer' && room.now.ph === 'running' && you?.in && !you.lw && !you.out)
    return html`<section class="card"><${Notice} tone="quiet" icon="hourglass" title=${t('hybrid.notasked')} /></section>`;
  return html`<${BidBox} feed=${feed} receipts=${receipts} />`;
}
