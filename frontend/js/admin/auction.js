// /quan-tri/cuoc-dau-gia/{id} and …/moi: an auction as a form while it is a
// draft, as a record once it is published.

import { api, isA } from '../account.js';
import { addWords, t } from '../i18n.js';
import { html, loadStyle, useEffect, useRef, useState, useTitle } from '../view.js';
import { AuctionForm } from './auction-form.js';
import { codeOf, OfficeNav, Problem } from './frame.js';
import { Record } from './record.js';
import { Listed } from './sheet/listed.js';
import { AuctionTabs } from './tabs.js';
import { words } from './words.js';

addWords(words);
await loadStyle('admin.css');

/** @typedef {import('./types').Auction} Auction */

/** @param {{id?: string}} props no id: a new auction */
export function Page({ id }) {
  const [auction, setAuction] = useState(/** @type {Auction | null} */ (null));
  const [title, setTitle] = useState('');
  const [problem, setProblem] = useState('');
  const [amending, amend] = useState(false);
  const [saved, setSaved] = useState(id ?? ''); // a new auction has pages as soon as it has an id
  useTitle(title || t(id ? 'auction.title' : 'auction.new'));

  const load = async () => {
    setProblem('');
    try {
      const found = await api('GET', '/auctions/' + id);
      setAuction(found);
      setTitle(found.title);
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => {
    if (id) void load();
  }, []);

  // The form is gone, and the focus with it: it goes where a new page would put it.
  const changed = useRef(false);
  useEffect(() => {
    if (!changed.current) return;
    scrollTo(0, 0);
    document.querySelector('h1')?.focus({ preventScroll: true });
  }, [auction]);

  /** @param {Auction} now */
  const onSaved = (now) => {
    setTitle(now.title);
    setSaved(now.id);
    // A new auction gets its address without leaving the form: the focus and open lots stay.
    if (!id) history.replaceState(null, '', '/quan-tri/cuoc-dau-gia/' + now.id);
    if (now.status === 'draft') return;
    amend(false);
    setAuction(now);
    changed.current = true;
  };

  const may = isA('auctioneer', 'registrar', 'admin');
  const fixed = auction && !amending && (auction.status !== 'draft' || !may);
  return html`<main class="page office" id="main">
    <${OfficeNav} here="auctions" />
    ${(auction || (saved && !id)) && html`<${AuctionTabs} id=${saved} here="sheet" />`}
    ${problem && html`<h1 tabindex="-1">${t('auction.title')}</h1><${Problem} code=${problem} onRetry=${() => void load()} />`}
    ${id && !auction && !problem && html`<h1 tabindex="-1">${t('auction.title')}</h1><p class="quiet">${t('loading')}</p>`}
    ${
      fixed &&
      html`<${Record} auction=${auction}>
        <${Listed} auction=${auction} may=${may} onAmend=${() => amend(true)} onChanged=${onSaved} />
      <//>`
    }
    ${
      !fixed &&
      (auction || !id) &&
      html`<${AuctionForm} loaded=${auction} onSaved=${onSaved} onLeave=${() => amend(false)} />`
    }
  </main>`;
}
