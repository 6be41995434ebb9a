// The sessions of an auction as its staff see them: state, ways in, the
// incident that stopped one and the run that replaces it.

import { api, isA } from '../account.js';
import { language, t, tCode } from '../i18n.js';
import { clock } from '../live.js';
import { hourMinute, longDate, timeOfDay } from '../text.js';
import { Dialog, html, Icon, useRef, useState } from '../view.js';
import { Field, Notice, Stamp } from '../ui/parts.js';
import { codeOf, Problem, RequestNames } from '../admin/frame.js';
import { MomentField } from '../admin/rules-form.js';
import { minuteAfter, readMoment, writeMoment } from '../admin/typed.js';
import { IncidentDialog } from './incident.js';

/** @typedef {import('./types').Run} Run */

const FINAL = ['announced', 'stopped', 'cancelled'];
const RERUN_MS = 30 * 60_000; // a usual time for people to read the letter and come back

/** @param {Run} run */
const phaseOf = (run) => run.phase ?? run.now ?? 'scheduled';

/** @param {{runs: Run[], onChange: () => void}} props */
export function Sessions({ runs, onChange }) {
  return html`<section class="office-part" aria-labelledby="sessions">
    <h2 class="rule-head" id="sessions">${t('day.sessions')}</h2>
    ${runs.length === 0 && html`<p class="quiet">${t('day.none')}</p>`}
    ${runs.map((run) => html`<${SessionCard} key=${run.session} run=${run} onChange=${onChange} />`)}
  </section>`;
}

/** @param {{run: Run, onChange: () => void}} props */
function SessionCard({ run, onChange }) {
  const [open, setOpen] = useState('');
  const lang = language.value;
  const phase = phaseOf(run);
  const conducts = isA('auctioneer', 'admin');
  const done = () => {
    setOpen('');
    onChange();
  };
  return html`<article class="card day-session">
    <div class="day-head">
      <p class="eyebrow dots">
        <span>${t('lot.number', { n: run.lotNumber })}</span>
        ${run.run > 1 && html`<span>${t('day.run', { n: run.run })}</span>`}
        ${run.rehearsal && html`<span>${t('rehearsal.mark')}</span>`}
      </p>
      <${Stamp} phase=${phase} />
    </div>
    <h3>${run.lotTitle}</h3>
    <p class="small quiet dots">
      <span>${t('day.opens', { time: hourMinute(run.opensAt), date: longDate(run.opensAt, lang) })}</span>
      <span>${t('day.people', { n: run.participants })}</span>
    </p>
    ${!run.handedOver && html`<${Notice} tone="warn" icon="hourglass" title=${t('day.pending')} />`}
    <p class="day-links small">
      <a href=${(conducts ? '/dieu-hanh/' : '/giam-sat/') + run.session}>${t(conducts ? 'day.console' : 'day.watch')}</a>
      <a href=${'/phong/' + run.session}>${t('day.room')}</a>
      <a href=${'/man-hinh/' + run.session}>${t('day.screen')}</a>
    </p>
    ${run.incident && html`<${IncidentRecord} incident=${run.incident} onChange=${onChange} />`}
    ${!run.newest && html`<p class="small quiet">${t('day.replaced')}</p>`}
    ${
      conducts &&
      run.newest &&
      html`<div class="buttons">
        ${
          !FINAL.includes(phase) &&
          !run.incident &&
          html`<button type="button" class="button button-bad" onClick=${() => setOpen('incident')}>
            <${Icon} name="circle-stop" />${t('day.stop')}
          </button>`
        }
        ${
          run.phase === 'stopped' &&
          html`<button type="button" class="button button-main" onClick=${() => setOpen('rerun')}>
            <${Icon} name="refresh-cw" />${t('rerun.open')}
          </button>`
        }
      </div>`
    }
    ${open === 'incident' && html`<${IncidentDialog} session=${run.session} lot=${run.lotNumber} onDone=${done} onClose=${() => setOpen('')} />`}
    ${open === 'rerun' && html`<${RerunDialog} run=${run} onDone=${done} onClose=${() => setOpen('')} />`}
  </article>`;
}

