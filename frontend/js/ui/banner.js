// What stands above a room: a broken line or server, a sign-in that ended, a
// pause, the end; and for a while why the end moved.

import { account } from '../account.js';
import { language, t, tCode } from '../i18n.js';
import { link, signedOut } from '../live.js';
import { isFalling, unitsSold, waitsFor } from '../room.js';
import { money, timeOfDay } from '../text.js';
import { html, Later, useEffect, useState } from '../view.js';
import { Money, Notice } from './parts.js';
import { duration } from './rules.js';

/** @typedef {import('../live.js').RoomFeed} RoomFeed */
/** @typedef {import('../types').Room} Room */

const NOTE_MS = 12_000;
const MOST_AWARDS = 12;
const aftermath = () => import('./aftermath.js');

/** The gravest of it. @param {{feed: RoomFeed, room: Room}} props */
export function Banner({ feed, room }) {
  const note = useNote(feed, room);
  const { phase, attempt, reason } = link.value;
  if (phase === 'ended') {
    return html`<${Notice} tone="bad" icon="wifi-off" title=${tCode('ended.', reason ?? '')}>
      <p><button class="link" onClick=${() => location.reload()}>${t('load.again')}</button></p>
    <//>`;
  }
  const unsure = feed.behind.value;
  if (unsure) {
    const key = unsure.cut ? 'banner.cut' : 'banner.behind';
    return html`<${Notice} tone="warn" icon=${unsure.cut ? 'wifi-off' : 'hourglass'} title=${t(key)}><p>${t(key + '.text', { time: timeOfDay(unsure.sinceMs) })}</p><//>`;
  }
  if (!feed.current.value) {
    return html`<${Notice} tone="warn" icon="wifi-off" title=${t('banner.offline')}><p>${t('banner.offline.text', { n: attempt })}</p><//>`;
  }
  const out = signedOut.value && !account.value;
  return html`${
    out &&
    html`<${Notice} tone="warn" icon="info" title=${t('banner.signed_out')}><p>${t('banner.signed_out.text')}</p><//>`
  }<${Standing} feed=${feed} room=${room}>${note}<//>`;
}

/** The pause or the end that a room stands in, else its children. @param {{feed: RoomFeed, room: Room, children?: any}} props */
export function Standing({ feed, room, children }) {
  const { now } = room;
  const said = now.why ? html`<p>${now.why}</p>` : null;
  if (now.ph === 'paused')
    return html`<${Notice} tone="warn" icon="pause" title=${t('banner.paused')}>${said}<//>`;
  if (now.ph === 'stopped')
    return html`<${Notice} tone="bad" icon="circle-stop" title=${t('banner.stopped')}>${said}<${Later} name="Stopped" load=${aftermath} session=${room.session}><p>${t('banner.stopped.text')}</p><//><//>`;
  if (now.ph === 'cancelled')
    return html`<${Notice} tone="bad" icon="circle-stop" title=${t('banner.cancelled')}>${said}<//>`;
  if (now.ph === 'closed')
    return html`<${Notice} tone="quiet" icon="hourglass" title=${t(overText(room))}><p>${t(waitsFor(now))}</p><//>`;
  if (now.ph === 'announced') return html`<${Announced} room=${room} feed=${feed} />`;
  return children ?? null;
}

/** What ended the bidding. @param {Room} room */
function overText(room) {
  if (room.now.bt) return 'banner.bought';
  if (isFalling(room) && room.now.p) return 'banner.taken';
  return room.rules.called ? 'banner.hammered' : 'banner.closed';
}

