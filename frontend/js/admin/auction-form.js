// The form of an auction: what it is, its lots, who is admitted.

import { addWords, t } from '../i18n.js';
import { html, Icon, useEffect, useLayoutEffect, useRef, useState } from '../view.js';
import { Notice } from '../ui/parts.js';
import { useEditor } from './editor.js';
import { binder, faultText, fieldName, idOf, TextField } from './fields.js';
import { AmendBar, DraftBar } from './form-bar.js';
import { Problem } from './frame.js';
import { LotFields } from './lot-form.js';
import { People } from './people.js';
import { lotLike, presetLot, presetNames } from './presets.js';
import { PublishDialog } from './publish-dialog.js';
import { ScheduleForm } from './schedule/form.js';
import { Exceptions } from './sheet/exceptions.js';
import { ListDialog } from './sheet/list-dialog.js';
import { CancelDialog } from './sheet/listed.js';
import { SheetSections } from './sheet/sections.js';
import { useSuggestion } from './sheet/suggest.js';
import { words } from './sheet/words.js';

addWords(words);

/** @typedef {import('./types').Auction} Auction */
/** @typedef {import('./types').Fault} Fault */
/** @typedef {import('./types').LotForm} LotForm */
/** @typedef {ReturnType<typeof useEditor>} Editor */

/**
 * @param {{loaded: Auction | null, onSaved: (auction: Auction) => void, onLeave?: () => void}} props
 *   a listed auction is amended instead of saved, and onLeave gives that up
 */
export function AuctionForm({ loaded, onSaved, onLeave }) {
  const editor = useEditor(loaded, onSaved);
  const { saved, form, change, faults, problem, busy, dirty } = editor;
  const [asked, ask] = useState(
    /** @type {{act: 'publish' | 'list' | 'cancel', auction: Auction} | null} */ (null),
  );
  const [attempt, setAttempt] = useState(0); // moves the focus to the mistakes again
  const suggestion = useSuggestion(form, change);
  const amending = saved?.status === 'listed';
  const warnings = saved?.warnings ?? [];
  const bind = binder(form, change, faults, dirty ? [] : warnings);
  const faulty = (/** @type {string} */ path) =>
    faults.some((f) => f.field === path || f.field.startsWith(path + '.'));

  const tried = () => setAttempt((n) => n + 1);
  const save = async () => {
    if (!amending) await editor.save();
    tried();
  };
  const prepare = async (/** @type {'publish' | 'list'} */ act) => {
    const auction = await (act === 'list' ? editor.prepareList() : editor.prepare());
    ask(auction && { act, auction });
    tried();
  };
  const go = async () => {
    if (!asked) return;
    await (asked.act === 'list' ? editor.list(asked.auction) : editor.publish(asked.auction));
    ask(null);
    tried();
  };
  const close = () => ask(null);
  useSaveKey(save);

  return html`<form
    class="office-form"
    noValidate
    onSubmit=${(/** @type {Event} */ e) => {
      e.preventDefault();
      void save();
    }}
  >
    <header class="office-head">
      <div>
        <p class="eyebrow">${t(amending ? 'amend.title' : saved ? 'auction.draft' : 'auction.title')}</p>
        <h1 tabindex="-1">${saved ? form.title || t('auction.untitled') : t('auction.new')}</h1>
      </div>
    </header>
    <${Meanwhile} editor=${editor} />
    ${problem && html`<${Problem} code=${problem} />`}
    <${Mistakes} faults=${faults} attempt=${attempt} />
    ${!dirty && faults.length === 0 && warnings.length > 0 && html`<${Warnings} warnings=${warnings} />`}
    <section class="card office-part" aria-labelledby="part-facts">
      <h2 id="part-facts">${t('auction.facts')}</h2>
      <${TextField} ...${bind('title')} required=${true} />
      <div class="office-grid">
        <${TextField} ...${bind('centre')} />
        <${TextField} ...${bind('owner')} />
        <${TextField} ...${bind('place')} />
      </div>
    </section>
    <${Lots} editor=${editor} bind=${bind} faulty=${faulty} />
    <${SheetSections}
      ...${{ sheet: form.sheet, bind, faulty, explain: suggestion.explain, note: suggestion.note }}
      busy=${suggestion.busy}
      onFill=${() => void suggestion.fill()}
    />
    <${Exceptions}
      found=${[...faults, ...(dirty ? [] : warnings)]}
      overrides=${form.sheet.override}
      onOverrides=${(/** @type {unknown} */ all) => change('sheet.override', all)}
      errorOf=${(/** @type {number} */ i) => bindError(faults, `sheet.override.${i}.reason`)}
    />
    ${!amending && html`<${Admitted} editor=${editor} />`}
    ${
      amending
        ? html`<${AmendBar} editor=${editor} onLeave=${onLeave} onTried=${tried} />`
        : html`<${DraftBar}
            editor=${editor}
            onList=${() => void prepare('list')}
            onPublish=${() => void prepare('publish')}
            onCancel=${() => saved && ask({ act: 'cancel', auction: saved })}
          />`
    }
    ${asked?.act === 'publish' && html`<${PublishDialog} auction=${asked.auction} busy=${busy} onPublish=${go} onClose=${close} />`}
    ${asked?.act === 'list' && html`<${ListDialog} auction=${asked.auction} busy=${busy} onList=${go} onClose=${close} />`}
    ${asked?.act === 'cancel' && html`<${CancelDialog} auction=${asked.auction} onCancelled=${onSaved} onClose=${close} />`}
  </form>`;
}

