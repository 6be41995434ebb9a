// What the server has seen of the reader in this room: the proof of being
// there, for the reader's own eyes.

import { api } from '../account.js';
import { t } from '../i18n.js';
import { timeOfDay } from '../text.js';
import { html, useState } from '../view.js';

/** @param {{session: string}} props */
export function OwnPresence({ session }) {
  const [seen, setSeen] = useState(/** @type {import('../day/types').Attendance | null} */ (null));
  const [failed, setFailed] = useState(false);
  const look = async (/** @type {any} */ e) => {
    if (!e.currentTarget.open) return;
    try {
      setSeen(await api('GET', `/sessions/${session}/presence/mine`));
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  return html`<details class="card own-presence" onToggle=${look}>
    <summary>${t('seen.title')}</summary>
    <p class="small quiet">${t('seen.what')}</p>
    ${failed && html`<p class="small">${t('seen.failed')}</p>`}
    ${
      seen &&
      html`<dl class="facts">
        <${Fact} name="seen.signedin" at=${seen.signedInAt} />
        <${Fact} name="seen.entered" at=${seen.enteredAt} />
        <${Fact} name="seen.checkin" at=${seen.checkedInAt} />
        <${Fact} name="seen.seen" at=${seen.lastSeenAt} />
        <div><dt>${t('seen.lost')}</dt><dd>${seen.lost}</dd></div>
        <div><dt>${t('seen.lines')}</dt><dd>${seen.connections}</dd></div>
      </dl>`
    }
  </details>`;
}

/** @param {{name: string, at?: number}} props */
function Fact({ name, at }) {
  return html`<div><dt>${t(name)}</dt><dd>${at ? html`<time>${timeOfDay(at)}</time>` : '–'}</dd></div>`;
}
