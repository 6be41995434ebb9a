// "Fill in by the law": asks the server to reckon the windows back from the
// first opening, and keeps how each day was counted.

import { api } from '../../account.js';
import { language, t } from '../../i18n.js';
import { hourMinute, longDate } from '../../text.js';
import { useState } from '../../view.js';
import { readMoment } from '../typed.js';
import { fillIn, propertyOf } from './model.js';
import { dayText } from './moment.js';

/** @typedef {import('../types').Form} Form */
/** @typedef {import('../types').Explanation} Explanation */

/** The first opening that can be read, and the lowest starting price. @param {Form} form */
function basis(form) {
  const opens = form.lots.map((l) => readMoment(l.rules.opensAt)).filter((ms) => ms !== null);
  const starts = form.lots.map((l) => (l.startHidden ? l.rules.reserveAmount : l.rules.start) ?? 0);
  return {
    opensAt: opens.length > 0 ? Math.min(...opens) : 0,
    start: Math.min(...starts, Number.MAX_SAFE_INTEGER),
  };
}

/**
 * @param {Form} form
 * @param {(path: string, value: unknown) => void} change
 */
export function useSuggestion(form, change) {
  const [explain, setExplain] = useState(/** @type {Explanation[]} */ ([]));
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);

  const fill = async () => {
    const { sheet, lots } = form;
    const { opensAt, start } = basis(form);
    const preset = sheet.preset || 'law2024';
    const property = sheet.property || propertyOf(lots[0]?.kind ?? '');
    if (!opensAt) return setNote(t('sheet.noopening'));
    if (!property) return setNote(t('sheet.noproperty'));
    const listedOn = readMoment(sheet.windows.listedOn) ?? 0;
    setBusy(true);
    try {
      const s = await api('POST', '/auctions/suggest', {
        preset,
        property,
        opensAt,
        start,
        ...(listedOn && { listedOn }),
      });
      change('sheet', fillIn({ ...sheet, preset, property }, s));
      setExplain(s.explain);
      setNote(
        s.earliestOpening
          ? t('sheet.soon', { day: dayText(s.earliestOpening) })
          : t('sheet.filled', { time: `${hourMinute(opensAt)}, ${longDate(opensAt, language.value)}` }),
      );
    } catch {
      setNote(t('sheet.failed'));
    } finally {
      setBusy(false);
    }
  };
  return { explain, note, busy, fill };
}
