// The start page: what is live, what opens soon, what ended.

import { api } from '../account.js';
import { language, t, tCode } from '../i18n.js';
import { clock, second } from '../live.js';
import { openingKey, priceLabel, priceShown, unitsSold } from '../room.js';
import { dayMonth, hourMinute, longDate, timeOfDay } from '../text.js';
import { cls, html, Icon, useEffect, useState, useTitle } from '../view.js';
import { LotFace } from '../ui/lot-face.js';
import { Countdown, Money, Notice, Price, Stamp } from '../ui/parts.js';

/** @typedef {import('../types').Card} Card */
/** @typedef {import('../types').ResultCard} ResultCard */

const REFRESH_MS = 5_000; // cards are a shop window; the room itself is live

/** @returns {{home: import('../types').Home | null, failed: boolean}} */
function useHome() {
  const [home, setHome] = useState(/** @type {import('../types').Home | null} */ (null));
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let left = false;
    /** @type {any} */
    let timer;
    const look = async () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') {
        try {
          const answer = await api('GET', '/home', undefined, { anonymous: true });
          if (left) return;
          clock.hint(answer.now);
          setHome(answer);
          setFailed(false);
        } catch {
          if (!left) setFailed(true);
        }
      }
      if (!left) timer = setTimeout(look, REFRESH_MS);
    };
    void look();
    document.addEventListener('visibilitychange', look);
    return () => {
      left = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return { home, failed };
}

export function Page() {
  useTitle('');
  const { home, failed } = useHome();
  return html`<main class="page home" id="main">
    <${Masthead} />
    ${failed && html`<${Notice} tone="warn" icon="wifi-off" title=${t('home.offline')} />`}
    ${!home && !failed && html`<p class="quiet">${t('loading')}</p>`}
    ${
      home &&
      html`<${Live} cards=${home.live} />
      <${Soon} cards=${home.soon} />
      <${Results} cards=${home.results} />`
    }
  </main>`;
}

function Masthead() {
  void second.value;
  const lang = language.value;
  return html`<section class="masthead">
    <div>
      <p class="eyebrow">${clock.known ? longDate(clock.now(), lang) : '\u00a0'}</p>
      <h1 class="masthead-title" tabindex="-1">${t('home.title')}</h1>
      <p class="quiet">${t('home.what')}</p>
      <p>
        <a class="masthead-all" href="/cuoc-dau-gia">
          <${Icon} name="search" />
          ${t('home.all')}
        </a>
      </p>
    </div>
    <p class="masthead-clock">
      <span class="label">${t('clock.label')}</span>
      <time class="masthead-time">${clock.known ? timeOfDay(clock.now()) : '--:--:--'}</time>
    </p>
  </section>`;
}

/** @param {{id: string, title: string, count?: number, children: any}} props */
function Section({ id, title, children }) {
  return html`<section class="home-section" aria-labelledby=${id}>
    <h2 class="rule-head" id=${id}>${title}</h2>
    ${children}
  </section>`;
}

/** @param {{cards: Card[]}} props */
function Live({ cards }) {
  return html`<${Section} id="live" title=${t('home.live')}>
    ${
      cards.length === 0
        ? html`<p class="quiet">${t('home.live.none')}</p>`
        : html`<ul class=${cls('cards', cards.length === 1 && 'cards-one')}>
            ${cards.map((c) => html`<${LiveCard} key=${c.session} card=${c} />`)}
          </ul>`
    }
  <//>`;
}

/** Which lot it is, and how it is sold where that is not as usual; a rehearsal says so first. @param {Card} card */
const eyebrow = ({ lot, method }) =>
  html`${lot.rehearsal && html`<strong class="rehearsal">${t('rehearsal.mark')}</strong> · `}${t('lot.number', { n: lot.number })} · ${tCode('kind.', lot.kind)}${method !== 'ascending' && html` · ${t('method.' + method)}`}`;

/** What the price of a card is. @param {Card} card */
function labelOf({ method, units, now }) {
  const key = method === 'gong' && !now.p ? 'price.asked' : priceLabel(now); // the gong never asks the start
  return units ? t('price.unit', { label: t(key) }) : t(key);
}

/** What a card's clock runs to; no clock ends a lot that is called. @param {Card} card */
function timeOf({ method, now }) {
  if (now.tn) return now.tn.c ? 'time.turn' : 'time.pause';
  if (now.fa) return 'time.falls';
  return method === 'gong' && now.e !== now.lx ? 'time.silence' : 'time.left';
}

