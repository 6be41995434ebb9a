// Today's sessions for those who run or watch them.

import { account, api, isA } from '../account.js';
import { addWords, language, t } from '../i18n.js';
import { clock, connect } from '../live.js';
import { countdown, dayMonth, hourMinute } from '../text.js';
import { html, Icon, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { Money, Notice, useRemaining } from '../ui/parts.js';
import { nextStep } from './acts.js';
import { words } from './words.js';

addWords(words);
await loadStyle('console.css');

/** @typedef {import('../types').Card & {participants: number, checkedIn: number, viewers: number}} DeskCard */

const REFRESH_MS = 3_000;
/** @type {Record<string, number>} */
const ORDER = { closed: 0, running: 1, paused: 1, scheduled: 2, announced: 3, stopped: 3, cancelled: 3 };

/** @param {DeskCard[]} cards */
const ordered = (cards) =>
  [...cards].sort((a, b) => {
    const byPhase = (ORDER[a.now.ph] ?? 9) - (ORDER[b.now.ph] ?? 9);
    if (byPhase !== 0) return byPhase;
    return ORDER[a.now.ph] === 3 ? b.opensAt - a.opensAt : a.opensAt - b.opensAt;
  });

export function Page() {
  useTitle(t('desk.title'));
  const [cards, setCards] = useState(/** @type {DeskCard[] | null} */ (null));
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let left = false;
    connect();
    const look = async () => {
      try {
        const answer = await api('GET', '/desk/sessions');
        if (left) return;
        clock.hint(answer.now);
        setCards(ordered(answer.sessions));
        setFailed(false);
      } catch {
        if (!left) setFailed(true);
      }
    };
    void look();
    const timer = setInterval(() => document.visibilityState === 'visible' && void look(), REFRESH_MS);
    return () => {
      left = true;
      clearInterval(timer);
    };
  }, []);
  return html`<main class="page desk" id="main">
    <header class="desk-head">
      <div>
        <h1 tabindex="-1">${t('desk.title')}</h1>
        <p class="quiet">${t('desk.what')}</p>
      </div>
      <a class="button" href="/quan-tri/cuoc-dau-gia"><${Icon} name="file-text" />${t('desk.auctions')}</a>
    </header>
    ${failed && html`<${Notice} tone="warn" icon="wifi-off" title=${t('desk.failed')} />`}
    ${cards === null && !failed && html`<p class="quiet">${t('loading')}</p>`}
    ${cards?.length === 0 && html`<p class="quiet">${t('desk.none')}</p>`}
    ${
      cards &&
      cards.length > 0 &&
      html`<ul class="desk-list">
        ${cards.map(
          (c) => html`<${SessionRow}
            key=${c.session}
            card=${c}
            several=${cards.some((o) => o !== c && o.lot.auctionId === c.lot.auctionId)}
          />`,
        )}
      </ul>`
    }
  </main>`;
}

const FINAL = ['announced', 'stopped', 'cancelled'];

/** Who is behind a code, once the session is over. @param {{session: string}} props */
function Holder({ session }) {
  const [Asked, setAsked] = useState(/** @type {any} */ (null));
  const open = async () => {
    const { HolderDialog } = await import('../people/holder.js'); // seldom needed
    setAsked(() => HolderDialog);
  };
  return html`<button type="button" class="link desk-holder" onClick=${() => void open()}>
      <${Icon} name="lock" />${t('desk.holder')}
    </button>
    ${Asked && html`<${Asked} session=${session} onClose=${() => setAsked(null)} />`}`;
}

/** @param {{card: DeskCard, several: boolean}} props several: its auction has other lots here */
function SessionRow({ card, several }) {
  const { lot, now } = card;
  const runs = account.value?.role === 'auctioneer';
  const href = (runs ? '/dieu-hanh/' : '/giam-sat/') + card.session;
  return html`<li class="desk-row desk-row-${now.ph}">
    <div class="desk-lot">
      <p class="eyebrow">${t('lot.number', { n: lot.number })} · ${t('kind.' + lot.kind)}</p>
      <h2 class="desk-title"><a href=${href}>${lot.title}</a></h2>
      ${several && html`<a class="small" href=${`/dieu-hanh/cac-lo/${lot.auctionId}?lo=${lot.number}`}>${t('console.lots')}</a>`}
      ${isA('auctioneer', 'registrar') && FINAL.includes(now.ph) && html`<${Holder} session=${card.session} />`}
    </div>
    <p class="desk-cell">
      <span class="label">${t('desk.phase')}</span>
      <span class="phase phase-${now.ph}">${t('phase.' + now.ph)}</span>
    </p>
    <p class="desk-cell">
      <span class="label">${t('desk.time')}</span>
      <${When} card=${card} />
    </p>
    <p class="desk-cell">
      <span class="label">${t('desk.price')}</span>
      ${now.p ? html`<strong><${Money} amount=${now.p} currency=${card.currency} /></strong>` : html`<span class="quiet">–</span>`}
    </p>
    <p class="desk-cell desk-few">
      <span class="label">${t('desk.present')}</span>
      <span class="figures">${card.checkedIn}/${card.participants}</span>
    </p>
    <p class="desk-cell desk-few">
      <span class="label">${t('desk.viewers')}</span>
      <span class="figures">${card.viewers}</span>
    </p>
    <p class="desk-cell">
      <span class="label">${t('desk.next')}</span>
      <span>${t(nextStep(card))}</span>
    </p>
    <a class="button desk-go" href=${href}>
      ${t(runs ? 'desk.open' : 'desk.watch')}
      <${Icon} name="arrow-right" />
    </a>
  </li>`;
}

/** @param {{card: DeskCard}} props */
function When({ card }) {
  const { now, opensAt } = card;
  const left = useRemaining(now.ph === 'running' ? now.e : now.ph === 'scheduled' ? opensAt : undefined);
  void language.value;
  if (now.ph === 'running' && left !== null)
    return html`<span class="figures">${left > 0 ? countdown(left) : t('time.closing')}</span>`;
  if (now.ph === 'paused') return html`<span class="figures">${countdown(now.rem ?? 0)}</span>`;
  if (now.ph === 'scheduled') return html`<span>${t('desk.opens', { time: hourMinute(opensAt) })}</span>`;
  return html`<span class="figures">${dayMonth(now.e ?? opensAt)} ${hourMinute(now.e ?? opensAt)}</span>`;
}
