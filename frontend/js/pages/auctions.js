// /cuoc-dau-gia: every public auction. What is asked for stands in the address,
// so that a search can be sent to somebody; nothing here needs an account.

import { api, ApiError } from '../account.js';
import { addWords, t, tCode } from '../i18n.js';
import { words } from '../list/words.js';
import { clock } from '../live.js';
import { say } from '../say.js';
import { dayMonth, hourMinute } from '../text.js';
import { html, Icon, loadStyle, navigate, useEffect, useRef, useState, useTitle } from '../view.js';
import { LotFace } from '../ui/lot-face.js';
import { Field, Notice } from '../ui/parts.js';

addWords(words);
await loadStyle('list.css');

/** @typedef {import('../types').PublicCard} PublicCard */
/** @typedef {import('../types').PublicPage} PublicPage */

const STATES = ['', 'open', 'upcoming', 'running', 'over', 'cancelled'];
const KINDS = ['land', 'house', 'car', 'plate', 'goods'];
const FILTERS = ['q', 'state', 'kind', 'place', 'from', 'to', 'centre'];
const MORE = ['kind', 'place', 'from', 'to', 'centre']; // folded away while none is used

/**
 * The part of an address that says what is asked for, always in one order.
 * @param {(name: string) => string} value
 */
function queryOf(value) {
  const query = new URLSearchParams();
  for (const name of FILTERS) {
    const wanted = value(name).trim();
    if (wanted) query.set(name, wanted);
  }
  return query.toString();
}

/** @param {string} query */
function useList(query) {
  const [page, setPage] = useState(/** @type {PublicPage | null} */ (null));
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const current = useRef('');

  /** @param {string} after */
  const load = async (after) => {
    const asked = query;
    current.current = asked;
    setBusy(true);
    setProblem('');
    try {
      const address =
        '/notices?' + query + (after ? `${query && '&'}after=${encodeURIComponent(after)}` : '');
      const answer = await api('GET', address, undefined, { anonymous: true });
      if (current.current !== asked) return; // something else was asked meanwhile
      clock.hint(answer.now);
      setPage((old) => (after && old ? { ...answer, notices: [...old.notices, ...answer.notices] } : answer));
      if (after) say(t('list.added', { n: answer.notices.length }));
    } catch (e) {
      if (current.current === asked)
        setProblem(e instanceof ApiError && e.status === 422 ? 'wrong' : 'failed');
    } finally {
      if (current.current === asked) setBusy(false);
    }
  };
  useEffect(() => void load(''), [query]);
  return { page, problem, busy, load };
}

/** @param {{query: URLSearchParams}} props */
export function Page({ query: address }) {
  useTitle(t('list.title'));
  const query = queryOf((name) => address.get(name) ?? '');
  const { page, problem, busy, load } = useList(query);
  return html`<main class="page list" id="main">
    <header class="list-head">
      <h1 tabindex="-1">${t('list.title')}</h1>
      <p class="quiet">${t('list.what')}</p>
    </header>
    <${Search} key=${query} query=${address} centres=${page?.centres ?? []} />
    ${
      problem === 'wrong' &&
      html`<${Notice} tone="warn" icon="triangle-alert" title=${t('list.query.wrong')} />`
    }
    ${
      problem === 'failed' &&
      html`<${Notice} tone="warn" icon="wifi-off" title=${t('list.failed')}>
        <button class="link" onClick=${() => void load('')}><${Icon} name="refresh-cw" />${t('list.again')}</button>
      <//>`
    }
    ${!page && !problem && html`<p class="quiet">${t('loading')}</p>`}
    ${page && problem !== 'wrong' && html`<${Found} page=${page} asked=${query !== ''} />`}
    ${
      page?.next &&
      !problem &&
      html`<p>
        <button class="button list-next" disabled=${busy} onClick=${() => void load(page.next ?? '')}>
          <${Icon} name="chevron-down" />
          ${t('list.next')}
        </button>
      </p>`
    }
    <p class="small list-follow">
      <a href="/api/v1/feeds/notices.ics"><${Icon} name="calendar-plus" />${t('list.calendar')}</a>
      <a href="/api/v1/feeds/notices.atom"><${Icon} name="megaphone" />${t('list.feed')}</a>
    </p>
  </main>`;
}

/** @param {{query: URLSearchParams, centres: {id: string, name: string}[]}} props */
function Search({ query, centres }) {
  const value = (/** @type {string} */ name) => query.get(name) ?? '';
  const [open, setOpen] = useState(MORE.some((name) => value(name)));
  /** @param {HTMLFormElement} form @param {string} [state] */
  const go = (form, state) => {
    const data = new FormData(form);
    if (state !== undefined) data.set('state', state);
    const wanted = queryOf((name) => String(data.get(name) ?? ''));
    navigate('/cuoc-dau-gia' + (wanted && '?' + wanted));
  };
  return html`<form
    class="list-search"
    role="search"
    action="/cuoc-dau-gia"
    aria-label=${t('list.search')}
    onSubmit=${(/** @type {SubmitEvent & {currentTarget: HTMLFormElement}} */ e) => {
      e.preventDefault();
      go(e.currentTarget);
    }}
  >
    <${Field} id="list-q" label=${t('list.words')} hint=${t('list.words.hint')}>
      ${(/** @type {object} */ attributes) =>
        html`<span class="list-words">
          <input
            ...${attributes}
            class="input"
            type="search"
            name="q"
            maxlength="200"
            enterkeyhint="search"
            autocomplete="off"
            value=${value('q')}
          />
          <button class="button button-main"><${Icon} name="search" />${t('list.find')}</button>
        </span>`}
    <//>
    <input type="hidden" name="state" value=${value('state')} />
    <div class="list-states" role="group" aria-label=${t('list.state')}>
      ${STATES.map(
        (state) =>
          html`<button
            type="button"
            class="list-state"
            key=${state}
            aria-pressed=${String(value('state') === state)}
            onClick=${(/** @type {MouseEvent & {currentTarget: HTMLButtonElement}} */ e) => {
              if (e.currentTarget.form) go(e.currentTarget.form, state);
            }}
          >
            ${t('list.state.' + (state || 'all'))}
          </button>`,
      )}
    </div>
    <details
      class="list-more"
      open=${open}
      onToggle=${(/** @type {Event & {currentTarget: HTMLDetailsElement}} */ e) => setOpen(e.currentTarget.open)}
    >
      <summary>${t('list.more')}</summary>
      <div class="list-filters">
        <${Select} name="kind" value=${value('kind')} options=${KINDS.map((k) => [k, tCode('kind.', k)])} />
        <${Field} id="list-place" label=${t('list.place')}>
          ${(/** @type {object} */ attributes) =>
            html`<input ...${attributes} class="input" name="place" maxlength="200" autocomplete="off" value=${value('place')} />`}
        <//>
        ${['from', 'to'].map(
          (name) =>
            html`<${Field} key=${name} id=${'list-' + name} label=${t('list.' + name)}>
              ${(/** @type {object} */ attributes) =>
                html`<input ...${attributes} class="input" type="date" name=${name} min="2000-01-01" value=${value(name)} />`}
            <//>`,
        )}
        ${
          centres.length > 1 &&
          html`<${Select} name="centre" value=${value('centre')} options=${centres.map((c) => [c.id, c.name])} />`
        }
        <button class="button">${t('list.find')}</button>
      </div>
    </details>
  </form>`;
}

/** @param {{name: 'kind' | 'centre', value: string, options: string[][]}} props */
function Select({ name, value, options }) {
  return html`<${Field} id=${'list-' + name} label=${t('list.' + name)}>
    ${(/** @type {object} */ attributes) =>
      html`<select ...${attributes} class="input" name=${name}>
        <option value="">${t(`list.${name}.all`)}</option>
        ${options.map(([key, label]) => html`<option value=${key} selected=${key === value}>${label}</option>`)}
      </select>`}
  <//>`;
}

