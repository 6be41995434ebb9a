export interface ClockJump {
  kind: 'step' | 'behind' | 'follow';
  at: number;
  byMs: number;
  before: number;
  after: number;
  running: number;
}

export interface ServerClock {
  now: number;
  source: 'ntp' | 'kernel' | 'none';
  synchronised: boolean;
  good: boolean;
  since: number;
  offsetMs?: number;
  errorMs?: number;
  maxOffsetMs: number;
  maxErrorMs: number;
  machineMs: number;
  jumps: ClockJump[];
}
