// The room: one address for everybody. Spectators watch; who is signed in and
// admitted gets the bid sheet on the same page.

import { account } from '../account.js';
import { language, t, tCode } from '../i18n.js';
import { clock, leaveRoom, link, openRoom, second, signedOut } from '../live.js';
import { atZero, clockOf, isFalling, openingKey, stageOf, unitsSold, waitsFor } from '../room.js';
import { countdown, dayMonth, hourMinute, money, timeOfDay } from '../text.js';
import { cls, effect, html, Icon, Later, signal, useEffect, useMemo, useState, useTitle } from '../view.js';
import { GroupLine, hasOwnPanel, useWay } from '../ways.js';
import { ServerTime } from '../ui/frame.js';
import { History, Staircase } from '../ui/history.js';
import { LotFace } from '../ui/lot-face.js';
import { Countdown, leftText, Money, Notice, Price, Stamp, useRemaining, usualPrice } from '../ui/parts.js';
import { duration, RulesText, stepSentence } from '../ui/rules.js';

/** @typedef {import('../live.js').RoomFeed} RoomFeed */
/** @typedef {import('../types').Room} Room */
/** @typedef {import('../types').Receipt} Receipt */

const NOTE_MS = 12_000;
const MAX_RECEIPTS = 50;

/** @param {{session: string, inSale?: boolean}} props inSale: as a part of the page of all lots */
export function Page({ session, inSale = false }) {
  const [feed, setFeed] = useState(/** @type {RoomFeed | null} */ (null));
  useEffect(() => {
    const opened = openRoom(session);
    setFeed(opened);
    /** @type {(() => void) | undefined} */
    let stopVoice;
    let left = false;
    void import('../voice/voice.js').then(({ startVoice }) => {
      if (!left) stopVoice = startVoice(opened);
    });
    return () => {
      left = true;
      stopVoice?.();
      leaveRoom(opened);
    };
  }, [session]);
  const room = feed?.room.value;
  if (!feed || !room) return html`<${Arriving} error=${feed?.error.value ?? null} inSale=${inSale} />`;
  return html`<${RoomView} feed=${feed} room=${room} inSale=${inSale} />`;
}

/** @param {{error: string | null, inSale: boolean}} props */
function Arriving({ error, inSale }) {
  useTitle(t('room.title'));
  return html`<${inSale ? 'div' : 'main'} class="plain" id=${inSale ? null : 'main'}>
    <${inSale ? 'h2' : 'h1'} tabindex="-1">${t(error === 'unknown_session' ? 'room.unknown' : 'room.title')}<//>
    <p class="quiet">
      ${error ? tCode('room.error.', error) : t(link.value.phase === 'offline' ? 'room.offline' : 'loading')}
    </p>
    ${error && html`<p><a href="/">${t('nav.home')}</a></p>`}
  <//>`;
}

/** @param {{feed: RoomFeed, room: Room, inSale: boolean}} props */
function RoomView({ feed, room, inSale }) {
  const receipts = useReceipts(feed);
  const isOwn = useOwnRows(feed, receipts);
  const way = useWay(room.rules);
  const Bidding = hasOwnPanel(room.rules) ? way?.Panel : bidBox.value;
  useTabTitle(feed, room);
  const bidder = account.value?.role === 'bidder' && feed.you.value !== null;
  return html`<${inSale ? 'div' : 'main'} class=${cls('room', bidder && 'room-bidder')} id=${inSale ? null : 'main'}>
    <div class="room-main">
      ${!inSale && html`<${Later} name="SaleStrip" load=${saleStrip} session=${room.session} auction=${room.lot.auctionId} />`}
      ${room.lot.rehearsal && html`<${Notice} tone="warn" icon="info" title=${t('rehearsal.mark')}><p>${t('rehearsal.what')}</p><//>`}
      <${LotHead} room=${room} heading=${inSale ? 'h2' : 'h1'} />
      <${Banner} feed=${feed} room=${room} />
      <${Hero} feed=${feed} room=${room} way=${way} />
      ${room.messages.length > 0 && html`<${Messages} room=${room} />`}
    </div>
    <div class="room-side">
      ${bidder && Bidding && html`<${Bidding} feed=${feed} receipts=${receipts} way=${way} />`}
      ${isOver(room) ? html`<${Again} room=${room} />` : !bidder && html`<${Join} room=${room} />`}
      ${bidder && html`<${Later} name="OwnPresence" load=${ownPresence} session=${room.session} />`}
      <section class="card" aria-labelledby="history">
        <h2 id="history">${t('history.title')}</h2>
        <${History} room=${room} isOwn=${isOwn} rows=${matchMedia('(width >= 60rem)').matches ? 12 : 8} />
      </section>
    </div>
    <div class="room-more">
      ${
        room.history.length > 1 &&
        !room.now.sl &&
        html`<section class="card" aria-labelledby="stairs">
          <h2 id="stairs">${t('stairs.title')}</h2>
          <${Staircase} room=${room} isOwn=${isOwn} />
        </section>`
      }
      <section class="card" aria-labelledby="rules">
        <h2 id="rules">${t('rules.title')}</h2>
        <${RulesText} rules=${room.rules} hash=${room.rulesHash} />
        <${Later} name="HeadLine" load=${headLine} session=${room.session} feed=${feed} />
      </section>
      <${LotFacts} room=${room} />
    </div>
  <//>`;
}

