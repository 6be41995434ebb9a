// From address to page. Addresses are real paths; the server answers each of
// them with the page, and from then on the page follows its links itself.

import { account, isA, whenRestored } from './account.js';
import { match } from './routes.js';
import { here, html, navigate } from './view.js';
import { t } from './i18n.js';

/** Makes links and the back button work without loading the page again. */
export function followLinks() {
  addEventListener('popstate', () => {
    here.value = location.pathname + location.search;
  });
  document.addEventListener('click', (e) => {
    if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    const a = e.target instanceof Element ? e.target.closest('a') : null;
    if (!a || a.target || a.hasAttribute('download') || a.origin !== location.origin) return;
    if (a.hash && a.pathname === location.pathname) return;
    const to = match(a.pathname);
    if (!to) return; // not ours: the server knows what to answer
    if (to.route.alone || match(location.pathname)?.route.alone) return;
    e.preventDefault();
    navigate(a.pathname + a.search);
  });
}

/**
 * What an address shows. `key` is new when the page is another one.
 * @typedef {{Page: any, props: Record<string, unknown>, bare: boolean, key: string}} Shown
 */

/**
 * Loads the page of an address. A page for others gives the sign-in page,
 * which comes back here.
 * @param {string} address
 * @returns {Promise<Shown>}
 */
export async function find(address) {
  const url = new URL(address, location.origin);
  const found = match(url.pathname);
  if (!found) return { Page: Unknown, props: {}, bare: false, key: 'unknown' };
  await whenRestored();
  let { route } = found;
  const denied = route.roles !== undefined && !isA(...route.roles);
  if (denied) route = match('/dang-nhap')?.route ?? route;
  try {
    const { Page } = await route.load();
    const props = {
      ...found.params,
      path: url.pathname,
      query: url.searchParams,
      next: denied ? address : undefined,
    };
    const key = url.pathname + (denied ? `?${account.value?.role ?? ''}` : '');
    return { Page, props, bare: route.bare === true, key };
  } catch (e) {
    console.error(e);
    return { Page: NotLoaded, props: {}, bare: false, key: 'failed' };
  }
}

/** A page that could not be loaded: mostly because a newer version is running. */
function NotLoaded() {
  return html`<main class="plain" id="main">
    <h1 tabindex="-1">${t('load.failed')}</h1>
    <p>${t('load.failed.why')}</p>
    <button class="button button-main" onClick=${() => location.reload()}>${t('load.again')}</button>
  </main>`;
}

function Unknown() {
  return html`<main class="plain" id="main">
    <h1 tabindex="-1">${t('notfound.title')}</h1>
    <p>${t('notfound.text')}</p>
    <p><a href="/">${t('nav.home')}</a></p>
  </main>`;
}
