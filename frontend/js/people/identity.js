// /cua-toi/ho-so: who the bidder is in law. Without it one may watch; to
// register for a lot it must be verified.

import { account, api, ApiError } from '../account.js';
import { t } from '../i18n.js';
import { html, Icon, useEffect, useState, useTitle } from '../view.js';
import { FileRow } from '../ui/files.js';
import { Notice } from '../ui/parts.js';
import { accepts, Upload } from '../ui/upload.js';
import { Choice, codeOf, Send, Text, Tick, Trouble, useForm } from './form.js';

/** @typedef {import('../types').OfficeFile} OfficeFile */
/**
 * @typedef {object} Identity
 * @property {'submitted' | 'verified' | 'rejected'} state
 * @property {string} [reason]
 * @property {number} [decidedAt]
 * @property {number} version
 * @property {'person' | 'organisation'} kind
 * @property {string} name
 * @property {string} number
 * @property {string} [born]
 * @property {string} [address]
 * @property {string} [phone]
 * @property {{name: string, number: string, attorney: boolean}} [representative]
 */

export function Page() {
  useTitle(t('who.identity.title'));
  const [own, setOwn] = useState(/** @type {Identity | null | undefined} */ (undefined)); // null: none yet
  const [problem, setProblem] = useState('');
  const [editing, setEditing] = useState(false);
  useEffect(() => {
    api('GET', '/me/identity').then(setOwn, (e) => {
      if (e instanceof ApiError && e.status === 404) setOwn(null);
      else setProblem(codeOf(e));
    });
  }, []);
  const asking = own === null || editing || own?.state === 'rejected';
  return html`<main class="page page-narrow people" id="main">
    <div>
      <h1 tabindex="-1">${t('who.identity.title')}</h1>
      <p class="quiet">${t('who.identity.what')}</p>
    </div>
    <${Trouble} code=${problem} />
    ${own && html`<${State} own=${own} />`}
    ${own !== undefined && html`<${Papers} />`}
    ${own && !asking && html`<${Facts} own=${own} onEdit=${() => setEditing(true)} />`}
    ${
      own !== undefined &&
      asking &&
      html`<${Form}
        own=${own}
        onKept=${(/** @type {Identity} */ kept) => {
          setOwn(kept);
          setEditing(false);
          scrollTo(0, 0);
        }}
      />`
    }
  </main>`;
}

const TONES = { submitted: 'quiet', verified: 'good', rejected: 'bad' };
const ICONS = { submitted: 'clock', verified: 'circle-check', rejected: 'triangle-alert' };

/** @param {{own: Identity}} props */
function State({ own }) {
  return html`<div role="status">
    <${Notice} tone=${TONES[own.state]} icon=${ICONS[own.state]} title=${t('who.state.' + own.state + '.title')}>
      <p>${own.state === 'rejected' ? own.reason : t('who.state.' + own.state + '.what')}</p>
      ${own.state === 'verified' && html`<a href="/cuoc-dau-gia">${t('who.identity.next')}</a>`}
    <//>
  </div>`;
}

/** @param {{own: Identity, onEdit: () => void}} props */
function Facts({ own, onEdit }) {
  const r = own.representative;
  /** @type {[string, string | undefined][]} */
  const rows = [
    ['who.kind', t('who.kind.' + own.kind)],
    [own.kind === 'person' ? 'who.name' : 'who.name.organisation', own.name],
    [own.kind === 'person' ? 'who.number.person' : 'who.number.organisation', own.number],
    ['who.born', own.born && dateText(own.born)],
    ['who.address', own.address],
    ['who.phone', own.phone],
    ['who.representative', r && `${r.name} · ${r.number}`],
  ];
  return html`<section class="card form" aria-labelledby="facts">
    <h2 id="facts">${t('who.identity.facts')}</h2>
    <dl class="facts">
      ${rows.filter(([, value]) => value).map(([key, value]) => html`<div key=${key}><dt>${t(key)}</dt><dd>${value}</dd></div>`)}
    </dl>
    <div class="buttons"><button class="button" onClick=${onEdit}>${t('who.identity.edit')}</button></div>
  </section>`;
}

/** 17/05/1990. @param {string} iso */
export const dateText = (iso) => iso.split('-').reverse().join('/');

