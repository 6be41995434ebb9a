// /quan-tri/cuoc-dau-gia/{id} and …/moi: an auction as a form while it is a
// draft, as a record once it is published.

import { api, isA } from '../account.js';
import { addWords, t } from '../i18n.js';
import { navigate } from '../router.js';
import { html, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { AuctionForm } from './auction-form.js';
import { codeOf, OfficeNav, Problem } from './frame.js';
import { Record } from './record.js';
import { words } from './words.js';

addWords(words);
await loadStyle('admin.css');

/** @typedef {import('./types').Auction} Auction */

/** The auction that was just created, so that its page opens without asking for it again.
 * @type {Auction | null}
 */
let created = null;

/** @param {{id?: string}} props no id: a new auction */
export function Page({ id }) {
  const [auction, setAuction] = useState(() => (id && created?.id === id ? created : null));
  const [fresh] = useState(auction !== null);
  const [problem, setProblem] = useState('');
  useTitle(auction?.title ?? t(id ? 'auction.title' : 'auction.new'));

  const load = async () => {
    setProblem('');
    try {
      setAuction(await api('GET', '/auctions/' + id));
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => {
    created = null;
    if (id && !auction) void load();
  }, []);

  /** @param {Auction} saved */
  const onSaved = (saved) => {
    if (!id) {
      created = saved;
      navigate('/quan-tri/cuoc-dau-gia/' + saved.id, { replace: true });
    } else if (saved.status === 'published') setAuction(saved);
  };

  const fixed = auction && (auction.status === 'published' || !isA('auctioneer', 'admin'));
  return html`<main class="page office" id="main">
    <${OfficeNav} here="auctions" />
    ${problem && html`<h1 tabindex="-1">${t('auction.title')}</h1><${Problem} code=${problem} onRetry=${() => void load()} />`}
    ${id && !auction && !problem && html`<h1 tabindex="-1">${t('auction.title')}</h1><p class="quiet">${t('loading')}</p>`}
    ${fixed && html`<${Record} auction=${auction} />`}
    ${!fixed && (auction || !id) && html`<${AuctionForm} loaded=${auction} saved=${fresh} onSaved=${onSaved} />`}
  </main>`;
}
