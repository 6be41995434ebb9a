// The way between the pages of one auction: one line a page.

import { isA } from '../account.js';
import { t } from '../i18n.js';
import { html } from '../view.js';

/**
 * A page of an auction. `end` is added to /quan-tri/cuoc-dau-gia/:id; who has
 * none of the roles does not see it.
 * @typedef {{name: string, end: string, roles: string[]}} Tab
 */

/** @type {Tab[]} */
export const tabs = [
  { name: 'sheet', end: '', roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'] },
  { name: 'registrations', end: '/dang-ky', roles: ['registrar'] },
  { name: 'files', end: '/tep', roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'] },
  { name: 'day', end: '/phien', roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'] },
  { name: 'after', end: '/ket-qua', roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'] },
  { name: 'keep', end: '/luu-tru', roles: ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'] },
];

/** @param {{id: string, here: string}} props */
export function AuctionTabs({ id, here }) {
  const shown = tabs.filter((tab) => isA(...tab.roles));
  if (shown.length < 2) return null;
  return html`<nav class="office-nav" aria-label=${t('tabs.nav')}>
    ${shown.map(
      (tab) =>
        html`<a
          key=${tab.name}
          href=${`/quan-tri/cuoc-dau-gia/${id}${tab.end}`}
          aria-current=${here === tab.name ? 'page' : null}
          >${t('tabs.' + tab.name)}</a
        >`,
    )}
  </nav>`;
}
