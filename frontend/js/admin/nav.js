// The way between the office's pages: one line a page.

import { isA } from '../account.js';
import { t } from '../i18n.js';
import { html } from '../view.js';

const STAFF = ['auctioneer', 'registrar', 'clerk', 'observer', 'admin'];

/**
 * A page of the office; who has none of the roles does not see it.
 * @typedef {{name: string, href: string, roles: string[]}} NavPage
 */

/** @type {NavPage[]} */
const pages = [
  { name: 'desk', href: '/dieu-hanh', roles: STAFF },
  { name: 'auctions', href: '/quan-tri/cuoc-dau-gia', roles: STAFF },
  { name: 'verify', href: '/quan-tri/xac-minh', roles: ['registrar'] },
  { name: 'accounts', href: '/quan-tri/tai-khoan', roles: ['admin'] },
  { name: 'centre', href: '/quan-tri/trung-tam', roles: ['admin'] },
  { name: 'archive', href: '/quan-tri/luu-tru', roles: STAFF },
  { name: 'reports', href: '/quan-tri/bao-cao', roles: STAFF },
  { name: 'letters', href: '/quan-tri/thu', roles: ['auctioneer', 'registrar', 'admin'] },
  { name: 'audit', href: '/quan-tri/nhat-ky', roles: ['auctioneer', 'observer', 'admin'] },
  { name: 'hooks', href: '/quan-tri/ket-noi', roles: ['admin'] },
];

/** The office's pages that the reader may open. @param {{here: string}} props */
export function OfficeNav({ here }) {
  return html`<nav class="office-nav" aria-label=${t('office.nav')}>
    ${pages
      .filter((page) => isA(...page.roles))
      .map(
        (page) =>
          html`<a key=${page.name} href=${page.href} aria-current=${here === page.name ? 'page' : null}>
            ${t('office.nav.' + page.name)}
          </a>`,
      )}
  </nav>`;
}
