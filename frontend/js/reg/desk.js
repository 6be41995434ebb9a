// /quan-tri/cuoc-dau-gia/{id}/dang-ky: the registrar's desk. Who has
// registered, what the office must decide, and the money.

import { api } from '../account.js';
import { addWords, t, tCode } from '../i18n.js';
import { dayMonth, hourMinute } from '../text.js';
import { cls, html, Icon, loadStyle, useEffect, useState, useTitle } from '../view.js';
import { Field } from '../ui/parts.js';
import { OfficeNav } from '../admin/nav.js';
import { AuctionTabs } from '../admin/tabs.js';
import { words as officeWords } from '../admin/words.js';
import { Counter } from './counter.js';
import { Inside } from './inside.js';
import { codeOf, dong, Trouble } from './parts.js';
import { stateText } from './pay.js';
import { Statements } from './statements.js';
import { words } from './words.js';

addWords(officeWords);
addWords(words);
await loadStyle('admin.css');
await loadStyle('reg.css');

/** @typedef {import('./types').DeskRegistration} DeskRegistration */
/** @typedef {import('./types').DeskAuction} Auction */

/** What can be asked of the list. @type {Record<string, (r: DeskRegistration) => boolean>} */
const filters = {
  all: () => true,
  decide: (r) => r.standing === 'in' && r.dossier === 'submitted',
  money: (r) => r.standing === 'in' && (r.fee.state === 'due' || r.deposit.state === 'due'),
  flagged: (r) => r.standing === 'in' && r.flags.length > 0,
  admitted: (r) => r.admitted,
  ended: (r) => r.standing !== 'in',
};

/** A name without marks and case, to search in. @param {string} s */
const folded = (s) => s.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('\u0111', 'd');

/** @param {{id: string}} props */
export function Page({ id }) {
  useTitle(t('regdesk.title'));
  const [auction, setAuction] = useState(/** @type {Auction | null} */ (null));
  const [list, setList] = useState(/** @type {DeskRegistration[] | null} */ (null));
  const [problem, setProblem] = useState('');
  const load = async () => {
    try {
      const [a, found] = await Promise.all([
        api('GET', '/auctions/' + id),
        api('GET', `/auctions/${id}/registrations`),
      ]);
      setAuction(a);
      setList(found.registrations);
      setProblem('');
    } catch (e) {
      setProblem(codeOf(e));
    }
  };
  useEffect(() => void load(), [id]);
  /** @param {DeskRegistration} r */
  const keep = (r) => {
    setList((all) => {
      const known = all?.some((x) => x.id === r.id);
      return known ? (all ?? []).map((x) => (x.id === r.id ? r : x)) : [...(all ?? []), r];
    });
    void load(); // flags of others may have changed with it
  };
  return html`<main class="page office reg" id="main">
    <${OfficeNav} here="auctions" />
    <${AuctionTabs} id=${id} here="registrations" />
    <header class="office-head">
      <div>
        ${auction && html`<p class="label">${auction.title}</p>`}
        <h1 tabindex="-1">${t('regdesk.title')}</h1>
        <p class="quiet">${t('regdesk.what')}</p>
      </div>
    </header>
    <${Trouble} code=${problem} onRetry=${() => void load()} />
    ${!problem && !list && html`<p class="quiet">${t('loading')}</p>`}
    ${auction && list && html`<${List} auction=${auction} list=${list} onChanged=${keep} onStale=${() => void load()} />`}
    ${auction && list && html`<${Statements} auction=${id} list=${list} onBooked=${() => void load()} />`}
  </main>`;
}

/**
 * @param {{auction: Auction, list: DeskRegistration[], onChanged: (r: DeskRegistration) => void, onStale: () => void}} props
 */