/** Who is admitted by name, without registering: sales among the chosen. @param {{editor: Editor}} props */
function Admitted({ editor }) {
  const { form, faults, change } = editor;
  return html`<section class="card office-part" aria-labelledby="part-people" id=${idOf('participants')} tabindex="-1">
    <h2 id="part-people">${t('auction.people')}</h2>
    <p class="quiet">${t('auction.people.what')}</p>
    <${FaultLine} fault=${faults.find((f) => f.field === 'participants')} />
    <${People}
      people=${form.participants}
      onPeople=${(/** @type {unknown} */ people) => change('participants', people)}
      errorOf=${(/** @type {number} */ i) => bindError(faults, `participants.${i}`)}
    />
  </section>`;
}

/** @param {Fault[]} faults @param {string} path */
function bindError(faults, path) {
  const fault = faults.find((f) => f.field === path);
  return fault ? faultText(fault) : null;
}

/** @param {{fault?: Fault}} props */
function FaultLine({ fault }) {
  if (!fault) return null;
  return html`<p class="field-error"><${Icon} name="triangle-alert" />${faultText(fault)}</p>`;
}

/** Ctrl+S and ⌘S save. @param {() => unknown} save */
function useSaveKey(save) {
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => {
    const onKey = (/** @type {KeyboardEvent} */ e) => {
      if (e.key !== 's' || !(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey) return;
      e.preventDefault();
      if (!e.repeat) void latest.current();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

/**
 * All mistakes in one place, each a way to its field; takes the focus when it
 * appears, so that nobody searches for what is wrong.
 * @param {{faults: Fault[], attempt: number}} props
 */
function Mistakes({ faults, attempt }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    if (attempt > 0) box.current?.focus();
  }, [attempt]);
  if (faults.length === 0) return null;
  /** As on the page. @param {Fault} f */
  const below = (f) =>
    f.field.startsWith('participants') || f.field === 'notice' ? 2 : f.field.startsWith('sheet') ? 1 : 0;
  return html`<div ref=${box} tabindex="-1" role="group" aria-labelledby="mistakes" class="office-mistakes">
    <${Notice} tone="bad" icon="triangle-alert" title=${html`<span id="mistakes">${t('auction.mistakes', { n: faults.length })}</span>`}>
      <ul>
        ${[...faults]
          .sort((a, b) => below(a) - below(b))
          .map(
            (f) =>
              html`<li key=${f.field}>
              <a href=${'#' + idOf(f.field)} onClick=${(/** @type {Event} */ e) => goTo(e, f.field)}>
                ${fieldName(f.field)}: ${faultText(f)}
              </a>
            </li>`,
          )}
      </ul>
    <//>
  </div>`;
}

/** Brings the control of a path, or of what it lies in, into view and focus. @param {Event} e @param {string} path */
function goTo(e, path) {
  e.preventDefault();
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const node = document.getElementById(idOf(at));
    if (!node) continue;
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: 'center' });
    return;
  }
}

/** What the law would want; no obstacle. @param {{warnings: Fault[]}} props */
function Warnings({ warnings }) {
  return html`<${Notice} tone="warn" icon="scale" title=${t('auction.warnings')}>
    <ul>
      ${warnings.map((w) => html`<li key=${w.field}>${fieldName(w.field)}: ${faultText(w)}</li>`)}
    </ul>
  <//>`;
}

/** Somebody else saved meanwhile: nothing typed is lost. @param {{editor: Editor}} props */
function Meanwhile({ editor }) {
  const { newer, both, goOn } = editor;
  if (newer) {
    const published = newer.status !== editor.saved?.status;
    return html`<div role="alert">
      <${Notice}
        tone="warn"
        icon="users"
        title=${t(published ? 'meanwhile.published' : 'meanwhile.title', { version: newer.version })}
      >
        <p>${t(published ? 'meanwhile.published.what' : 'meanwhile.what')}</p>
        <div class="buttons">
          ${
            !published &&
            html`<button type="button" class="button button-main" onClick=${() => goOn(true)}>
              ${t('meanwhile.merge')}
            </button>`
          }
          <button type="button" class="button" onClick=${() => (published ? location.reload() : goOn(false))}>
            ${t(published ? 'meanwhile.see' : 'meanwhile.drop')}
          </button>
        </div>
      <//>
    </div>`;
  }
  if (both.length === 0) return null;
  return html`<div role="alert">
    <${Notice} tone="warn" icon="info" title=${t('meanwhile.both')}>
      <ul>${both.map((path) => html`<li key=${path}>${fieldName(path)}</li>`)}</ul>
    <//>
  </div>`;
}