/** @param {{incident: NonNullable<Run['incident']>, onChange: () => void}} props */
function IncidentRecord({ incident: i, onChange }) {
  const signed = i.countersignedAt
    ? t('incident.signed', { name: i.countersignerName ?? '', time: timeOfDay(i.countersignedAt) })
    : t('incident.unsigned');
  return html`<section class="day-incident" aria-label=${t('incident.record')}>
    <${Notice} tone="bad" icon="circle-stop" title=${tCode('stopped.', i.ground)}>
      <p>${i.sentence}</p>
      <p class="small">
        ${t('incident.state.' + i.state, { time: timeOfDay(i.endedAt ?? i.reportedAt) })} ·
        ${' '}${t('incident.by', { name: i.reporterName ?? '', time: timeOfDay(i.reportedAt) })}
      </p>
      <p class="small">${signed}${i.remark && html` – ${i.remark}`}</p>
    <//>
    ${isA('observer') && i.state === 'stopped' && !i.countersignedAt && html`<${Countersign} id=${i.id} onChange=${onChange} />`}
  </section>`;
}

/** @param {{id: string, onChange: () => void}} props */
function Countersign({ id, onChange }) {
  const [remark, setRemark] = useState('');
  const [problem, setProblem] = useState('');
  const names = useRef(new RequestNames());
  const sign = async (/** @type {Event} */ e) => {
    e.preventDefault();
    const body = { remark: remark.trim() };
    try {
      await api('POST', `/incidents/${id}/countersign`, body, names.current.of(body));
      onChange();
    } catch (error) {
      setProblem(codeOf(error));
    }
  };
  return html`<form class="form" onSubmit=${sign}>
    <${Field} id=${'remark-' + id} label=${t('incident.remark')}>
      ${(/** @type {object} */ a) => html`<textarea
        ...${a}
        class="input"
        rows="2"
        maxlength="500"
        value=${remark}
        onInput=${(/** @type {any} */ e) => setRemark(e.currentTarget.value)}
      ></textarea>`}
    <//>
    ${problem && html`<${Problem} code=${problem} />`}
    <div><button type="submit" class="button button-main"><${Icon} name="pencil" />${t('incident.sign')}</button></div>
  </form>`;
}

/** @param {{run: Run, onDone: () => void, onClose: () => void}} props */
function RerunDialog({ run, onDone, onClose }) {
  const [opensAt, setOpensAt] = useState(() => writeMoment(minuteAfter(clock.now(), RERUN_MS)));
  const [reason, setReason] = useState(t('rerun.reason.usual'));
  const { busy, problem, faults, send } = useSend(onDone);
  const submit = (/** @type {Event} */ e) => {
    e.preventDefault();
    void send(`/sessions/${run.session}/rerun`, { opensAt: readMoment(opensAt) ?? 0, reason: reason.trim() });
  };
  return html`<${Dialog} title=${t('rerun.title')} onClose=${onClose}>
    <form class="form" onSubmit=${submit} noValidate>
      <p>${t('rerun.what', { n: run.participants })}</p>
      ${problem && problem !== 'invalid' && html`<${Problem} code=${problem} />`}
      <${MomentField}
        id="rerun-at"
        label=${t('rerun.opensAt')}
        hint=${null}
        warning=${null}
        error=${faults.opensAt ?? null}
        value=${opensAt}
        onValue=${setOpensAt}
      />
      <${Field} id="rerun-reason" label=${t('rerun.reason')} error=${faults.reason}>
        ${(/** @type {object} */ a) => html`<textarea
          ...${a}
          class="input"
          rows="2"
          maxlength="500"
          value=${reason}
          onInput=${(/** @type {any} */ e) => setReason(e.currentTarget.value)}
        ></textarea>`}
      <//>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button type="submit" class="button button-main" disabled=${busy}>
          <${Icon} name="refresh-cw" />${t('rerun.go')}
        </button>
      </div>
    </form>
  <//>`;
}

/**
 * Sends a form once, and says what was wrong with it beside its fields.
 * @param {() => void} onDone
 */
export function useSend(onDone) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const names = useRef(new RequestNames());
  /** @param {string} path @param {object} body */
  const send = async (path, body) => {
    if (busy) return;
    setBusy(true);
    setProblem('');
    setFaults({});
    try {
      await api('POST', path, body, names.current.of(body));
      onDone();
    } catch (e) {
      const error = /** @type {import('../account.js').ApiError} */ (e);
      setProblem(codeOf(error));
      setFaults(Object.fromEntries((error.fields ?? []).map((f) => [f.field, tCode('fault.', f.code)])));
    }
    setBusy(false);
  };
  return { busy, problem, faults, send };
}
