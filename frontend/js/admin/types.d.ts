// The office's nouns as the Go types in office/auction.go write them, and the
// form in which a person edits them.

import type { Closing, Role, Rules, Step } from '../types';

export interface Fault {
  /** A path like lots.0.rules.step.amount. */
  field: string;
  code: string;
}

export interface RulesDraft extends Rules {
  /** The hidden reserve of a draft; after publication only its hash is left. */
  reserveAmount?: number;
}

export interface LotDraft {
  id?: string;
  number: number;
  kind: string;
  title: string;
  detail?: string;
  place?: string;
  deposit?: number;
  rules: RulesDraft;
  session?: string;
}

export interface Participant {
  accountId: string;
  login?: string;
  name?: string;
}

export interface Draft {
  title: string;
  centre: string;
  owner: string;
  place: string;
  lots: LotDraft[];
  participants: Participant[];
}

export interface Auction extends Draft {
  id: string;
  status: 'draft' | 'published';
  version: number;
  createdAt: number;
  participantCount: number;
  warnings?: Fault[];
}

export interface AccountRow {
  id: string;
  login: string;
  name: string;
  role: Role;
  staffRef?: string;
  revoked: boolean;
}

export type LengthUnit = 'ms' | 's' | 'min' | 'h';

/** A length of time as it is typed. */
export interface Length {
  n: string;
  unit: LengthUnit;
}

/** A day and a time of day in Vietnam as they are typed: 2026-11-27, 9h30. */
export interface Moment {
  date: string;
  time: string;
}

export interface BandForm {
  key: string;
  from: number | null;
  step: number | null;
}

/** Fields keep the names of the draft, so that a path of the server finds them. */
export interface RulesForm {
  method: string;
  currency: string;
  start: number | null;
  step: { kind: Step['kind']; amount: number | null; basisPoints: string; bands: BandForm[] };
  proxy: boolean;
  reserveAmount: number | null;
  closing: { kind: Closing['kind']; windowMs: Length; byMs: Length; maxCount: string; maxTotalMs: Length };
  opening: Rules['opening'];
  opensAt: Moment;
  biddingMs: Length;
  confirmAbove: string;
  cap: number | null;
  minIntervalMs: Length;
  recoveryMinMs: Length;
  hideCodes: boolean;
}

export interface LotForm {
  key: string;
  id?: string;
  number: number;
  kind: string;
  title: string;
  detail: string;
  place: string;
  deposit: number | null;
  rules: RulesForm;
}

export interface Form {
  title: string;
  centre: string;
  owner: string;
  place: string;
  lots: LotForm[];
  participants: Participant[];
}
