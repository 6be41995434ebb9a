// The lots of one auction together, as transport/sale.go writes them.

import type { Phase, Result } from '../types';

export interface SaleLot {
  session: string;
  number: number;
  run?: number;
  kind: string;
  title: string;
  rehearsal?: boolean;
  currency: string;
  method: string;
  opening: 'clock' | 'auctioneer';
  opensAt: number;
  biddingMs: number;
}

/** What moves of a lot; the names are those of Now. */
export interface SaleNow {
  s: string;
  ph: Phase;
  p?: number;
  nx?: number;
  b?: string;
  n?: number;
  e?: number;
  rem?: number;
  x?: number;
  fa?: number;
  res?: Result;
}

export interface SaleNews {
  v: string;
  lots?: SaleLot[];
  now: SaleNow[];
}

export interface SaleStanding {
  session: string;
  code: string;
  in: boolean;
  leading: boolean;
  best?: number;
  outbid?: boolean;
  out?: string;
  won?: boolean;
}

/** A lot of the list: what it is and how it stands. */
export interface SaleRow {
  lot: SaleLot;
  now: SaleNow;
}

export interface Sale {
  v: string;
  rows: SaleRow[];
}
