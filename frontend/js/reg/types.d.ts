// What the server says of registrations: office/registration_view.go and
// office/statement.go.

export interface BankAccount {
  bin?: string;
  number?: string;
  holder?: string;
  branch?: string;
}

export interface Bank {
  bin: string;
  short: string;
  name: string;
}

export type PaymentKind = 'fee' | 'deposit';

export interface Payment {
  memo: string;
  due: number;
  paid: number;
  missing: number;
  state: string;
  method?: string;
  untimely?: boolean;
  sentAt?: number;
  paidAt?: number;
  dueAt?: number;
  refundDueAt?: number;
  qr?: string;
}

export interface Step {
  code: string;
  deadline?: number;
  amount?: number;
  reason?: string;
}

export interface Window {
  from?: number;
  to?: number;
}

export interface OwnRegistration {
  id: string;
  auctionId: string;
  auctionTitle: string;
  lotId: string;
  lotNumber: number;
  lotTitle: string;
  opensAt?: number;
  session?: string;
  version: number;
  dossier: string;
  standing: string;
  noConflict: boolean;
  representative?: string;
  proxyLast?: string;
  refundTo?: BankAccount;
  submittedAt?: number;
  decidedAt?: number;
  reason?: string;
  createdAt: number;
  fee: Payment;
  deposit: Payment;
  payTo?: BankAccount;
  bankName?: string;
  code?: string;
  codeIssuedAt?: number;
  windows?: { dossier?: Window; deposit?: Window; checkIn?: number };
  guarantee?: boolean;
  editable: boolean;
  withdrawal: { allowed: boolean; free: boolean; refund: boolean };
  step: Step;
}

export interface DeskPayment extends Omit<Payment, 'untimely' | 'paid'> {
  paid?: number;
  untimely?: number;
  references?: string[];
  note?: string;
  waived?: number;
  surplus?: number;
}

export interface DeskRegistration {
  id: string;
  lotId: string;
  lotNumber: number;
  accountId: string;
  login: string;
  name: string;
  version: number;
  dossier: string;
  standing: string;
  admitted: boolean;
  noConflict: boolean;
  representative?: string;
  proxyLast?: string;
  refundTo?: BankAccount;
  submittedAt?: number;
  decidedAt?: number;
  reason?: string;
  flags: { code: string; with?: string }[];
  atCounter?: boolean;
  createdAt: number;
  endedAt?: number;
  fee: DeskPayment;
  deposit: DeskPayment;
}

export interface Receipt {
  number: string;
  payer: string;
  payment: PaymentKind;
  amount: number;
  at: number;
  takenBy: string;
  auction: string;
  lot: number;
}

export interface StatementRow {
  line: number;
  at: number;
  dayOnly: boolean;
  amount: number;
  description: string;
  reference?: string;
  payer?: string;
  duplicateOf?: number;
  imported?: boolean;
  verdict: string;
  registrationId?: string;
  payment?: PaymentKind;
  memo?: string;
  difference?: number;
  applied?: boolean;
  reason?: string;
}

export interface Statement {
  id: string;
  auctionId: string;
  name: string;
  hash: string;
  uploadedAt: number;
  confirmedAt?: number;
  rows: StatementRow[] | null;
  problems: { line?: number; field?: string; code: string; text?: string }[] | null;
  debits: number;
  confirmedBefore?: string;
}

export interface Assignment {
  line: number;
  registrationId: string;
  payment: PaymentKind;
  reason: string;
}

/** What the desk needs to know of an auction. */
export interface DeskAuction {
  id: string;
  title: string;
  status: string;
  lots: { id?: string; number: number; title: string }[];
  sheet?: { money?: { cashLimit?: number; guarantee?: boolean } };
}
