// /quan-tri/trung-tam: what the centre says of itself, and, for the host, the
// other centres of the installation.

import { account, api } from '../account.js';
import { addWords, t } from '../i18n.js';
import { say } from '../say.js';
import { Dialog, html, Icon, loadStyle, useState, useTitle } from '../view.js';
import { words as office } from '../admin/words.js';
import { OfficeNav } from '../admin/nav.js';
import { RequestNames } from '../admin/frame.js';
import { fileAddress } from '../ui/files.js';
import { Notice } from '../ui/parts.js';
import { Upload } from '../ui/upload.js';
import { Choice, Send, Text, Trouble, useForm } from './form.js';
import { useAnswer } from './security.js';

addWords(office);
await loadStyle('admin.css');

/**
 * @typedef {object} Centre
 * @property {string} id
 * @property {boolean} [host]
 * @property {number} version
 * @property {string} name
 * @property {string} [address]
 * @property {string} [phone]
 * @property {string} [email]
 * @property {string} [taxCode]
 * @property {string} [licence]
 * @property {string} [sealFile]
 * @property {string} [secondFactor]
 * @property {{bin?: string, number?: string, holder?: string, branch?: string}} [bank]
 */

export function Page() {
  useTitle(t('who.centre.title'));
  const [asked, setAsked] = useState(0);
  const again = () => setAsked((n) => n + 1);
  const [answer, problem] = useAnswer('/desk/centres', asked);
  const all = /** @type {Centre[]} */ (answer?.centres ?? []);
  const own = all.find((c) => c.id === account.value?.centreId);
  return html`<main class="page office people" id="main">
    <${OfficeNav} here="centre" />
    <header class="office-head">
      <div>
        <h1 tabindex="-1">${t('who.centre.title')}</h1>
        <p class="quiet">${t('who.centre.what')}</p>
      </div>
    </header>
    <${Trouble} code=${problem} />
    ${own && html`<${Edit} key=${own.version} own=${own} onSaved=${again} />`}
    ${own?.host && html`<${Others} others=${all.filter((c) => c !== own)} onFounded=${again} />`}
  </main>`;
}

/** @param {{own: Centre, onSaved: () => void}} props */
function Edit({ own, onSaved }) {
  const form = useForm({
    name: own.name,
    address: own.address ?? '',
    phone: own.phone ?? '',
    email: own.email ?? '',
    taxCode: own.taxCode ?? '',
    licence: own.licence ?? '',
    sealFile: own.sealFile ?? '',
    secondFactor: own.secondFactor ?? '',
    'bank.bin': own.bank?.bin ?? '',
    'bank.number': own.bank?.number ?? '',
    'bank.holder': own.bank?.holder ?? '',
    'bank.branch': own.bank?.branch ?? '',
  });
  const send = form.submit(async () => {
    const {
      'bank.bin': bin,
      'bank.number': number,
      'bank.holder': holder,
      'bank.branch': branch,
      ...facts
    } = form.values;
    await api('PUT', '/desk/centres/' + own.id, {
      version: own.version,
      ...facts,
      bank: { bin, number, holder, branch },
    });
    say(t('who.centre.saved'));
    onSaved();
  });
  const seal = form.values.sealFile;
  return html`<form class="card form" noValidate onSubmit=${send} ref=${form.box}>
    <${Trouble} code=${form.problem} />
    <${Text} form=${form} name="name" label=${t('who.centre.name')} hint="" maxlength=${300} />
    <${Text} form=${form} name="address" label=${t('who.address.organisation')} maxlength=${300} />
    <div class="people-pair">
      <${Text} form=${form} name="phone" type="tel" maxlength=${60} />
      <${Text} form=${form} name="email" label=${t('who.centre.email')} hint=${t('who.centre.email.hint')} type="email" maxlength=${254} />
    </div>
    <div class="people-pair">
      <${Text} form=${form} name="taxCode" inputmode="numeric" maxlength=${20} />
      <${Text} form=${form} name="licence" maxlength=${200} />
    </div>
    <fieldset class="people-part form">
      <legend>${t('who.bank')}</legend>
      <p class="small quiet">${t('who.bank.what')}</p>
      <div class="people-pair">
        <${Text} form=${form} name="bank.bin" inputmode="numeric" maxlength=${6} />
        <${Text} form=${form} name="bank.number" inputmode="numeric" maxlength=${30} />
      </div>
      <div class="people-pair">
        <${Text} form=${form} name="bank.holder" />
        <${Text} form=${form} name="bank.branch" maxlength=${200} />
      </div>
    </fieldset>
    <div class="people-seal">
      ${seal && html`<img src=${fileAddress(seal)} alt=${t('who.seal.now')} width="96" height="96" />`}
      <${Upload}
        id="centre-seal"
        label=${t('who.seal')}
        hint=${t('who.seal.hint')}
        accept="image/png,image/jpeg"
        multiple=${false}
        wanted=${{ purpose: 'seal' }}
        onDone=${(/** @type {{id: string}} */ f) => form.set('sealFile', f.id)}
      />
    </div>
    <${Choice} form=${form} name="secondFactor" options=${['', 'on', 'off']} prefix="who.secondFactor." />
    <div class="buttons"><${Send} form=${form}>${t('who.centre.save')}<//></div>
  </form>`;
}

