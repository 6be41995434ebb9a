// The lots of a sale, asked for while the page is looked at: one small answer
// every two seconds, however many lots there are. The room of the current lot
// is live; this is the list beside it.

import { api, ApiError, isA } from '../account.js';
import { batch, signal } from '../view.js';
import { foldSale } from './model.js';

/** @typedef {import('./types').SaleStanding} SaleStanding */

const EVERY_MS = 2_000;
const HIDDEN_EVERY_MS = 10_000; // a bidder who looks elsewhere is still told of being outbid
const AFTER_FAILURE_MS = 5_000;
const GIVE_UP_MS = 15_000; // a phone between two masts may wait for ever
const OWN_AT_LEAST_MS = 10_000; // own standings, also if no lot moved

/** The list of one auction, kept fresh until it is closed. */
export class SaleFeed {
  /** @param {string} auction */
  constructor(auction) {
    this.auction = auction;
    this.sale = signal(/** @type {import('./types').Sale | null} */ (null));
    this.mine = signal(/** @type {Map<string, SaleStanding>} */ (new Map()));
    this.failed = signal(false);
    /** No session of this auction is loaded. */
    this.missing = signal(false);
    this.closed = false;
    this.ownAtMs = -Infinity;
    this.turn = 0; // only the answer to the last question counts
    /** @type {any} */
    this.timer = null;
    this.look = () => void this.ask();
    this.wake = () => {
      if (document.visibilityState === 'visible') this.look();
    };
    document.addEventListener('visibilitychange', this.wake);
    this.look();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    document.removeEventListener('visibilitychange', this.wake);
  }

  async ask() {
    clearTimeout(this.timer);
    const turn = ++this.turn;
    const stale = () => this.closed || turn !== this.turn;
    const hidden = document.visibilityState !== 'visible';
    let wait = hidden ? HIDDEN_EVERY_MS : EVERY_MS;
    if (!hidden || isA('bidder')) {
      try {
        const v = this.sale.peek()?.v ?? '';
        const news = await api('GET', `/sales/${this.auction}?v=${encodeURIComponent(v)}`, undefined, {
          anonymous: true,
          signal: AbortSignal.timeout(GIVE_UP_MS),
        });
        const mine = await this.own(news !== null);
        if (stale()) return;
        batch(() => {
          if (news) this.sale.value = foldSale(this.sale.peek(), news);
          if (mine) this.mine.value = mine;
          this.failed.value = false;
          this.missing.value = false;
        });
      } catch (e) {
        if (stale()) return;
        this.missing.value = e instanceof ApiError && e.status === 404;
        this.failed.value = !this.missing.value;
        wait = AFTER_FAILURE_MS;
      }
    }
    // A tenth more or less: readers who came together do not ask together.
    if (!stale()) this.timer = setTimeout(this.look, wait * (0.9 + Math.random() / 5));
  }

  /**
   * How the reader stands, if they bid. It changes only with what the list
   * shows, so it is asked for then, and now and again.
   * @param {boolean} moved
   * @returns {Promise<Map<string, SaleStanding> | null>}
   */
  async own(moved) {
    if (!isA('bidder')) return this.mine.peek().size > 0 ? new Map() : null;
    if (!moved && performance.now() - this.ownAtMs < OWN_AT_LEAST_MS) return null;
    const { lots } = await api('GET', `/sales/${this.auction}/mine`);
    this.ownAtMs = performance.now();
    return new Map(lots.map((/** @type {SaleStanding} */ you) => [you.session, you]));
  }
}
