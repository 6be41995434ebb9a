// /quan-tri/cuoc-dau-gia/{id}/phien: the day of the sale for its staff.

import { api, isA } from '../account.js';
import { addWords, language, t } from '../i18n.js';
import { clock } from '../live.js';
import { hourMinute, longDate } from '../text.js';
import { Dialog, html, Icon, loadStyle, useEffect, useRef, useState, useTitle } from '../view.js';
import { Notice } from '../ui/parts.js';
import { codeOf, OfficeNav, Problem } from '../admin/frame.js';
import { MomentField } from '../admin/rules-form.js';
import { AuctionTabs } from '../admin/tabs.js';
import { minuteAfter, readMoment, writeMoment } from '../admin/typed.js';
import { words as office } from '../admin/words.js';
import { Admission } from './admission.js';
import { Presence } from './presence.js';
import { Readiness } from './readiness.js';
import { Sessions, useSend } from './sessions.js';
import { words } from './words.js';

addWords(office);
addWords(words);
await Promise.all([loadStyle('admin.css'), loadStyle('day.css')]);

/** @typedef {import('./types').Day} Day */
/** @typedef {import('../admin/types').Auction} Auction */

const EVERY_MS = 10_000;
const HOUR_MS = 3_600_000;

/** @param {{id: string}} props */
export function Page({ id }) {
  const [auction, setAuction] = useState(/** @type {Auction & {rehearsalOf?: string} | null} */ (null));
  const { day, tick, problem, look } = useDay(id);
  useTitle(auction ? `${t('day.title')} – ${auction.title}` : t('day.title'));
  useEffect(() => {
    api('GET', '/auctions/' + id)
      .then(setAuction)
      .catch(() => {}); // useDay asks the same server and tells
  }, [id]);
  const runs = day?.sessions ?? [];
  return html`<main class="page office" id="main">
    <${OfficeNav} here="auctions" />
    <${AuctionTabs} id=${id} here="day" />
    <header class="office-head">
      <div>
        <p class="eyebrow">${t('day.title')}</p>
        <h1 tabindex="-1">${auction?.title ?? t('auction.title')}</h1>
      </div>
    </header>
    ${auction?.rehearsalOf && html`<${Notice} tone="warn" icon="info" title=${t('rehearse.this')} />`}
    ${problem && html`<${Problem} code=${problem} onRetry=${() => void look()} />`}
    ${!day && !problem && html`<p class="quiet">${t('loading')}</p>`}
    ${
      day &&
      html`<div class="day-columns">
        <div class="day-column">
          ${day.admission && auction && html`<${Admission} id=${id} state=${day.admission} version=${auction.version} onDone=${() => void look()} />`}
          <${Sessions} runs=${runs} onChange=${() => void look()} /></div>
        <div class="day-column">
          <${Readiness} id=${id} items=${day.readiness} onItems=${tick} />
          ${!auction?.rehearsalOf && html`<${Rehearsal} id=${id} runs=${day.rehearsals} onChange=${() => void look()} />`}
        </div>
      </div>
      <${Presence} runs=${runs} />`
    }
  </main>`;
}

/** The day as last asked, again every ten seconds while the page is seen. @param {string} id */
function useDay(id) {
  const [day, setDay] = useState(/** @type {Day | null} */ (null));
  const [problem, setProblem] = useState('');
  const ticks = useRef(0);
  const look = async () => {
    const before = ticks.current;
    try {
      const found = await api('GET', `/auctions/${id}/day`);
      if (ticks.current !== before) return void look(); // it may not know of a tick that was answered first
      setDay(found);
      setProblem('');
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  /** @param {Day['readiness']} readiness */
  const tick = (readiness) => {
    ticks.current++;
    setDay((known) => known && { ...known, readiness });
  };
  useEffect(() => {
    void look();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void look();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [id]);
  return { day, tick, problem, look };
}

/** @param {{id: string, runs: import('./types').Run[], onChange: () => void}} props */
function Rehearsal({ id, runs, onChange }) {
  const [open, setOpen] = useState(false);
  const lang = language.value;
  const first = runs[0];
  return html`<section class="card office-part" aria-labelledby="rehearse">
    <h2 id="rehearse">${t('rehearse.title')}</h2>
    <p class="small quiet">${t('rehearse.what')}</p>
    ${
      first
        ? html`<p>
              ${t('rehearse.last', { time: hourMinute(first.opensAt), date: longDate(first.opensAt, lang) })}
            </p>
            <p class="day-links small">
              <a href=${'/dieu-hanh/' + first.session}>${t('day.console')}</a>
              <a href=${'/phong/' + first.session}>${t('day.room')}</a>
            </p>`
        : html`<p>${t('rehearse.none')}</p>`
    }
    ${
      isA('auctioneer', 'registrar', 'admin') &&
      html`<div>
        <button type="button" class="button" onClick=${() => setOpen(true)}>
          <${Icon} name="play" />${t('rehearse.new')}
        </button>
      </div>`
    }
    ${
      open &&
      html`<${RehearseDialog}
        id=${id}
        onDone=${() => {
          setOpen(false);
          onChange();
        }}
        onClose=${() => setOpen(false)}
      />`
    }
  </section>`;
}

/** @param {{id: string, onDone: () => void, onClose: () => void}} props */
function RehearseDialog({ id, onDone, onClose }) {
  const [opensAt, setOpensAt] = useState(() => writeMoment(minuteAfter(clock.now(), HOUR_MS)));
  const { busy, problem, faults, send } = useSend(onDone);
  const submit = (/** @type {Event} */ e) => {
    e.preventDefault();
    void send(`/auctions/${id}/rehearsals`, { opensAt: readMoment(opensAt) ?? 0 });
  };
  const other = faults.participants || faults.lots;
  return html`<${Dialog} title=${t('rehearse.title')} onClose=${onClose}>
    <form class="form" onSubmit=${submit} noValidate>
      <p>${t('rehearse.what')}</p>
      ${problem && problem !== 'invalid' && html`<${Problem} code=${problem} />`}
      ${other && html`<${Notice} tone="bad" icon="triangle-alert" title=${t('rehearse.nobody')} />`}
      <${MomentField}
        id="rehearse-at"
        label=${t('rehearse.opensAt')}
        hint=${null}
        warning=${null}
        error=${faults.opensAt ?? null}
        value=${opensAt}
        onValue=${setOpensAt}
      />
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button type="submit" class="button button-main" disabled=${busy}>
          <${Icon} name="play" />${t('rehearse.go')}
        </button>
      </div>
    </form>
  <//>`;
}
