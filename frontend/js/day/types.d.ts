import type { Phase } from '../types';

/** A session of a lot as the office knows it. */
export interface Run {
  session: string;
  lotNumber: number;
  lotTitle: string;
  run: number;
  newest: boolean;
  opensAt: number;
  handedOver: boolean;
  participants: number;
  phase?: Phase;
  now?: Phase;
  rehearsal?: boolean;
  incident?: {
    id: string;
    ground: string;
    sentence: string;
    reporterName?: string;
    reportedAt: number;
    state: string;
    endedAt?: number;
    countersignedAt?: number;
    countersignerName?: string;
    remark?: string;
  };
}

export interface ReadinessItem {
  name: string;
  ticked?: boolean;
  state: 'ready' | 'not_ready' | 'no_matter';
  have?: number;
  want?: number;
  note?: string;
  by?: string;
  at?: number;
}

export interface Day {
  now: number;
  admission?: {
    closesAt: number;
    undecided: number;
    lots: { lotId: string; number: number; title: string; admitted: number }[];
  };
  sessions: Run[];
  rehearsals: Run[];
  readiness: ReadinessItem[];
}

export interface Attendance {
  code: string;
  signedInAt?: number;
  enteredAt?: number;
  checkedInAt?: number;
  lastSeenAt?: number;
  lostAt?: number;
  lost: number;
  connections: number;
  stays?: { from: number; to: number }[];
}
