// The office's nouns as the Go types in office/auction.go write them, and the
// form in which a person edits them.

import type { BuyNow, Closing, Role, Rules, Sheet, Step } from '../types';

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
  startHidden?: boolean;
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
  sheet?: Sheet;
}

export interface Auction extends Draft {
  id: string;
  status: 'draft' | 'listed' | 'published' | 'concluded' | 'archived' | 'cancelled';
  version: number;
  createdAt: number;
  listedAt?: number;
  publishedAt?: number;
  cancelReason?: string;
  participantCount: number;
  warnings?: Fault[];
}

export interface AccountRow {
  id: string;
  login: string;
  name: string;
  role: Role;
  staffRef?: string;
  email?: string;
  observer?: string;
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

/** How a price falls; it says nothing where the method is another. */
export interface DescentForm {
  kind: 'amount' | 'percent';
  amount: number | null;
  basisPoints: string;
  everyMs: Length;
  floor: number | null;
  preceding: boolean;
}

/** How sealed offers are counted; it says nothing where the method is another. */
export interface SealedForm {
  pricing: 'first' | 'second' | 'uniform';
  units: string;
  rounds: string;
  runOffs: string;
  roundMs: Length;
}

/** What follows a falling price that was accepted; it says nothing where the method is another. */
export interface HybridForm {
  offersMs: Length;
  answerMs: Length;
}

/** Rounds in turn. */
export interface TurnsForm {
  rounds: string;
  turnMs: Length;
  pauseMs: Length;
}

/** What a lot shares with others; the kind says something only where bids extend. */
export interface GroupForm {
  kind: 'alone' | 'sale' | 'named';
  name: string;
  atOnce: string;
}

/** Fields keep the names of the draft, so that a path of the server finds them. */
export interface RulesForm {
  method: string;
  currency: string;
  start: number | null;
  step: { kind: Step['kind']; amount: number | null; basisPoints: string; bands: BandForm[] };
  proxy: boolean;
  reserveAmount: number | null;
  reserveKind: 'classic' | 'reveal';
  gong: { silenceMs: Length };
  turns: TurnsForm;
  buyNow: { amount: number | null; until: BuyNow['until']; basisPoints: string };
  closing: {
    kind: Closing['kind'];
    windowMs: Length;
    byMs: Length;
    maxCount: string;
    maxTotalMs: Length;
    gapMs: Length;
  };
  opening: Rules['opening'];
  opensAt: Moment;
  biddingMs: Length;
  confirmAbove: string;
  cap: number | null;
  minIntervalMs: Length;
  recoveryMinMs: Length;
  hideCodes: boolean;
  descent: DescentForm;
  sealed: SealedForm;
  hybrid: HybridForm;
  group: GroupForm;
  called: { calls: string; callEveryMs: Length; earlyHammer: boolean };
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
  startHidden: boolean;
  rules: RulesForm;
}

export interface Form {
  title: string;
  centre: string;
  owner: string;
  place: string;
  lots: LotForm[];
  participants: Participant[];
  sheet: SheetForm;
}

export interface ViewingForm {
  from: Moment;
  to: Moment;
  place: string;
  contact: string;
}

export interface SheetForm {
  preset: string;
  property: string;
  contract: string;
  quality: string;
  viewing: ViewingForm[];
  money: {
    dossierFee: number | null;
    cashLimit: number | null;
    guarantee: boolean;
    keepOnWithdrawal: boolean;
    account: { bin: string; number: string; holder: string; branch: string };
  };
  windows: {
    dossier: { from: Moment; to: Moment };
    deposit: { from: Moment; to: Moment };
    checkIn: Moment;
    listedOn: Moment;
  };
  people: { auctioneer: string; clerk: string; observers: string[] };
  after: {
    answerMs: Length;
    refundDays: string;
    paymentDays: string;
    singleBidder: string;
    adjacentBidder: boolean;
    nameWinner: boolean;
  };
  contacts: string;
  terms: string;
  override: { field: string; code: string; reason: string }[];
  room: { showCount: boolean };
}

/** How a day was counted from the opening: office/suggest.go. */
export interface Explanation {
  field: string;
  rule: string;
  /** 2026-12-11 */
  day: string;
  number: { n: number; unit: string; source?: string; mark?: string };
  skipped: { day: string; working: boolean; name: string; mark?: string }[];
}

export interface StaffRow {
  id: string;
  name: string;
  role: Role;
  staffRef?: string;
  observer?: string;
}

/** How the lots of an auction are laid out in time: js/admin/schedule/model.js. */
export interface Schedule {
  way: 'together' | 'stagger' | 'after' | 'hand';
  opensAt: Moment;
  /** Of the first lot, where ends are staggered. */
  biddingMs: Length;
  /** Between two ends, or between an end and the next opening. */
  everyMs: Length;
}

/** When a lot opens and how long it takes bids. */
export interface Slot {
  opensMs: number;
  biddingMs: number;
}
