// /quan-tri/cuoc-dau-gia/{id}/tep: the photos, documents and evidence of an
// auction. Each is kept at once; there is nothing to save.

import { api, isA } from '../account.js';
import { addWords, t } from '../i18n.js';
import { say } from '../say.js';
import { Dialog, html, Icon, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { FileRow, SecretPicture } from '../ui/files.js';
import { Field } from '../ui/parts.js';
import { accepts, Upload } from '../ui/upload.js';
import { codeOf, Problem } from './frame.js';
import { OfficeNav } from './nav.js';
import { AuctionTabs } from './tabs.js';
import { words } from './words.js';

addWords(words);
await loadStyle('admin.css');

/** @typedef {import('./types').Auction} Auction */
/** @typedef {import('../types').OfficeFile} OfficeFile */
/** @typedef {{id: string, number: number, title: string}} LotName */

/** What the staff adds here, and what others have added. */
const KINDS = [
  { purpose: 'photo', accept: accepts.pictures, perLot: true, mine: true },
  { purpose: 'document', accept: accepts.texts, perLot: true, mine: true },
  { purpose: 'listing_evidence', accept: accepts.papers, perLot: false, mine: true },
  { purpose: 'minutes_scan', accept: accepts.papers, perLot: false, mine: false },
  { purpose: 'complaint', accept: accepts.papers, perLot: false, mine: false },
];

/** @param {{id: string}} props */
export function Page({ id }) {
  useTitle(t('files.title'));
  const [auction, setAuction] = useState(/** @type {Auction | null} */ (null));
  const [files, setFiles] = useState(/** @type {OfficeFile[]} */ ([]));
  const [problem, setProblem] = useState('');
  const [leaving, setLeaving] = useState(/** @type {OfficeFile | null} */ (null));
  const load = async () => {
    try {
      setFiles((await api('GET', `/auctions/${id}/files`)).files);
      setAuction(await api('GET', '/auctions/' + id));
      setProblem('');
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => void load(), [id]);

  /** Puts a file one place forward or back among its kind. @param {OfficeFile[]} group @param {number} at @param {number} by */
  const move = async (group, at, by) => {
    const order = group.map((f) => f.id);
    order.splice(at + by, 0, ...order.splice(at, 1));
    try {
      setFiles((await api('PUT', `/auctions/${id}/files`, { files: order })).files);
      say(t('desk.files.moved'));
    } catch (e) {
      setProblem(codeOf(e));
    }
  };

  const lots = /** @type {LotName[]} */ ((auction?.lots ?? []).map((l) => ({ ...l, id: l.id ?? '' })));
  return html`<main class="page office" id="main">
    <${OfficeNav} here="auctions" />
    <${AuctionTabs} id=${id} here="files" />
    <div>
      <h1 tabindex="-1">${t('files.title')}</h1>
      ${auction && html`<p class="quiet">${auction.title}</p>`}
      <p class="small quiet">${t('desk.files.what')}</p>
    </div>
    ${problem && html`<${Problem} code=${problem} onRetry=${() => void load()} />`}
    ${
      auction &&
      KINDS.map(
        (kind) =>
          html`<${Kind}
            key=${kind.purpose}
            kind=${kind}
            auction=${auction}
            lots=${kind.perLot ? lots : []}
            files=${files.filter((f) => f.purpose === kind.purpose)}
            onDone=${() => void load()}
            onMove=${move}
            onWithdraw=${setLeaving}
          />`,
      )
    }
    ${
      leaving &&
      html`<${Withdraw}
        file=${leaving}
        onClose=${() => setLeaving(null)}
        onDone=${() => {
          setLeaving(null);
          void load();
        }}
      />`
    }
  </main>`;
}

/**
 * All files of a purpose: for the whole auction first, then lot by lot.
 * @param {{kind: typeof KINDS[number], auction: Auction, lots: LotName[], files: OfficeFile[], onDone: () => void,
 *   onMove: (group: OfficeFile[], at: number, by: number) => void, onWithdraw: (file: OfficeFile) => void}} props
 */
function Kind({ kind, auction, lots, files, onDone, onMove, onWithdraw }) {
  if (!kind.mine && files.length === 0) return null;
  const { purpose, accept } = kind;
  const open = /** @type {string} */ (auction.status) !== 'archived';
  const adds =
    open && kind.mine && isA('auctioneer', 'registrar', 'admin', ...(kind.perLot ? [] : ['clerk']));
  const orders = open && isA('auctioneer', 'registrar', 'admin');
  const seen = kind.perLot ? 'desk.files.public' : 'desk.files.secret';
  const parts = [{ id: '', number: 0, title: '' }, ...lots];
  return html`<section class="card office-part" aria-labelledby=${'files-' + purpose}>
    <h2 class="rule-head" id=${'files-' + purpose}>
      ${t('desk.files.' + purpose)} <span class="office-state">${t(seen)}</span>
    </h2>
    ${parts.map((part) => {
      const group = files.filter((f) => (f.lotId ?? '') === part.id);
      const shown = group.filter((f) => !f.withdrawnAt);
      if (group.length === 0 && !adds) return null;
      const label = part.id ? `${t('files.lot', { n: part.number })}: ${part.title}` : t('files.whole');
      return html`<div class="desk-files" key=${part.id}>
        ${
          adds &&
          html`<${Upload}
            id=${`upload-${purpose}-${part.number}`}
            label=${label}
            hint=${part.id ? '' : t(`desk.files.${purpose}.hint`)}
            accept=${accept}
            wanted=${{ purpose, auction: auction.id, lot: part.id || undefined }}
            onDone=${onDone}
          />`
        }
        ${!adds && html`<p class="label">${label}</p>`}
        ${
          group.length > 0 &&
          html`<ul class="files-list">
            ${group.map(
              (f) =>
                html`<${FileRow} key=${f.id} file=${f} secret=${true}>
                  ${purpose === 'photo' && !f.withdrawnAt && html`<${SecretPicture} file=${f} alt="" />`}
                  ${
                    !f.withdrawnAt &&
                    html`<span class="desk-files-acts">
                      ${orders && shown.indexOf(f) > 0 && html`<${Act} icon="arrow-up" label="desk.files.up" file=${f} onClick=${() => onMove(shown, shown.indexOf(f), -1)} />`}
                      ${
                        orders &&
                        shown.indexOf(f) < shown.length - 1 &&
                        html`<${Act} icon="chevron-down" label="desk.files.down" file=${f} onClick=${() => onMove(shown, shown.indexOf(f), 1)} />`
                      }
                      ${adds && html`<${Act} icon="trash-2" label="desk.files.withdraw" file=${f} onClick=${() => onWithdraw(f)} />`}
                    </span>`
                  }
                <//>`,
            )}
          </ul>`
        }
      </div>`;
    })}
  </section>`;
}

/** @param {{icon: string, label: string, file: OfficeFile, onClick: () => void}} props */
function Act({ icon, label, file, onClick }) {
  return html`<button
    type="button"
    class="files-act"
    aria-label=${t(label, { name: file.name })}
    title=${t(label, { name: file.name })}
    onClick=${onClick}
  >
    <${Icon} name=${icon} />
  </button>`;
}

/** @param {{file: OfficeFile, onClose: () => void, onDone: () => void}} props */
function Withdraw({ file, onClose, onDone }) {
  const [reason, setReason] = useState('');
  const [error, setError] = useState('');
  const [problem, setProblem] = useState('');
  /** @param {SubmitEvent} e */
  const withdraw = async (e) => {
    e.preventDefault();
    if (!reason.trim()) return setError(t('desk.files.withdraw.missing'));
    try {
      await api('POST', `/files/${file.id}/withdraw`, { reason });
      say(t('desk.files.gone', { name: file.name }));
      onDone();
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  return html`<${Dialog} title=${t('desk.files.withdraw.title')} tone="bad" onClose=${onClose}>
    <form class="form" onSubmit=${withdraw}>
      <p><strong>${file.name}</strong></p>
      <p>${t('desk.files.withdraw.what')}</p>
      ${problem && html`<${Problem} code=${problem} />`}
      <${Field} id="withdraw-reason" label=${t('desk.files.withdraw.reason')} error=${error}>
        ${(/** @type {object} */ attributes) =>
          html`<input
            ...${attributes}
            class="input"
            maxlength="300"
            value=${reason}
            onInput=${(/** @type {InputEvent & {currentTarget: HTMLInputElement}} */ e) => {
              setReason(e.currentTarget.value);
              setError('');
            }}
          />`}
      <//>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('desk.files.keep')}</button>
        <button class="button button-bad">${t('desk.files.withdraw.now')}</button>
      </div>
    </form>
  <//>`;
}
