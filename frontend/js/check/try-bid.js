// A bid that goes nowhere: the same field and button as in the room, with a
// rival made of a timer. Nothing of it leaves the page.

import { t } from '../i18n.js';
import { play } from '../sound.js';
import { html, Icon, useEffect, useState } from '../view.js';
import { AmountField } from '../ui/amount-field.js';
import { Notice, Price } from '../ui/parts.js';

const START = 1_000_000_000;
const STEP = 50_000_000;
const RIVAL_MS = 3_000;

export function TryBid() {
  const [price, setPrice] = useState(START);
  const [amount, setAmount] = useState(/** @type {number | null} */ (START + STEP));
  const [leading, setLeading] = useState(false);
  const [said, setSaid] = useState('');
  const next = price + STEP;

  useEffect(() => {
    if (!leading) return;
    const timer = setTimeout(() => {
      setPrice(next);
      setAmount(next + STEP);
      setLeading(false);
      setSaid('try.outbid');
      play('outbid');
    }, RIVAL_MS);
    return () => clearTimeout(timer);
  }, [leading]);

  const bid = (/** @type {Event} */ e) => {
    e.preventDefault();
    if (leading) return;
    if (amount === null || amount < next || (amount - START) % STEP !== 0) {
      setSaid('try.refused');
      return;
    }
    setPrice(amount);
    setLeading(true);
    setSaid('try.leading');
    play('recorded');
  };

  return html`<section class="card try-bid" aria-labelledby="try">
    <h2 id="try">${t('try.title')}</h2>
    <p class="quiet">${t('try.what')}</p>
    <p class="label">${t('price.highest')}</p>
    <${Price} amount=${price} currency="VND" />
    <form class="form" onSubmit=${bid} noValidate>
      <${AmountField} id="try-amount" label=${t('try.amount')} currency="VND" amount=${amount} onAmount=${setAmount} />
      <div>
        <button type="submit" class="button button-main" disabled=${leading}>
          <${Icon} name="gavel" />${t('try.go')}
        </button>
      </div>
    </form>
    <div role="status">
      ${
        said &&
        html`<${Notice}
          tone=${said === 'try.leading' ? 'good' : 'warn'}
          icon=${said === 'try.leading' ? 'circle-check' : 'info'}
          title=${t(said)}
        />`
      }
    </div>
  </section>`;
}