function List({ auction, list, onChanged, onStale }) {
  const [filter, setFilter] = useState('all');
  const [query, setQuery] = useState('');
  const [open, setOpen] = useState('');
  const [counter, setCounter] = useState(false);
  const asked = folded(query.trim());
  const shown = list.filter((r) => filters[filter]?.(r) && folded(`${r.name} ${r.login}`).includes(asked));
  const names = new Map(list.map((r) => [r.id, r.name]));
  return html`<section class="reg-desk" aria-label=${t('regdesk.list')}>
    <div class="reg-filters" role="group" aria-label=${t('regdesk.filter')}>
      ${Object.entries(filters).map(
        ([name, fits]) =>
          html`<button
            key=${name}
            type="button"
            class="reg-filter"
            aria-pressed=${String(filter === name)}
            onClick=${() => setFilter(name)}
          >
            ${t('regdesk.filter.' + name, { n: list.filter(fits).length })}
          </button>`,
      )}
    </div>
    <div class="reg-tools">
      <${Field} id="desk-query" label=${t('regdesk.search')}>
        ${(/** @type {object} */ a) => html`<input
          ...${a}
          class="input"
          type="search"
          autocomplete="off"
          value=${query}
          onInput=${(/** @type {any} */ e) => setQuery(e.currentTarget.value)}
        />`}
      <//>
      ${
        auction.status === 'listed' &&
        html`<button type="button" class="button" onClick=${() => setCounter(true)}>
          <${Icon} name="plus" />${t('counter.open')}
        </button>`
      }
    </div>
    ${
      counter &&
      html`<${Counter}
        auction=${auction}
        onDone=${(/** @type {DeskRegistration} */ r) => {
          setCounter(false);
          onChanged(r);
        }}
        onClose=${() => setCounter(false)}
      />`
    }
    ${list.length === 0 && html`<p class="quiet">${t('regdesk.none')}</p>`}
    ${list.length > 0 && shown.length === 0 && html`<p class="quiet">${t('regdesk.nomatch')}</p>`}
    <ul class="reg-desk">
      ${shown.map(
        (r) =>
          html`<${Row}
            key=${r.id}
            r=${r}
            names=${names}
            auction=${auction}
            open=${open === r.id}
            onOpen=${() => setOpen(open === r.id ? '' : r.id)}
            onChanged=${onChanged}
            onStale=${onStale}
          />`,
      )}
    </ul>
  </section>`;
}

/** @param {DeskRegistration} r @returns {[string, string]} what it is, and its tone */
function stateOf(r) {
  if (r.standing !== 'in') return [t('regdesk.' + r.standing), 'bad'];
  if (r.admitted) return [t('regdesk.admitted'), 'good'];
  const tone = { submitted: 'warn', rejected: 'bad', approved: 'good' }[r.dossier] ?? '';
  return [tCode('dossier.state.', r.dossier), tone];
}

/**
 * @param {{r: DeskRegistration, names: Map<string, string>, auction: Auction, open: boolean, onOpen: () => void,
 *   onChanged: (r: DeskRegistration) => void, onStale: () => void}} props
 */
function Row({ r, names, auction, open, onOpen, onChanged, onStale }) {
  const [state, tone] = stateOf(r);
  const money = (/** @type {'fee' | 'deposit'} */ kind) => {
    const p = r[kind];
    const good = p.state === 'received' || p.state === 'guaranteed';
    return html`<span class=${cls('reg-state', good && 'reg-state-good')}>${t('reg.' + kind)}: ${stateText(p)}</span>`;
  };
  return html`<li class="card reg-desk-row">
    <div>
      <h2>${r.name} <span class="label">${r.login}</span></h2>
      <p class="label dots">
        <span>${t('reg.lot', { n: r.lotNumber })}</span>
        <span>${t('regdesk.since', { time: `${hourMinute(r.createdAt)} ${dayMonth(r.createdAt)}` })}</span>
        ${r.atCounter && html`<span>${t('regdesk.counter')}</span>`}
      </p>
      <p class="reg-chips">
        <span class=${cls('reg-state', tone && 'reg-state-' + tone)}>${state}</span>
        ${money('fee')} ${money('deposit')}
        ${(r.deposit.surplus ?? 0) > 0 && html`<span class="reg-state reg-state-warn">${t('money.surplus', { amount: dong(r.deposit.surplus) })}</span>`}
      </p>
    </div>
    <button type="button" class="button" aria-expanded=${String(open)} onClick=${onOpen}>
      ${t(open ? 'regdesk.close' : 'regdesk.view')}<span class="unseen"> ${r.name}</span>
    </button>
    ${
      r.standing === 'in' &&
      r.flags.length > 0 &&
      html`<ul class="reg-flags" aria-label=${t('regdesk.flags')}>
        ${r.flags.map(
          (f) =>
            html`<li key=${f.code + (f.with ?? '')}>
              <${Icon} name="triangle-alert" />${tCode('flag.', f.code, { name: names.get(f.with ?? '') ?? '' })}
            </li>`,
        )}
      </ul>`
    }
    ${open && html`<${Inside} r=${r} auction=${auction} onChanged=${onChanged} onStale=${onStale} />`}
  </li>`;
}
