// The rules sheet of a lot: price, time, end, and what is seldom changed.

import { addWords, language, t } from '../i18n.js';
import { clock } from '../live.js';
import { hourMinute, longDate, timeOfDay } from '../text.js';
import { html, Icon, useState } from '../view.js';
import { duration } from '../ui/rules.js';
import { Field } from '../ui/parts.js';
import { fallsOf, isFalling, MAX_FALLS, spanOf } from './descent.js';
import { lotDraftOf } from './draft.js';
import { CheckField, ChoiceField, LengthField, MoneyField, NumberField, TextField } from './fields.js';
import { Preview } from './preview.js';
import { furtherRounds, newKey, revealable, takesLimit } from './rules-draft.js';
import { minuteAfter, readMoment, tomorrowAt, UNIT_MS, writeMoment } from './typed.js';
import { TurnsFields } from './ways/turns-fields.js';
import { UnitsField } from './ways/units.js';
import { words } from './ways/words.js';

addWords(words);

/** @typedef {import('./fields.js').Bound} Bound */
/** @typedef {import('./types').LotForm} LotForm */
/** @typedef {(path: string) => Bound} Bind */

/** @param {{lot: LotForm, bind: Bind, faulty: (path: string) => boolean}} props bind: paths within the rules */
export function RulesFields({ lot, bind, faulty }) {
  const { rules } = lot;
  const { currency } = rules;
  const falls = isFalling(rules.method);
  const staged = rules.method === 'hybrid';
  const seals = rules.method === 'sealed';
  const called = rules.method === 'called';
  const gong = rules.method === 'gong';
  const turns = rules.method === 'turns';
  const time = bind('biddingMs');
  return html`
    <section class="office-part">
      <h4 class="eyebrow">${t('lotform.price')}</h4>
      <${ChoiceField} ...${bind('method')} options=${['ascending', 'descending', 'called', 'sealed', 'hybrid', 'gong', 'turns']} words="method." />
      <div class="office-grid">
        <${MoneyField} ...${bind('start')} currency=${currency} />
      </div>
      ${
        falls
          ? html`<${DescentFields} rules=${rules} bind=${bind} />
              ${staged && html`<${StagesFields} rules=${rules} bind=${bind} />`}`
          : gong || turns
            ? html`<${StepFields} rules=${{ ...rules, step: { ...rules.step, kind: 'fixed' } }} bind=${bind} />`
            : html`<${ChoiceField} ...${bind('step.kind')} options=${['fixed', 'bands', 'percent']} words="step." />
              <${StepFields} rules=${rules} bind=${bind} />`
      }
    </section>
    <section class="office-part">
      <h4 class="eyebrow">${t('lotform.time')}</h4>
      <div class="office-grid">
        <${MomentField} ...${bind('opensAt')} />
        ${!falls && html`<${LengthField} ...${called ? { ...time, label: t('called.field.time'), hint: t('called.hint.time') } : time} ...${gong ? { hint: t('gongform.most') } : {}} ...${turns ? { label: t('turnsform.first'), hint: t('turnsform.first.hint') } : {}} />`}
        ${gong && html`<${LengthField} ...${bind('gong.silenceMs')} />`}
      </div>
      ${falls && html`<${Span} lot=${lot} error=${bind('biddingMs').error} />`}
      <${ChoiceField} ...${bind('opening')} options=${['clock', 'auctioneer']} words="opening." />
      ${seals && html`<${SealedFields} rules=${rules} bind=${bind} />`}
      ${called && html`<${CalledFields} bind=${bind} />`}
      ${turns && html`<${TurnsFields} bind=${bind} />`}
      ${
        !falls &&
        !called &&
        !seals &&
        !gong &&
        !turns &&
        html`<${ChoiceField} ...${bind('closing.kind')} options=${['fixed', 'reset', 'add', 'rounds']} words="closing." />
          <${ClosingFields} kind=${rules.closing.kind} bind=${bind} />
          <${GroupFields} rules=${rules} bind=${bind} />`
      }
    </section>
    <${MoreRules} lot=${lot} bind=${bind} faulty=${faulty} />
    <${Preview} lot=${lot} />
  `;
}

