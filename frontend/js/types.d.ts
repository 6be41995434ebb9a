// The wire's nouns, as the Go types in engine/room.go and engine/receipt.go
// write them. Amounts are integers of the currency's smallest unit, times are
// Unix milliseconds of the server's clock.

export type Phase = 'scheduled' | 'running' | 'paused' | 'closed' | 'announced' | 'stopped' | 'cancelled';
export type Role =
  'spectator' | 'bidder' | 'auctioneer' | 'registrar' | 'clerk' | 'observer' | 'admin' | 'system';
export type LotKind = 'land' | 'house' | 'car' | 'plate' | 'goods';

export interface Lot {
  auctionId: string;
  lotId: string;
  number: number;
  kind: LotKind | string;
  title: string;
  detail?: string;
  place?: string;
  owner?: string;
  centre?: string;
  deposit?: number;
  run?: number;
  rehearsal?: boolean;
  showCount?: boolean;
}

export interface Step {
  kind: '' | 'fixed' | 'bands' | 'percent';
  amount?: number;
  bands?: { from: number; step: number }[];
  basisPoints?: number;
}

export interface Closing {
  kind: 'fixed' | 'reset' | 'add' | 'rounds';
  windowMs?: number;
  byMs?: number;
  maxCount?: number;
  maxTotalMs?: number;
  /** Of rounds: time without bids before each. */
  gapMs?: number;
}

/** How the price falls, where the method is descending. */
export interface Descent {
  amount?: number;
  /** Hundredths of a percent of the start price. */
  basisPoints?: number;
  everyMs: number;
  floor: number;
  preceding?: boolean;
}

/** How sealed offers are counted, where the method is sealed. */
export interface Sealed {
  pricing: 'first' | 'second' | 'uniform';
  /** Identical units that are sold, with the uniform price: amounts are then per unit. */
  units?: number;
  rounds: number;
  runOffs?: number;
  roundMs?: number;
}

/** How a lot is called, where the method is called. */
export interface Called {
  calls: number;
  callEveryMs?: number;
  earlyHammer?: boolean;
}

/** A price that ends the bidding at once, and what ends the offer. */
export interface BuyNow {
  amount: number;
  until: 'first_bid' | 'reserve' | 'share' | 'end';
  /** Of a share: hundredths of a percent of the amount. */
  basisPoints?: number;
}

/** How long what follows an accepted falling price lasts. */
export interface Hybrid {
  offersMs: number;
  answerMs: number;
}

export interface Rules {
  method: string;
  currency: string;
  start: number;
  step: Step;
  proxy?: boolean;
  reserve?: string;
  /** What the price is below the reserve; absent: the maxima as usual. */
  reserveKind?: 'reveal';
  buyNow?: BuyNow;
  /** How long a silence ends the bidding, where it does. */
  gong?: { silenceMs: number };
  /** How bidders speak in turn, where they do; the bidding time is then the pause before the first round. */
  turns?: Turns;
  closing: Closing;
  opening: 'clock' | 'auctioneer';
  opensAt: number;
  biddingMs: number;
  confirmAbove?: number;
  cap?: number;
  minIntervalMs?: number;
  recoveryMinMs?: number;
  hideCodes?: boolean;
  hybrid?: Hybrid;
  descent?: Descent;
  sealed?: Sealed;
  group?: Group;
  called?: Called;
}

/** Rounds in which bidders speak in turn. */
export interface Turns {
  rounds: number;
  turnMs: number;
  /** Before every round but the first. */
  pauseMs: number;
}

/** The lots of the auction that one is sold together with. */
export interface Group {
  /** Absent: the whole sale. */
  name?: string;
  /** A bid that extends one of them extends all. */
  extends?: boolean;
  /** Lots one person may lead or have won at once. */
  atOnce?: number;
}

export interface Result {
  outcome: 'sold' | 'failed';
  winner?: string;
  price?: number;
  bidAt?: number;
  bidSeq?: number;
  ground?: string;
  /** Every winner where several units are sold; winner is then the first of them, price that of one unit. */
  awards?: Award[];
}

/** What one winner of several units gets. */
export interface Award {
  code: string;
  units: number;
  /** What was asked for, where that is more. */
  wanted?: number;
  price: number;
  bidAt: number;
  bidSeq: number;
}

export interface Now {
  ph: Phase;
  p?: number;
  nx: number;
  st: number;
  b?: string;
  n: number;
  e?: number;
  rem?: number;
  x?: number;
  lx?: number;
  rv?: 'met' | 'unmet';
  why?: string;
  lost?: number;
  res?: Result;
  /** When the price falls next, and to what. */
  fa?: number;
  ft?: number;
  /** While paused: the time until it falls. */
  fin?: number;
  rd?: RoundNow;
  /** It can be bought at once; it was. */
  bn?: boolean;
  bt?: boolean;
  hy?: { s?: 'offers' | 'answer'; c?: string };
  /** The bid for another lot of the group that moved the end last: its number, and when. */
  gr?: { l: number; at: number };
  sl?: SealedNow;
  cl?: CalledNow;
  tn?: TurnsNow;
}

