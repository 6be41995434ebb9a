// Where the session's record stands: short for people to compare, whole to
// copy and keep. Thousands who hold it are why nobody can rewrite it.

import { addWords, t } from '../i18n.js';
import { html, Icon, useState } from '../view.js';
import { short } from './model.js';
import { words } from './words.js';

addWords(words);

const SHOWN_MS = 3_000;

const FINAL = ['announced', 'stopped', 'cancelled'];

/** @param {{session: string, feed: import('../live.js').RoomFeed}} p */
export function HeadLine({ session, feed }) {
  const [said, setSaid] = useState('');
  const head = feed.head.value;
  const over = FINAL.includes(feed.room.value?.now.ph ?? '');
  if (!head) return null;
  const text = `${head.seq}:${head.hash}`;
  const copy = () =>
    navigator.clipboard
      .writeText(text)
      .then(() => 'head.copied')
      .catch(() => 'head.failed')
      .then((key) => {
        setSaid(key);
        setTimeout(() => setSaid(''), SHOWN_MS);
      });
  return html`<details class="head-line">
    <summary><${Icon} name="shield-check" />${t('head.sum', { n: head.seq, short: short(head.hash) })}</summary>
    <div class="timing-more">
      <p>${t('head.why')}</p>
      <p><span >${t('head.whole')}: </span><code class="head-whole">${text}</code></p>
      <p class="head-row">
        <button type="button" class="button" onClick=${() => void copy()}>${t('head.copy')}</button>
        <span role="status">${said && t(said)}</span>
      </p>
      ${over && html`<p><a href=${`/api/v1/sessions/${session}/record`} download>${t('head.record')}</a></p>`}
    </div>
  </details>`;
}
