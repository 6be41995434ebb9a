// Who of the participants is there, by code, as last asked.

import { api } from '../account.js';
import { t } from '../i18n.js';
import { timeOfDay } from '../text.js';
import { cls, html, useEffect, useState } from '../view.js';
import { Field, Notice } from '../ui/parts.js';

/** @typedef {import('./types').Run} Run */
/** @typedef {import('./types').Attendance} Attendance */
/** @typedef {{now: number, participants: Attendance[], absent?: (Attendance & {gaps?: object[]})[]}} Presence */

const EVERY_MS = 5_000;

/** @param {{runs: Run[]}} props */
export function Presence({ runs }) {
  const [picked, setPicked] = useState('');
  const session =
    picked || (runs.find((r) => r.newest && !r.phase) ?? runs.find((r) => r.newest))?.session || '';
  const { presence, failed } = usePresence(session);
  if (!session) return null;
  const people = presence?.participants ?? [];
  return html`<section class="card office-part" aria-labelledby="presence">
    <div class="day-head">
      <h2 id="presence">${t('presence.title')}</h2>
      ${presence && html`<span class="label">${t('presence.updated', { time: timeOfDay(presence.now) })}</span>`}
    </div>
    <p class="small quiet">${t('presence.what')}</p>
    ${
      runs.length > 1 &&
      html`<${Field} id="presence-session" label=${t('presence.session')}>
        ${(/** @type {object} */ a) => html`<select
          ...${a}
          class="input"
          value=${session}
          onChange=${(/** @type {any} */ e) => setPicked(e.currentTarget.value)}
        >
          ${runs.map(
            (r) =>
              html`<option key=${r.session} value=${r.session} selected=${r.session === session}>
                ${t('lot.number', { n: r.lotNumber })}${r.run > 1 ? ' · ' + t('day.run', { n: r.run }) : ''}
              </option>`,
          )}
        </select>`}
      <//>`
    }
    ${failed && html`<${Notice} tone="warn" icon="wifi-off" title=${t('day.failed')} />`}
    ${presence && people.length === 0 && html`<p class="quiet">${t('presence.none')}</p>`}
    ${people.length > 0 && html`<${People} people=${people} />`}
    ${presence?.absent && presence.absent.length > 0 && html`<${Absent} absent=${presence.absent} />`}
  </section>`;
}

/** @param {{people: Attendance[]}} props */
function People({ people }) {
  const on = people.filter((p) => p.connections > 0).length;
  const checked = people.filter((p) => p.checkedInAt).length;
  return html`<p class="small"><strong>${t('presence.sum', { on, in: checked, all: people.length })}</strong></p>
    <div class="day-scroll" tabindex="0" role="group" aria-labelledby="presence">
      <table class="table day-table">
        <thead>
          <tr>
            <th scope="col">${t('presence.code')}</th>
            <th scope="col">${t('presence.line')}</th>
            <th scope="col">${t('presence.entered')}</th>
            <th scope="col">${t('presence.checkin')}</th>
            <th scope="col">${t('presence.lost')}</th>
            <th scope="col">${t('presence.seen')}</th>
          </tr>
        </thead>
        <tbody>
          ${people.map((p) => html`<${Row} key=${p.code} p=${p} />`)}
        </tbody>
      </table>
    </div>`;
}

/** @param {{p: Attendance}} props */
function Row({ p }) {
  const line = p.connections > 0 ? 'on' : p.enteredAt ? 'off' : 'never';
  const time = (/** @type {number | undefined} */ at) => (at ? html`<time>${timeOfDay(at)}</time>` : '–');
  return html`<tr>
    <th scope="row">${p.code}</th>
    <td>
      <span class=${cls('pill', line === 'on' && 'pill-good', line === 'off' && 'pill-bad')}>
        <span class="pill-dot" aria-hidden="true"></span>${t('presence.' + line, { n: p.connections })}
      </span>
    </td>
    <td>${time(p.enteredAt)}</td>
    <td>${time(p.checkedInAt)}</td>
    <td>${p.lost > 0 ? html`${p.lost} × ${time(p.lostAt)}` : '–'}</td>
    <td>${time(p.lastSeenAt)}</td>
  </tr>`;
}

/** @param {{absent: (Attendance & {gaps?: object[]})[]}} props */
function Absent({ absent }) {
  const gaps = absent.some((a) => (a.gaps?.length ?? 0) > 0);
  return html`<${Notice} tone="warn" icon="users" title=${t('presence.absent', { codes: absent.map((a) => a.code).join(', ') })}>
    ${gaps && html`<p>${t('presence.gap')}</p>`}
  <//>`;
}

/** Asks again and again while the page is seen. @param {string} session */
function usePresence(session) {
  const [presence, setPresence] = useState(/** @type {Presence | null} */ (null));
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    setPresence(null);
    if (!session) return;
    let left = false;
    /** @type {any} */
    let timer;
    const look = async () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') {
        try {
          const answer = await api('GET', `/sessions/${session}/presence`);
          if (left) return;
          setPresence(answer);
          setFailed(false);
        } catch {
          if (!left) setFailed(true);
        }
      }
      if (!left) timer = setTimeout(look, EVERY_MS);
    };
    void look();
    document.addEventListener('visibilitychange', look);
    return () => {
      left = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [session]);
  return { presence, failed };
}
