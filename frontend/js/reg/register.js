// /cuoc-dau-gia/{id}/dang-ky: a bidder registers for a lot, on a phone: one
// thing to do on top, four parts below, one of them open.

import { api, ApiError } from '../account.js';
import { addWords, t } from '../i18n.js';
import { clock, second } from '../live.js';
import { cls, html, Icon, loadStyle, useEffect, useRef, useState, useTitle } from '../view.js';
import { RequestNames } from '../admin/frame.js';
import { Declare } from './declare.js';
import { Dossier, useFiles } from './dossier.js';
import { Follow } from './follow.js';
import { codeOf, dong, moment, NextStep, Trouble } from './parts.js';
import { Pay, stateText } from './pay.js';
import { FileRow } from '../ui/files.js';
import { words } from './words.js';

addWords(words);
await loadStyle('reg.css');

/** @typedef {import('./types').OwnRegistration} OwnRegistration */
/** @typedef {import('../types').PublicAuction} PublicAuction */

const PARTS = /** @type {const} */ (['declare', 'pay', 'dossier', 'follow']);
/** @typedef {typeof PARTS[number]} Part */

/** Where the next step is done. @param {string} code @returns {Part} */
const partOf = (code) =>
  /** @type {Record<string, Part>} */ ({
    identity: 'declare',
    declare: 'declare',
    pay_fee: 'pay',
    pay_deposit: 'pay',
    ask_office: 'pay',
    submit: 'dossier',
    correct: 'dossier',
  })[code] ?? 'follow';

