/** What the coordinator and a worker of the threads runtime send each other: one job, and its report. */
import type { HistogramState } from '../../measure/histogram.js';
import type { PointResult } from '../../measure/result.js';
import type { SetEvent } from '../../protocol/faults.js';
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
  /** Present where the cluster lives until it is stopped, and does what it is told meanwhile. */
  readonly lives: LifeOptions | undefined;
}

export interface LifeOptions {
  /** Clients that commit all the time, at first and at most; other sessions commit when they are told to. */
  readonly load: number;
  readonly loadMost: number;
}

/** What the coordinator tells a worker of a cluster that lives. `memory`: a connection's, see `allocateLink`. */
export type Order =
  | { readonly kind: 'commit'; readonly session: number }
  | { readonly kind: 'set'; readonly event: SetEvent; readonly order: number }
  /** The I/O thread starts. `at`: the round trips of connecting come before its first event, or it is connected already. */
  | {
      readonly kind: 'connect';
      readonly replica: number;
      readonly memory: SharedArrayBuffer;
      readonly semisync: boolean;
      readonly connection: number;
      readonly at: 'connecting' | 'connected';
    }
  /** It has registered: a dump reader serves it. */
  | {
      readonly kind: 'serve';
      readonly replica: number;
      readonly memory: SharedArrayBuffer;
      readonly semisync: boolean;
      readonly connection: number;
    }
  /** Its ACKs arrive here. */
  | { readonly kind: 'collect'; readonly replica: number; readonly memory: SharedArrayBuffer }
  | { readonly kind: 'disconnect'; readonly replica: number };

/** What it hears of them, each when it has happened. */
export type Notice =
  | { readonly kind: 'committed'; readonly session: number }
  | { readonly kind: 'set'; readonly order: number }
  | { readonly kind: 'registered'; readonly replica: number }
  | { readonly kind: 'I/O thread ended'; readonly replica: number }
  | { readonly kind: 'reader ended'; readonly replica: number; readonly connection: number };

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
