// "Xếp lịch": one place that gives every lot its opening and its end, and
// shows the table before anything is written into the form.

import { addWords, language, t } from '../../i18n.js';
import { clock } from '../../live.js';
import { hourMinute, longDate, timeOfDay } from '../../text.js';
import { cls, html, Icon, useLayoutEffect, useMemo, useRef, useState } from '../../view.js';
import { Notice } from '../../ui/parts.js';
import { duration } from '../../ui/rules.js';
import { isFalling } from '../descent.js';
import { ChoiceField, LengthField } from '../fields.js';
import { MomentField } from '../rules-form.js';
import { readLength, tomorrowAt, writeMoment } from '../typed.js';
import {
  guess,
  lengthOf,
  isLinked,
  minutes,
  scheduled,
  setByHand,
  shortestMs,
  slotsOf,
  WAYS,
} from './model.js';
import { words } from './words.js';

addWords(words);

/** @typedef {import('../types').LotForm} LotForm */
/** @typedef {import('../types').Schedule} Schedule */
/** @typedef {import('../types').Slot} Slot */

const MINUTE = 60_000;
const NAMED = 8; // lots that are named in a warning

/** What to propose for an auction in which nothing is set. @returns {Schedule} */
const usual = () => ({
  way: 'stagger',
  opensAt: writeMoment(tomorrowAt(clock.now(), 9)),
  biddingMs: minutes(60 * MINUTE),
  everyMs: minutes(3 * MINUTE),
});

/**
 * @param {object} props
 * @param {LotForm[]} props.lots
 * @param {string} props.preset   of the rules sheet: says how short bidding may be
 * @param {(lots: LotForm[], changed: number) => void} props.onLots
 * @param {() => void} props.onClose
 */
export function ScheduleForm({ lots, preset, onLots, onClose }) {
  const [schedule, setSchedule] = useState(() => guess(lots, usual()));
  const [kept, setKept] = useState(() => setByHand(lots, guess(lots, usual())));
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => heading.current?.focus(), []);
  const slots = useMemo(() => slotsOf(schedule, lots, (lot) => kept.has(lot.key)), [schedule, lots, kept]);
  const next = slots ? scheduled(lots, slots) : lots;
  const changed = next.filter((lot, i) => lot !== lots[i]).length;
  const { way } = schedule;
  const set = (/** @type {Partial<Schedule>} */ part) => setSchedule((s) => ({ ...s, ...part }));
  const bound = (/** @type {keyof Schedule} */ name, /** @type {string} */ label) => ({
    id: 'schedule-' + name,
    label: t(label),
    hint: null,
    error: null,
    warning: null,
    value: schedule[name],
    onValue: (/** @type {any} */ value) => set({ [name]: value }),
  });
  const keep = (/** @type {string} */ key, /** @type {boolean} */ on) =>
    setKept((all) => {
      const copy = new Set(all);
      if (on) copy.add(key);
      else copy.delete(key);
      return copy;
    });

  return html`<section class="card office-part schedule" aria-labelledby="schedule-title">
    <h3 id="schedule-title" tabindex="-1" ref=${heading}>${t('schedule.title')}</h3>
    <p class="quiet">${t('schedule.what')}</p>
    <${ChoiceField} ...${bound('way', 'schedule.way')} options=${WAYS} words="schedule.way." />
    ${
      way !== 'hand' &&
      html`<${MomentField} ...${bound('opensAt', 'schedule.opensAt')} />
        <div class="office-grid">
          <${LengthField} ...${bound('biddingMs', way === 'stagger' ? 'schedule.bidding.first' : 'schedule.bidding')} />
          ${way !== 'together' && html`<${LengthField} ...${bound('everyMs', 'schedule.every.' + way)} />`}
        </div>`
    }
    <p class="schedule-extension"><${Icon} name="timer" />${t(lots.some(isLinked) ? 'schedule.extension.linked' : 'schedule.extension')}</p>
    ${slots ? html`<${Findings} lots=${lots} slots=${slots} preset=${preset} way=${way} kept=${kept} />` : html`<p class="quiet" role="status">${t('schedule.unread')}</p>`}
    ${slots && html`<${Table} lots=${lots} slots=${slots} kept=${kept} onKeep=${way === 'hand' ? undefined : keep} />`}
    <div class="buttons">
      <button
        type="button"
        class="button button-main"
        disabled=${changed === 0}
        onClick=${() => onLots(next, changed)}
      >
        <${Icon} name="check" />${t('schedule.accept')}
      </button>
      <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
      <span class="small quiet" role="status">${slots && way !== 'hand' ? t('schedule.changed', { n: changed }) : ''}</span>
    </div>
  </section>`;
}

