// How right the time on this page is: one calm line, and the numbers behind it
// for who wants them.

import { api } from '../account.js';
import { addWords, language, t } from '../i18n.js';
import { clock, deviceFastMs, rtt, second } from '../live.js';
import { dayMonth, timeOfDay } from '../text.js';
import { cls, html, Icon, useEffect, useState } from '../view.js';
import { grade, own, server, span } from './model.js';
import { words } from './words.js';

addWords(words);

const ASK_EVERY_MS = 60_000;

/** Two digits are enough: the third changes with every exchange. @param {number} ms */
const calm = (ms) => (ms < 100 ? Math.ceil(ms) : Math.ceil(ms / 10) * 10);

/** @param {number} ms */
function spanText(ms) {
  const [key, n] = span(ms);
  return t(key, { n: new Intl.NumberFormat(language.value).format(n) });
}

export function ClockLine() {
  void second.value;
  const [open, setOpen] = useState(false);
  const known = useServerClock(open);
  const reading = {
    errorMs: clock.errorMs,
    rttMs: clock.rttMs,
    fastMs: clock.known ? deviceFastMs() : NaN,
  };
  const how = grade(reading);
  const ms = how === 'wait' ? 0 : calm(reading.errorMs);
  const sum = how === 'wait' ? 'timing.sum.wait' : how === 'shaky' ? 'timing.sum.shaky' : 'timing.sum';
  return html`<details
    class=${cls('timing', how === 'shaky' && 'timing-shaky')}
    onToggle=${(/** @type {any} */ e) => setOpen(e.currentTarget.open)}
  >
    <summary><${Icon} name=${how === 'shaky' ? 'triangle-alert' : 'clock'} />${t(sum, { ms })}</summary>
    <div class="timing-more">
      ${how === 'shaky' && html`<p>${t('timing.shaky', { ms })}</p>`}
      <p>${t('timing.own.' + own(reading), { by: spanText(reading.fastMs) })} ${t('timing.counts')}</p>
      <dl class="facts">
        <div><dt>${t('timing.rtt')}</dt><dd>${rtt.value === null || how === 'wait' ? '–' : `${rtt.value} ms`}</dd></div>
        <div><dt>${t('timing.error')}</dt><dd>${how === 'wait' ? '–' : `± ${ms} ms`}</dd></div>
        <div><dt>${t('timing.server')}</dt><dd>${serverText(known)}</dd></div>
      </dl>
      ${typeof known === 'object' && known && jumpText(known)}
    </div>
  </details>`;
}

/** @param {import('./types').ServerClock | 'failed' | null} known */
function serverText(known) {
  if (known === null) return '…';
  if (known === 'failed') return t('timing.server.failed');
  const said = server(known);
  return t(said.key, said.values ?? {});
}

/** @param {import('./types').ServerClock} known */
function jumpText(known) {
  const jump = known.jumps.find((j) => j.kind !== 'follow');
  if (!jump) return null;
  const values = { time: timeOfDay(jump.at), date: dayMonth(jump.at), by: spanText(jump.byMs) };
  return html`<p class="quiet">${t('timing.jump', values)}</p>`;
}

/** What the server knows of its own clock, asked while somebody reads it. @param {boolean} open */
function useServerClock(open) {
  const [known, setKnown] = useState(/** @type {import('./types').ServerClock | 'failed' | null} */ (null));
  useEffect(() => {
    if (!open) return;
    const ask = () =>
      void api('GET', '/clock', undefined, { anonymous: true })
        .then(setKnown)
        .catch(() => setKnown('failed'));
    ask();
    const timer = setInterval(ask, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [open]);
  return known;
}