/** @param {{page: PublicPage, asked: boolean}} props */
function Found({ page, asked }) {
  if (page.notices.length === 0)
    return html`<div class="list-none" role="status">
      <p>${t(asked ? 'list.none' : 'list.empty')}</p>
      ${asked && html`<p class="quiet">${t('list.none.hint')} <a href="/cuoc-dau-gia">${t('list.clear')}</a></p>`}
    </div>`;
  return html`<p class="small quiet" role="status">
      ${t(page.more ? 'list.count.more' : 'list.count', { n: page.count })}${' '}
      ${asked && html`<a href="/cuoc-dau-gia">${t('list.clear')}</a>`}
    </p>
    <ul class="list-cards">
      ${page.notices.map((n) => html`<${Row} key=${n.id} notice=${n} />`)}
    </ul>`;
}

/** @param {{notice: PublicCard}} props */
function Row({ notice }) {
  const { lots, stage } = notice;
  const first = lots[0] ?? { number: 1, kind: 'goods', title: notice.title };
  const face = { ...first, auctionId: notice.id, lotId: notice.id };
  const waiting =
    stage === 'listed' ? notice.dossierFrom : stage === 'registration_open' ? notice.dossierTo : undefined;
  return html`<li class="list-card">
    <div class="list-face">
      ${
        notice.photo
          ? html`<img src=${`/api/v1/files/${notice.photo}?size=480`} alt="" loading="lazy" decoding="async" />`
          : html`<${LotFace} lot=${face} />`
      }
    </div>
    <div class="list-body">
      <p class="list-tags">
        <span class="list-stage list-stage-${stage}">${t('list.stage.' + stage)}</span>
        <span class="label">${t('list.listed', { date: day(notice.listedAt) })}</span>
      </p>
      <h2 class="list-title"><a href=${'/cuoc-dau-gia/' + notice.id}>${notice.title}</a></h2>
      ${notice.centre && html`<p class="small quiet">${notice.centre.name}</p>`}
      ${notice.cancelReason && html`<p class="small">${notice.cancelReason}</p>`}
      <ul class="small list-lots">
        ${lots.map((l) => html`<li key=${l.number}>${t('list.lot', { n: l.number, title: l.title })}</li>`)}
        ${notice.lotCount > lots.length && html`<li class="quiet">${t('list.lots.more', { n: notice.lotCount - lots.length })}</li>`}
      </ul>
      ${
        notice.place &&
        html`<p class="small quiet list-place">
          <${Icon} name="map-pin" />
          <span>${notice.place}</span>
        </p>`
      }
    </div>
    <dl class="list-when">
      ${
        waiting !== undefined &&
        html`<div>
          <dt>${t(stage === 'listed' ? 'list.dossier.from' : 'list.dossier.to')}</dt>
          <dd>${moment(waiting)}</dd>
        </div>`
      }
      ${
        notice.opensAt !== undefined &&
        html`<div>
          <dt>${t('list.opens')}</dt>
          <dd>${moment(notice.opensAt)}</dd>
        </div>`
      }
    </dl>
  </li>`;
}

const year = new Intl.DateTimeFormat('en-GB', { year: 'numeric', timeZone: 'Asia/Ho_Chi_Minh' });

/** A day with its year: the archive goes back. @param {number} ms */
const day = (ms) => `${dayMonth(ms)}/${year.format(ms)}`;

/** @param {number} ms */
const moment = (ms) => `${hourMinute(ms)} · ${day(ms)}`;
