// The form of a lot of several units at one price.

import { t } from '../../i18n.js';
import { html } from '../../view.js';
import { NumberField } from '../fields.js';

/** @param {{bind: (path: string) => any}} props */
export const UnitsField = ({ bind }) => html`<div class="office-grid office-grid-small">
    <${NumberField} ...${bind('sealed.units')} unit=${t('unit.units')} />
  </div>
  <p class="label">${t('unitsform.start')}</p>`;
