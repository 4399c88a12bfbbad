/** Collects what a timeline tells while the run goes on: whoever runs it tells of answers, switches and intervals' ends. */
import { statusCounters } from '../protocol/counters.js';
import type { ScheduledEvent } from '../protocol/faults.js';
import type { Microseconds } from '../protocol/parameters.js';
import type { SemiSync } from '../protocol/semi-sync.js';
import { LatencyHistogram } from './histogram.js';
import type { SemiSyncSwitch, TimelineEvent, TimelineInterval, TimelineResult } from './timeline.js';

/** What is looked at when an interval ends. */
export interface IntervalEnd {
  readonly committingSessions: number;
  readonly lagTx: readonly number[];
}

export class TimelineRecorder {
  readonly #semisync: SemiSync;
  readonly #intervals: TimelineInterval[] = [];
  readonly #events: TimelineEvent[] = [];
  readonly #switches: SemiSyncSwitch[] = [];
  #latencies = new LatencyHistogram();
  #acknowledged = 0;
  #from: Microseconds = 0;
  #yesTx = 0;
  #noTx = 0;
  /** Time ON in the present interval, up to `#since`. */
  #onTime: Microseconds = 0;
  #since: Microseconds = 0;
  #on: boolean;
  #lastAnswer: Microseconds = 0;
  #stall = { from_us: 0, duration_us: 0 };
  #lastScheduled: Microseconds | undefined = undefined;

  constructor(semisync: SemiSync) {
    this.#semisync = semisync;
    this.#on = semisync.on;
  }

  /** `waitingSince`: when the oldest transaction began of those that still have no answer; asked for only now and then. */
  answered(
    at: Microseconds,
    latency: Microseconds,
    covered: boolean,
    waitingSince: () => Microseconds | undefined,
  ): void {
    this.#latencies.record(latency);
    if (covered) this.#acknowledged++;
    if (at - this.#lastAnswer > this.#stall.duration_us) {
      // Whoever is woken first need not be the one that waited longest.
      const began = Math.min(at - latency, waitingSince() ?? at);
      const from_us = Math.max(this.#lastAnswer, began);
      if (at - from_us > this.#stall.duration_us) this.#stall = { from_us, duration_us: at - from_us };
    }
    this.#lastAnswer = at;
  }

  switched(at: Microseconds, on: boolean): void {
    this.#countOn(at);
    this.#on = on;
    this.#switches.push({ at_us: at, on });
  }

  happened(at: Microseconds, what: string, replica?: number, scheduled?: ScheduledEvent): void {
    const about = replica === undefined ? {} : { replica };
    this.#events.push({ at_us: at, what, ...about, ...(scheduled ? { scheduled } : {}) });
    if (scheduled) this.#lastScheduled = at;
  }

  #countOn(at: Microseconds): void {
    if (this.#on) this.#onTime += at - this.#since;
    this.#since = at;
  }

  endInterval(at: Microseconds, { committingSessions, lagTx }: IntervalEnd): void {
    this.#countOn(at);
    const latencies = this.#latencies;
    const { count } = latencies;
    const { yesTx, noTx, waitSessions, clients } = this.#semisync;
    const length = at - this.#from;
    const known = (value: number): number | null => (count === 0 ? null : rounded(value));
    this.#intervals.push({
      from_us: this.#from,
      to_us: at,
      commits: count,
      tps: rounded((count / length) * 1e6),
      latency_mean_us: known(latencies.mean),
      latency_p50_us: known(latencies.quantile(0.5)),
      latency_p95_us: known(latencies.quantile(0.95)),
      latency_p99_us: known(latencies.quantile(0.99)),
      latency_max_us: known(latencies.max),
      semisync_on: Math.round((this.#onTime / length) * 1e6) / 1e6,
      acknowledged: this.#acknowledged,
      unprotected: count - this.#acknowledged,
      yes_tx: yesTx - this.#yesTx,
      no_tx: noTx - this.#noTx,
      wait_sessions: waitSessions,
      committing_sessions: committingSessions,
      semisync_clients: clients,
      lag_tx: lagTx,
    });
    this.#latencies = new LatencyHistogram();
    this.#acknowledged = 0;
    this.#onTime = 0;
    this.#from = at;
    this.#yesTx = yesTx;
    this.#noTx = noTx;
  }

  /** `waiting`: is somebody waiting for an answer as the run ends? That he has none yet may be its longest stall. */
  result(at: Microseconds, waitingSince: Microseconds | undefined, warnings: readonly string[]): TimelineResult {
    const intervals = this.#intervals;
    const sum = (of: (interval: TimelineInterval) => number): number => intervals.reduce((a, b) => a + of(b), 0);
    if (waitingSince !== undefined) {
      const from_us = Math.max(this.#lastAnswer, waitingSince);
      if (at - from_us > this.#stall.duration_us) this.#stall = { from_us, duration_us: at - from_us };
    }
    const latencies = intervals.flatMap(({ latency_max_us }) => (latency_max_us === null ? [] : [latency_max_us]));
    return {
      intervals,
      events: this.#events,
      switches: this.#switches,
      commits: sum(({ commits }) => commits),
      acknowledged: sum(({ acknowledged }) => acknowledged),
      unprotected: sum(({ unprotected }) => unprotected),
      off_us: rounded(at - this.#timeOn(at)),
      longest_stall: { from_us: rounded(this.#stall.from_us), duration_us: rounded(this.#stall.duration_us) },
      latency_max_us: latencies.length === 0 ? null : latencies.reduce((a, b) => Math.max(a, b)),
      committing_sessions_most: intervals.reduce((most, each) => Math.max(most, each.committing_sessions), 0),
      recovery_us: this.#recovery(),
      counters: statusCounters({ source: this.#semisync }),
      warnings,
    };
  }

  #timeOn(at: Microseconds): Microseconds {
    let on = 0;
    let since = 0;
    let now = this.#switches.length > 0 ? !(this.#switches[0] as SemiSyncSwitch).on : this.#on;
    for (const { at_us, on: next } of [...this.#switches, { at_us: at, on: false }]) {
      if (now) on += at_us - since;
      since = at_us;
      now = next;
    }
    return on;
  }

  #recovery(): Microseconds | null {
    if (!this.#on) return null;
    const from = this.#lastScheduled ?? 0;
    const last = this.#switches.at(-1);
    return last === undefined || last.at_us <= from ? 0 : rounded(last.at_us - from);
  }
}

/** To a nanosecond: what is left behind that is the noise of adding up. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000;