/** Where a session stands in which bidders speak in turn. */
export interface TurnsNow {
  /** The round, from 1. */
  n: number;
  /** The place in the order, from 1; absent: a pause, or it is over. */
  t?: number;
  /** Whose turn it is. */
  c?: string;
  /** Who speaks in the round; absent: not fixed yet. */
  o?: { c: string; a?: number; out?: boolean }[];
}

/** Where a session of sealed offers stands; nothing in it depends on an offer before the opening. */
export interface SealedNow {
  /** The round, from 1. */
  n: number;
  /** How many of the two keys are taken, and presented for this round. */
  k: number;
  g?: number;
  /** The round's offers are open. */
  o?: boolean;
  /** How many did not count. */
  v?: number;
  /** Highest offer before this round. */
  f?: number;
  /** A round among those who were tied. */
  ro?: boolean;
  in?: number;
  c?: string[];
  /** What has to follow before anything is announced. */
  due?: 'round' | 'run_off';
  /** Who gets how many, where several units are sold, once opened. */
  u?: UnitsNow;
}

/** The first n rows that count get what they ask for, but the last of them only p. */
export interface UnitsNow {
  /** Units that all offers ask for, and that go to somebody. */
  w?: number;
  s?: number;
  n?: number;
  /** The last in the order, what it gets and what of its offer it does not get. */
  c?: string;
  p?: number;
  m?: number;
  /** How often this has changed since the opening. */
  ch?: number;
}

/** Where the calling of a lot stands. */
export interface CalledNow {
  /** What is asked for, above the next minimum. */
  a?: number;
  /** How often the price has been called. */
  c?: number;
  /** The hammer is about to fall. */
  w?: boolean;
  /** The next call, or the hammer, not before. */
  fa?: number;
  /** The leading bid was made in the hall. */
  h?: boolean;
  /** The leading bid was called for the last time: to undo it takes two people. */
  f?: boolean;
  /** The undo of it that waits for the second. */
  u?: { at: number; c?: string; a: number; by: string; why: string };
  /** It can be bought at once; it was. */
  bn?: boolean;
  bt?: boolean;
}

/** Where a session with rounds stands. */
export interface RoundNow {
  /** 0: the main time. */
  n: number;
  /** With a gap: bids are taken from here. */
  o?: number;
  /** How many may bid in this round. */
  in?: number;
  /** Who they are, where codes are shown and they are few. */
  c?: string[];
  /** Another round follows as things stand. */
  nx?: boolean;
}

export interface Row {
  f: number;
  at: number;
  c?: string;
  a: number;
  auto?: boolean;
  out?: boolean;
  /** Nobody's bid: the price being asked fell to this. */
  fall?: boolean;
  /** Bid in the hall. */
  hall?: boolean;
  /** Bought at once. */
  buy?: boolean;
  /** Units that an opened offer asks for. */
  u?: number;
}

export interface Message {
  at: number;
  text: string;
}

export interface Room {
  session: string;
  lot: Lot;
  rules: Rules;
  rulesHash: string;
  participants?: number;
  now: Now;
  history: Row[];
  messages: Message[];
}

export interface Update {
  k: string;
  at: number;
  now: Now;
  row?: Row;
  msg?: Message;
  strike?: number[];
  c?: string;
  lost?: number;
  /** Who asked for an undo, confirmed it or dropped it: the role. */
  by?: string;
}

export interface Standing {
  code: string;
  in: boolean;
  leading: boolean;
  best?: number;
  outbid?: boolean;
  out?: string;
  outWhy?: string;
  won?: boolean;
  lastAt?: number;
  canWd?: boolean;
  /** May not bid in this round. */
  lw?: boolean;
  noRd?: boolean;
  /** When the own sealed offer of this round was received. */
  of?: number;
  /** Has a valid bid in this period, so would go on into the next round. */
  on?: boolean;
  /** The last bid was undone; to bid again is welcome. */
  undone?: boolean;
  /** Units asked for by the own opened offer, and how many would be, or are, awarded. */
  un?: number;
  sv?: number;
}

export interface Receipt {
  cmd: string;
  act: string;
  seq?: number;
  at?: number;
  accepted: boolean;
  reason?: string;
  amount?: number;
  /** Of an own sealed offer, added by this page. */
  units?: number;
  price?: number;
  next?: number;
  steps?: number;
  /** What the limit across lots leaves for this one. */
  free?: number;
  leading?: boolean;
  hash?: string;
  /** Opens what the record conceals of it. */
  salt?: string;
  /** The server's signature; see docs/record.md. */
  proof?: { index: number; size: number; path?: string[]; note: string };
}

export interface DeskParticipant {
  code: string;
  in: boolean;
  level?: number;
  out?: string;
  leading?: boolean;
  n?: number;
  /** May bid in the present round. */
  rd?: boolean;
}

