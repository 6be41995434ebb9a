// /quan-tri/cuoc-dau-gia/{id}/luu-tru: the sealed file of an auction, what holds
// it, and what is to be removed of it.

import { api, isA } from '../account.js';
import { addWords, language, t } from '../i18n.js';
import { sizeText } from '../upload.js';
import { html, Icon, loadStyle, useEffect, useRef, useState, useTitle } from '../view.js';
import { codeOf, OfficeNav, Problem, RequestNames } from '../admin/frame.js';
import { AuctionTabs } from '../admin/tabs.js';
import { words as office } from '../admin/words.js';
import { Outcomes } from '../after/outcome.js';
import { Notice } from '../ui/parts.js';
import { words as files } from '../ui/words.js';
import { Complaints } from './complaints.js';
import { dayText, download, ReasonDialog, when } from './parts.js';
import { Portal } from './portal.js';
import { words } from './words.js';

addWords(office);
addWords(files);
addWords(words);
await loadStyle('admin.css');

/** @typedef {{number: number, hash: string, manifestHash: string, size: number, entries: number, reason?: string, sealedBy?: string, sealedAt: number, keepUntil: number}} Sealed */
/** @typedef {{id: string, reason: string, placedBy?: string, placedAt: number, liftReason?: string, liftAskedBy?: string, liftAskedAt?: number, liftedBy?: string, liftedAt?: number}} Hold */
/** @typedef {{id: string, reason: string, proposedBy?: string, proposedAt: number, approved?: boolean, decidedBy?: string, decidedAt?: number, remark?: string, doneAt?: number, record?: {files: number}}} Disposal */
/** @typedef {{auctionId: string, title: string, status: string, over: boolean, archives: Sealed[], holds: Hold[], disposals: Disposal[], keep: {sealAfterDays?: number}, now: number}} CaseFile */
/** @typedef {{file: string, entries: number, reduced?: number, same: boolean, missing?: boolean, trouble: {name: string, code: string}[], listed: {name: string, size: number, sha256: string, meaning: string}[]}} Check */