/** How the auctioneer calls the lot. @param {{bind: Bind}} props */
const CalledFields = ({ bind }) => html`<div class="office-grid office-grid-small">
    <${NumberField} ...${bind('called.calls')} unit=${t('unit.times')} />
    <${LengthField} ...${bind('called.callEveryMs')} />
  </div>
  <${CheckField} ...${bind('called.earlyHammer')} />`;

/** @param {{kind: LotForm['rules']['closing']['kind'], bind: Bind}} props */
function ClosingFields({ kind, bind }) {
  if (kind === 'fixed') return null;
  const rounds = kind === 'rounds';
  // The same numbers say something else of rounds, and there must be a most.
  const field = (/** @type {string} */ name) => {
    const bound = bind('closing.' + name);
    if (!rounds) return bound;
    return { ...bound, label: t('rounds.field.' + name), hint: t('rounds.hint.' + name) };
  };
  return html`<div class="office-grid office-grid-small">
    <${LengthField} ...${field('windowMs')} />
    <${LengthField} ...${field('byMs')} />
    <${NumberField} ...${field('maxCount')} unit=${t(rounds ? 'unit.rounds' : 'unit.times')} />
    <${LengthField} ...${field('maxTotalMs')} />
    ${rounds && html`<${LengthField} ...${field('gapMs')} />`}
  </div>`;
}

/** Whether lots are extended together, where bids extend. @param {{rules: LotForm['rules'], bind: Bind}} props */
function GroupFields({ rules: { closing, group }, bind }) {
  if (closing.kind !== 'reset' && closing.kind !== 'add') return null;
  return html`<${ChoiceField} ...${bind('group.kind')} options=${['alone', 'sale', 'named']} words="together." />
    ${
      group.kind === 'named' &&
      html`<div class="office-grid"><${TextField} ...${bind('group.name')} maxlength=${40} /></div>`
    }`;
}

/** @param {{rules: LotForm['rules'], bind: Bind}} props */
function StepFields({ rules, bind }) {
  const { currency, step } = rules;
  if (step.kind === 'bands') return html`<${Bands} bands=${step.bands} currency=${currency} bind=${bind} />`;
  return html`<div class="office-grid">
    ${step.kind === 'percent' && html`<${NumberField} ...${bind('step.basisPoints')} unit="%" />`}
    <${MoneyField}
      ...${bind('step.amount')}
      label=${t(step.kind === 'percent' ? 'field.lots.rules.step.least' : 'field.lots.rules.step.amount')}
      currency=${currency}
    />
  </div>`;
}

/** @param {{rules: LotForm['rules'], bind: Bind}} props */
function DescentFields({ rules, bind }) {
  const { currency, descent } = rules;
  return html`<${ChoiceField} ...${bind('descent.kind')} options=${['amount', 'percent']} words="fall." />
    <div class="office-grid">
      ${
        descent.kind === 'percent'
          ? html`<${NumberField} ...${bind('descent.basisPoints')} unit="%" />`
          : html`<${MoneyField} ...${bind('descent.amount')} currency=${currency} />`
      }
      <${LengthField} ...${bind('descent.everyMs')} />
      <${MoneyField} ...${bind('descent.floor')} currency=${currency} />
    </div>
    <${CheckField} ...${bind('descent.preceding')} />`;
}

/** What follows a falling price that was accepted. @param {{rules: LotForm['rules'], bind: Bind}} props */
const StagesFields = ({ rules, bind }) => html`<div class="office-grid office-grid-small">
    <${LengthField} ...${bind('hybrid.offersMs')} />
    <${LengthField} ...${bind('hybrid.answerMs')} />
  </div>
  <${ChoiceField} ...${{ ...bind('step.kind'), label: t('hybridform.step') }} options=${['percent', 'bands']} words="step." />
  <${StepFields} rules=${rules} bind=${bind} />
  <p class="label">${t('sealedform.keys')}</p>`;

