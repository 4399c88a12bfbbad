/** Collects completed transactions: finds the end of the warm-up, then keeps what the observation needs. */
import type { Microseconds } from '../protocol/parameters.js';
import { LatencyHistogram } from './histogram.js';
import { BatchMeans, mser5 } from './steady-state.js';

export interface RecorderOptions {
  readonly clients: number;
  /** Relative half-width of throughput's 95 % interval at which the recording is complete. */
  readonly precision: number;
  /** The same for mean latency: an open loop's throughput is given, and says nothing. Absent: not asked for. */
  readonly latencyPrecision?: number;
  /** Open loop. */
  readonly arrivals?: Arrivals;
  /**
   * Closed loop: `add` is told for how long its client has gone round since its last answer. So many clients, each with one
   * answer a cycle, have a mean gap between answers of the mean cycle over their number. Gaps themselves come in bursts,
   * one for each group that has committed: a batch of them says, besides, in what part of a burst it happened to begin
   * and end; a batch of cycles does not (P. W. Glynn, W. Whitt, "Indirect estimation via L = λW", Operations Research 37,
   * 1989).
   */
  readonly cycles?: boolean;
}

/**
 * Transactions that arrive by themselves, at a known rate. As long as none is turned away, throughput differs from that
 * rate only by how latency grows: what the arrivals of a run deviate from their mean, its answers deviate as well, and is
 * taken out (a control variate with coefficient 1; Law, section 11.4).
 */
export interface Arrivals {
  /** Mean time between two of them, µs. */
  readonly gap: Microseconds;
  /** Has one been turned away? Latency then says how many may wait, and throughput is what is measured. */
  turnedAway(): boolean;
}

/** The first look at the warm-up, in transactions per client and at least. */
const PILOT_PER_CLIENT = 10;
const PILOT_LEAST = 240;
/** A warm-up longer than this is not looked for: the series does not settle. */
const PILOT_MOST = 200_000;
/** The warm-up ends at one of so many equally spaced checkpoints of the pilot, at which the counters are known. */
const CHECKPOINTS = 24;
/** Shortest batch, in transactions per client: most of a client's cycles should lie in one or two batches. */
const BATCH_PER_CLIENT = 1.5;
const BATCH_LEAST = 10;
/**
 * In an open loop its latency, not its throughput, says when to end: queues forget slowly, and a 99th percentile wants
 * some forty transactions beyond it (forty batches make four thousand).
 */
const OPEN_LOOP_BATCH_LEAST = 100;

/** `Snapshot`: whatever the runtime counts, at one instant. */
export class Recorder<Snapshot> {
  readonly #precision: number;
  readonly #latencyPrecision: number;
  readonly #takeSnapshot: () => Snapshot;
  #pilotLatencies: Float64Array;
  #pilotTimes: Float64Array;
  #pilotCycles: Float64Array;
  #pilotLength = 0;
  #checkpoints: Snapshot[] = [];
  #warm = false;
  #lastTime: Microseconds = 0;
  #endedAt: Microseconds | undefined = undefined;
  #lastLatency: Microseconds = 0;
  #firstLatency: Microseconds = 0;
  readonly #arrivals: Arrivals | undefined;
  /** What a cycle counts for in the mean gap: one over the number of clients. Undefined: gaps are taken as they are. */
  readonly #share: number | undefined;
  /** Sum of all cycles recorded. */
  #cycles: Microseconds = 0;
  readonly #intervalMeans: BatchMeans;
  /** As intervalMeans, less what is owed to the chance in the arrivals. */
  readonly #controlledMeans: BatchMeans;
  readonly #latencyMeans: BatchMeans;

  readonly latencies = new LatencyHistogram();
  /** Transactions recorded, warm-up excluded. */
  commits = 0;
  warmupCommits = 0;
  /** What the counters stood at when the recording begins; undefined until the warm-up is known. */
  baseline: Snapshot | undefined = undefined;
  began: Microseconds = 0;
  /** `false`: the warm-up never ended; half of the pilot was dropped all the same. */
  settled = true;

  constructor(options: RecorderOptions, takeSnapshot: () => Snapshot) {
    this.#precision = options.precision;
    this.#latencyPrecision = options.latencyPrecision ?? Number.POSITIVE_INFINITY;
    this.#arrivals = options.arrivals;
    this.#takeSnapshot = takeSnapshot;
    const pilot = CHECKPOINTS * Math.ceil(Math.max(PILOT_LEAST, PILOT_PER_CLIENT * options.clients) / CHECKPOINTS);
    this.#pilotLatencies = new Float64Array(pilot);
    this.#pilotTimes = new Float64Array(pilot);
    this.#pilotCycles = new Float64Array(pilot);
    this.#share = options.cycles ? 1 / options.clients : undefined;
    const perBatch = Math.max(
      options.arrivals ? OPEN_LOOP_BATCH_LEAST : BATCH_LEAST,
      BATCH_PER_CLIENT * options.clients,
    );
    this.#intervalMeans = new BatchMeans(perBatch);
    this.#controlledMeans = new BatchMeans(perBatch);
    this.#latencyMeans = new BatchMeans(perBatch);
  }

