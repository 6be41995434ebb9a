import type { Lot, Result } from '../types';

/** What engine/proof says of a file: proof.Answer. */
export interface Answer {
  report?: Report;
  wrong?: Wrong;
}

export interface Report {
  session: string;
  lot: Lot;
  rulesHash: string;
  method: string;
  currency: string;
  phase: 'announced' | 'stopped' | 'cancelled';
  result?: Result;
  head: { seq: number; hash: string };
  bids: number;
  claims: Claims;
  attached?: { name: string; data: string }[];
}

export interface Claims {
  outages: number;
  lostMs: number;
  lateOpens: number;
  followed: number;
  limits: number;
  hidden: number;
  reserve: boolean;
}

export interface Wrong {
  seq?: number;
  line?: number;
  code: string;
  args?: Record<string, unknown>;
  why: string;
}

/** An event as an argument of a Wrong. */
export interface Told {
  kind: string;
  event: Record<string, unknown>;
}
