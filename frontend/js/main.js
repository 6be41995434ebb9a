// The start of the page: the language, who is signed in, the frame, and inside
// of it the page that the address names.

import { account, whenRestored } from './account.js';
import { chooseLanguage } from './i18n.js';
import { connect, reconnect } from './live.js';
import { find, followLinks } from './router.js';
import { Footer, Header } from './ui/frame.js';
import { effect, here, html, render, useEffect, useRef, useState } from './view.js';

function App() {
  const [shown, show] = useState(/** @type {import('./router.js').Shown | null} */ (null));
  const address = here.value;
  const who = account.value?.id;
  useEffect(() => {
    let stale = false;
    void find(address).then((next) => !stale && show(next));
    return () => {
      stale = true;
    };
  }, [address, who]);

  const first = useRef(true);
  useEffect(() => {
    if (!shown) return;
    // On arrival the browser places the focus; later it goes to the new heading.
    if (!first.current) {
      scrollTo(0, 0);
      focusHeading();
    }
    first.current = false;
  }, [shown?.key]);

  if (!shown) return null;
  const page = html`<${shown.Page} key=${shown.key} ...${shown.props} />`;
  return shown.bare
    ? page
    : html`<${Header} />
      ${page}
      <${Footer} />`;
}

const SETTLED_MS = 3_000;

/**
 * Moves the focus to the heading of a new page, and once more if a page that
 * still waited for its data exchanges it, unless the reader has moved on.
 */
function focusHeading() {
  const focus = () => {
    if (document.activeElement === document.body)
      document.querySelector('h1')?.focus({ preventScroll: true });
  };
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  focus();
  const observer = new MutationObserver(focus);
  observer.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => observer.disconnect(), SETTLED_MS);
}

/** Greets the server again whenever another person is signed in, in this tab or another. */
async function followAccount() {
  await whenRestored();
  let greeted = account.value?.id;
  effect(() => {
    const id = account.value?.id;
    if (id !== greeted) reconnect();
    greeted = id;
  });
}

await chooseLanguage();
const root = document.getElementById('app');
if (root) {
  followLinks();
  void followAccount();
  root.textContent = '';
  render(html`<${App} />`, root);
  connect();
}
