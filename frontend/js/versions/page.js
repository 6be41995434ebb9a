// Which program this is, and whose work it contains.

import { addWords, t } from '../i18n.js';
import { html, useEffect, useState, useTitle } from '../view.js';
import { words } from './words.js';

addWords(words);

/**
 * @typedef {{file: string, sha256: string, packages: {name: string, version: string, licence: string}[]}} Vendored
 */

const base = new URL('../../', import.meta.url).pathname;
const version = base.split('/').filter(Boolean).at(-1) ?? '';

export function Page() {
  useTitle(t('versions.title'));
  const [files, setFiles] = useState(/** @type {Vendored[] | null} */ (null));
  useEffect(() => {
    fetch(base + 'vendor/VENDOR.json')
      .then((r) => r.json())
      .then(setFiles)
      .catch(() => setFiles([]));
  }, []);
  const packages = new Map((files ?? []).flatMap((f) => f.packages).map((p) => [p.name, p]));
  return html`<main class="page page-narrow" id="main">
    <div>
      <h1 tabindex="-1">${t('versions.title')}</h1>
      <p>${t('versions.page')} <span class="hash">${version}</span></p>
    </div>
    <section aria-labelledby="libraries">
      <h2 id="libraries">${t('versions.libraries')}</h2>
      <p class="quiet">${t('versions.what')}</p>
      <div class="scroll">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">${t('versions.name')}</th>
              <th scope="col">${t('versions.version')}</th>
              <th scope="col">${t('versions.licence')}</th>
            </tr>
          </thead>
          <tbody>
            ${[...packages.values()].map(
              (p) => html`<tr key=${p.name}>
                <td>${p.name}</td>
                <td>${p.version}</td>
                <td><a href=${`${base}vendor/LICENSES/${p.name.replace('/', '__')}.txt`} target="_blank">${p.licence}</a></td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>
  </main>`;
}