/** @param {{id: string, query: URLSearchParams}} props */
export function Page({ id, query }) {
  useTitle(t('reg.title'));
  const [auction, setAuction] = useState(/** @type {PublicAuction | null} */ (null));
  const [mine, setMine] = useState(/** @type {OwnRegistration[] | null} */ (null));
  const [problem, setProblem] = useState('');
  const [lot, setLot] = useState(query.get('lo') ?? '');
  const load = async () => {
    try {
      const [notice, own] = await Promise.all([
        api('GET', '/notices/' + id),
        api('GET', '/registrations/mine'),
      ]);
      setAuction(notice);
      setMine(own.registrations.filter((/** @type {OwnRegistration} */ r) => r.auctionId === id));
      setProblem('');
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => void load(), [id]);

  /** @param {OwnRegistration} reg */
  const keep = (reg) => {
    setMine((all) => [reg, ...(all ?? []).filter((r) => r.id !== reg.id)]);
    setLot(reg.lotId);
  };
  const only = auction?.lots.length === 1 ? auction.lots[0]?.id : undefined;
  const chosen = lot || only || '';
  const reg = mine?.find((r) => r.lotId === chosen);
  return html`<main class="page page-narrow reg" id="main">
    <header>
      ${auction && html`<p class="label"><a href=${'/cuoc-dau-gia/' + id}>${auction.title}</a></p>`}
      <h1 tabindex="-1">${reg ? `${t('reg.lot', { n: reg.lotNumber })}: ${reg.lotTitle}` : t('reg.title')}</h1>
      ${
        reg &&
        (auction?.lots.length ?? 0) > 1 &&
        html`<p><button type="button" class="link" onClick=${() => setLot('')}>${t('reg.other')}</button></p>`
      }
    </header>
    <${Trouble} code=${problem} onRetry=${() => void load()} />
    ${!problem && (!auction || !mine) && html`<p class="quiet">${t('reg.loading')}</p>`}
    ${auction && mine && !reg && html`<${Lots} auction=${auction} mine=${mine} only=${chosen} onOpen=${keep} />`}
    ${reg && html`<${Wizard} key=${reg.id} reg=${reg} onChanged=${keep} onStale=${() => void load()} />`}
  </main>`;
}

/**
 * @param {{auction: PublicAuction, mine: OwnRegistration[], only: string, onOpen: (reg: OwnRegistration) => void}} props
 */
function Lots({ auction, mine, only, onOpen }) {
  void second.value;
  const w = auction.sheet.windows?.dossier;
  const now = clock.known ? clock.now() : NaN;
  const early = w?.from !== undefined && now < w.from;
  const late = w?.to !== undefined && now >= w.to;
  const lots = auction.lots.filter((l) => !only || l.id === only);
  return html`<section class="reg-lots">
    ${auction.lots.length > 1 && html`<h2>${t('reg.choose')}</h2>`}
    ${auction.lots.length > 1 && html`<p class="quiet">${t('reg.choose.what')}</p>`}
    ${early && html`<p>${t('reg.notopen', { time: moment(w?.from) })}</p>`}
    ${late && html`<p>${t('reg.closed', { time: moment(w?.to) })}</p>`}
    <ul class="reg-list">
      ${lots.map(
        (l) =>
          html`<${Lot}
            key=${l.id}
            auction=${auction}
            lot=${l}
            reg=${mine.find((r) => r.lotId === l.id)}
            open=${!early && !late}
            onOpen=${onOpen}
          />`,
      )}
    </ul>
  </section>`;
}

/**
 * @param {{auction: PublicAuction, lot: import('../types').PublicLot, reg?: OwnRegistration, open: boolean,
 *   onOpen: (reg: OwnRegistration) => void}} props
 */
function Lot({ auction, lot, reg, open, onOpen }) {
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const [names] = useState(() => new RequestNames());
  const start = async () => {
    if (reg && reg.standing === 'in') return onOpen(reg);
    setBusy(true);
    setProblem('');
    try {
      const body = { auctionId: auction.id, lotId: lot.id };
      onOpen(await api('POST', '/registrations', body, names.of(body)));
      names.done();
    } catch (e) {
      setProblem(e instanceof ApiError && e.status === 422 ? 'invalid' : codeOf(e));
      setBusy(false);
    }
  };
  return html`<li class="card reg-lot">
    <p class="label">${t('reg.lot', { n: lot.number })}</p>
    <h3>${lot.title}</h3>
    <dl class="reg-facts">
      <div>
        <dt class="label">${t('reg.fee')}</dt>
        <dd>${auction.sheet.money?.dossierFee ? dong(auction.sheet.money.dossierFee) : t('reg.free')}</dd>
      </div>
      <div>
        <dt class="label">${t('reg.deposit')}</dt>
        <dd>${lot.deposit ? dong(lot.deposit) : t('reg.free')}</dd>
      </div>
    </dl>
    <${Trouble} code=${problem} />
    ${
      (open || reg) &&
      html`<button type="button" class=${cls('button', !reg && 'button-main')} disabled=${busy} onClick=${() => void start()}>
        ${t(reg && reg.standing === 'in' ? 'reg.open' : 'reg.start')}<${Icon} name="arrow-right" />
      </button>`
    }
  </li>`;
}

/** @param {{reg: OwnRegistration, onChanged: (reg: OwnRegistration) => void, onStale: () => void}} props */
function Wizard({ reg, onChanged, onStale }) {
  const [part, setPart] = useState(() => partOf(reg.step.code));
  const [round, setRound] = useState(0);
  const files = useFiles(reg.id, round);
  const guarantees = files.filter((f) => f.purpose === 'guarantee');
  const code = useRef(reg.step.code);
  useEffect(() => {
    if (code.current === reg.step.code) return;
    code.current = reg.step.code;
    setPart(partOf(reg.step.code)); // the next thing is somewhere else now
  }, [reg.step.code]);
  const more = () => setRound((n) => n + 1);
  const done = /** @type {Record<Part, boolean>} */ ({
    declare: reg.noConflict,
    pay: reg.fee.state !== 'due' && reg.deposit.state !== 'due',
    dossier: reg.dossier === 'submitted' || reg.dossier === 'approved',
    follow: reg.code !== undefined,
  });
  const goTo = partOf(reg.step.code);
  return html`<${NextStep} reg=${reg}>
      ${
        reg.step.code === 'go' && reg.session
          ? html`<a class="button button-main" href=${'/phong/' + reg.session}>${t('step.go.go')}<${Icon} name="arrow-right" /></a>`
          : reg.step.code === 'identity'
            ? html`<a class="button button-main" href="/cua-toi/ho-so">${t('step.identity.go')}<${Icon} name="arrow-right" /></a>`
            : goTo !== part &&
              html`<button type="button" class="button button-main" onClick=${() => setPart(goTo)}>
              ${t(`step.${reg.step.code}.go`)}<${Icon} name="arrow-right" />
            </button>`
      }
    <//>
    <nav class="reg-parts" aria-label=${t('reg.nav')}>
      ${PARTS.map(
        (p, i) =>
          html`<button
            key=${p}
            type="button"
            class=${cls('reg-tab', done[p] && 'reg-tab-done')}
            aria-current=${p === part ? 'step' : null}
            onClick=${() => setPart(p)}
          >
            <span class="reg-tab-n" aria-hidden="true">${done[p] ? html`<${Icon} name="check" />` : i + 1}</span>
            <span>${t('reg.part.' + p)}</span>
            ${done[p] && html`<span class="unseen">${t('reg.part.done')}</span>`}
          </button>`,
      )}
    </nav>
    ${part === 'declare' && html`<${Declare} reg=${reg} onSaved=${onChanged} onStale=${onStale} />`}
    ${
      part === 'pay' &&
      html`<${Pay} reg=${reg} onChanged=${onChanged} onFile=${more}>
        ${
          guarantees.length > 0 &&
          html`<ul class="files-list">
            ${guarantees.map((f) => html`<${FileRow} key=${f.id} file=${f} secret />`)}
          </ul>`
        }
      <//>`
    }
    ${
      part === 'dossier' &&
      html`<${Dossier} reg=${reg} files=${files} onFiles=${more} onChanged=${onChanged} onStale=${onStale} />`
    }
    ${part === 'follow' && html`<${Follow} reg=${reg} onChanged=${onChanged} />`}
    <p class="small quiet">${t('reg.fee')}: ${stateText(reg.fee)} · ${t('reg.deposit')}: ${stateText(reg.deposit)}</p>`;
}
