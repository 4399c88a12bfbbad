/** What the coordinator and a worker of the threads runtime send each other: one job, and its report. */
import type { HistogramState } from '../../measure/histogram.js';
import type { PointResult } from '../../measure/result.js';
import type { Settings } from '../../protocol/parameters.js';
import type { Placement } from './placement.js';

/** One point, once. Every worker gets the same job. */
export interface Job {
  readonly settings: Settings;
  readonly placement: Placement;
  /** The block that `allocateCluster` made for these settings. */
  readonly memory: SharedArrayBuffer;
  readonly epoch: bigint;
  readonly cores: number;
  readonly overshoot: number;
  /** Real files, the binlog's first; absent where disks are delays. */
  readonly files: readonly string[] | undefined;
  /** Stop after so many commits, whatever the time; absent: the coordinator says when. */
  readonly maxCommits: number | undefined;
}

/** Sent once, when a worker has started. */
export interface Ready {
  readonly kind: 'ready';
  /** By how much a timed sleep overshoots here, µs. */
  readonly overshoot: number;
}

export interface LockReport {
  readonly name: string;
  readonly acquisitions: number;
  readonly contended: number;
  readonly waits: HistogramState;
  readonly held: HistogramState;
}

export interface WaitingFiber {
  readonly name: string;
  readonly waitsFor: string;
}

export interface Report {
  readonly kind: 'report';
  readonly locks: readonly LockReport[];
  readonly delayErrors: HistogramState;
  /** Time spent awake with nothing to do, µs. */
  readonly spunUs: number;
  /** From the worker that hosts the clients. */
  readonly point: PointResult | undefined;
  /** How often the flush leader found the binlog ring full. */
  readonly ringFullTimes: number;
  /** How long ago a client last had an answer, µs; 0 from workers that host none. */
  readonly silentUs: number;
  /** What every fiber waits for. */
  readonly waiting: readonly WaitingFiber[];
}