const aftermath = () => import('../ui/aftermath.js');
const signedOutPart = () => import('../ui/signed-out.js');
const saleStrip = () => import('../sale/strip.js');
const headLine = () => import('../head/line.js');
const clockLine = () => import('../timing/line.js');
const TIMED = ['scheduled', 'running', 'paused']; // when how right the time is matters
const ownPresence = () => import('../ui/own-presence.js');

/** The bid sheet is loaded only for those who are signed in. */
const bidBox = signal(/** @type {any} */ (null));
effect(() => {
  if (account.value && !bidBox.peek()) {
    void import('../ui/bid-box.js').then(({ BidBox }) => {
      bidBox.value = BidBox;
    });
  }
});

/** Own answers of this visit, newest first. @param {RoomFeed} feed */
function useReceipts(feed) {
  const [list, setList] = useState(/** @type {Receipt[]} */ ([]));
  const receipt = feed.receipt.value;
  useEffect(() => setList([]), [account.value?.id]);
  useEffect(() => {
    if (receipt) setList((l) => [receipt, ...l.filter((r) => r.cmd !== receipt.cmd)].slice(0, MAX_RECEIPTS));
  }, [receipt]);
  return list;
}

/**
 * Which rows are mine: by code, or, where codes are hidden, by what my receipts say.
 * @param {RoomFeed} feed @param {Receipt[]} receipts
 */
function useOwnRows(feed, receipts) {
  const code = feed.you.value?.code;
  return useMemo(() => {
    const mine = new Set(
      receipts
        .filter((r) => r.accepted && (r.act === 'bid' || r.act === 'buy'))
        // Who bought with a higher bid stands at the price of the sheet.
        .flatMap((r) => [`${r.at} ${r.amount}`, r.leading ? `${r.at} ${r.price}` : '']),
    );
    return (/** @type {import('../types').Row} */ row) =>
      code !== undefined && (row.c === code || (row.c === undefined && mine.has(`${row.at} ${row.a}`)));
  }, [code, receipts]);
}

/** State and time in the browser's tab. @param {RoomFeed} feed @param {Room} room */
function useTabTitle(feed, room) {
  void second.value;
  const { now, lot, rules } = room;
  const lotName = t('lot.number', { n: lot.number });
  const left =
    now.ph === 'running' && now.e && !rules.called && clock.known
      ? countdown((now.fa ?? now.e) - clock.now()) + ' – '
      : '';
  const you = feed.you.value;
  const state = you?.leading ? t('tab.leading') : you?.outbid ? t('tab.outbid') : '';
  useTitle(`${now.ph === 'running' && state ? `(${state}) ` : ''}${left}${lotName}`);
  void language.value;
}

/** @param {{room: Room, heading: string}} props */
function LotHead({ room, heading }) {
  const { lot, rules } = room;
  return html`<header class="lot">
    <div class="lot-face"><${LotFace} lot=${lot} /></div>
    <div class="lot-text">
      <div class="lot-line">
        <p class="eyebrow">${t('lot.number', { n: lot.number })} · ${t('method.' + rules.method)}</p>
        <${ServerTime} />
      </div>
      <${heading} class="lot-name" tabindex="-1">${lot.title}<//>
      ${lot.detail && html`<p class="quiet lot-detail">${lot.detail}</p>`}
      ${lot.run && html`<${Later} name="EarlierRuns" load=${aftermath} session=${room.session} run=${lot.run} />`}
    </div>
  </header>`;
}