/** @param {{card: Card}} props */
function LiveCard({ card }) {
  const { lot, now } = card;
  const href = '/phong/' + card.session;
  return html`<li class="lotcard">
    <div class="lotcard-face"><${LotFace} lot=${lot} /></div>
    <div class="lotcard-body">
      <p class="eyebrow">${eyebrow(card)}</p>
      <h3 class="lotcard-title"><a href=${href}>${lot.title}</a></h3>
      ${
        lot.place &&
        html`<p class="small quiet lotcard-place">
          <${Icon} name="map-pin" />
          ${lot.place}
        </p>`
      }
      <div class="lotcard-price">
        <span class="label">${labelOf(card)}</span>
        <${Price} amount=${priceShown(now, now.nx)} currency=${card.currency} withWords=${false} />
      </div>
      <div class="lotcard-foot">
        ${
          now.ph === 'running' && now.cl
            ? html`<span class="small">${t('time.hammer')}</span>`
            : now.ph === 'running' && now.e
              ? html`<${Countdown}
                endMs=${now.fa ?? now.e}
                totalMs=${now.e - card.opensAt}
                label=${t(timeOf(card))}
                atZero=${t(now.tn ? 'time.next' : now.fa ? 'time.falling' : 'time.closing')}
              />`
              : html`<${Stamp} phase=${now.ph} result=${now.res} />`
        }
        <p class="small quiet lotcard-meta">
          ${(!now.sl || now.sl.o) && html`<span>${t('bids.count', { n: now.n })}</span>`}
          ${card.take && html`<span>${t('take.count', { n: card.take })}</span>`}
          ${now.b && html`<span>${t('price.by', { code: now.b })}</span>`}
        </p>
      </div>
    </div>
  </li>`;
}

/** @param {{cards: Card[]}} props */
function Soon({ cards }) {
  return html`<${Section} id="soon" title=${t('home.soon')}>
    ${
      cards.length === 0
        ? html`<p class="quiet">${t('home.soon.none')}</p>`
        : html`<ul class="soonlist">
            ${cards.map((c) => html`<${SoonRow} key=${c.session} card=${c} />`)}
          </ul>`
    }
  <//>`;
}

/** @param {{card: Card}} props */
function SoonRow({ card }) {
  return html`<li class="soon">
    <div class="soon-face"><${LotFace} lot=${card.lot} /></div>
    <div class="soon-what">
      <p class="eyebrow">${eyebrow(card)}</p>
      <h3><a href=${'/phong/' + card.session}>${card.lot.title}</a></h3>
      <p class="small quiet dots">
        <span>${labelOf(card)} <strong><${Money} amount=${card.now.nx} currency=${card.currency} /></strong></span>
        ${
          card.lot.deposit &&
          html`<span>${t('lot.deposit')} <${Money} amount=${card.lot.deposit} currency=${card.currency} /></span>`
        }
      </p>
    </div>
    <div class="soon-when">
      <span class="label">${dayMonth(card.opensAt)} · ${hourMinute(card.opensAt)}</span>
      <${Countdown}
        endMs=${card.opensAt}
        totalMs=${3_600_000}
        soonMs=${0}
        label=${t('time.opens')}
        atZero=${t(openingKey(card.now))}
      />
    </div>
  </li>`;
}

/** @param {{cards: ResultCard[]}} props */
function Results({ cards }) {
  return html`<${Section} id="results" title=${t('home.results')}>
    ${
      cards.length === 0
        ? html`<p class="quiet">${t('home.results.none')}</p>`
        : html`<ul class="results">
            ${cards.map((c) => html`<${ResultRow} key=${c.session} card=${c} />`)}
          </ul>`
    }
  <//>`;
}

/** @param {{card: ResultCard}} props */
function ResultRow({ card }) {
  const { result } = card;
  return html`<li class="result">
    <div class="result-what">
      <p class="label dots">
        <span>${dayMonth(card.closedAt)}</span>
        <span>${hourMinute(card.closedAt)}</span>
        <span>${t('lot.number', { n: card.lot.number })}</span>
      </p>
      <h3><a href=${'/phong/' + card.session}>${card.lot.title}</a></h3>
      ${card.reason && html`<p class="small quiet">${card.reason}</p>`}
    </div>
    <div class="result-how">
      ${
        result?.price
          ? html`<strong class="result-price">
              <${Money} amount=${result.price} currency=${card.currency} />
            </strong>`
          : null
      }
      <p class="small quiet dots">
        ${result?.awards && html`<span>${t('result.each', { units: unitsSold(result) })}</span><span>${t('result.winners', { n: result.awards.length })}</span>`}
        ${result?.winner && !result.awards && html`<span>${t('result.winner', { code: result.winner })}</span>`}
        <span>${t('bids.count', { n: card.bids })}</span>
      </p>
    </div>
    <${Stamp} phase=${card.phase} result=${result} />
  </li>`;
}
