// What can be taken away from a notice: papers to print, its dates for a
// calendar, its facts for programs.

import { addWords, t } from '../i18n.js';
import { html, Icon } from '../view.js';
import { words } from './words.js';

addWords(words);

/**
 * A sale among named participants has no listed rules, and no papers of them.
 * @param {{auction: {id: string, rules: unknown[]}}} props
 */
export function Papers({ auction }) {
  const at = `/api/v1/notices/${auction.id}/`;
  const listed = auction.rules.length > 0;
  return html`
    ${
      listed &&
      html`<a class="button" href=${at + 'notice.pdf'} target="_blank"><${Icon} name="download" />${t('papers.notice')}</a>
        <a class="button" href=${at + 'rules.pdf'} target="_blank"><${Icon} name="download" />${t('papers.rules')}</a>`
    }
    <a class="button" href=${at + 'notice.ics'}><${Icon} name="calendar-plus" />${t('papers.calendar')}</a>
    <details class="papers-data">
      <summary>${t('papers.data')}</summary>
      <a href=${at + 'portal.json'} target="_blank">${t('papers.portal')}</a>
      <a href=${at + 'ocds.json'} target="_blank">${t('papers.ocds')}</a>
    </details>
  `;
}