/** @param {{id: string}} props */
export function Page({ id }) {
  const [file, setFile] = useState(/** @type {CaseFile | null} */ (null));
  const [problem, setProblem] = useState('');
  useTitle(file ? `${t('keep.title')}: ${file.title}` : t('keep.title'));
  const load = async () => {
    setProblem('');
    try {
      setFile(await api('GET', `/auctions/${id}/casefile`));
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => void load(), [id]);
  return html`<main class="page office" id="main">
    <${OfficeNav} here="auctions" />
    <${AuctionTabs} id=${id} here="keep" />
    <header class="office-head">
      <div>
        <p class="eyebrow">${file?.title}</p>
        <h1 tabindex="-1">${t('keep.title')}</h1>
        <p class="quiet">${t('keep.what')}</p>
        <p class="small"><a href="/kiem-chung">${t('nav.verify')}</a></p>
      </div>
    </header>
    ${problem && html`<${Problem} code=${problem} onRetry=${() => void load()} />`}
    ${!file && !problem && html`<p class="quiet">${t('loading')}</p>`}
    ${
      file &&
      html`<${Seal} file=${file} onChange=${load} />
        ${file.archives.map((a) => html`<${SealedFile} key=${a.number} auction=${id} sealed=${a} />`)}
        ${file.archives.length > 0 && html`<${Holds} file=${file} onChange=${load} />`}
        ${file.archives.length > 0 && html`<${Disposals} file=${file} onChange=${load} />`}
        <${Outcomes} auction=${id} />
        <${Complaints} auction=${id} />
        <${Portal} auction=${id} />`
    }
  </main>`;
}

/** @param {{file: CaseFile, onChange: () => Promise<void>}} props */
function Seal({ file, onChange }) {
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const names = useRef(new RequestNames());
  const disposed = file.disposals.some((d) => d.approved);
  const may = isA('auctioneer', 'registrar', 'clerk', 'admin') && !disposed;
  /** @param {string} reason */
  const seal = async (reason) => {
    const body = { reason };
    await api('POST', `/auctions/${file.auctionId}/casefile`, body, names.current.of(body));
    names.current.done();
    await onChange();
  };
  const first = async () => {
    setBusy(true);
    setProblem('');
    try {
      await seal('');
    } catch (e) {
      setProblem(codeOf(e));
    }
    setBusy(false);
  };
  if (!file.over) return html`<${Notice} tone="info" icon="info" title=${t('keep.early')} />`;
  if (file.archives.length === 0) {
    return html`<section class="card office-part">
      <p>${t('keep.seal.what', { n: file.keep.sealAfterDays ?? 0 })}</p>
      ${problem && html`<${Problem} code=${problem} />`}
      ${
        may &&
        html`<div class="buttons">
          <button class="button button-main" disabled=${busy} onClick=${() => void first()}>
            <${Icon} name="lock" />${t('keep.seal')}
          </button>
        </div>`
      }
    </section>`;
  }
  if (!may) return null;
  return html`<div class="buttons">
      <button class="button" onClick=${() => setAsking(true)}><${Icon} name="lock" />${t('keep.more')}</button>
    </div>
    ${
      asking &&
      html`<${ReasonDialog}
        title=${t('keep.more')}
        what=${t('keep.more.what')}
        action=${t('keep.more')}
        onDo=${seal}
        onClose=${() => setAsking(false)}
      />`
    }`;
}

/** @param {{auction: string, sealed: Sealed}} props */
function SealedFile({ auction, sealed }) {
  const [check, setCheck] = useState(/** @type {Check | null} */ (null));
  const [problem, setProblem] = useState('');
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const path = `/auctions/${auction}/casefile/${sealed.number}`;
  /** @param {() => Promise<void>} work */
  const run = async (work) => {
    setBusy(true);
    setProblem('');
    try {
      await work();
    } catch (e) {
      setProblem(codeOf(e));
    }
    setBusy(false);
  };
  /** @param {boolean} identities @param {string} reason */
  const get = (identities, reason) =>
    download(path + '/file', { identities, reason }, `ho-so-${auction}-${sealed.number}.zip`);
  return html`<section class="card office-part" aria-labelledby=${'sealed-' + sealed.number}>
    <p class="label dots">
      <span>${t('keep.by', { time: when(sealed.sealedAt), name: sealed.sealedBy ?? t('keep.system') })}</span>
      <span>${sizeText(sealed.size, language.value)}</span>
      <span>${t('keep.entries', { n: sealed.entries })}</span>
    </p>
    <h2 id=${'sealed-' + sealed.number}>${t('keep.file', { n: sealed.number })}</h2>
    ${sealed.reason && html`<p>${sealed.reason}</p>`}
    <p><strong>${t('keep.until', { date: dayText(sealed.keepUntil - 1) })}</strong></p>
    <p class="label">${t('keep.hash')}</p>
    <p><code class="keep-hash">${sealed.hash}</code></p>
    <div class="buttons">
      <button
        class="button button-main"
        disabled=${busy}
        onClick=${() => run(async () => setCheck(await api('GET', path + '/check')))}
      >
        <${Icon} name="shield-check" />${t('keep.check')}
      </button>
      <button class="button" disabled=${busy} onClick=${() => run(() => get(false, ''))}>
        <${Icon} name="download" />${t('keep.download')}
      </button>
      ${
        isA('auctioneer', 'registrar', 'clerk') &&
        html`<button class="button" onClick=${() => setAsking(true)}><${Icon} name="download" />${t('keep.download.all')}</button>`
      }
    </div>
    ${problem && html`<${Problem} code=${problem} />`}
    <div role="status">${check && html`<${Found} check=${check} />`}</div>
    ${
      asking &&
      html`<${ReasonDialog}
        title=${t('keep.download.all')}
        what=${t('keep.download.why')}
        action=${t('keep.download.all')}
        onDo=${(/** @type {string} */ reason) => get(true, reason)}
        onClose=${() => setAsking(false)}
      />`
    }
  </section>`;
}

/** @param {{check: Check}} props */
function Found({ check }) {
  if (check.missing) return html`<${Notice} tone="bad" icon="triangle-alert" title=${t('keep.gone')} />`;
  const whole = check.same && check.trouble.length === 0;
  return html`${
    whole
      ? html`<${Notice} tone="good" icon="circle-check" title=${t('keep.whole', { n: check.entries })}>
            ${check.reduced && html`<p>${t('keep.reduced', { n: check.reduced })}</p>`}
          <//>`
      : html`<${Notice} tone="bad" icon="triangle-alert" title=${t('keep.broken')}>
            <ul>
              ${check.trouble.map((x) => html`<li key=${x.name}><code>${x.name}</code>: ${t('keep.trouble.' + x.code)}</li>`)}
            </ul>
          <//>`
  }
    <details>
      <summary>${t('keep.contents')}</summary>
      <ul class="office-list keep-entries">
        ${check.listed.map(
          (e) =>
            html`<li key=${e.name}>
              <code class="keep-hash">${e.name}</code>
              <span class="label">${t('keep.entry', { meaning: e.meaning, size: sizeText(e.size, language.value) })}</span>
              <code class="keep-hash small quiet">${e.sha256}</code>
            </li>`,
        )}
      </ul>
    </details>`;
}

/** @param {{file: CaseFile, onChange: () => Promise<void>}} props */
function Holds({ file, onChange }) {
  const [asking, setAsking] = useState('');
  const held = file.holds.find((h) => !h.liftedAt);
  const disposed = file.disposals.some((d) => d.approved);
  /** @param {string} end */
  const act = (end) => async (/** @type {string} */ reason) => {
    await api('POST', `/auctions/${file.auctionId}/hold${end}`, { reason });
    await onChange();
  };
  return html`<section class="office-part" aria-labelledby="holds">
    <h2 class="rule-head" id="holds">${t('keep.hold')}</h2>
    <p class="quiet">${t('keep.hold.what')}</p>
    ${file.holds.length === 0 && html`<p>${t('keep.hold.none')}</p>`}
    <ul class="office-list">
      ${file.holds.map(
        (h) =>
          html`<li key=${h.id} class="card office-part">
            <p>${t('keep.hold.placed', { time: when(h.placedAt), name: h.placedBy ?? '', reason: h.reason })}</p>
            ${h.liftAskedAt && html`<p>${t('keep.hold.asked', { time: when(h.liftAskedAt), name: h.liftAskedBy ?? '', reason: h.liftReason ?? '' })}</p>`}
            ${h.liftedAt && html`<p>${t('keep.hold.lifted', { time: when(h.liftedAt), name: h.liftedBy ?? '' })}</p>`}
          </li>`,
      )}
    </ul>
    <div class="buttons">
      ${
        !held &&
        !disposed &&
        isA('auctioneer', 'admin') &&
        html`<button class="button" onClick=${() => setAsking('place')}>${t('keep.hold.place')}</button>`
      }
      ${held && isA('admin') && html`<button class="button" onClick=${() => setAsking('lift')}>${t('keep.hold.lift')}</button>`}
    </div>
    ${
      asking &&
      html`<${ReasonDialog}
        title=${t('keep.hold.' + asking)}
        action=${t('keep.hold.' + asking)}
        onDo=${act(asking === 'lift' ? '/lift' : '')}
        onClose=${() => setAsking('')}
      />`
    }
  </section>`;
}

/** @param {{file: CaseFile, onChange: () => Promise<void>}} props */
function Disposals({ file, onChange }) {
  const [asking, setAsking] = useState('');
  const waiting = file.disposals.find((d) => d.approved === undefined);
  const done = file.disposals.some((d) => d.approved);
  const early = file.archives.some((a) => file.now < a.keepUntil);
  const may = isA('auctioneer', 'registrar', 'admin');
  /** @param {string} text */
  const act = async (text) => {
    const path = `/auctions/${file.auctionId}/disposal`;
    if (asking === 'ask') await api('POST', path, { reason: text });
    else await api('POST', path + '/decide', { approve: asking === 'yes', remark: text });
    await onChange();
  };
  return html`<section class="office-part" aria-labelledby="disposals">
    <h2 class="rule-head" id="disposals">${t('keep.disposal')}</h2>
    <p class="quiet">${t('keep.disposal.what')}</p>
    ${early && html`<p>${t('keep.disposal.early')}</p>`}
    <ul class="office-list">
      ${file.disposals.map(
        (d) =>
          html`<li key=${d.id} class="card office-part">
            <p>${t('keep.disposal.asked', { time: when(d.proposedAt), name: d.proposedBy ?? '', reason: d.reason })}</p>
            ${
              d.approved === false &&
              html`<p>${t('keep.disposal.refused', { time: when(d.decidedAt ?? 0), name: d.decidedBy ?? '', reason: d.remark ?? '' })}</p>`
            }
            ${d.doneAt && html`<p>${t('keep.disposal.done', { time: when(d.doneAt), name: d.decidedBy ?? '', n: d.record?.files ?? 0 })}</p>`}
          </li>`,
      )}
    </ul>
    <div class="buttons">
      ${
        may &&
        !early &&
        !waiting &&
        !done &&
        html`<button class="button" onClick=${() => setAsking('ask')}>${t('keep.disposal.ask')}</button>`
      }
      ${
        may &&
        waiting &&
        html`<button class="button button-bad" onClick=${() => setAsking('yes')}>${t('keep.disposal.yes')}</button>
          <button class="button" onClick=${() => setAsking('no')}>${t('keep.disposal.no')}</button>`
      }
    </div>
    ${
      asking &&
      html`<${ReasonDialog}
        title=${t('keep.disposal.' + asking)}
        what=${t('keep.disposal.what')}
        label=${asking === 'ask' ? t('keep.reason') : t('keep.remark')}
        optional=${asking === 'yes'}
        bad=${asking === 'yes'}
        action=${t('keep.disposal.' + asking)}
        onDo=${act}
        onClose=${() => setAsking('')}
      />`
    }
  </section>`;
}
