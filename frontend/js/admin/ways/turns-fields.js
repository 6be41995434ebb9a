// The fields of rounds in turn in the auction form.

import { t } from '../../i18n.js';
import { html } from '../../view.js';
import { LengthField, NumberField } from '../fields.js';

/** @param {{bind: (path: string) => import('../fields.js').Bound}} props bind: paths within the rules */
export const TurnsFields = ({ bind }) => html`<div class="office-grid office-grid-small">
  <${NumberField} ...${bind('turns.rounds')} unit=${t('unit.rounds')} />
  <${LengthField} ...${bind('turns.turnMs')} />
  <${LengthField} ...${bind('turns.pauseMs')} />
</div>`;
