// What the office sees of an auction that is public: its fingerprint, every
// version of its rules, and the two acts that are left.

import { api, ApiError } from '../../account.js';
import { addWords, t } from '../../i18n.js';
import { Dialog, html, Icon, loadStyle, useEffect, useRef, useState } from '../../view.js';
import { Field, Notice } from '../../ui/parts.js';
import { CopyHash, Versions } from '../../notice/versions.js';
import { faultText } from '../fields.js';
import { codeOf, Problem, RequestNames } from '../frame.js';
import { words } from './words.js';

addWords(words);
await loadStyle('notice.css');

/** @typedef {import('../types').Auction} Auction */

/** @param {{auction: Auction, may: boolean, onAmend: () => void, onChanged: (auction: Auction) => void}} props */
export function Listed({ auction, may, onAmend, onChanged }) {
  const [versions, setVersions] = useState(/** @type {import('../../types').RulesVersion[]} */ ([]));
  const [asked, ask] = useState(false);
  useEffect(() => {
    api('GET', `/auctions/${auction.id}/versions`).then(
      (answer) => setVersions(answer.versions),
      () => setVersions([]),
    );
  }, [auction.id, auction.version]);
  const hash = versions.at(-1)?.hash ?? '';
  const listed = auction.status === 'listed';
  return html`
    ${
      auction.status === 'cancelled' &&
      html`<${Notice} tone="bad" icon="ban" title=${t('cancelled.what')}><p>${auction.cancelReason}</p><//>`
    }
    ${
      listed &&
      html`<${Notice} tone="quiet" icon="lock" title=${t('listed.title')}><p>${t('listed.what')}</p><//>`
    }
    ${
      hash !== '' &&
      html`<p class="office-hash">
        <span class="label">${t('listed.hash')}</span><span class="hash">${hash}</span>
        <${CopyHash} hash=${hash} />
      </p>`
    }
    <div class="buttons">
      ${
        (auction.listedAt ?? auction.publishedAt) &&
        html`<a class="button" href=${'/cuoc-dau-gia/' + auction.id}><${Icon} name="eye" />${t('listed.see')}</a>`
      }
      ${
        listed &&
        may &&
        html`<button type="button" class="button" onClick=${onAmend}><${Icon} name="pencil" />${t('listed.amend')}</button>
          <button type="button" class="button button-bad" onClick=${() => ask(true)}>
            <${Icon} name="ban" />${t('listed.cancel')}
          </button>`
      }
    </div>
    <${Versions} auction=${auction.id} versions=${versions} />
    ${asked && html`<${CancelDialog} auction=${auction} onCancelled=${onChanged} onClose=${() => ask(false)} />`}
  `;
}

/** @param {{auction: Auction, onCancelled: (auction: Auction) => void, onClose: () => void}} props */
export function CancelDialog({ auction, onCancelled, onClose }) {
  const [reason, setReason] = useState('');
  const [error, setError] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const names = useRef(new RequestNames()).current;
  const cancel = async () => {
    setBusy(true);
    try {
      onCancelled(
        await api('POST', `/auctions/${auction.id}/cancel`, { reason }, names.of([auction.id, reason])),
      );
      onClose();
    } catch (e) {
      const fault = e instanceof ApiError ? e.fields[0] : undefined;
      setError(fault ? faultText(fault) : '');
      setProblem(fault ? '' : codeOf(e));
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t('cancel.title')} tone="bad" onClose=${onClose}>
    <p>${t(auction.status === 'listed' ? 'cancel.listed' : 'cancel.draft')}</p>
    ${problem && html`<${Problem} code=${problem} />`}
    <${Field} id="cancel-reason" label=${t('field.reason')} error=${error}>
      ${(/** @type {object} */ a) => html`<textarea
        ...${a}
        class="input"
        rows="3"
        maxlength="4000"
        value=${reason}
        onInput=${(/** @type {any} */ e) => setReason(e.currentTarget.value)}
      />`}
    <//>
    <div class="dialog-buttons">
      <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
      <button type="button" class="button button-bad" disabled=${busy} onClick=${cancel}>
        <${Icon} name="ban" />${t(busy ? 'cancel.busy' : 'cancel.go')}
      </button>
    </div>
  <//>`;
}
