// A person stands at the counter with the papers: the registrar writes.

import { api } from '../account.js';
import { t } from '../i18n.js';
import { Dialog, html, useEffect, useState } from '../view.js';
import { Field } from '../ui/parts.js';
import { RequestNames } from '../admin/frame.js';
import { bodyOf, DeclareFields, typedOf } from './declare.js';
import { codeOf, faultsOf, Trouble } from './parts.js';

/** @typedef {import('./types').DeskRegistration} DeskRegistration */
/** @typedef {import('../admin/types').AccountRow} AccountRow */

const WAIT_MS = 250; // after the last letter, before asking

/** Bidders whose names fit. @param {string} query */
function useBidders(query) {
  const [found, setFound] = useState(/** @type {AccountRow[]} */ ([]));
  useEffect(() => {
    if (query.trim() === '') return setFound([]);
    const timer = setTimeout(() => {
      api('GET', '/accounts?query=' + encodeURIComponent(query.trim()))
        .then((a) =>
          setFound(a.accounts.filter((/** @type {AccountRow} */ x) => x.role === 'bidder' && !x.revoked)),
        )
        .catch(() => setFound([]));
    }, WAIT_MS);
    return () => clearTimeout(timer);
  }, [query]);
  return found;
}

/**
 * @param {{auction: import('./types').DeskAuction, onDone: (r: DeskRegistration) => void, onClose: () => void}} props
 */
export function Counter({ auction, onDone, onClose }) {
  const [query, setQuery] = useState('');
  const [person, setPerson] = useState('');
  const [lot, setLot] = useState(auction.lots[0]?.id ?? '');
  const [value, setValue] = useState(() => typedOf({}));
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const [names] = useState(() => new RequestNames());
  const found = useBidders(query);
  /** @param {Event} e */
  const go = async (e) => {
    e.preventDefault();
    if (busy) return;
    if (!person) return setFaults({ accountId: t('regfault.unknown') });
    setBusy(true);
    setFaults({});
    setProblem('');
    try {
      const body = { accountId: person, lotId: lot, ...bodyOf(value) };
      onDone(await api('POST', `/auctions/${auction.id}/registrations`, body, names.of(body)));
    } catch (error) {
      const wrong = faultsOf(error);
      setFaults(wrong);
      if (Object.keys(wrong).length === 0) setProblem(codeOf(error));
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t('counter.title')} tone="wide" onClose=${onClose}>
    <form class="reg-part" noValidate onSubmit=${go}>
      <${Field} id="counter-query" label=${t('counter.find')}>
        ${(/** @type {object} */ a) => html`<input
          ...${a}
          class="input"
          type="search"
          autocomplete="off"
          value=${query}
          onInput=${(/** @type {any} */ e) => setQuery(e.currentTarget.value)}
        />`}
      <//>
      <${Field} id="counter-person" label=${t('counter.person')} error=${faults.accountId}>
        ${(/** @type {object} */ a) => html`<select
          ...${a}
          class="input"
          value=${person}
          onChange=${(/** @type {any} */ e) => setPerson(e.currentTarget.value)}
        >
          <option value="">${t('counter.person.choose')}</option>
          ${found.map((x) => html`<option key=${x.id} value=${x.id} selected=${x.id === person}>${x.name} (${x.login})</option>`)}
        </select>`}
      <//>
      <${Field} id="counter-lot" label=${t('counter.lot')} error=${faults.lotId}>
        ${(/** @type {object} */ a) => html`<select
          ...${a}
          class="input"
          value=${lot}
          onChange=${(/** @type {any} */ e) => setLot(e.currentTarget.value)}
        >
          ${auction.lots.map((l) => html`<option key=${l.id} value=${l.id ?? ''}>${t('reg.lot', { n: l.number })}: ${l.title}</option>`)}
        </select>`}
      <//>
      <${DeclareFields} value=${value} onValue=${setValue} faults=${faults} />
      <${Trouble} code=${problem} />
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('leave.back')}</button>
        <button class="button button-main" disabled=${busy}>${t('counter.go')}</button>
      </div>
    </form>
  <//>`;
}
