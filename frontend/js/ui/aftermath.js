// What the public may know of a session beyond its room: why it was stopped,
// and the runs of the same lot before and after it. Loaded only where there is
// something to say.

import { api } from '../account.js';
import { language, t, tCode } from '../i18n.js';
import { hourMinute, longDate } from '../text.js';
import { html, useEffect, useState } from '../view.js';

/**
 * @typedef {{session: string, run: number, opensAt: number}} OtherRun
 * @typedef {{run: number, stopped?: {ground: string, sentence: string, at: number}, next?: OtherRun, earlier?: OtherRun[]}} Aftermath
 */

const EVERY_MS = 15_000;
const SPREAD_MS = 5_000; // so that a hall does not ask in one moment

/**
 * Asks until the session has run again; once if it only looks back.
 * @param {string} session @param {boolean} waiting
 */
function useAftermath(session, waiting) {
  const [known, setKnown] = useState(/** @type {Aftermath | null} */ (null));
  useEffect(() => {
    let left = false;
    /** @type {any} */
    let timer;
    const look = async () => {
      if (document.visibilityState === 'visible') {
        try {
          const answer = await api('GET', `/sessions/${session}/aftermath`, undefined, { anonymous: true });
          if (left) return;
          setKnown(answer);
          if (!waiting || answer.next) return;
        } catch {
          // The room says why by itself; this only adds to it.
        }
      }
      if (!left) timer = setTimeout(look, EVERY_MS + Math.random() * SPREAD_MS);
    };
    timer = setTimeout(look, waiting ? Math.random() * 1_000 : 0);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [session, waiting]);
  return known;
}

/** @param {OtherRun} run */
const when = (run) => ({ time: hourMinute(run.opensAt), date: longDate(run.opensAt, language.value) });

/** Inside the banner of a stopped session. @param {{session: string}} props */
export function Stopped({ session }) {
  const known = useAftermath(session, true);
  void language.value;
  const next = known?.next;
  return html`${known?.stopped && html`<p class="small">${t('stopped.ground')} ${tCode('stopped.', known.stopped.ground)}</p>`}
  ${
    next
      ? html`<p><strong>${t('stopped.next', when(next))}</strong></p>
          <p><a class="button button-main" href=${'/phong/' + next.session}>${t('stopped.go')}</a></p>`
      : html`<p>${t('banner.stopped.text')}</p>`
  }`;
}

/** Under the title of a session that is a re-run. @param {{session: string, run: number}} props */
export function EarlierRuns({ session, run }) {
  const known = useAftermath(session, false);
  void language.value;
  return html`<p class="small quiet lot-runs">
    ${t('lot.run', { n: run })}
    ${(known?.earlier ?? []).map((r) => html` <a key=${r.session} href=${'/phong/' + r.session}>${t('lot.run.before', when(r))}</a>`)}
  </p>`;
}
