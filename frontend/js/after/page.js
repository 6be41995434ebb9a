// /quan-tri/cuoc-dau-gia/{id}/ket-qua: what follows the sessions of an auction,
// for its staff.

import { api } from '../account.js';
import { addWords, t } from '../i18n.js';
import { html, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { codeOf, OfficeNav, Problem } from '../admin/frame.js';
import { AuctionTabs } from '../admin/tabs.js';
import { words as office } from '../admin/words.js';
import { Deposits } from './deposits.js';
import { Lot } from './lot.js';
import { Openings } from './openings.js';
import { words } from './words.js';

addWords(office);
addWords(words);
await Promise.all([loadStyle('admin.css'), loadStyle('after.css')]);

const EVERY_MS = 20_000;

/** @param {{id: string}} props */
export function Page({ id }) {
  const [auction, setAuction] = useState(/** @type {{title: string} | null} */ (null));
  const [lots, setLots] = useState(/** @type {import('./types').Proceeding[] | null} */ (null));
  const [deposits, setDeposits] = useState(/** @type {import('./types').Deposit[]} */ ([]));
  const [problem, setProblem] = useState('');
  const [version, setVersion] = useState(0);
  useTitle(auction ? `${t('after.title')} – ${auction.title}` : t('after.title'));
  const look = async () => {
    try {
      const [a, b] = await Promise.all([
        api('GET', `/auctions/${id}/proceedings`),
        api('GET', `/auctions/${id}/deposits`),
      ]);
      setLots(a.proceedings);
      setDeposits(b.deposits);
      setVersion((n) => n + 1);
      setProblem('');
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => {
    void look();
    api('GET', '/auctions/' + id)
      .then(setAuction)
      .catch(() => {}); // look asks the same server and tells
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && !document.querySelector('dialog[open]')) void look();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [id]);
  return html`<main class="page office" id="main">
    <${OfficeNav} here="auctions" />
    <${AuctionTabs} id=${id} here="after" />
    <header class="office-head">
      <div>
        <p class="eyebrow">${t('after.title')}</p>
        <h1 tabindex="-1">${auction?.title ?? t('auction.title')}</h1>
      </div>
    </header>
    ${problem && html`<${Problem} code=${problem} onRetry=${() => void look()} />`}
    ${!lots && !problem && html`<p class="quiet">${t('loading')}</p>`}
    ${lots?.length === 0 && html`<p>${t('after.none')}</p>`}
    ${lots?.map((p) => html`<${Lot} key=${p.lotId} p=${p} onChange=${() => void look()} />`)}
    <${Openings} auction=${id} version=${version} />
    ${lots && lots.length > 0 && html`<${Deposits} id=${id} list=${deposits} final=${lots.every((p) => p.depositsDone)} onChange=${() => void look()} />`}
  </main>`;
}
