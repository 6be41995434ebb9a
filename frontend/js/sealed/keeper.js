// The card of the two who hold the keys: taking one before the opening,
// presenting it after the end.

import { t } from '../i18n.js';
import { Dialog, html, Icon, useMemo, useState } from '../view.js';
import { Field, Notice } from '../ui/parts.js';
import { groupsOf, hex, newSecret, possible, privateKey, publicKeys, readSecret, tidy } from './secret.js';

/** @typedef {import('../types').Room} Room */
/** @typedef {import('../types').DeskRecord} DeskRecord */
/** @typedef {(act: {act: string}, fields: Record<string, unknown>) => void} Send */

/** @param {{room: Room, records: DeskRecord[], send: Send}} props */
export function Keys({ room, records, send }) {
  const [dialog, open] = useState('');
  const { now } = room;
  const sl = now.sl;
  if (!sl) return null;
  const close = () => open('');
  const who = [...new Set(records.filter((r) => r.k === 'key_taken').map((r) => r.by.ref ?? r.by.role))];
  const take = now.ph === 'scheduled';
  const give = now.ph === 'closed' && !sl.o;
  return html`<section class="card sealed-panel" aria-labelledby="sealed-keys">
    <h2 id="sealed-keys">${t('sealed.desk')}</h2>
    <p class="small">
      ${t('sealed.desk.taken', { k: sl.k })} ${who.length > 0 && t('sealed.desk.who', { who: who.reverse().join(', ') })}
    </p>
    <p class="small quiet">${sentence(room)}</p>
    ${(take || give) && !possible() && html`<${Notice} tone="bad" icon="triangle-alert" title=${t('sealed.impossible')} />`}
    ${take && possible() && html`<button class="button button-main" data-key="take" onClick=${() => open('take')}><${Icon} name="key-round" />${t('sealed.take')}</button>`}
    ${give && possible() && html`<button class="button button-main" data-key="give" onClick=${() => open('give')}><${Icon} name="key-round" />${t('sealed.give')}</button>`}
    ${dialog === 'take' && take && html`<${Take} room=${room} send=${send} onClose=${close} />`}
    ${dialog === 'give' && give && html`<${Give} room=${room} send=${send} onClose=${close} />`}
  </section>`;
}

/** @param {Room} room */
function sentence({ now }) {
  const sl = now.sl;
  if (now.ph === 'scheduled') return t('sealed.desk.before');
  if (sl?.o) return t('sealed.desk.opened', { n: sl.n });
  return now.ph === 'closed' ? t('sealed.desk.after', { g: sl?.g ?? 0 }) : t('sealed.desk.during');
}

/** @param {{room: Room, send: Send, onClose: () => void}} props */
function Take({ room, send, onClose }) {
  const secret = useMemo(newSecret, []);
  const groups = groupsOf(secret);
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const text = t('sealed.file', { session: room.session, secret: groups.join('-') });
  const save = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    link.download = `khoa-${room.session}.txt`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  /** @param {SubmitEvent} e */
  const submit = async (e) => {
    e.preventDefault();
    if (tidy(typed) !== groups.at(-1)) return setWrong(true);
    const { rounds = 1, runOffs = 0 } = room.rules.sealed ?? {};
    const keys = await publicKeys(secret, room.session, rounds + runOffs);
    onClose();
    send({ act: 'take_key' }, { act: 'take_key', keys });
  };
  return html`<${Dialog} title=${t('sealed.take.title')} onClose=${onClose}>
    <form class="form" onSubmit=${submit}>
      <p>${t('sealed.take.what')}</p>
      <${Paper} room=${room} groups=${groups} />
      <p class="sealed-secret" aria-label=${t('sealed.take.label')}>${groups.map((g) => html`<span key=${g}>${g}</span> `)}</p>
      <div class="buttons sealed-keep">
        <button type="button" class="button" onClick=${save}><${Icon} name="download" />${t('sealed.take.save')}</button>
        <button type="button" class="button" onClick=${() => print()}><${Icon} name="file-text" />${t('sealed.take.print')}</button>
      </div>
      <${Field} id="sealed-last" label=${t('sealed.take.last')} error=${wrong && t('sealed.take.differs')}>
        ${(/** @type {object} */ a) => html`<input
          ...${a}
          class="input"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          value=${typed}
          onInput=${(/** @type {any} */ e) => {
            setTyped(e.currentTarget.value);
            setWrong(false);
          }}
        />`}
      <//>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button class="button button-main">${t('sealed.take.go')}</button>
      </div>
    </form>
  <//>`;
}

/**
 * What is printed instead of the page: what the key is for, the key, and room
 * for who keeps it.
 * @param {{room: Room, groups: string[]}} props
 */
function Paper({ room, groups }) {
  return html`<div class="sealed-paper" aria-hidden="true">
    <strong>${t('sealed.paper.title')}</strong>
    <p>${t('sealed.paper.for', { n: room.lot.number, lot: room.lot.title, session: room.session })}</p>
    <p class="sealed-paper-key">${groups.map((g) => html`<span key=${g}>${g}</span> `)}</p>
    <p>${t('sealed.paper.keep')}</p>
    <p class="sealed-paper-who">${t('sealed.paper.who')}</p>
  </div>`;
}

/** @param {{room: Room, send: Send, onClose: () => void}} props */
function Give({ room, send, onClose }) {
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const round = room.now.sl?.n ?? 1;
  /** @param {SubmitEvent} e */
  const submit = async (e) => {
    e.preventDefault();
    const secret = readSecret(typed);
    if (!secret) return setWrong(true);
    const key = hex(await privateKey(secret, room.session, round));
    onClose();
    send({ act: 'present_key' }, { act: 'present_key', keys: [key] });
  };
  /** @param {File | undefined} file */
  const read = async (file) => {
    const found = /([0-9A-Z]{4}-){7}[0-9A-Z]{4}/.exec((await file?.text()) ?? '');
    if (found) setTyped(found[0]);
    setWrong(!found);
  };
  return html`<${Dialog} title=${t('sealed.give.title')} onClose=${onClose}>
    <form class="form" onSubmit=${submit}>
      <p>${t('sealed.give.what', { n: round })}</p>
      <${Field} id="sealed-key" label=${t('sealed.give.label')} error=${wrong && t('sealed.give.wrong')}>
        ${(/** @type {object} */ a) => html`<textarea
          ...${a}
          class="input sealed-key"
          rows="2"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          value=${typed}
          onInput=${(/** @type {any} */ e) => {
            setTyped(e.currentTarget.value);
            setWrong(false);
          }}
        ></textarea>`}
      <//>
      <${Field} id="sealed-file" label=${t('sealed.give.file')}>
        ${(/** @type {object} */ a) => html`<input ...${a} class="input" type="file" accept=".txt,text/plain" onChange=${(/** @type {any} */ e) => void read(e.currentTarget.files?.[0])} />`}
      <//>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <button class="button button-main">${t('sealed.give')}</button>
      </div>
    </form>
  <//>`;
}
