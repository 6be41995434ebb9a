// The dates of an auction as the public reads them: what comes when, what is
// over, what goes on.

import { language, t } from '../i18n.js';
import { clock, second } from '../live.js';
import { hourMinute, longDate } from '../text.js';
import { cls, html, Icon } from '../view.js';

/** @typedef {import('../types').PublicAuction} PublicAuction */
/** @typedef {{from?: number, to?: number}} Span */

/** "08:00, Thứ Hai, 30/11/2026" @param {number} ms */
export const moment = (ms) => `${hourMinute(ms)}, ${longDate(ms, language.value)}`;

/** The first opening among the lots. @param {PublicAuction} auction */
export function openingOf(auction) {
  const all = auction.lots.map((l) => l.rules.opensAt).filter(Boolean);
  return all.length > 0 ? Math.min(...all) : 0;
}

/**
 * The steps of an auction that have a date, in order.
 * @param {PublicAuction} auction
 * @returns {{what: string, spans: Span[]}[]}
 */
export function steps(auction) {
  const { windows = {}, viewing = [] } = auction.sheet;
  const listed = windows.listedOn || auction.listedAt;
  const all = [
    { what: 'listing', spans: listed ? [{ from: listed }] : [] },
    { what: 'viewing', spans: viewing },
    { what: 'dossier', spans: windows.dossier ? [windows.dossier] : [] },
    { what: 'deposit', spans: windows.deposit ? [windows.deposit] : [] },
    { what: 'checkin', spans: windows.checkIn ? [{ from: windows.checkIn }] : [] },
    { what: 'opening', spans: openingOf(auction) ? [{ from: openingOf(auction) }] : [] },
  ];
  return all.filter((step) => step.spans.length > 0);
}

/** @param {Span[]} spans @param {number} now @returns {'' | 'now' | 'over'} */
function stateOf(spans, now) {
  if (spans.some((s) => s.to && (s.from ?? 0) <= now && now < s.to)) return 'now';
  return spans.every((s) => (s.to ?? s.from ?? 0) <= now) ? 'over' : '';
}

/** @param {{auction: PublicAuction}} props */
export function Dates({ auction }) {
  void second.value;
  const now = clock.known ? clock.now() : NaN;
  return html`<section class="card notice-dates" aria-labelledby="notice-dates">
    <h2 id="notice-dates">${t('notice.dates.title')}</h2>
    <ol>
      ${steps(auction).map(({ what, spans }) => {
        const state = Number.isNaN(now) ? '' : stateOf(spans, now);
        return html`<li key=${what} class=${cls('notice-date', state && 'notice-date-' + state)}>
          <span class="notice-date-mark" aria-hidden="true">
            ${state === 'over' && html`<${Icon} name="check" />`}
          </span>
          <div>
            <h3>
              ${t('notice.dates.' + what)}
              ${state && html`<span class="label notice-date-state"> · ${t('notice.dates.' + state)}</span>`}
            </h3>
            ${spans.map((span, i) => html`<${SpanText} key=${i} span=${span} />`)}
          </div>
        </li>`;
      })}
    </ol>
    <p class="label">${t('notice.dates.zone')}</p>
  </section>`;
}

/** @param {{span: Span & {place?: string, contact?: string}}} props */
export function SpanText({ span }) {
  const where = [span.place, span.contact].filter(Boolean).join(' · ');
  return html`<p class="notice-span">
    ${spanParts(span).map((part, i) => html`<span key=${i}>${part} </span>`)}
    ${where && html`<span class="quiet notice-where">${where}</span>`}
  </p>`;
}

/** A span in one or two parts that should not break within. @param {Span} span */
function spanParts({ from = 0, to = 0 }) {
  if (!to) return [moment(from)];
  const lang = language.value;
  if (longDate(from, lang) === longDate(to, lang))
    return [`${hourMinute(from)}–${hourMinute(to)}, ${longDate(from, lang)}`];
  return [`${t('notice.dates.from')} ${moment(from)}`, `${t('notice.dates.to')} ${moment(to)}`];
}