/** @param {{others: Centre[], onFounded: () => void}} props */
function Others({ others, onFounded }) {
  const [founding, setFounding] = useState(false);
  return html`<section class="form" aria-labelledby="others">
    <h2 class="rule-head" id="others">${t('who.others')}</h2>
    <p class="quiet">${t('who.others.what')}</p>
    <ul class="office-list">
      ${others.map(
        (c) =>
          html`<li key=${c.id} class="card office-row">
            <div class="office-row-main">
              <h3>${c.name}</h3>
              <p class="label dots">
                ${c.address && html`<span>${c.address}</span>`}${c.phone && html`<span>${c.phone}</span>`}
              </p>
              <p class="label">${t('who.centre.id')} <code>${c.id}</code></p>
            </div>
          </li>`,
      )}
    </ul>
    ${others.length === 0 && html`<p>${t('who.others.none')}</p>`}
    <div class="buttons">
      <button class="button" onClick=${() => setFounding(true)}><${Icon} name="plus" />${t('who.found')}</button>
    </div>
    ${
      founding &&
      html`<${Found}
        onClose=${() => setFounding(false)}
        onDone=${() => {
          setFounding(false);
          onFounded();
        }}
      />`
    }
  </section>`;
}

/** @param {{onClose: () => void, onDone: () => void}} props */
function Found({ onClose, onDone }) {
  const form = useForm({
    name: '',
    'admin.name': '',
    'admin.email': '',
    'admin.login': '',
    'admin.password': '',
  });
  const [names] = useState(() => new RequestNames());
  const send = form.submit(async () => {
    const v = form.values;
    const admin = {
      login: v['admin.login'],
      name: v['admin.name'],
      password: v['admin.password'],
      email: v['admin.email'],
    };
    const body = { name: v.name, admin };
    await api('POST', '/desk/centres', body, names.of(body));
    say(t('who.found.done'));
    onDone();
  });
  return html`<${Dialog} title=${t('who.found')} onClose=${onClose}>
    <form class="form" noValidate onSubmit=${send} ref=${form.box}>
      ${
        form.faults.some((f) => f.code === 'login_taken')
          ? html`<div role="alert">
              <${Notice} tone="bad" icon="triangle-alert" title=${t('who.fault.login_taken')} />
            </div>`
          : html`<${Trouble} code=${form.problem} />`
      }
      <${Text} form=${form} name="name" id="p-found-name" label=${t('who.centre.name')} hint="" maxlength=${300} />
      <${Text} form=${form} name="admin.name" />
      <${Text} form=${form} name="admin.email" type="email" maxlength=${254} />
      <${Text} form=${form} name="admin.login" maxlength=${64} />
      <${Text} form=${form} name="admin.password" type="password" autocomplete="new-password" maxlength=${128} />
      <div class="dialog-buttons">
        <button type="button" class="button" onClick=${onClose}>${t('dialog.back')}</button>
        <${Send} form=${form}>${t('who.found.go')}<//>
      </div>
    </form>
  <//>`;
}
