// Checks, before the sale, what a bidder's device can do.

import { t } from '../i18n.js';
import { clock, link, rtt, second } from '../live.js';
import { soundOn, toggleSound } from '../sound.js';
import { timeOfDay } from '../text.js';
import { html, Icon, useEffect, useState, useTitle } from '../view.js';

const SLOW_RTT_MS = 800; // beyond it a bid in the last second is a gamble
const SMALLEST_PX = 320;

export function Page() {
  useTitle(t('check.title'));
  return html`<main class="page page-narrow" id="main">
    <div>
      <h1 tabindex="-1">${t('check.title')}</h1>
      <p class="quiet">${t('check.what')}</p>
    </div>
    <ul class="checks">
      <${Connection} />
      <${DeviceClock} />
      <${Sound} />
      <${Screen} />
      <${Sleep} />
    </ul>
  </main>`;
}

/** @param {{ok: boolean | null, title: string, children?: any}} props */
function Check({ ok, title, children }) {
  const icon = ok === null ? 'hourglass' : ok ? 'circle-check' : 'triangle-alert';
  const tone = ok === null ? 'wait' : ok ? 'ok' : 'warn';
  return html`<li class="check check-${tone}">
    <${Icon} name=${icon} label=${t('check.' + tone)} />
    <div>
      <h2 class="check-title">${title}</h2>
      ${children}
    </div>
  </li>`;
}

function Connection() {
  const { phase } = link.value;
  const ms = rtt.value;
  const ok = phase === 'online' && ms !== null ? ms < SLOW_RTT_MS : phase === 'connecting' ? null : false;
  return html`<${Check} ok=${ok} title=${t('check.line')}>
    <p>
      ${ms !== null && phase === 'online' ? t(ok ? 'check.line.ok' : 'check.line.slow', { ms }) : t('link.' + phase, { n: link.value.attempt })}
    </p>
  <//>`;
}

function DeviceClock() {
  void second.value;
  if (!clock.known || !Number.isFinite(clock.errorMs))
    return html`<${Check} ok=${null} title=${t('check.clock')} />`;
  // The one place where the device's own clock is read: to say how wrong it is.
  const off = (performance.timeOrigin + performance.now() - clock.now()) / 1000;
  const seconds = Math.abs(off).toFixed(1);
  const key = Math.abs(off) < 1 ? 'check.clock.ok' : off > 0 ? 'check.clock.fast' : 'check.clock.slow';
  return html`<${Check} ok=${true} title=${t('check.clock')}>
    <p>${t(key, { n: seconds })}</p>
    <p class="label">${t('clock.label')} ${timeOfDay(clock.now())} · ${t('clock.error', { ms: Math.ceil(clock.errorMs) })}</p>
  <//>`;
}

function Sound() {
  return html`<${Check} ok=${soundOn.value ? true : null} title=${t('check.sound')}>
    <p>${t(soundOn.value ? 'check.sound.ok' : 'check.sound.off')}</p>
    <button class="button" onClick=${toggleSound}>
      <${Icon} name=${soundOn.value ? 'volume-x' : 'volume-2'} />${t(soundOn.value ? 'sound.off' : 'check.sound.try')}
    </button>
  <//>`;
}

function Screen() {
  const [width, setWidth] = useState(innerWidth);
  useEffect(() => {
    const measure = () => setWidth(innerWidth);
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, []);
  const ok = width >= SMALLEST_PX;
  return html`<${Check} ok=${ok} title=${t('check.screen')}>
    <p>${t(ok ? 'check.screen.ok' : 'check.screen.small', { w: width, h: innerHeight })}</p>
  <//>`;
}

/** Wake lock and clipboard exist only on a secure address. */
function Sleep() {
  return html`<${Check} ok=${isSecureContext} title=${t('check.secure')}>
    <p>${t(isSecureContext ? 'check.secure.ok' : 'check.secure.not')}</p>
  <//>`;
}