/** @param {{feed: RoomFeed, room: Room}} props */
function Announced({ feed, room }) {
  const { res } = room.now;
  if (res?.outcome !== 'sold')
    return html`<${Notice} tone="quiet" icon="gavel" title=${t('banner.failed')}><p>${tCode('ground.', res?.ground ?? '')}</p><//>`;
  if (res.awards) return html`<${SeveralSold} feed=${feed} room=${room} awards=${res.awards} />`;
  const title = feed.you.value?.won ? t('banner.won') : t('banner.sold', { code: res.winner ?? '' });
  return html`<${Notice} tone=${feed.you.value?.won ? 'good' : 'quiet'} icon="gavel" title=${title}>
    <p><${Money} amount=${res.price ?? 0} currency=${room.rules.currency} /></p>
  <//>`;
}

/** Who gets how many of several units; the history has those beyond the first. @param {{feed: RoomFeed, room: Room, awards: import('../types').Award[]}} props */
function SeveralSold({ feed, room, awards }) {
  const you = feed.you.value;
  const { res } = room.now;
  const title = you?.won
    ? t('banner.won.units', { n: you.sv ?? 0 })
    : t('banner.sold.units', { units: unitsSold(res), n: awards.length });
  const price = money(res?.price ?? 0, room.rules.currency, language.value);
  const list = awards.slice(0, MOST_AWARDS).map((a) => `${a.code}: ${a.units}`);
  return html`<${Notice} tone=${you?.won ? 'good' : 'quiet'} icon="gavel" title=${title}>
    <p>${t('banner.sold.each', { price })}</p>
    <p>${list.join(', ')}${awards.length > MOST_AWARDS && ' …'}</p>
  <//>`;
}

/** Explains for some seconds why the end moved. @param {RoomFeed} feed @param {Room} room */
function useNote(feed, room) {
  const [note, setNote] = useState(/** @type {any} */ (null));
  const updates = feed.updates.value;
  useEffect(() => {
    for (const u of updates) {
      if (u.k === 'extended' && u.now.e) {
        // A message comes with an extension only if the auctioneer made it.
        const values = {
          end: timeOfDay(u.now.e),
          by: duration(room.rules.closing.byMs ?? 0),
          lot: u.now.gr?.l ?? 0,
          reason: u.msg?.text ?? '',
        };
        const why = u.msg ? '.act' : u.now.gr ? '.group' : '';
        const title = t('note.extended' + why, values);
        setNote(html`<${Notice} tone="warn" icon="timer" title=${title} />`);
      } else if (u.k === 'round' && u.now.rd) {
        const title = t('note.round', { n: u.now.rd.n, going: u.now.rd.in ?? 0 });
        setNote(html`<${Notice} tone="warn" icon="timer" title=${title} />`);
      } else if (u.k === 'outage') {
        setNote(
          html`<${Notice} tone="warn" icon="refresh-cw" title=${t('note.outage', { lost: duration(u.lost ?? 0) })} />`,
        );
      } else if (u.k === 'reopened') {
        const price = money(u.now.nx, room.rules.currency, language.value);
        setNote(html`<${Notice} tone="warn" icon="undo-2" title=${t('note.reopened', { price })} />`);
      } else if (u.k === 'undone' || u.k === 'undo_dropped' || u.k === 'lot_reopened') {
        const values = { reason: u.msg?.text ?? '', who: u.by ? t('called.role.' + u.by) : '' };
        const two = u.k === 'undone' && u.by ? '.two' : '';
        setNote(html`<${Notice} tone="warn" icon="undo-2" title=${t('called.note.' + u.k + two, values)} />`);
      } else if (u.k === 'resumed') {
        setNote(html`<${Notice} tone="good" icon="play" title=${t('note.resumed')} />`);
      } else if (u.k === 'withdrawn' || u.k === 'disqualified') {
        setNote(html`<${Notice} tone="warn" icon="undo-2" title=${t('note.' + u.k, { code: u.c ?? '' })} />`);
      }
    }
  }, [updates]);
  useEffect(() => {
    if (!note) return;
    const timer = setTimeout(() => setNote(null), NOTE_MS);
    return () => clearTimeout(timer);
  }, [note]);
  return note;
}
