/** One point under virtual time: runs the cluster until the interval is narrow enough, and says what was seen. */
import { type Counts, resultOf } from '../../measure/observe.js';
import { Recorder } from '../../measure/recorder.js';
import type { PointResult } from '../../measure/result.js';
import { checkSettings } from '../../protocol/check-settings.js';
import type { Settings } from '../../protocol/parameters.js';
import { createVirtualCluster, type VirtualCluster } from './cluster.js';
import { usageOf } from './usage.js';

export interface SimulateOptions {
  /** Stop when the 95 % half-width of throughput is within this fraction of it (0.02 = 2 %). */
  readonly precision: number;
  /** Give up on precision after this many commits, with a warning. */
  readonly maxCommits?: number;
}

const MAX_COMMITS = 40_000;
/**
 * Latency near saturation varies far more than throughput: an open loop asks for an interval this many times as wide.
 */
const OPEN_LOOP_LATENCY = 4;
/** Thousands of clients need more, to come round often enough. */
const MAX_COMMITS_PER_CLIENT = 100;
/** Some ten seconds of computing: what wakes thousands at every commit must end as well. */
const MAX_EVENTS = 50_000_000;
/** A point that commits next to nothing must end too: an hour of virtual time. */
const MAX_VIRTUAL_US = 3600e6;

/** Runs one point under virtual time. Same settings, same bytes. Throws `SettingsError` for contradictory settings. */
export function simulate(settings: Settings, options: SimulateOptions): PointResult {
  const simulation = new Simulation(settings, options);
  simulation.advance(Number.POSITIVE_INFINITY);
  return simulation.result();
}

/** A point that is run piece by piece, by whoever must look up from it now and then: to the same bytes as in one go. */
export class Simulation {
  readonly #settings: Settings;
  readonly #options: SimulateOptions;
  readonly #cluster: VirtualCluster;
  readonly #recorder: Recorder<Counts>;
  #commits = 0;
  #pauseAt = 0;
  #advancing = true;
  #ended = false;

  constructor(settings: Settings, options: SimulateOptions) {
    checkSettings(settings);
    this.#settings = settings;
    this.#options = options;
    const maxCommits = options.maxCommits ?? Math.max(MAX_COMMITS, MAX_COMMITS_PER_CLIENT * settings.clients);
    /** When each client had its last answer. */
    const answered = new Float64Array(settings.clients);
    this.#cluster = createVirtualCluster(settings, (latency, session) => {
      const { kernel } = this.#cluster;
      const commits = ++this.#commits;
      const cycle = kernel.time - (answered[session] as number);
      answered[session] = kernel.time;
      if (
        this.#recorder.add(latency, kernel.time, cycle) ||
        commits >= maxCommits ||
        kernel.calendar.scheduled >= MAX_EVENTS
      ) {
        this.#ended = true;
        kernel.stop();
      } else if (commits >= this.#pauseAt) kernel.stop();
    });
    const { backlog } = this.#cluster;
    const open = {
      latencyPrecision: OPEN_LOOP_LATENCY * options.precision,
      arrivals: { gap: 1e6 / settings.arrival_rate, turnedAway: () => (backlog?.dropped ?? 0) > 0 },
    };
    this.#recorder = new Recorder(
      {
        clients: settings.clients,
        precision: options.precision,
        ...(settings.arrival_rate > 0 ? open : { cycles: true }),
      },
      () => countsOf(this.#cluster),
    );
  }

  /** Goes on for so many more commits; `true` when the point is complete. */
  advance(commits: number): boolean {
    if (this.#ended) return true;
    this.#pauseAt = this.#commits + commits;
    this.#advancing = this.#cluster.kernel.run(MAX_VIRTUAL_US);
    // The run came to its end by itself unless it was stopped for a pause.
    if (this.#commits < this.#pauseAt) this.#ended = true;
    return this.#ended;
  }

  /** What was seen; call it once, at the end. */
  result(): PointResult {
    const recorder = this.#recorder;
    recorder.finish();
    return report(this.#settings, this.#options, this.#cluster, recorder, this.#commits, this.#advancing);
  }
}

function countsOf(cluster: VirtualCluster): Counts {
  const { source, sourceHost, backlog, kernel } = cluster;
  return {
    time: kernel.time,
    busy: sourceHost.busyUntil(kernel.time),
    groups: source.groups,
    yesTx: source.semisync.yesTx,
    noTx: source.semisync.noTx,
    arrivals: backlog?.arrivals ?? 0,
    late: backlog?.late ?? 0,
    dropped: backlog?.dropped ?? 0,
    phases: source.meter.totals.slice(),
    resources: usageOf(cluster),
  };
}

function report(
  settings: Settings,
  options: SimulateOptions,
  cluster: VirtualCluster,
  recorder: Recorder<Counts>,
  commits: number,
  advancing: boolean,
): PointResult {
  return resultOf({
    runtime: 'virtual',
    settings,
    recorder,
    end: countsOf(cluster),
    commits,
    semisync: cluster.source.semisync,
    warnings: warningsOf(settings, options, cluster, recorder, advancing),
  });
}

function warningsOf(
  settings: Settings,
  options: SimulateOptions,
  { backlog, source }: VirtualCluster,
  recorder: Recorder<Counts>,
  advancing: boolean,
): string[] {
  const warnings: string[] = [];
  if (!advancing) warnings.push('nothing advances: every thread waits for another');
  const reached = recorder.relativeHalfWidth();
  if (recorder.commits === 0) warnings.push('too few commits to tell the warm-up: throughput is that of the whole run');
  else if (!(reached <= options.precision)) {
    const percent = Number.isFinite(reached) ? `${(100 * reached).toFixed(1)} %` : 'unknown';
    warnings.push(`the 95 % half-width of throughput is ${percent}, not the ${100 * options.precision} % asked for`);
  }
  if (!recorder.settled) warnings.push('no steady state found: latency keeps drifting');
  if (source.semisync.noTimes > 0) warnings.push(`semi-sync was switched OFF ${timesText(source.semisync.noTimes)}`);
  if (backlog && backlog.size > settings.clients) {
    warnings.push(
      `${backlog.size} transactions were still waiting for a connection at the end: more is offered than can be done`,
    );
  }
  return warnings;
}

const timesText = (count: number): string => (count === 1 ? 'once' : `${count} times`);
