import type { Observation } from './observation.js';
import type { ResourceUse } from './resources.js';

/** One share of a commit's latency: what its client waits for, in the order in which it happens. */
export interface LatencyShare {
  /** Such as `execution`, `LOCK_log`, `binlog fsync`, `ACK: network`. */
  readonly phase: string;
  /** Mean per transaction, µs. The phases of one point add up to its mean latency. */
  readonly mean_us: number;
  /** Fraction of the mean latency, 0…1. */
  readonly share: number;
}

/** Everything one point tells. */
export interface PointResult {
  readonly observation: Observation;
  /** As `SHOW GLOBAL STATUS LIKE '%semi%'` names them, over the whole run, warm-up included. */
  readonly counters: Readonly<Record<string, number | string>>;
  readonly breakdown: readonly LatencyShare[];
  /** Everything that can be busy; empty where a runtime does not tell. */
  readonly resources: readonly ResourceUse[];
  readonly warnings: readonly string[];
  /** All commits that were simulated, warm-up included. */
  readonly simulated_commits: number;
  /** Virtual time that passed, in seconds. */
  readonly virtual_seconds: number;
}
