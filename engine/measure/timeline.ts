/** What a run with a schedule of events tells: a row per interval, the switches of semi-sync, and sums. */
import type { ScheduledEvent } from '../protocol/faults.js';
import type { Microseconds } from '../protocol/parameters.js';

export interface TimelineInterval {
  readonly from_us: Microseconds;
  readonly to_us: Microseconds;
  /** Transactions answered to their clients in the interval. */
  readonly commits: number;
  readonly tps: number;
  /** Of those answered in the interval; null where none was. */
  readonly latency_mean_us: number | null;
  readonly latency_p50_us: number | null;
  readonly latency_p95_us: number | null;
  readonly latency_p99_us: number | null;
  readonly latency_max_us: number | null;
  /** Share of the interval in which semi-sync was ON, 0…1. */
  readonly semisync_on: number;
  /** Of `commits`: those that as many semi-sync replicas as asked for had in their relay logs when they were answered. */
  readonly acknowledged: number;
  /** Of `commits`: the others. A crash of the source at that instant would have lost what its client was promised. */
  readonly unprotected: number;
  /** Increments of the counters. */
  readonly yes_tx: number;
  readonly no_tx: number;
  /** At the interval's end: Rpl_semi_sync_master_wait_sessions. */
  readonly wait_sessions: number;
  /** At the interval's end: sessions that have begun to commit and have no answer, whatever they wait for. */
  readonly committing_sessions: number;
  /** At the interval's end: Rpl_semi_sync_master_clients. */
  readonly semisync_clients: number;
  /** At the interval's end: transactions in the binlog that are not wholly in the relay log. Index: replica. */
  readonly lag_tx: readonly number[];
}

export interface SemiSyncSwitch {
  readonly at_us: Microseconds;
  readonly on: boolean;
}

/** Something that happened: a scheduled event took effect, or a consequence that somebody noticed. */
export interface TimelineEvent {
  readonly at_us: Microseconds;
  /** In words, such as `replica 1: stall`, `replica 1: connected`, `source: read-only`. */
  readonly what: string;
  /** 0-based; absent for what concerns the source. */
  readonly replica?: number;
  /** Absent for consequences. */
  readonly scheduled?: ScheduledEvent;
}

/** The longest time in which no client had an answer, as far as somebody was waiting for one. */
export interface Stall {
  readonly from_us: Microseconds;
  readonly duration_us: Microseconds;
}

export interface TimelineResult {
  readonly intervals: readonly TimelineInterval[];
  readonly events: readonly TimelineEvent[];
  readonly switches: readonly SemiSyncSwitch[];
  readonly commits: number;
  readonly acknowledged: number;
  readonly unprotected: number;
  /** Time in which semi-sync was OFF. */
  readonly off_us: Microseconds;
  readonly longest_stall: Stall;
  readonly latency_max_us: number | null;
  /** The most sessions that were committing without an answer at any interval's end. */
  readonly committing_sessions_most: number;
  /**
   * From the last scheduled event until semi-sync was ON for good: 0 where it was ON then and stayed so, null where the
   * run ended with semi-sync OFF.
   */
  readonly recovery_us: Microseconds | null;
  /** As `SHOW GLOBAL STATUS LIKE '%semi%'` names them, at the end. */
  readonly counters: Readonly<Record<string, number | string>>;
  readonly warnings: readonly string[];
}
