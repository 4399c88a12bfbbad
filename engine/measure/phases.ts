/**
 * Where a transaction's time goes. A session is in exactly one phase at any instant of its transaction; what it spent in
 * each is added to the totals when its client has the answer, so the phases of a point add up to its mean latency.
 */
import type { Microseconds } from '../protocol/parameters.js';

export const PHASES = [
  'connection queue',
  'client',
  'execution',
  'redo fsync',
  'LOCK_log',
  'flush',
  'LOCK_sync',
  'group commit delay',
  'binlog fsync',
  'LOCK_after_binlog_sync',
  'LOCK_commit',
  'ACK: dump reader',
  'ACK: network',
  'ACK: relay log',
  'ACK: collecting',
  'engine commit',
  'waking',
] as const;

export const QUEUE = 0;
export const CLIENT = 1;
export const EXECUTION = 2;
export const REDO_FSYNC = 3;
export const LOCK_LOG = 4;
export const FLUSH = 5;
export const LOCK_SYNC = 6;
export const GROUP_COMMIT_DELAY = 7;
export const BINLOG_FSYNC = 8;
export const LOCK_AFTER_BINLOG_SYNC = 9;
export const LOCK_COMMIT = 10;
export const ACK_READER = 11;
export const ACK_NETWORK = 12;
export const ACK_RELAY = 13;
export const ACK_COLLECTING = 14;
export const ENGINE_COMMIT = 15;
export const WAKING = 16;
const PHASE_COUNT = PHASES.length;

/** What the ACK phases were, for one wait: filled by the waiter from the journey of the ACK that released it. */
export interface AckSplit {
  reader: Microseconds;
  network: Microseconds;
  relay: Microseconds;
}

export class PhaseMeter {
  /** Σ over completed transactions, µs. Index: phase. */
  readonly totals = new Float64Array(PHASE_COUNT);
  /** Time in each phase of the transaction under way. Index: session × PHASE_COUNT + phase. */
  readonly #spent: Float64Array;
  readonly #since: Float64Array;
  readonly #phase: Uint8Array;
  readonly began: Float64Array;

  /** `shared`: where another thread looks at what the sessions are doing. */
  constructor(sessions: number, shared?: { readonly phases: Uint8Array; readonly began: Float64Array }) {
    this.#spent = new Float64Array(sessions * PHASE_COUNT);
    this.#since = new Float64Array(sessions);
    this.#phase = shared?.phases ?? new Uint8Array(sessions);
    this.began = shared?.began ?? new Float64Array(sessions);
  }

  begin(session: number, at: Microseconds, phase: number): void {
    this.began[session] = at;
    this.#since[session] = at;
    this.#phase[session] = phase;
  }

  /** The session leaves its phase for the next one. */
  to(session: number, phase: number, now: Microseconds): void {
    const slot = session * PHASE_COUNT + (this.#phase[session] as number);
    this.#spent[slot] = (this.#spent[slot] as number) + now - (this.#since[session] as number);
    this.#since[session] = now;
    this.#phase[session] = phase;
  }

  /** The phase a session is in, and when its transaction began. */
  activity(session: number): { readonly phase: number; readonly since: Microseconds } {
    return { phase: this.#phase[session] as number, since: this.began[session] as number };
  }

  /** A whole group leaves its phase: the chain through `next` from `first`. */
  groupTo(first: number, next: Int32Array, phase: number, now: Microseconds): void {
    for (let session = first; session >= 0; session = next[session] as number) this.to(session, phase, now);
  }

  /** As `groupTo`, for a phase that began at `from`, or for those who came later when they came. */
  groupSince(first: number, next: Int32Array, phase: number, from: Microseconds): void {
    for (let session = first; session >= 0; session = next[session] as number) {
      this.to(session, phase, Math.max(from, this.#since[session] as number));
    }
  }

  /** Divides the ACK wait that a session ends now; what the journey does not explain is collecting and waking. */
  splitAckWait(session: number, split: AckSplit, now: Microseconds): void {
    const base = session * PHASE_COUNT;
    const spent = this.#spent;
    let rest = now - (this.#since[session] as number);
    const take = (phase: number, part: Microseconds): void => {
      const share = Math.min(rest, part);
      spent[base + phase] = (spent[base + phase] as number) + share;
      rest -= share;
    };
    take(ACK_READER, split.reader);
    take(ACK_NETWORK, split.network);
    take(ACK_RELAY, split.relay);
    take(ACK_COLLECTING, rest);
    this.#since[session] = now;
  }

  /** The client has its answer: adds the transaction to the totals and returns its latency. */
  finish(session: number, now: Microseconds): Microseconds {
    this.to(session, CLIENT, now);
    const base = session * PHASE_COUNT;
    for (let phase = 0; phase < PHASE_COUNT; phase++) {
      this.totals[phase] = (this.totals[phase] as number) + (this.#spent[base + phase] as number);
      this.#spent[base + phase] = 0;
    }
    return now - (this.began[session] as number);
  }
}