/** Price, leader and time: all that decides. @param {{feed: RoomFeed, room: Room, way: import('../ways.js').Way | null}} props */
export function Hero({ feed, room, way }) {
  const { now, rules } = room;
  const stale = !feed.current.value;
  const doubt = stale ? 'price.old' : feed.behind.value ? 'price.unconfirmed' : '';
  const sold = now.res?.outcome === 'sold';
  const [label, amount] = way?.price?.(room) ?? usualPrice(room);
  return html`<section class=${cls('card card-brass hero', stale && 'hero-stale')} aria-labelledby="hero-label">
    <div class="hero-head">
      <h2 class="label" id="hero-label">${label}</h2>
      ${doubt ? html`<span class="hero-old"><${Icon} name=${stale ? 'wifi-off' : 'hourglass'} />${t(doubt)}</span>` : html`<${ReserveMark} now=${now} />`}
    </div>
    <${Price} amount=${amount} currency=${rules.currency} />
    <dl class="facts hero-facts">
      ${now.b && !rules.sealed?.units && html`<div><dt>${t(sold ? 'fact.winner' : 'fact.leader')}</dt><dd>${isMe(feed, now.b) ? t('fact.you', { code: now.b }) : now.b}</dd></div>`}
      <${way?.Facts ?? (isFalling(room) ? FallFacts : StepFacts)} room=${room} you=${feed.you.value} />
      ${room.participants && html`<div><dt>${t('fact.take')}</dt><dd>${room.participants}</dd></div>`}
    </dl>
    <${Time} room=${room} way=${way} />
    ${TIMED.includes(now.ph) && html`<${Later} name="ClockLine" load=${clockLine} session=${room.session} />`}
    ${way?.Line && html`<${way.Line} room=${room} you=${feed.you.value} />`}
    <${GroupLine} room=${room} />
  </section>`;
}

/** @param {{room: Room}} props */
const StepFacts = ({
  room: { now, rules },
}) => html`<div><dt>${t('fact.step')}</dt><dd><${Money} amount=${now.st || rules.step.amount || 0} currency=${rules.currency} /></dd></div>
  <div><dt>${t('fact.bids')}</dt><dd>${now.n}</dd></div>`;

/** What comes after the price being asked. @param {{room: Room}} props */
const FallFacts = ({ room: { now, rules } }) => html`
  ${now.ft && html`<div><dt>${t('fact.next')}</dt><dd><${Money} amount=${now.ft} currency=${rules.currency} /></dd></div>`}
  <div><dt>${t('fact.floor')}</dt><dd><${Money} amount=${rules.descent?.floor ?? 0} currency=${rules.currency} /></dd></div>`;

/** @param {RoomFeed} feed @param {string} code */
const isMe = (feed, code) => feed.you.value?.code === code;

/** @param {{now: import('../types').Now}} props */
function ReserveMark({ now }) {
  if (!now.rv) return null;
  return html`<span class="pill ${now.rv === 'met' ? 'pill-good' : ''}">
    <span class="pill-dot" aria-hidden="true"></span>${t('reserve.' + now.rv)}
  </span>`;
}

/** @param {{room: Room, way: import('../ways.js').Way | null}} props */
function Time({ room, way }) {
  const { now } = room;
  const run = clockOf(room);
  const extended = now.x ? html`<p class="hero-note">${extensionText(room)}</p>` : null;
  if (now.ph === 'running' && now.e) {
    const lost = now.lost && html`<p class="hero-note">${t('hero.lost', { lost: duration(now.lost) })}</p>`;
    if (way?.Clock)
      return html`<div class="hero-time"><${way.Clock} room=${room} />${extended} ${lost}</div>`;
    return html`<div class="hero-time">
      <${Countdown} endMs=${run.endMs} totalMs=${run.totalMs} label=${t(run.key)} atZero=${t(...atZero(room))} />
      ${extended} ${lost}
    </div>`;
  }
  if (now.ph === 'paused') {
    return html`<div class="hero-time">
      <span class="label">${t(now.fin ? 'time.frozen.fall' : 'time.frozen')}</span>
      <div class="countdown-digits">${countdown(now.fin ?? now.rem ?? 0)}</div>
    </div>`;
  }
  if (now.ph === 'scheduled') return html`<${OpensIn} room=${room} />`;
  return html`<div class="hero-time"><${Stamp} phase=${stageOf(now)} result=${now.res} />${extended}</div>`;
}

