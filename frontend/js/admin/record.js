// An auction that nobody edits any more: its frozen rules with their
// fingerprints, and the ways to each session.

import { api, isA } from '../account.js';
import { language, t } from '../i18n.js';
import { clock } from '../live.js';
import { hourMinute, longDate, money } from '../text.js';
import { html, Icon, useEffect, useState } from '../view.js';
import { LotFace } from '../ui/lot-face.js';
import { Notice } from '../ui/parts.js';
import { duration, RulesText } from '../ui/rules.js';

/** @typedef {import('./types').Auction} Auction */
/** @typedef {import('./types').LotDraft} LotDraft */

const AT_ONCE = 4; // sessions asked for at the same time
const RETRY_MS = 2_000; // a session just published may not stand yet

/** @param {{auction: Auction, children?: any}} props children: what the public sees of it */
export function Record({ auction, children }) {
  const hashes = useHashes(auction);
  const published = auction.status === 'published';
  return html`<header class="office-head">
      <div>
        <p class="eyebrow">${t('auction.' + auction.status)}</p>
        <h1 tabindex="-1">${auction.title}</h1>
      </div>
    </header>
    ${published && html`<${Notice} tone="quiet" icon="lock" title=${t('record.frozen')}><p>${t('record.frozen.what')}</p><//>`}
    ${children}
    <dl class="facts card">
      <div><dt>${t('field.centre')}</dt><dd>${auction.centre || '–'}</dd></div>
      <div><dt>${t('field.owner')}</dt><dd>${auction.owner || '–'}</dd></div>
      <div><dt>${t('field.place')}</dt><dd>${auction.place || '–'}</dd></div>
      <div><dt>${t('auction.people')}</dt><dd>${auction.participantCount}</dd></div>
    </dl>
    <section class="office-part">
      <h2 class="rule-head">${t('auction.lots', { n: auction.lots.length })}</h2>
      ${auction.lots.map((lot) => html`<${LotRecord} key=${lot.id} auction=${auction} lot=${lot} hash=${hashes[lot.session ?? ''] ?? ''} />`)}
    </section>
    ${
      auction.participantCount > 0 &&
      html`<section class="card office-part">
        <h2>${t('auction.people')}</h2>
        <p class="quiet">${t('record.codes')}</p>
        <ul class="office-names">
          ${(auction.participants ?? []).map((p) => html`<li key=${p.accountId}>${p.name ?? p.accountId} <span class="label">${p.login}</span></li>`)}
        </ul>
      </section>`
    }`;
}

/** @param {{auction: Auction, lot: LotDraft, hash: string}} props */
function LotRecord({ auction, lot, hash }) {
  const lang = language.value;
  const { rules, session } = lot;
  const face = { ...lot, auctionId: auction.id, lotId: lot.id ?? '' };
  return html`<article class="card card-brass office-record">
    <div class="office-record-face"><${LotFace} lot=${face} /></div>
    <div class="office-record-text">
      <p class="eyebrow">${t('lot.number', { n: lot.number })} · ${t('kind.' + lot.kind)}</p>
      <h3>${lot.title}</h3>
      ${lot.place && html`<p class="small quiet">${lot.place}</p>`}
      <dl class="facts">
        <div><dt>${t('field.lots.rules.start')}</dt><dd class="figures">${money(rules.start, rules.currency, lang)}</dd></div>
        <div>
          <dt>${t('field.lots.deposit')}</dt>
          <dd class="figures">${lot.deposit ? money(lot.deposit, rules.currency, lang) : '–'}</dd>
        </div>
        <div>
          <dt>${t('record.opens')}</dt>
          <dd>${rules.opensAt ? `${hourMinute(rules.opensAt)}, ${longDate(rules.opensAt, lang)}` : '–'}</dd>
        </div>
        <div><dt>${t('field.lots.rules.biddingMs')}</dt><dd>${duration(rules.biddingMs)}</dd></div>
      </dl>
      ${session && html`<${Ways} session=${session} number=${lot.number} />`}
      <details class="office-more">
        <summary><span>${t('record.rules')}</span><${Icon} name="chevron-down" /></summary>
        <${RulesText} rules=${rules} hash=${hash} />
      </details>
      ${session && html`<p class="office-hash"><span class="label">${t('record.hash')}</span><span class="hash">${hash || t('record.waiting')}</span></p>`}
    </div>
  </article>`;
}

/** @param {{session: string, number: number}} props */
function Ways({ session, number }) {
  const desk = (isA('auctioneer') ? '/dieu-hanh/' : '/giam-sat/') + session;
  return html`<nav class="buttons" aria-label=${t('record.ways', { n: number })}>
    <a class="button button-main" href=${desk}><${Icon} name="gavel" />${t('record.desk')}</a>
    <a class="button" href=${'/phong/' + session}><${Icon} name="eye" />${t('record.room')}</a>
    <a class="button" href=${'/man-hinh/' + session}><${Icon} name="monitor" />${t('record.screen')}</a>
  </nav>`;
}

/**
 * The rules' fingerprints, by session, as the rooms themselves show them.
 * @param {Auction} auction
 */
function useHashes(auction) {
  const [hashes, setHashes] = useState(/** @type {Record<string, string>} */ ({}));
  useEffect(() => {
    let left = false;
    /** @type {any} */
    let timer;
    const waiting = auction.lots.flatMap((lot) => lot.session ?? []);
    const ask = async () => {
      const session = waiting.shift();
      if (session === undefined || left) return;
      try {
        const { now, room } = await api('GET', '/sessions/' + session);
        clock.hint(now);
        if (!left) setHashes((all) => ({ ...all, [session]: room.rulesHash }));
      } catch {
        waiting.push(session);
        await new Promise((resolve) => (timer = setTimeout(resolve, RETRY_MS)));
      }
      await ask();
    };
    for (let i = 0; i < AT_ONCE; i++) void ask();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [auction.id]);
  return hashes;
}
