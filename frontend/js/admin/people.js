// Who is admitted: search by name or login, with or without marks, tick, and
// the list of those who are in.

import { api } from '../account.js';
import { t } from '../i18n.js';
import { html, Icon, useEffect, useRef, useState } from '../view.js';
import { Field } from '../ui/parts.js';
import { codeOf, Problem } from './frame.js';

/** @typedef {import('./types').AccountRow} AccountRow */
/** @typedef {import('./types').Participant} Participant */

const WAIT_MS = 250; // after the last letter, before asking
const FOUND_MAX = 50; // the server names no more

/**
 * @param {object} props
 * @param {Participant[]} props.people
 * @param {(people: Participant[]) => void} props.onPeople
 * @param {(i: number) => string | null} props.errorOf
 */
export function People({ people, onPeople, errorOf }) {
  const [query, setQuery] = useState('');
  const { found, problem } = useBidders(query);
  const admitted = new Set(people.map((p) => p.accountId));
  const free = found?.filter((a) => !admitted.has(a.id)) ?? [];
  const add = (/** @type {AccountRow[]} */ accounts) =>
    onPeople([...people, ...accounts.map(({ id, login, name }) => ({ accountId: id, login, name }))]);
  const drop = (/** @type {string} */ id) => onPeople(people.filter((p) => p.accountId !== id));
  return html`<div class="office-people">
    <div class="office-find">
      <${Field} id="people-query" label=${t('people.find')} hint=${t('people.hint')}>
        ${(/** @type {object} */ a) => html`<input
          ...${a}
          class="input"
          type="search"
          autocomplete="off"
          spellcheck=${false}
          maxlength="100"
          value=${query}
          onInput=${(/** @type {any} */ e) => setQuery(e.currentTarget.value)}
          onKeyDown=${(/** @type {KeyboardEvent} */ e) => e.key === 'Enter' && e.preventDefault()}
        />`}
      <//>
      ${problem && html`<${Problem} code=${problem} />`}
      <p class="label" role="status">${found && foundText(found.length)}</p>
      <ul class="office-found" aria-label=${t('people.found')}>
        ${found?.map(
          (a) =>
            html`<li key=${a.id}>
              <label class="office-person">
                <input
                  type="checkbox"
                  checked=${admitted.has(a.id)}
                  onChange=${() => (admitted.has(a.id) ? drop(a.id) : add([a]))}
                />
                <span>${a.name} <span class="label">${a.login}</span></span>
              </label>
            </li>`,
        )}
      </ul>
      ${
        free.length > 1 &&
        html`<button type="button" class="button" onClick=${() => add(free)}>
          <${Icon} name="plus" />${t('people.all', { n: free.length })}
        </button>`
      }
    </div>
    <${Admitted} people=${people} onDrop=${drop} errorOf=${errorOf} />
  </div>`;
}

/** @param {number} n */
function foundText(n) {
  if (n === 0) return t('people.none');
  return t(n >= FOUND_MAX ? 'people.many' : 'people.some', { n });
}

/**
 * Bidders who may be admitted and fit the query; null before the first answer.
 * @param {string} query
 */
function useBidders(query) {
  const [found, setFound] = useState(/** @type {AccountRow[] | null} */ (null));
  const [problem, setProblem] = useState('');
  useEffect(() => {
    const gone = new AbortController();
    const ask = async () => {
      try {
        const at = '/accounts?query=' + encodeURIComponent(query.trim());
        const { accounts } = await api('GET', at, undefined, { signal: gone.signal });
        setFound(accounts.filter((/** @type {AccountRow} */ a) => a.role === 'bidder' && !a.revoked));
        setProblem('');
      } catch (e) {
        if (!gone.signal.aborted) setProblem(codeOf(e));
      }
    };
    const timer = setTimeout(() => void ask(), query === '' ? 0 : WAIT_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [query]);
  return { found, problem };
}

/**
 * @param {{people: Participant[], onDrop: (id: string) => void, errorOf: (i: number) => string | null}} props
 */
function Admitted({ people, onDrop, errorOf }) {
  const head = useRef(/** @type {HTMLElement | null} */ (null));
  return html`<div class="office-admitted">
    <h3 ref=${head} tabindex="-1">${t('people.admitted', { n: people.length })}</h3>
    ${people.length === 0 && html`<p class="quiet">${t('people.nobody')}</p>`}
    <ul class="office-chosen">
      ${people.map((p, i) => {
        const error = errorOf(i);
        return html`<li key=${p.accountId} id=${'f-participants-' + i} tabindex="-1">
          <span class="office-chosen-name">
            ${p.name ?? p.accountId} <span class="label">${p.login}</span>
            ${error && html`<span class="field-error"><${Icon} name="triangle-alert" />${error}</span>`}
          </span>
          <button
            type="button"
            class="office-x"
            aria-label=${t('people.remove', { name: p.name ?? p.accountId })}
            onClick=${() => {
              onDrop(p.accountId);
              head.current?.focus();
            }}
          >
            <${Icon} name="x" />
          </button>
        </li>`;
      })}
    </ul>
  </div>`;
}
