// What every component needs: html templates, hooks, signals, icons, and the
// few rules of a page (its address, its title, its focus, its style sheet).

import { h, htm, signal, useEffect, useLayoutEffect, useRef, useState } from '../vendor/preact.js';

export {
  batch,
  computed,
  effect,
  Fragment,
  h,
  render,
  signal,
  untracked,
  useCallback,
  useComputed,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useSignal,
  useSignalEffect,
  useState,
} from '../vendor/preact.js';

/**
 * html`<p class=${x}>…</p>`: escapes everything, makes no HTML from strings.
 * @type {(strings: TemplateStringsArray, ...values: any[]) => any}
 */
export const html = htm.bind(/** @type {any} */ (h));

const sprite = new URL('../icons.svg', import.meta.url).pathname;

/**
 * A line icon of the sprite; decoration, so words must stand beside it or in
 * `label`.
 * @param {{name: string, label?: string}} props
 */
export function Icon({ name, label }) {
  return html`<svg class="icon" aria-hidden=${label ? null : 'true'} role=${label ? 'img' : null} aria-label=${label}>
    <use href=${sprite + '#' + name}></use>
  </svg>`;
}

/**
 * Joins class names, leaving out what is falsy.
 * @param {...(string | false | null | undefined)} names
 */
export const cls = (...names) => names.filter(Boolean).join(' ');

/** Path and query of the page that is shown or being loaded. */
export const here = signal(location.pathname + location.search);

/**
 * Goes to an address of the page without loading it again.
 * @param {string} to
 * @param {{replace?: boolean}} [options]
 */
export function navigate(to, { replace = false } = {}) {
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  here.value = location.pathname + location.search;
}

/**
 * The title in the browser's tab. Call in every page.
 * @param {string} title
 */
export function useTitle(title) {
  useEffect(() => {
    document.title = title ? `${title} – Gõ Búa` : 'Gõ Búa';
  }, [title]);
}

/** @type {Map<string, Promise<void>>} */
const sheets = new Map();

/**
 * Loads a style sheet of css/ that only some pages need. A page module awaits
 * it at its top, so that nothing is drawn unstyled.
 * @param {string} name file name below css/
 */
export function loadStyle(name) {
  let sheet = sheets.get(name);
  if (!sheet) {
    sheet = new Promise((resolve) => {
      const node = document.createElement('link');
      node.rel = 'stylesheet';
      node.href = new URL('../css/' + name, import.meta.url).pathname;
      node.onload = () => resolve();
      node.onerror = () => resolve(); // an unstyled page is better than none
      document.head.append(node);
    });
    sheets.set(name, sheet);
  }
  return sheet;
}

/**
 * A modal dialog. It opens when it is drawn; Escape and the backdrop close it
 * through onClose; focus returns to where it was.
 * @param {{title: string, onClose: () => void, tone?: string, children?: any}} props
 */
export function Dialog({ title, onClose, tone, children }) {
  const ref = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return html`<dialog
    ref=${ref}
    class=${cls('dialog', tone && 'dialog-' + tone)}
    aria-labelledby="dialog-title"
    onCancel=${(/** @type {Event} */ e) => {
      e.preventDefault();
      onClose();
    }}
    onClick=${(/** @type {MouseEvent} */ e) => e.target === ref.current && onClose()}
  >
    <div class="dialog-body">
      <h2 id="dialog-title" class="dialog-title">${title}</h2>
      ${children}
    </div>
  </dialog>`;
}

/**
 * A part that is loaded only where there is something to say.
 * @param {{name: string, load: () => Promise<any>, session: string, run?: number, auction?: string, feed?: import('./live.js').RoomFeed, children?: any}} props
 */
export function Later({ name, load, session, run, auction, feed, children }) {
  const [Part, setPart] = useState(/** @type {any} */ (null));
  useEffect(() => {
    void load().then((module) => setPart(() => module[name]));
  }, [name]);
  return Part
    ? html`<${Part} session=${session} run=${run} auction=${auction} feed=${feed} />`
    : (children ?? null);
}
