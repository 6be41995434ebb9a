// The papers of a dossier: uploaded, taken out again, handed in.

import { api } from '../account.js';
import { t, tCode } from '../i18n.js';
import { html, Icon, useEffect, useState } from '../view.js';
import { FileRow } from '../ui/files.js';
import { Notice } from '../ui/parts.js';
import { Upload } from '../ui/upload.js';
import { RequestNames } from '../admin/frame.js';
import { codeOf, faultsOf, moment, Trouble } from './parts.js';

/** @typedef {import('./types').OwnRegistration} OwnRegistration */
/** @typedef {import('../types').OfficeFile} OfficeFile */

/** The files of a registration that are not taken out. @param {string} id @param {number} round asks again when it grows */
export function useFiles(id, round) {
  const [files, setFiles] = useState(/** @type {OfficeFile[]} */ ([]));
  useEffect(() => {
    api('GET', `/registrations/${id}/files`)
      .then((a) => setFiles(a.files.filter((/** @type {OfficeFile} */ f) => !f.withdrawnAt)))
      .catch(() => {}); // the list stays as it was; handing in asks the server anyway
  }, [id, round]);
  return files;
}

/**
 * @param {{reg: OwnRegistration, files: OfficeFile[], onFiles: () => void, onChanged: (reg: OwnRegistration) => void,
 *   onStale: () => void}} props
 */
export function Dossier({ reg, files, onFiles, onChanged, onStale }) {
  const [problem, setProblem] = useState('');
  const [missing, setMissing] = useState('');
  const [busy, setBusy] = useState(false);
  const [names] = useState(() => new RequestNames());
  const papers = files.filter((f) => f.purpose === 'dossier');
  const powers = files.filter((f) => f.purpose === 'power_of_attorney');

  const submit = async () => {
    setProblem('');
    if (!reg.noConflict || !reg.refundTo?.number) return setMissing('dossier.undeclared');
    if (papers.length === 0) return setMissing('dossier.nofiles');
    if (reg.representative && powers.length === 0) return setMissing('dossier.nopoa');
    setMissing('');
    setBusy(true);
    try {
      const body = { version: reg.version };
      const saved = await api('POST', `/registrations/${reg.id}/submit`, body, names.of([reg.id, body]));
      names.done();
      onChanged(saved);
    } catch (e) {
      const faults = faultsOf(e);
      const found = Object.values(faults);
      if (faults.identity) setMissing('dossier.noidentity');
      else if (found[0]) setMissing(found[0]);
      else setProblem(codeOf(e));
      if (codeOf(e) === 'edited_meanwhile') onStale();
    }
    setBusy(false);
  };

  /** @param {OfficeFile} f */
  const remove = async (f) => {
    setProblem('');
    try {
      await api('POST', `/files/${f.id}/withdraw`, { reason: '' });
      onFiles();
    } catch (e) {
      setProblem(codeOf(e));
    }
  };

  return html`<section class="card reg-part" aria-labelledby="reg-dossier">
    <div class="reg-pay-head">
      <h2 id="reg-dossier">${t('dossier.title')}</h2>
      <span class="reg-state">${tCode('dossier.state.', reg.dossier)}</span>
    </div>
    ${reg.dossier === 'rejected' && html`<${Notice} tone="bad" icon="undo-2" title=${t('step.reason', { reason: reg.reason ?? '' })} />`}
    <p class="small quiet">${t('dossier.what')}</p>
    <${Papers} files=${papers} editable=${reg.editable} onRemove=${remove} />
    ${
      reg.editable &&
      html`<${Upload}
        id="reg-papers"
        label=${t('dossier.files')}
        wanted=${{ purpose: 'dossier', registration: reg.id }}
        onDone=${onFiles}
      />`
    }
    ${
      reg.representative &&
      html`<h3>${t('dossier.poa')}: ${reg.representative}</h3>
        <${Papers} files=${powers} editable=${reg.editable} onRemove=${remove} />
        ${
          reg.editable &&
          html`<${Upload}
            id="reg-power"
            label=${t('dossier.poa')}
            wanted=${{ purpose: 'power_of_attorney', registration: reg.id }}
            onDone=${onFiles}
          />`
        }`
    }
    <div role="alert">
      ${missing && html`<${Notice} tone="warn" icon="triangle-alert" title=${missing.startsWith('dossier.') ? t(missing) : missing} />`}
    </div>
    <${Trouble} code=${problem} />
    ${
      reg.editable &&
      html`<p class="small quiet">${t('step.submit.text', { time: moment(reg.windows?.dossier?.to) })}</p>
        <button type="button" class="button button-main" disabled=${busy} onClick=${() => void submit()}>
          <${Icon} name="check" />${t(busy ? 'dossier.submitting' : 'dossier.submit')}
        </button>`
    }
  </section>`;
}

/** @param {{files: OfficeFile[], editable: boolean, onRemove: (f: OfficeFile) => void}} props */
function Papers({ files, editable, onRemove }) {
  if (files.length === 0) return html`<p class="quiet">${t('dossier.none')}</p>`;
  return html`<ul class="files-list">
    ${files.map(
      (f) =>
        html`<${FileRow} key=${f.id} file=${f} secret>
          ${
            editable &&
            html`<button type="button" class="reg-copy" aria-label=${t('dossier.remove', { name: f.name })} onClick=${() => onRemove(f)}>
              <${Icon} name="x" />
            </button>`
          }
        <//>`,
    )}
  </ul>`;
}