/** @param {{rules: LotForm['rules'], bind: Bind}} props */
function SealedFields({ rules, bind }) {
  const first = rules.sealed.pricing === 'first';
  return html`<${ChoiceField} ...${bind('sealed.pricing')} options=${['first', 'second', 'uniform']} words="pricing." />
    ${rules.sealed.pricing === 'uniform' && html`<${UnitsField} bind=${bind} />`}
    ${
      first &&
      html`<div class="office-grid office-grid-small">
        <${NumberField} ...${bind('sealed.rounds')} unit=${t('unit.rounds')} />
        <${NumberField} ...${bind('sealed.runOffs')} unit=${t('unit.rounds')} />
        ${furtherRounds(rules.sealed) > 0 && html`<${LengthField} ...${bind('sealed.roundMs')} />`}
      </div>`
    }
    <p class="label">${t('sealedform.keys')}</p>`;
}

/** The bidding time that follows from the falls. @param {{lot: LotForm, error?: string}} props */
function Span({ lot, error }) {
  const { descent, start } = lotDraftOf(lot, 0).rules;
  if (!descent || !start || !(descent.amount || descent.basisPoints) || !descent.everyMs || !descent.floor)
    return null;
  const falls = fallsOf(descent, start);
  if (falls > MAX_FALLS) return null;
  const time = duration(spanOf(descent, start));
  return html`<p class="office-preview">${t('lotform.span', { n: falls + 1, time })}</p>
    ${error && html`<p class="field-error"><${Icon} name="triangle-alert" />${error}</p>`}`;
}

/** @param {{bands: import('./types').BandForm[], currency: string, bind: Bind}} props */
function Bands({ bands, currency, bind }) {
  const list = bind('step.bands');
  const last = bands[bands.length - 1];
  const more = () => list.onValue([...bands, { key: newKey(), from: null, step: last?.step ?? null }]);
  return html`<div class="office-bands" id=${list.id} tabindex="-1" role="group" aria-label=${list.label}>
    ${bands.map((band, i) => {
      const row = bind(`step.bands.${i}`);
      return html`<div class="office-band" key=${band.key}>
        <${MoneyField}
          ...${bind(`step.bands.${i}.from`)}
          id=${row.id}
          currency=${currency}
          error=${row.error}
        />
        <${MoneyField} ...${bind(`step.bands.${i}.step`)} currency=${currency} />
        <button
          type="button"
          class="button office-remove"
          aria-label=${t('bands.remove', { n: i + 1 })}
          onClick=${() => list.onValue(bands.filter((b) => b !== band))}
        >
          <${Icon} name="trash-2" />
        </button>
      </div>`;
    })}
    ${list.error && html`<p class="field-error"><${Icon} name="triangle-alert" />${list.error}</p>`}
    <p class="label">${t('bands.zero')}</p>
    <div class="buttons">
      <button type="button" class="button" onClick=${more}><${Icon} name="plus" />${t('bands.add')}</button>
    </div>
  </div>`;
}

/** When bidding begins, in Vietnam whatever the device says. @param {Bound} props */
export function MomentField({ id, label, error, value, onValue }) {
  const ms = readMoment(value);
  const now = clock.now();
  const lang = language.value;
  const shown =
    ms === null
      ? t('moment.hint')
      : t('moment.shown', { time: ms % 60_000 ? timeOfDay(ms) : hourMinute(ms), date: longDate(ms, lang) });
  const quick = [
    { words: t('moment.soon'), ms: minuteAfter(now, 5 * UNIT_MS.min) },
    { words: t('moment.hour'), ms: minuteAfter(now, UNIT_MS.h) },
    { words: t('moment.tomorrow'), ms: tomorrowAt(now, 9) },
  ];
  return html`<fieldset class="office-moment">
    <legend class="field-label">${label}</legend>
    <div class="office-moment-row">
      <${Field} id=${id} label=${t('moment.date')} hint=${shown} error=${error}>
        ${(/** @type {object} */ a) => html`<input
          ...${a}
          class="input"
          type="date"
          min="2020-01-01"
          max="2099-12-31"
          value=${value.date}
          onInput=${(/** @type {any} */ e) => onValue({ ...value, date: e.currentTarget.value })}
        />`}
      <//>
      <${Field} id=${id + '-time'} label=${t('moment.time')}>
        ${(/** @type {object} */ a) => html`<input
          ...${a}
          class="input"
          autocomplete="off"
          maxlength="12"
          placeholder="09:30"
          aria-describedby=${id + '-hint'}
          aria-invalid=${error ? 'true' : null}
          value=${value.time}
          onInput=${(/** @type {any} */ e) => onValue({ ...value, time: e.currentTarget.value })}
        />`}
      <//>
    </div>
    ${
      clock.known &&
      html`<div class="buttons">
        ${quick.map(
          (q) =>
            html`<button type="button" class="office-chip" onClick=${() => onValue(writeMoment(q.ms))}>
              ${q.words}
            </button>`,
        )}
      </div>`
    }
  </fieldset>`;
}