  /** A transaction was answered at `time`; `cycle`: see RecorderOptions. `true` when the recording is complete. */
  add(latency: Microseconds, time: Microseconds, cycle: Microseconds = 0): boolean {
    if (this.#warm) return this.#record(latency, time, cycle);
    this.#pilotLatencies[this.#pilotLength] = latency;
    this.#pilotTimes[this.#pilotLength] = time;
    this.#pilotCycles[this.#pilotLength] = cycle;
    const length = ++this.#pilotLength;
    const pilot = this.#pilotLatencies.length;
    if (length % (pilot / CHECKPOINTS) === 0) this.#checkpoints.push(this.#takeSnapshot());
    if (length === pilot) this.#endPilot(length < PILOT_MOST);
    return false;
  }

  /**
   * No more will come: what there is must do. `endedAt`: when a run ended that the clock ends, not an answer; the time since
   * its last answer counts as well, or a few answers at once, and then none, would pass for a high throughput.
   */
  finish(endedAt?: Microseconds): void {
    if (!this.#warm) this.#endPilot(false);
    this.#endedAt = endedAt;
  }

  #endPilot(mayGoOn: boolean): void {
    const length = this.#pilotLength;
    const truncation = mser5(this.#pilotLatencies, length);
    if (truncation === undefined && mayGoOn) {
      this.#lengthenPilot();
      return;
    }
    this.settled = truncation !== undefined;
    this.#warm = true;
    const spacing = this.#pilotLatencies.length / CHECKPOINTS;
    const checkpoint = Math.min(Math.ceil((truncation ?? length / 2) / spacing), this.#checkpoints.length) || 1;
    if (checkpoint > this.#checkpoints.length) return;
    this.warmupCommits = checkpoint * spacing;
    this.baseline = this.#checkpoints[checkpoint - 1];
    this.began = this.#pilotTimes[this.warmupCommits - 1] as number;
    this.#lastTime = this.began;
    this.#firstLatency = this.#pilotLatencies[this.warmupCommits - 1] as number;
    this.#lastLatency = this.#firstLatency;
    for (let i = this.warmupCommits; i < length; i++) {
      this.#record(this.#pilotLatencies[i] as number, this.#pilotTimes[i] as number, this.#pilotCycles[i] as number);
    }
    this.#pilotLatencies = new Float64Array(0);
    this.#pilotTimes = new Float64Array(0);
    this.#pilotCycles = new Float64Array(0);
    this.#checkpoints = [];
  }

  /** Twice as long, with checkpoints twice as far apart: every second one stays. */
  #lengthenPilot(): void {
    this.#pilotLatencies = doubled(this.#pilotLatencies);
    this.#pilotTimes = doubled(this.#pilotTimes);
    this.#pilotCycles = doubled(this.#pilotCycles);
    this.#checkpoints = this.#checkpoints.filter((_, index) => index % 2 === 1);
  }

  #record(latency: Microseconds, time: Microseconds, cycle: Microseconds): boolean {
    this.commits++;
    this.latencies.record(latency);
    this.#latencyMeans.add(latency);
    this.#cycles += cycle;
    const filled = this.#intervalMeans.add(this.#share === undefined ? time - this.#lastTime : cycle * this.#share);
    if (this.#arrivals) this.#controlledMeans.add(this.#arrivals.gap + latency - this.#lastLatency);
    this.#lastTime = time;
    this.#lastLatency = latency;
    if (!filled || this.relativeHalfWidth() > this.#precision) return false;
    if (this.#arrivals?.turnedAway()) return true;
    return this.#latencyMeans.halfWidth() <= this.#latencyPrecision * this.#latencyMeans.mean;
  }

  /** Of throughput; Infinity while there are too few batches to tell. */
  relativeHalfWidth(): number {
    const { mean, halfWidth } = this.interval();
    return halfWidth / mean;
  }

  /** Mean gap between answers, and half of its 95 % interval, µs. */
  interval(): { mean: Microseconds; halfWidth: Microseconds } {
    const arrivals = this.#arrivals;
    if (arrivals && !arrivals.turnedAway()) {
      const growth = (this.#lastLatency - this.#firstLatency) / this.commits;
      return { mean: arrivals.gap + growth, halfWidth: this.#controlledMeans.halfWidth() };
    }
    const elapsed =
      this.#share === undefined ? (this.#endedAt ?? this.#lastTime) - this.began : this.#cycles * this.#share;
    return { mean: elapsed / this.commits, halfWidth: this.#intervalMeans.halfWidth() };
  }

  latency(): { mean: Microseconds; halfWidth: Microseconds } {
    return { mean: this.latencies.mean, halfWidth: this.#latencyMeans.halfWidth() };
  }
}

function doubled(from: Float64Array): Float64Array {
  const to = new Float64Array(from.length * 2);
  to.set(from);
  return to;
}