/** 1990-05-17, or what was typed if it is no date. @param {string} typed */
export function isoDate(typed) {
  const m = /^\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\s*$/.exec(typed);
  return m ? `${m[3]}-${m[2]?.padStart(2, '0')}-${m[1]?.padStart(2, '0')}` : typed.trim();
}

/** Papers that prove who somebody is. */
function Papers() {
  const [files, setFiles] = useState(/** @type {OfficeFile[]} */ ([]));
  useEffect(() => {
    api('GET', '/me/identity/files').then(
      (answer) => setFiles(answer.files),
      () => {}, // the field below still takes files
    );
  }, []);
  return html`<section class="card form" aria-labelledby="papers">
    <h2 id="papers">${t('who.papers.title')}</h2>
    <${Upload}
      id="identity-files"
      label=${t('who.papers')}
      hint=${t('who.papers.hint')}
      accept=${accepts.papers}
      wanted=${{ purpose: 'identity' }}
      onDone=${(/** @type {OfficeFile} */ f) => setFiles((all) => [...all, f])}
    />
    ${
      files.length > 0 &&
      html`<ul class="files-list">${files.map((f) => html`<${FileRow} key=${f.id} file=${f} secret=${true} />`)}</ul>`
    }
  </section>`;
}

/** @param {{own: Identity | null, onKept: (kept: Identity) => void}} props */
function Form({ own, onKept }) {
  const form = useForm({
    kind: own?.kind ?? 'person',
    name: own?.name ?? account.value?.name ?? '',
    number: own?.number ?? '',
    born: own?.born ? dateText(own.born) : '',
    address: own?.address ?? '',
    phone: own?.phone ?? '',
    proxy: own?.representative !== undefined,
    'representative.name': own?.representative?.name ?? '',
    'representative.number': own?.representative?.number ?? '',
    attorney: own?.representative?.attorney ?? false,
  });
  const v = form.values;
  const organisation = v.kind === 'organisation';
  const represented = organisation || v.proxy;
  const send = form.submit(async () => {
    onKept(
      await api('PUT', '/me/identity', {
        version: own?.version ?? 0,
        kind: v.kind,
        name: v.name,
        number: v.number,
        born: organisation ? undefined : isoDate(v.born),
        address: v.address,
        phone: v.phone,
        representative: represented
          ? {
              name: v['representative.name'],
              number: v['representative.number'],
              attorney: !organisation || v.attorney,
            }
          : undefined,
      }),
    );
  });
  return html`<form class="card form" noValidate onSubmit=${send} ref=${form.box}>
    <h2>${t('who.identity.form')}</h2>
    <${Trouble} code=${form.problem} />
    <${Choice} form=${form} name="kind" options=${['person', 'organisation']} prefix="who.kind." />
    <${Text}
      form=${form}
      name="name"
      label=${t(organisation ? 'who.name.organisation' : 'who.name')}
      hint=${t('who.name.hint.papers')}
      autocomplete="name"
    />
    <${Text}
      form=${form}
      name="number"
      label=${t(organisation ? 'who.number.organisation' : 'who.number.person')}
      hint=${t('who.number.hint')}
      inputmode="numeric"
      maxlength=${20}
    />
    ${
      !organisation &&
      html`<${Text} form=${form} name="born" inputmode="numeric" autocomplete="bday" placeholder="17/05/1990" maxlength=${10} />`
    }
    <${Text}
      form=${form}
      name="address"
      label=${t(organisation ? 'who.address.organisation' : 'who.address')}
      autocomplete="street-address"
      maxlength=${300}
    />
    <${Text} form=${form} name="phone" type="tel" autocomplete="tel" maxlength=${20} />
    ${!organisation && html`<${Tick} form=${form} name="proxy">${t('who.proxy')}<//>`}
    ${
      represented &&
      html`<fieldset class="people-part form">
        <legend>${t('who.representative')}</legend>
        <${Text} form=${form} name="representative.name" />
        <${Text} form=${form} name="representative.number" inputmode="numeric" maxlength=${20} />
        ${organisation && html`<${Tick} form=${form} name="attorney">${t('who.attorney')}<//>`}
        <p class="small quiet"><${Icon} name="info" /> ${t('who.attorney.papers')}</p>
      </fieldset>`
    }
    <${Send} form=${form}>${t('who.identity.go')}<//>
  </form>`;
}
