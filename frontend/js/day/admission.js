// From registrations to sessions: how many are admitted to each lot, and the
// one step that closes the list.

import { api, isA } from '../account.js';
import { language, t } from '../i18n.js';
import { clock, second } from '../live.js';
import { hourMinute, longDate } from '../text.js';
import { Dialog, html, Icon, useState } from '../view.js';
import { Notice } from '../ui/parts.js';
import { codeOf, Problem } from '../admin/frame.js';

/** @typedef {NonNullable<import('./types').Day['admission']>} State */

/** @param {{id: string, state: State, version: number, onDone: () => void}} props */
export function Admission({ id, state, version, onDone }) {
  void second.value;
  const [open, setOpen] = useState(false);
  const lang = language.value;
  const closed = clock.known && clock.now() >= state.closesAt;
  const when = { time: hourMinute(state.closesAt), date: longDate(state.closesAt, lang) };
  const empty = state.lots.filter((l) => l.admitted === 0).length;
  return html`<section class="card card-brass office-part" aria-labelledby="admission">
    <h2 id="admission">${t('admit.title')}</h2>
    <p class="small quiet">${t('admit.what')}</p>
    <ul class="ready">
      ${state.lots.map(
        (lot) =>
          html`<li class="ready-item" key=${lot.lotId}>
            <span class="ready-text">
              <span>${t('lot.number', { n: lot.number })} · ${lot.title}</span>
              <strong>${t('day.people', { n: lot.admitted })}</strong>
            </span>
          </li>`,
      )}
    </ul>
    ${
      state.undecided > 0
        ? html`<${Notice} tone="warn" icon="hourglass" title=${t('admit.undecided', { n: state.undecided })}>
            <p><a href=${`/quan-tri/cuoc-dau-gia/${id}/dang-ky`}>${t('admit.decide')}</a></p>
          <//>`
        : html`<p>${t(closed ? 'admit.closed' : 'admit.open', when)}</p>`
    }
    ${
      isA('auctioneer', 'registrar', 'admin') &&
      closed &&
      state.undecided === 0 &&
      html`<div>
        <button type="button" class="button button-main" onClick=${() => setOpen(true)}>
          <${Icon} name="lock" />${t('admit.go')}
        </button>
      </div>`
    }
    ${open && html`<${AdmissionDialog} id=${id} version=${version} empty=${empty} onDone=${onDone} onClose=${() => setOpen(false)} />`}
  </section>`;
}

/** @param {{id: string, version: number, empty: number, onDone: () => void, onClose: () => void}} props */
function AdmissionDialog({ id, version, empty, onDone, onClose }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const publish = async () => {
    if (busy) return;
    setBusy(true);
    setProblem('');
    try {
      await api('POST', `/auctions/${id}/publish`, { version });
      onDone();
    } catch (e) {
      setProblem(codeOf(e));
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t('admit.title')} onClose=${onClose}>
    <p>${t('admit.confirm')}</p>
    ${empty > 0 && html`<${Notice} tone="warn" icon="info" title=${t('admit.empty', { n: empty })} />`}
    ${problem && html`<${Problem} code=${problem} />`}
    <div class="dialog-buttons">
      <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
      <button type="button" class="button button-main" disabled=${busy} onClick=${publish}>
        <${Icon} name="lock" />${t('admit.go')}
      </button>
    </div>
  <//>`;
}
