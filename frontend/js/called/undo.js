// An undo after the last call takes two people: the card that the one who asked
// and the other one see on their consoles.

import { account } from '../account.js';
import { language, t, tCode } from '../i18n.js';
import { money, timeOfDay } from '../text.js';
import { html, Icon } from '../view.js';
import { asked, asker, CONFIRM, disputed, DROP } from './keys.js';

/** @typedef {import('../types').Room} Room */
/** @typedef {import('../types').DeskRecord} DeskRecord */
/** @typedef {import('../console/acts.js').Act} Act */

/**
 * @param {{room: Room, records: DeskRecord[], waiting: boolean, onAct: (a: Act) => void,
 *   send: (act: {act: string}, fields: Record<string, unknown>) => Promise<boolean>, outcome: {ok: boolean, text: string} | null}} props
 */
export function UndoCard({ room, records, waiting, onAct, send, outcome }) {
  const u = room.now.cl?.u;
  if (!u) return null;
  const mine = asked(records, account.value);
  const { code, price } = disputed(room, records);
  const who = asker(records);
  return html`<section class="card undo-card" aria-labelledby="undo-card" data-mine=${String(mine)}>
    <h2 id="undo-card"><${Icon} name="undo-2" />${t(mine ? 'called.undo.waits' : 'called.undo.second')}</h2>
    <p class="undo-bid">
      <strong class="figures">${money(price ?? 0, room.rules.currency, language.value)}</strong>
      <span>${code}</span>
    </p>
    <blockquote class="undo-why">${u.why}</blockquote>
    <p class="small quiet dots">
      <span>${tCode('by.', u.by, { ref: who?.ref ?? '' })}</span>
      <time>${timeOfDay(u.at)}</time>
    </p>
    <p class="small">${t(mine ? 'called.undo.waits.what' : 'called.undo.second.what')}</p>
    <div class="undo-buttons">
      ${
        !mine &&
        html`<button
          type="button"
          class="button button-main"
          data-act="confirm_undo"
          disabled=${waiting}
          onClick=${() => void send(CONFIRM, { act: 'confirm_undo', code, price })}
        >
          <${Icon} name="check" /><span>${t('act.name.confirm_undo')}</span>
        </button>`
      }
      <button type="button" class="button" data-act="drop_undo" disabled=${waiting} onClick=${() => onAct(DROP)}>
        <${Icon} name="x" /><span>${t(mine ? 'called.undo.back' : 'act.name.drop_undo')}…</span>
      </button>
    </div>
    <p class=${'bench-outcome' + (outcome ? (outcome.ok ? ' bench-ok' : ' bench-bad') : '')}>${outcome && !outcome.ok ? outcome.text : ''}</p>
  </section>`;
}
