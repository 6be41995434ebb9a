// What follows a session, as office/proceeding.go and its neighbours write it.

import type { Award as UnitAward, Lot } from '../types';

export interface Award {
  code: string;
  price: number;
  bidAt: number;
  seq: number;
}

export interface Step {
  at: number;
  kind: string;
  code?: string;
  price?: number;
  ground?: string;
  reason?: string;
  document?: string;
}

export interface Signature {
  slot: string;
  code?: string;
  name?: string;
  method: string;
  refused?: string;
  at: number;
}

export interface Minutes {
  lotId: string;
  number: number;
  covers: number;
  hash: string;
  size: number;
  madeAt: number;
  signatures: Signature[];
}

export interface Settlement {
  price: number;
  earnest: number;
  payments: { at: number; amount: number; reference: string; notedBy: string }[];
  dueAt?: number;
  paidAt?: number;
}

export type State = 'consent' | 'confirm' | 'offer' | 'offered' | 'sold' | 'failed' | 'cancelled';

export interface Proceeding {
  lotId: string;
  auctionId: string;
  version: number;
  state: State;
  deadlineAt?: number;
  depositsDone: boolean;
  session?: string;
  lot: Lot;
  currency: string;
  endedAt: number;
  award?: Award;
  /** Instead of award, where several units were sold. */
  awards?: UnitAward[];
  second?: boolean;
  offer?: Award;
  ground?: string;
  fallen?: { code: string; ground?: string; reason?: string }[];
  runners?: Award[];
  steps: Step[];
  settlement?: Settlement;
  minutes: Minutes[];
  winner?: string;
  refundDueAt?: number;
  balance?: number;
}

export interface Outcome {
  lotId: string;
  auctionId: string;
  number: number;
  title: string;
  session?: string;
  state: State;
  currency: string;
  code?: string;
  price?: number;
  bidAt?: number;
  adjacent?: boolean;
  ground?: string;
  endedAt: number;
  winner?: string;
  /** Instead of code and price, where several units were sold. */
  awards?: UnitAward[];
}

export interface Mine extends Outcome {
  myCode: string;
  part: 'winner' | 'adjacent' | 'fallen' | 'other';
  deadlineAt?: number;
  offer?: number;
  deposit?: number;
  forfeit?: string;
  minutes?: Minutes;
  settlement?: Settlement;
  balance?: number;
}

export interface Deposit {
  registrationId: string;
  lotId: string;
  lotNumber: number;
  name: string;
  memo: string;
  paid: number;
  method?: string;
  state: string;
  refundDueAt?: number;
  overdue?: boolean;
  forfeit?: {
    ground: string;
    reason?: string;
    proposedBy?: string;
    proposedAt: number;
    decidedAt?: number;
    approved?: boolean;
    decision?: string;
  };
  settledAt?: number;
  references?: string[];
}
