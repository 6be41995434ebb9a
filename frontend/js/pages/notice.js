// /cuoc-dau-gia/{id}: the public notice of an auction. Everybody may read it,
// and print it.

import { api, ApiError } from '../account.js';
import { addWords, t, tCode } from '../i18n.js';
import { html, Icon, loadStyle, useEffect, useRef, useState, useTitle } from '../view.js';
import { Outcomes } from '../after/outcome.js';
import { Dates, moment } from '../notice/dates.js';
import { Lots } from '../notice/lots.js';
import { RulesSheet } from '../notice/rules.js';
import { Changes, CopyHash, Versions } from '../notice/versions.js';
import { words } from '../notice/words.js';
import { fileAddress, Files } from '../ui/files.js';
import { Papers } from '../ui/papers.js';
import { leftText, Notice, useRemaining } from '../ui/parts.js';

addWords(words);
await loadStyle('notice.css');

/** @typedef {import('../types').PublicAuction} PublicAuction */

const AGAIN_MS = 1500; // after a deadline the server needs a moment; asking sooner would show the old stage

/** @param {{id: string}} props */
export function Page({ id }) {
  const [auction, setAuction] = useState(/** @type {PublicAuction | null} */ (null));
  const [problem, setProblem] = useState('');
  useTitle(auction?.title ?? t('notice.title'));
  const load = async () => {
    try {
      setAuction(await api('GET', '/notices/' + id, undefined, { anonymous: true }));
      setProblem('');
    } catch (e) {
      setProblem(e instanceof ApiError && e.status === 404 ? 'missing' : 'unreachable');
    }
  };
  useEffect(() => void load(), [id]);
  useReloadAt(auction?.next?.at, load);
  if (!auction) {
    return html`<main class="page page-narrow" id="main">
      <h1 tabindex="-1">${t('notice.title')}</h1>
      ${!problem && html`<p class="quiet">${t('loading')}</p>`}
      ${
        problem &&
        html`<${Notice} tone="warn" icon="triangle-alert" title=${t('notice.' + problem)}>
          ${problem === 'unreachable' && html`<button class="link" onClick=${() => void load()}>${t('notice.again')}</button>`}
        <//>`
      }
    </main>`;
  }
  return html`<main class="page notice-page" id="main">
    <${Head} auction=${auction} />
    <${Told} auction=${auction} />
    <div class="notice-cols">
      <div class="notice-side">
        <${Next} auction=${auction} />
        <${Dates} auction=${auction} />
        <div class="buttons notice-screen">
          <button type="button" class="button" onClick=${() => print()}><${Icon} name="file-text" />${t('notice.print')}</button>
          <${Papers} auction=${auction} />
        </div>
      </div>
      <div class="notice-main">
        <${Outcomes} auction=${auction.id} />
        <${Lots} auction=${auction.id} lots=${auction.lots} />
        <${Files} auction=${auction.id} lots=${auction.lots} />
        <${RulesSheet} auction=${auction} />
        <${Versions} auction=${auction.id} versions=${auction.rules} />
        <${Complaints} auction=${auction} />
      </div>
    </div>
  </main>`;
}

/** Comes after the rest: few readers complain. @param {{auction: PublicAuction}} props */
function Complaints({ auction }) {
  const [part, setPart] = useState(/** @type {{Complain: any} | null} */ (null));
  useEffect(() => void import('../archive/complain.js').then(setPart, () => {}), []);
  return part && html`<${part.Complain} auction=${auction.id} lots=${auction.lots} />`;
}

/** Asks again when a moment has passed. @param {number | undefined} atMs @param {() => unknown} load */
function useReloadAt(atMs, load) {
  const latest = useRef(load);
  latest.current = load;
  const left = useRemaining(atMs);
  const passed = atMs !== undefined && left !== null && left <= 0;
  useEffect(() => {
    if (!passed) return;
    const timer = setTimeout(() => void latest.current(), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [passed, atMs]);
}

/** @param {{auction: PublicAuction}} props */
function Head({ auction }) {
  const listed = auction.listedAt ?? auction.publishedAt ?? 0;
  const newest = auction.rules.at(-1);
  return html`<header class="notice-head">
    <div class="notice-centre">
      ${
        auction.centre.sealFile &&
        html`<img src=${fileAddress(auction.centre.sealFile, 160)} alt="" decoding="async" />`
      }
      <div>
        <p class="eyebrow">${auction.centre.name}</p>
        ${auction.centre.address && html`<p class="label">${auction.centre.address}</p>`}
      </div>
    </div>
    <h1 tabindex="-1">${auction.title}</h1>
    <p class="dots quiet">
      <span class="notice-stage notice-stage-${auction.stage}">${t('notice.stage.' + auction.stage)}</span>
      ${auction.owner && html`<span>${auction.owner}</span>`}
      ${listed > 0 && html`<span>${t('notice.listed', when(listed))}</span>`}
    </p>
    ${
      newest &&
      html`<p class="notice-seal">
        <${Icon} name="lock" />
        <span>${t('notice.number', { n: newest.number })}</span>
        <span class="hash">${newest.hash}</span>
        <${CopyHash} hash=${newest.hash} />
      </p>`
    }
  </header>`;
}

/** What everybody must know first: cancelled, changed, only a trial. @param {{auction: PublicAuction}} props */
function Told({ auction }) {
  const newest = auction.rules.at(-1);
  return html`
    ${
      auction.stage === 'cancelled' &&
      html`<${Notice} tone="bad" icon="ban" title=${t('notice.cancelled.title', when(auction.cancelledAt ?? 0))}>
        <p class="notice-lines">${auction.cancelReason}</p>
      <//>`
    }
    ${(auction.stops ?? []).map((stop) => html`<${Stop} key=${stop.session} stop=${stop} />`)}
    ${
      auction.sheet.preset === 'demo' &&
      html`<${Notice} tone="quiet" icon="info" title=${t('notice.demo.title')}><p>${t('notice.demo.what')}</p><//>`
    }
    ${
      auction.rehearsalOf &&
      html`<${Notice} tone="quiet" icon="info" title=${t('notice.rehearsal.title')}><p>${t('notice.rehearsal.what')}</p><//>`
    }
    ${
      newest?.notice &&
      html`<${Notice} tone="warn" icon="megaphone" title=${t('notice.changed.title', when(newest.madeAt))}>
        <p class="notice-lines">${newest.notice}</p>
        <${Changes} version=${newest} />
        ${newest.withdrawal && html`<p>${t('notice.changed.free')}</p>`}
        <p class="notice-screen"><a href="#phien-ban">${t('notice.changed.see')}</a></p>
      <//>`
    }
  `;
}

/** A session that was stopped, and when its lot runs again. @param {{stop: NonNullable<PublicAuction['stops']>[number]}} props */
function Stop({ stop }) {
  const { next } = stop;
  return html`<${Notice} tone="bad" icon="circle-stop" title=${t('notice.stopped.title', { n: stop.lot, ...when(stop.at) })}>
    <p>${tCode('stopped.', stop.ground)}: ${stop.sentence}</p>
    ${
      next
        ? html`<p><strong>${t('stopped.next', when(next.opensAt))}</strong></p>
            <p class="notice-screen"><a href=${'/phong/' + next.session}>${t('stopped.go')}</a></p>`
        : html`<p>${t('banner.stopped.text')}</p>`
    }
  <//>`;
}

