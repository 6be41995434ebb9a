// Every version of an auction's rules, with the fingerprint that anybody can
// compute from its text. Also part of the office's record of an auction.

import { addWords, t } from '../i18n.js';
import { say } from '../say.js';
import { html, Icon, useState } from '../view.js';
import { moment } from './dates.js';
import { words } from './words.js';

addWords(words);

/** @typedef {import('../types').RulesVersion} RulesVersion */

/** @param {{auction: string, versions: RulesVersion[]}} props */
export function Versions({ auction, versions }) {
  if (versions.length === 0) return null;
  return html`<section class="notice-versions" aria-labelledby="notice-versions" id="phien-ban">
    <h2 class="rule-head" id="notice-versions">${t('notice.versions.of')}</h2>
    <p class="quiet small">${t('notice.versions.what.hash')}</p>
    <ol class="notice-version-list">
      ${[...versions]
        .reverse()
        .map(
          (v, i) => html`<${Version} key=${v.number} auction=${auction} version=${v} current=${i === 0} />`,
        )}
    </ol>
  </section>`;
}

/** @param {{auction: string, version: RulesVersion, current: boolean}} props */
function Version({ auction, version, current }) {
  const { number, madeAt, notice, hash, withdrawal } = version;
  return html`<li class="card notice-version">
    <h3>
      ${t('notice.versions.number.n', { n: number })}
      ${current && html`<span class="label"> · ${t('notice.versions.current')}</span>`}
    </h3>
    <p class="label">${moment(madeAt)}</p>
    <p class="notice-lines">${notice || t('notice.versions.first')}</p>
    <${Changes} version=${version} />
    ${withdrawal && html`<p class="small">${t('notice.changed.free')}</p>`}
    <p class="hash">${hash}</p>
    <p class="notice-version-acts">
      <${CopyHash} hash=${hash} />
      <a href=${`/api/v1/notices/${auction}/rules/${number}`} target="_blank" rel="noopener">
        <${Icon} name="file-text" />${t('notice.versions.text')}
      </a>
    </p>
  </li>`;
}

/** What a version changed, in a few words. @param {{version: RulesVersion}} props */
export function Changes({ version }) {
  const topics = [...new Set(version.changes.map((c) => c.topic))];
  if (topics.length === 0) return null;
  const list = topics.map((topic) => t('notice.change.' + topic)).join('; ');
  return html`<p class="small quiet">${t('notice.change.list', { list })}</p>`;
}

/** @param {{hash: string}} props */
export function CopyHash({ hash }) {
  const [copied, setCopied] = useState(false);
  if (!navigator.clipboard) return null; // only on HTTPS or this machine; the text can be selected
  const copy = async () => {
    await navigator.clipboard.writeText(hash);
    setCopied(true);
    say(t('notice.versions.copied'));
  };
  return html`<button type="button" class="link" onClick=${copy}>
    <${Icon} name=${copied ? 'check' : 'copy'} />${t(copied ? 'notice.versions.copied' : 'notice.versions.copy')}
  </button>`;
}