const MORE = [
  'proxy',
  'reserveAmount',
  'reserveKind',
  'cap',
  'confirmAbove',
  'minIntervalMs',
  'recoveryMinMs',
  'hideCodes',
  'group.atOnce',
  'buyNow',
  'buyNow.amount',
  'buyNow.until',
  'buyNow.basisPoints',
];

/** What is seldom changed; open by itself when something in it is wrong.
 * @param {{lot: LotForm, bind: Bind, faulty: (path: string) => boolean}} props
 */
function MoreRules({ lot, bind, faulty }) {
  const [open, setOpen] = useState(false);
  const { currency, method } = lot.rules;
  const falls = isFalling(method);
  const seals = method === 'sealed';
  const rises = method === 'ascending';
  const turns = method === 'turns';
  const wrong = MORE.some(faulty);
  return html`<details
    class="office-more"
    open=${open || wrong}
    onToggle=${(/** @type {any} */ e) => setOpen(e.currentTarget.open)}
  >
    <summary><span>${t('lotform.more')}</span><${Icon} name="chevron-down" /></summary>
    <div class="office-part">
      ${rises && html`<${CheckField} ...${bind('proxy')} />`}
      ${!turns && html`<${CheckField} ...${bind('hideCodes')} />`}
      <div class="office-grid">
        ${rises && !lot.startHidden && html`<${MoneyField} ...${bind('reserveAmount')} currency=${currency} />`}
        ${
          method !== 'descending' &&
          html`<${MoneyField} ...${bind('cap')} currency=${currency} />
            <${NumberField} ...${bind('confirmAbove')} unit=${t('unit.steps')} />
            ${!seals && !falls && !turns && html`<${LengthField} ...${bind('minIntervalMs')} />`}`
        }
        <${LengthField} ...${bind('recoveryMinMs')} />
        ${takesLimit(lot.rules) && html`<${NumberField} ...${bind('group.atOnce')} unit=${t('unit.lots')} />`}
      </div>
      ${
        rises &&
        revealable(lot.rules) &&
        html`<${ChoiceField} ...${bind('reserveKind')} options=${['classic', 'reveal']} words="reservekind." />`
      }
      ${rises && html`<${BuyNowFields} rules=${lot.rules} bind=${bind} />`}
    </div>
  </details>`;
}

/** A price to buy at once; what ends it is asked once there is one. @param {{rules: LotForm['rules'], bind: Bind}} props */
function BuyNowFields({ rules, bind }) {
  const { buyNow, currency, reserveAmount } = rules;
  const whole = bind('buyNow');
  const amount = bind('buyNow.amount');
  const ends = ['first_bid', 'share', 'end', ...(reserveAmount ? ['reserve'] : [])];
  return html`<div class="office-grid">
      <${MoneyField}
        ...${amount}
        error=${amount.error ?? whole.error}
        warning=${amount.warning ?? whole.warning}
        currency=${currency}
      />
      ${buyNow.amount && buyNow.until === 'share' && html`<${NumberField} ...${bind('buyNow.basisPoints')} unit="%" />`}
    </div>
    ${buyNow.amount && html`<${ChoiceField} ...${bind('buyNow.until')} options=${ends} words="buynow." />`}`;
}