/**
 * What to know before accepting: the law's minimum, what is kept, what may overlap.
 * @param {{lots: LotForm[], slots: Slot[], preset: string, way: string, kept: Set<string>}} props
 */
function Findings({ lots, slots, preset, way, kept }) {
  const min = shortestMs(preset);
  const short = slots.flatMap((s, i) =>
    s.biddingMs > 0 && s.biddingMs < min && !isFalling(lots[i]?.rules.method ?? '') ? [i + 1] : [],
  );
  const past = slots.some((s) => s.opensMs > 0 && clock.known && s.opensMs < clock.now());
  const overlaps =
    way === 'after' &&
    slots.some((s, i) => {
      const after = slots[i + 1];
      const lot = lots[i];
      return after && lot && s.opensMs + s.biddingMs + longestExtension(lot) > after.opensMs;
    });
  const keptSet = lots.filter((lot) => kept.has(lot.key)).length;
  return html`${
    short.length > 0 &&
    html`<${Notice}
      tone="warn"
      icon="scale"
      title=${t('schedule.short', {
        n: short.length,
        min: duration(min),
        lots: short.slice(0, NAMED).join(', ') + (short.length > NAMED ? '…' : ''),
      })}
    />`
  }
  ${past && html`<${Notice} tone="warn" icon="triangle-alert" title=${t('schedule.past')} />`}
  ${overlaps && html`<${Notice} tone="quiet" icon="info" title=${t('schedule.overlap')} />`}
  ${way !== 'hand' && keptSet > 0 && html`<p class="small">${t('schedule.kept', { n: keptSet })}</p>`}
  ${lots.some((lot) => lot.rules.opening === 'auctioneer') && html`<p class="small quiet">${t('schedule.auctioneer')}</p>`}`;
}

/** How far extensions may move the end of a lot. @param {LotForm} lot */
function longestExtension({ rules: { method, closing } }) {
  if (method === 'hybrid') return Infinity; // offers, their opening and the last word follow
  if (closing.kind === 'fixed' || method === 'descending') return 0;
  const total = readLength(closing.maxTotalMs);
  return total ? total : Infinity;
}

/**
 * @param {object} props
 * @param {LotForm[]} props.lots
 * @param {Slot[]} props.slots
 * @param {Set<string>} props.kept
 * @param {(key: string, on: boolean) => void} [props.onKeep] absent: nothing would change anyway
 */
function Table({ lots, slots, kept, onKeep }) {
  const lang = language.value;
  const oneDay = new Set(slots.map((s) => (s.opensMs ? longDate(s.opensMs, lang) : ''))).size === 1;
  const day = slots[0]?.opensMs ? longDate(slots[0].opensMs, lang) : '';
  /** @param {number} ms */
  const moment = (ms) => {
    if (!ms) return html`<span class="quiet">${t('schedule.none')}</span>`;
    const time = ms % MINUTE ? timeOfDay(ms) : hourMinute(ms);
    return oneDay && longDate(ms, lang) === day ? time : `${time}, ${longDate(ms, lang)}`;
  };
  return html`<div class="schedule-scroll" tabindex="0" role="group" aria-labelledby="schedule-table">
    <table class="table schedule-table">
      <caption id="schedule-table">
        ${t('schedule.table', { n: lots.length })}${oneDay && day ? ` · ${day}` : ''}
      </caption>
      <thead>
        <tr>
          <th scope="col">${t('schedule.lot')}</th>
          <th scope="col">${t('schedule.opens')}</th>
          <th scope="col">${t('schedule.ends')}</th>
          <th scope="col">${t('schedule.length')}</th>
          ${onKeep && html`<th scope="col">${t('schedule.keep')}</th>`}
        </tr>
      </thead>
      <tbody>
        ${lots.map((lot, i) => {
          const { opensMs, biddingMs } = slots[i] ?? { opensMs: 0, biddingMs: 0 };
          const isKept = kept.has(lot.key);
          return html`<tr key=${lot.key} class=${cls(isKept && onKeep && 'schedule-kept')}>
            <th scope="row"><strong>${i + 1}</strong> <span class="schedule-name">${lot.title || t('lotform.untitled')}</span></th>
            <td>${moment(opensMs)}</td>
            <td>${moment(opensMs && biddingMs ? opensMs + biddingMs : 0)}</td>
            <td>${biddingMs ? duration(biddingMs) : ''}</td>
            ${
              onKeep &&
              html`<td>
                <input
                  type="checkbox"
                  aria-label=${t('schedule.keep.lot', { n: i + 1 })}
                  checked=${isKept}
                  disabled=${!lot.rules.opensAt.date || lengthOf(lot) === 0}
                  onChange=${(/** @type {any} */ e) => onKeep(lot.key, e.currentTarget.checked)}
                />
              </td>`
            }
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}
