// Above a room, where its auction has several lots: which one this is, the
// ones before and after, and the page of all. Who bids is also told here of
// being outbid elsewhere.

import { isA } from '../account.js';
import { addWords, t } from '../i18n.js';
import { html, Icon, loadStyle, useEffect } from '../view.js';
import { OutbidAlerts } from './mine.js';
import { neighbours } from './model.js';
import { useOutbidElsewhere, useSale } from './use.js';
import { words } from './words.js';

addWords(words);
await loadStyle('sale.css');

/** @param {{session: string, auction: string}} props */
export function SaleStrip({ session, auction }) {
  const feed = useSale(auction);
  const rows = feed?.sale.value?.rows ?? [];
  const known = rows.length > 0;
  const bidder = isA('bidder');
  useEffect(() => {
    if (feed && known && (!bidder || rows.length < 2)) feed.close(); // the neighbours stay who they are
  }, [feed, known, bidder]);
  const { alerts, dismiss } = useOutbidElsewhere(feed, session);
  const { at, before, after } = neighbours(rows, session);
  if (rows.length < 2 || at < 0) return null;
  /** @param {import('./types').SaleRow | undefined} row @param {string} key @param {string} icon */
  const link = (row, key, icon) =>
    row
      ? html`<a class=${'sale-strip-' + icon} href=${'/phong/' + row.lot.session} title=${row.lot.title}>
          <${Icon} name="arrow-right" />${t('sale.strip.' + key)}
        </a>`
      : html`<span></span>`;
  return html`<nav class="sale-strip" aria-label=${t('sale.strip')}>
      <strong>${t('sale.strip.at', { n: rows[at]?.lot.number ?? '', all: rows.length })}</strong>
      ${link(before, 'before', 'back')} ${link(after, 'after', 'on')}
      <a class="sale-strip-all" href=${`/cuoc-dau-gia/${auction}/cac-lo?lo=${rows[at]?.lot.number}`}>${t('sale.strip.all')}</a>
    </nav>
    <${OutbidAlerts} alerts=${alerts} onDismiss=${dismiss} />`;
}
