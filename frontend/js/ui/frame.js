// The frame around every page: header with connection and server time, footer.

import { account, isA, signOut } from '../account.js';
import { language, setLanguage, t } from '../i18n.js';
import { clock, lineState, link, rtt, second } from '../live.js';
import { timeOfDay } from '../text.js';
import { cls, effect, here, html, Icon, navigate, signal, useEffect, useState } from '../view.js';

const THEME = 'gobua.theme';
const theme = signal(stored());

function stored() {
  try {
    return localStorage.getItem(THEME) ?? '';
  } catch {
    return '';
  }
}

effect(() => {
  if (theme.value) document.documentElement.dataset.theme = theme.value;
  else delete document.documentElement.dataset.theme;
});

/** @param {'light' | 'dark'} wanted */
function setTheme(wanted) {
  theme.value = wanted;
  try {
    localStorage.setItem(THEME, wanted);
  } catch {
    // Without storage the choice holds until the page is left.
  }
}

/** The mark of the house: a seal with a hammer. */
export function Seal() {
  return html`<svg class="seal" viewBox="0 0 64 64" aria-hidden="true">
    <rect class="seal-ground" width="64" height="64" rx="14" />
    <rect class="seal-line" x="5" y="5" width="54" height="54" rx="10" />
    <path class="seal-brass" d="M34 30 18.500 45.500M37 50h15" />
    <path class="seal-head" d="m27.500 23.500 9-9 13 13-9 9z" />
    <path class="seal-ends" d="m24.500 24.500 15 15M35.500 13.500l15 15" />
  </svg>`;
}

/** The state of the connection and of what comes over it, in words. */
export function LinkPill() {
  const { attempt } = link.value;
  const state = lineState();
  const tone = state === 'online' ? 'good' : state === 'connecting' && attempt === 0 ? 'quiet' : 'bad';
  return html`<span class="pill pill-${tone}">
    <span class="pill-dot" aria-hidden="true"></span>
    ${t('link.' + state, { n: attempt })}
    ${state === 'online' && rtt.value !== null && html`<span class="pill-more">${rtt.value} ms</span>`}
  </span>`;
}

/** The server's time of day. */
export function ServerTime() {
  void second.value;
  if (!clock.known) return null;
  return html`<span class="servertime" title=${t('clock.error', { ms: Math.ceil(clock.errorMs) })}>
    <span class="servertime-label">${t('clock.label')}</span>
    <time>${timeOfDay(clock.now())}</time>
  </span>`;
}

export function LanguageSwitch() {
  const other = language.value === 'vi' ? 'en' : 'vi';
  return html`<button class="link" lang=${other} onClick=${() => void setLanguage(other)}>${t('nav.language')}</button>`;
}

function Who() {
  if (!account.value) return html`<a href="/dang-nhap">${t('nav.signin')}</a>`;
  return html`<a class="who" href="/cua-toi/bao-mat" title=${t('nav.security')}>
    <${Icon} name="user" />
    <span class="who-name">${account.value.name}</span>
  </a>
  <button class="link" onClick=${() => void signOut().then(() => navigate('/'))}>
    ${t('nav.signout')}
  </button>`;
}

export function Header() {
  const [open, setOpen] = useState(false); // only matters where the menu is folded
  const address = here.value;
  useEffect(() => setOpen(false), [address]);
  return html`<header class="top">
    <a class="skip" href="#main">${t('nav.skip')}</a>
    <div class="top-in">
      <a class="brand" href="/">
        <${Seal} />
        <span class="brand-name">Gõ Búa</span>
      </a>
      <${LinkPill} />
      <${ServerTime} />
      <button
        class="top-more"
        aria-expanded=${String(open)}
        aria-controls="top-nav"
        onClick=${() => setOpen(!open)}
      >
        <${Icon} name=${open ? 'x' : 'ellipsis'} label=${t('nav.menu')} />
      </button>
      <nav class=${cls('top-nav', open && 'top-nav-open')} id="top-nav" aria-label=${t('nav.label')}>
        <a href="/cuoc-dau-gia">${t('nav.auctions')}</a>
        ${isA('auctioneer', 'registrar', 'clerk', 'observer', 'admin') && html`<a href="/dieu-hanh">${t('nav.desk')}</a>`}
        ${isA('bidder') && html`<a href="/ho-so">${t('nav.registrations')}</a>`}
        ${isA('bidder') && html`<a href="/cua-toi">${t('nav.mine')}</a><a href="/cua-toi/ho-so">${t('nav.identity')}</a>`}
        <${LanguageSwitch} />
        <${Who} />
      </nav>
    </div>
  </header>`;
}

export function Footer() {
  const dark =
    theme.value === 'dark' || (theme.value === '' && matchMedia('(prefers-color-scheme: dark)').matches);
  return html`<footer class="foot">
    <div class="foot-in">
      <p>${t('foot.what')}</p>
      <nav class="foot-nav" aria-label=${t('foot.label')}>
        <a href="/kiem-tra">${t('nav.check')}</a>
        <a href="/kiem-chung">${t('nav.verify')}</a>
        <a href="/phien-ban">${t('nav.versions')}</a>
        <button class="link" onClick=${() => setTheme(dark ? 'light' : 'dark')}>
          <${Icon} name=${dark ? 'sun' : 'moon'} />
          ${t(dark ? 'theme.light' : 'theme.dark')}
        </button>
      </nav>
    </div>
  </footer>`;
}