/** @param {Room} room */
function extensionText({ now, rules }) {
  const n = now.x ?? 0;
  if (!rules.closing.maxCount || now.ph !== 'running') return t('extended.count', { n });
  return t('extended.of', { n, max: rules.closing.maxCount });
}

/** @param {{room: Room}} props */
function OpensIn({ room }) {
  const { opensAt, opening } = room.rules;
  const left = useRemaining(opensAt);
  const due = left !== null && left <= 0;
  return html`<div class="hero-time">
    <span class="label">${t('time.opens.at', { time: hourMinute(opensAt), date: dayMonth(opensAt) })}</span>
    <div class="countdown-digits">
      ${left === null ? '' : due ? t(opening === 'clock' ? openingKey(room.now) : 'time.opens.auctioneer') : leftText(left)}
    </div>
  </div>`;
}

/** What stands above everything else: a broken line or server, a pause, the end; and for a while an extension. @param {{feed: RoomFeed, room: Room}} props */
function Banner({ feed, room }) {
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
  const out = signedOut.value && !account.value && html`<${Later} name="SignedOut" load=${signedOutPart} />`;
  return html`${out}<${Standing} feed=${feed} room=${room}>${note}<//>`;
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

const MOST_AWARDS = 12;

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

/** @param {{room: Room}} props */
export function Messages({ room }) {
  return html`<section class="card messages" aria-labelledby="messages">
    <h2 id="messages">${t('messages.title')}</h2>
    <ul>
      ${room.messages.map(
        (m) =>
          html`<li key=${m.at + m.text} class="message">
            <time class="label">${timeOfDay(m.at)}</time>
            <p>${m.text}</p>
          </li>`,
      )}
    </ul>
  </section>`;
}

/** Whether nothing can change any more. @param {Room} room */
const isOver = ({ now: { ph } }) => ph === 'announced' || ph === 'stopped' || ph === 'cancelled';

/** The ways to see it once more and to check it. @param {{room: Room}} props */
const Again = ({ room }) => html`<section class="card join">
  <${Icon} name="play" />
  <p class="small quiet">${t('again.what')}</p>
  <div class="buttons">
    <a class="button" href=${'/xem-lai/' + room.session}>${t('again.go')}</a>
    <a class="button" href=${'/kiem-chung?phien=' + room.session}>${t('again.verify')}</a>
  </div>
</section>`;

/** For everybody who has no code here. @param {{room: Room}} props */
function Join({ room }) {
  const who = account.value;
  return html`<section class="card join">
    <${Icon} name="eye" />
    <div>
      <p><strong>${t(who ? 'join.stranger' : 'join.guest')}</strong></p>
      <p class="small quiet">${stepSentence(room.rules)}</p>
    </div>
    ${!who && html`<a class="button" href=${`/dang-nhap?tiep=/phong/${room.session}`}>${t('nav.signin')}</a>`}
  </section>`;
}

/** @param {{room: Room}} props */
function LotFacts({ room }) {
  const { lot, rules } = room;
  const rows = [
    ['lot.place', lot.place],
    ['lot.owner', lot.owner],
    ['lot.centre', lot.centre],
  ].filter(([, value]) => value);
  return html`<section class="card" aria-labelledby="facts">
    <h2 id="facts">${t('lot.facts')}</h2>
    <dl class="facts facts-wide">
      <div><dt>${t('price.start')}</dt><dd><${Money} amount=${rules.start} currency=${rules.currency} /></dd></div>
      ${lot.deposit ? html`<div><dt>${t('lot.deposit')}</dt><dd><${Money} amount=${lot.deposit} currency=${rules.currency} /></dd></div>` : ''}
      ${rows.map(([key, value]) => html`<div key=${key}><dt>${t(key ?? '')}</dt><dd>${value}</dd></div>`)}
    </dl>
    <p class="small"><a href=${'/man-hinh/' + room.session}>${t('room.screen')}</a></p>
  </section>`;
}