/** Time and date for a sentence. @param {number} ms */
function when(ms) {
  const [time = '', ...date] = moment(ms).split(', ');
  return { time, date: date.join(', ') };
}

/** The next deadline, and the one thing a reader can do now. @param {{auction: PublicAuction}} props */
function Next({ auction }) {
  const { next, stage } = auction;
  const left = useRemaining(next?.at);
  return html`<section class="card card-brass notice-next">
    ${
      next &&
      html`<p class="label">${t('notice.next.' + next.kind)}</p>
        <p class="notice-left figures" role="timer">
          ${left === null ? '' : left > 0 ? leftText(left) : t('notice.next.now')}
        </p>
        <p class="small">${moment(next.at)}</p>`
    }
    <${Go} auction=${auction} />
    ${stage !== 'cancelled' && html`<p class="label">${t('notice.go.open')}</p>`}
  </section>`;
}

/** @param {{auction: PublicAuction}} props */
function Go({ auction }) {
  const { stage, id, sheet, lots } = auction;
  const session = lots.find((l) => l.session)?.session;
  if (stage === 'registration_open') {
    return html`<a class="button button-main notice-screen" href=${`/cuoc-dau-gia/${id}/dang-ky`}>
      ${t('notice.go.register')}<${Icon} name="arrow-right" />
    </a>`;
  }
  if (stage === 'listed' && sheet.windows?.dossier?.from)
    return html`<p>${t('notice.go.register.soon', when(sheet.windows.dossier.from))}</p>`;
  if (stage === 'registration_closed') return html`<p>${t('notice.go.register.closed')}</p>`;
  if (!session) return null;
  const over = stage === 'concluded' || stage === 'archived';
  return html`<a class="button button-main notice-screen" href=${over ? '#notice-lots' : '/phong/' + session}>
    <${Icon} name="gavel" />${t(over ? 'notice.go.results' : 'notice.go.room')}
  </a>`;
}