/**
 * @param {{editor: Editor, bind: (path: string) => import('./fields.js').Bound, faulty: (path: string) => boolean}} props
 */
function Lots({ editor, bind, faulty }) {
  const { form, change, faults } = editor;
  const { lots } = form;
  const [open, setOpen] = useState(/** @type {Record<string, boolean>} */ ({}));
  const [removed, setRemoved] = useState(/** @type {{lot: LotForm, i: number} | null} */ (null));
  const [scheduling, setScheduling] = useState(false);
  const [filled, setFilled] = useState(0);
  const scheduleButton = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const added = useRef(-1);
  const undo = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useLayoutEffect(() => {
    if (added.current >= 0) document.getElementById(idOf(`lots.${added.current}.title`))?.focus();
    added.current = -1;
  }, [lots.length]);
  useLayoutEffect(() => undo.current?.focus(), [removed]);

  /** @param {LotForm} lot @param {number} [i] */
  const insert = (lot, i = lots.length) => {
    setOpen((o) => ({ ...o, [lot.key]: true }));
    setRemoved(null);
    added.current = i;
    change('lots', [...lots.slice(0, i), lot, ...lots.slice(i)]);
  };
  /** @param {number} i */
  const up = (i) => {
    const [before, lot] = [lots[i - 1], lots[i]];
    if (before && lot) change('lots', [...lots.slice(0, i - 1), lot, before, ...lots.slice(i + 1)]);
  };
  const closeSchedule = () => {
    setScheduling(false);
    setTimeout(() => scheduleButton.current?.focus(), 0); // once it is drawn again
  };
  const last = lots[lots.length - 1];
  return html`<section class="office-part" aria-labelledby="part-lots" id=${idOf('lots')} tabindex="-1">
    <h2 id="part-lots" class="rule-head">${t('auction.lots', { n: lots.length })}</h2>
    <${FaultLine} fault=${faults.find((f) => f.field === 'lots')} />
    ${
      lots.length > 1 &&
      !scheduling &&
      html`<p class="buttons">
        <button type="button" class="button" ref=${scheduleButton} onClick=${() => setScheduling(true)}>
          <${Icon} name="calendar" />${t('schedule.open')}
        </button>
        <span class="small quiet" role="status">${filled > 0 ? t('schedule.done', { n: filled }) : ''}</span>
      </p>`
    }
    ${
      scheduling &&
      html`<${ScheduleForm}
        lots=${lots}
        preset=${form.sheet.preset}
        onLots=${(/** @type {LotForm[]} */ next, /** @type {number} */ changed) => {
          change('lots', next);
          setFilled(changed);
          closeSchedule();
        }}
        onClose=${closeSchedule}
      />`
    }
    ${lots.map(
      (lot, i) => html`<${LotFields}
        key=${lot.key}
        lot=${lot}
        i=${i}
        bind=${bind}
        faulty=${faulty}
        open=${open[lot.key] ?? lots.length === 1}
        onFold=${(/** @type {boolean} */ o) => setOpen((all) => ({ ...all, [lot.key]: o }))}
        onUp=${i > 0 ? () => up(i) : undefined}
        onRemove=${() => {
          setRemoved({ lot, i });
          change(
            'lots',
            lots.filter((l) => l !== lot),
          );
        }}
      />`,
    )}
    ${
      removed &&
      html`<p class="office-undo" role="status">
        ${t('lotform.removed', { n: removed.i + 1 })}
        <button type="button" class="link" ref=${undo} onClick=${() => insert(removed.lot, removed.i)}>
          <${Icon} name="undo-2" />${t('lotform.undo')}
        </button>
      </p>`
    }
    <div class="office-add">
      <h3 class="field-label">${t('lotform.add')}</h3>
      <div class="buttons">
        ${presetNames.map(
          (name) =>
            html`<button type="button" class="button" onClick=${() => insert(presetLot(name, last?.rules.opensAt))}>
              <${Icon} name="plus" />${t('preset.' + name)}
            </button>`,
        )}
        ${
          last &&
          html`<button type="button" class="button" onClick=${() => insert(lotLike(last))}>
            <${Icon} name="copy" />${t('preset.like', { n: lots.length })}
          </button>`
        }
      </div>
      <p class="label">${t('lotform.add.what')}</p>
    </div>
  </section>`;
}
