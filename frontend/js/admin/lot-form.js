// One lot of the form: a card that folds, with what is sold and its rules.

import { language, t } from '../i18n.js';
import { hourMinute, dayMonth, money } from '../text.js';
import { cls, html, Icon } from '../view.js';
import { hidesStart } from './rules-draft.js';
import { CheckField, LinesField, MoneyField, SelectField, TextField } from './fields.js';
import { RulesFields } from './rules-form.js';
import { readMoment } from './typed.js';

const KINDS = ['plate', 'land', 'house', 'car', 'goods'];

/**
 * @param {object} props
 * @param {import('./types').LotForm} props.lot
 * @param {number} props.i its place in the list
 * @param {(path: string) => import('./fields.js').Bound} props.bind paths of the whole form
 * @param {(path: string) => boolean} props.faulty
 * @param {boolean} props.open
 * @param {(open: boolean) => void} props.onFold
 * @param {() => void} props.onRemove
 * @param {() => void} [props.onUp] absent for the first
 */
export function LotFields({ lot, i, bind, faulty, open, onFold, onRemove, onUp }) {
  const at = `lots.${i}`;
  const wrong = faulty(at);
  return html`<details
    class=${cls('office-lot card', wrong && 'office-lot-wrong')}
    open=${open || wrong}
    onToggle=${(/** @type {any} */ e) => onFold(e.currentTarget.open)}
  >
    <summary class="office-lot-head">
      <span class="office-lot-name">
        <span class="eyebrow">${t('lot.number', { n: i + 1 })} · ${t('kind.' + lot.kind)}</span>
        <h3>${lot.title || t('lotform.untitled')}</h3>
        <${Gist} lot=${lot} />
      </span>
      <${Icon} name="chevron-down" />
    </summary>
    <div class="office-lot-body">
      <section class="office-part">
        <h4 class="eyebrow">${t('lotform.what')}</h4>
        <${TextField} ...${bind(at + '.title')} required=${true} />
        <div class="office-grid">
          <${SelectField} ...${bind(at + '.kind')} options=${KINDS} words="kind." />
          <${TextField} ...${bind(at + '.place')} />
          <${MoneyField}
            ...${bind(at + '.deposit')}
            currency=${lot.rules.currency}
            more=${html`<${Share} part=${lot.deposit} whole=${lot.startHidden ? lot.rules.reserveAmount : lot.rules.start} />`}
          />
        </div>
        ${hidesStart(lot.rules.method) && html`<${CheckField} ...${bind(at + '.startHidden')} />`}
        ${
          lot.startHidden &&
          hidesStart(lot.rules.method) &&
          html`<div class="office-grid">
            <${MoneyField} ...${bind(at + '.rules.reserveAmount')} currency=${lot.rules.currency} />
          </div>`
        }
        <${LinesField} ...${bind(at + '.detail')} />
      </section>
      <${RulesFields}
        lot=${lot}
        bind=${(/** @type {string} */ path) => bind(`${at}.rules.${path}`)}
        faulty=${(/** @type {string} */ path) => faulty(`${at}.rules.${path}`)}
      />
      <div class="buttons office-lot-acts">
        ${
          onUp &&
          html`<button type="button" class="button" onClick=${onUp}>
            <${Icon} name="arrow-up" />${t('lotform.up')}
          </button>`
        }
        <button type="button" class="button button-bad" onClick=${onRemove}>
          <${Icon} name="trash-2" />${t('lotform.remove', { n: i + 1 })}
        </button>
      </div>
    </div>
  </details>`;
}

/** The essentials of a folded lot. @param {{lot: import('./types').LotForm}} props */
function Gist({ lot }) {
  const { start, currency, opensAt } = lot.rules;
  const opens = readMoment(opensAt);
  return html`<span class="label dots">
    <span>${start ? money(start, currency, language.value) : t('lotform.nostart')}</span>
    <span>${opens === null ? t('lotform.noopening') : `${hourMinute(opens)} ${dayMonth(opens)}`}</span>
  </span>`;
}

/** How much of the starting price a deposit is. @param {{part: number | null, whole: number | null}} props */
function Share({ part, whole }) {
  if (!part || !whole) return null;
  const percent = ((part / whole) * 100).toLocaleString(language.value, { maximumFractionDigits: 2 });
  return html`<span>${t('lotform.share', { percent })} </span>`;
}