export interface DeskRecord {
  s: number;
  at: number;
  k: string;
  by: { role: Role; ref?: string };
  c?: string;
  act?: string;
  a?: number;
  why?: string;
  text?: string;
  ld?: string;
  /** The round that began, and how many go on into it. */
  rd?: number;
  go?: number;
  /** Which call it was. */
  n?: number;
  /** Bid or checked in in the hall. */
  hall?: boolean;
  /** The bid bought at once. */
  buy?: boolean;
  /** Units that an opened offer asks for. */
  u?: number;
  h: string;
}

export interface Desk {
  participants: DeskParticipant[];
  attempts: DeskRecord[];
}

export interface Account {
  id: string;
  login: string;
  name: string;
  role: Role;
  staffRef?: string;
  /** Of staff. */
  centreId?: string;
}

export interface Card {
  session: string;
  lot: Lot;
  now: Now;
  opensAt: number;
  currency: string;
  method: string;
  /** How many identical units are sold at one price. */
  units?: number;
  take?: number;
}

export interface ResultCard {
  session: string;
  lot: Lot;
  result: Result | null;
  phase: Phase;
  reason?: string;
  closedAt: number;
  bids: number;
  currency: string;
}

export interface Home {
  now: number;
  live: Card[];
  soon: Card[];
  results: ResultCard[];
}

/** A frame of the server: what its `t` says decides which fields it has. */
export interface Frame {
  t: string;
  id?: number;
  session?: string;
  [field: string]: any;
}

/** Where the connection is in its life. */
export type LinkPhase = 'connecting' | 'online' | 'stale' | 'offline' | 'ended';

/** What the server says where it does not know that nothing newer has happened. */
export interface Behind {
  /** The last moment at which it knew, by its clock. */
  sinceMs: number;
  /** It takes no bids for the session meanwhile, where another server may. */
  cut: boolean;
}

export interface LinkState {
  phase: LinkPhase;
  /** Attempts since the last open connection. */
  attempt: number;
  /** Why the server ended it for good: a bye code or a close code. */
  reason?: string;
}

/** A file as office/file.go writes it. */
export interface OfficeFile {
  id: string;
  hash: string;
  size: number;
  mediaType: string;
  name: string;
  purpose: string;
  public: boolean;
  auctionId?: string;
  lotId?: string;
  registrationId?: string;
  position: number;
  uploadedAt: number;
  withdrawnAt?: number;
}

/** The rules sheet of an auction, as office/sheet.go writes it. */
export interface Sheet {
  preset?: string;
  property?: string;
  contract?: string;
  quality?: string;
  viewing?: { from?: number; to?: number; place?: string; contact?: string }[];
  money?: {
    dossierFee?: number;
    cashLimit?: number;
    guarantee?: boolean;
    keepOnWithdrawal?: boolean;
    account?: { bin?: string; number?: string; holder?: string; branch?: string };
  };
  windows?: {
    dossier?: { from?: number; to?: number };
    deposit?: { from?: number; to?: number };
    checkIn?: number;
    listedOn?: number;
  };
  people?: { auctioneer?: string; clerk?: string; observers?: string[] };
  after?: {
    answerMs?: number;
    refundDays?: number;
    paymentDays?: number;
    singleBidder?: string;
    adjacentBidder?: boolean;
    nameWinner?: boolean;
  };
  contacts?: string;
  terms?: string;
  override?: { field: string; code: string; reason: string }[];
  room?: { showCount?: boolean };
}

export interface PublicLot {
  id: string;
  number: number;
  kind: string;
  title: string;
  detail?: string;
  place?: string;
  deposit?: number;
  startHidden?: boolean;
  rules: Rules;
  session?: string;
}

/** A version of an auction's rules, without its text. */
export interface RulesVersion {
  number: number;
  hash: string;
  madeAt: number;
  notice?: string;
  changes: { topic: string; lotId?: string }[];
  withdrawal: boolean;
}

/** What anybody may know of an auction: office/notice.go. */
export interface PublicAuction {
  id: string;
  stage: string;
  next?: { kind: string; at: number };
  title: string;
  owner: string;
  place: string;
  centre: {
    id: string;
    name: string;
    address?: string;
    phone?: string;
    email?: string;
    licence?: string;
    sealFile?: string;
  };
  listedAt?: number;
  publishedAt?: number;
  concludedAt?: number;
  cancelledAt?: number;
  cancelReason?: string;
  rehearsalOf?: string;
  sheet: Sheet;
  staff: { part: string; name?: string; licence?: string; observer?: string }[];
  lots: PublicLot[];
  stops?: {
    lot: number;
    session: string;
    ground: string;
    sentence: string;
    at: number;
    next?: { session: string; run: number; opensAt: number };
  }[];
  rules: RulesVersion[];
}

/** A page of the public list, as office/public.go writes it. */
export interface PublicPage {
  notices: PublicCard[];
  next?: string;
  count: number;
  more?: boolean;
  centres: { id: string; name: string }[];
  now: number;
}

export interface PublicCard {
  id: string;
  stage: string;
  title: string;
  owner: string;
  place: string;
  centre?: { id: string; name: string };
  listedAt: number;
  opensAt?: number;
  dossierFrom?: number;
  dossierTo?: number;
  cancelReason?: string;
  lotCount: number;
  lots: { number: number; kind: string; title: string }[];
  photo?: string;
}
