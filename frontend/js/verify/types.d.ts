import type { Lot, Result } from '../types';

/** What engine/proof says of a file: proof.Answer. */
export interface Answer {
  report?: Report;
  wrong?: Wrong;
  /** What was given beside the file and is not what it should be. */
  unread?: { what: 'key' | 'witness' | 'checkpoint' | 'receipt'; text: string };
  receipts?: HeldReceipt[];
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
  log?: Logged;
  checkpoints?: KeptCheckpoint[];
}

/** What the public log says of the end: proof.Logged. */
export interface Logged {
  origin: string;
  index: number;
  at: number;
  size: number;
  root: string;
  first: string;
  key: string;
  known: boolean;
  witnesses?: { name: string; at?: number }[];
  others?: string[];
  note: string;
}

export interface KeptCheckpoint {
  origin: string;
  size: number;
  root: string;
  says: 'same' | 'unproved' | 'elsewhere' | 'alone' | 'foreign' | 'old_key';
}

export interface HeldReceipt {
  session: string;
  by: { role: string; ref: string };
  cmd: string;
  act: string;
  seq?: number;
  signed: 'server' | 'log' | 'unchecked' | 'nobody';
  says: 'agrees' | 'differs' | 'opens' | 'gone' | 'bare' | 'unrecorded' | 'elsewhere';
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
