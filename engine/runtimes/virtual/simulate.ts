/** One point under virtual time: runs the cluster until the interval is narrow enough, and says what was seen. */
import type { Observation } from '../../measure/observation.js';
import { ACK_COLLECTING, ACK_NETWORK, ACK_READER, ACK_RELAY, PHASES } from '../../measure/phases.js';
import { Recorder } from '../../measure/recorder.js';
import type { LatencyShare, PointResult } from '../../measure/result.js';
import { checkSettings } from '../../protocol/check-settings.js';
import { statusCounters } from '../../protocol/counters.js';
import type { Distribution, Settings } from '../../protocol/parameters.js';
import { createVirtualCluster, type VirtualCluster } from './cluster.js';

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
  checkSettings(settings);
  const maxCommits = options.maxCommits ?? Math.max(MAX_COMMITS, MAX_COMMITS_PER_CLIENT * settings.clients);
  const cluster = createVirtualCluster(settings, (latency) => {
    commits++;
    const { kernel } = cluster;
    if (recorder.add(latency, kernel.time) || commits >= maxCommits || kernel.calendar.scheduled >= MAX_EVENTS) {
      kernel.stop();
    }
  });
  const precision = {
    precision: options.precision,
    ...(settings.arrival_rate > 0 ? { latencyPrecision: OPEN_LOOP_LATENCY * options.precision } : {}),
  };
  const recorder = new Recorder({ clients: settings.clients, ...precision }, () => countsOf(cluster));
  let commits = 0;
  const advancing = cluster.kernel.run(MAX_VIRTUAL_US);
  recorder.finish();
  return report(settings, options, cluster, recorder, commits, advancing);
}

/** What a cluster counts, at one instant; means are taken between two of these. */
interface Counts {
  readonly time: number;
  readonly busy: number;
  readonly groups: number;
  readonly yesTx: number;
  readonly noTx: number;
  readonly arrivals: number;
  readonly late: number;
  readonly dropped: number;
  /** Σ over completed transactions, µs. Index: phase. */
  readonly phases: Float64Array;
}

function countsOf({ source, sourceHost, backlog, kernel }: VirtualCluster): Counts {
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
  const { source, kernel, sourceHost, backlog } = cluster;
  const end = countsOf(cluster);
  const start = recorder.baseline ?? end;
  const elapsed = end.time - start.time;
  const phases = end.phases.map((total, phase) => total - (start.phases[phase] as number));
  const warnings = warningsOf(settings, options, cluster, recorder, advancing);
  const ackWait = [ACK_READER, ACK_NETWORK, ACK_RELAY, ACK_COLLECTING].reduce((sum, phase) => sum + phases[phase]!, 0);
  const interval = recorder.interval();
  const latency = recorder.latency();
  const { latencies } = recorder;
  const semisync = source.semisync.enabled;
  const observation: Observation = {
    runtime: 'virtual',
    profile: settings.profile,
    wait_point: settings.wait_point,
    wait_for_slave_count: semisync ? settings.wait_for_slave_count : null,
    replicas: settings.replicas,
    rtt_us: joined(settings.rtt),
    binlog_fsync_us: settings.binlog_fsync.mean,
    redo_fsync_us: settings.redo_fsync.mean,
    relay_fsync_us: joined(settings.relay_fsync),
    sync_binlog: settings.sync_binlog,
    sync_relay_log: settings.sync_relay_log,
    clients: settings.clients,
    // Where so few commits came that no warm-up could be told, all of them count; a warning says so.
    tps: known(recorder.commits > 0 ? 1e6 / interval.mean : (commits / kernel.time) * 1e6, 3) ?? 0,
    tps_ci95_low: known(1e6 / (interval.mean + interval.halfWidth), 3),
    tps_ci95_high: interval.halfWidth < interval.mean ? known(1e6 / (interval.mean - interval.halfWidth), 3) : null,
    latency_mean_us: known(latency.mean, 3),
    latency_p50_us: known(latencies.quantile(0.5), 3),
    latency_p95_us: known(latencies.quantile(0.95), 3),
    latency_p99_us: known(latencies.quantile(0.99), 3),
    latency_max_us: latencies.count > 0 ? known(latencies.max, 3) : null,
    ack_wait_mean_us: semisync ? known(ackWait / recorder.commits, 3) : null,
    group_size_mean: known(recorder.commits / (end.groups - start.groups), 3),
    yes_tx: semisync ? end.yesTx - start.yesTx : null,
    no_tx: semisync ? end.noTx - start.noTx : null,
    host_cpu_busy: known((end.busy - start.busy) / (elapsed * sourceHost.cores), 4),
    seed: settings.seed,
    latency_mean_ci95_low: known(latency.mean - latency.halfWidth, 3),
    latency_mean_ci95_high: known(latency.mean + latency.halfWidth, 3),
    arrival_rate: settings.arrival_rate,
    group_commit_delay_us: settings.group_commit_delay,
    group_commit_count: settings.group_commit_count,
    timeout_us: settings.timeout,
    events_per_tx: settings.events_per_tx,
    bytes_per_tx: settings.bytes_per_tx,
    cores: settings.cores,
    hosts: settings.hosts,
    late_share: backlog ? known((end.late - start.late) / (end.arrivals - start.arrivals), 4) : null,
    dropped_tps: backlog ? known(((end.dropped - start.dropped) / elapsed) * 1e6, 3) : null,
    commits: recorder.commits,
    warmup_commits: recorder.warmupCommits,
    warnings: warnings.length > 0 ? warnings.join('; ') : null,
  };
  return {
    observation,
    counters: statusCounters({ source: source.semisync }),
    breakdown: breakdownOf(phases, recorder.commits),
    warnings,
    simulated_commits: commits,
    virtual_seconds: kernel.time / 1e6,
  };
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

function breakdownOf(totals: Float64Array, commits: number): LatencyShare[] {
  let sum = 0;
  for (const total of totals) sum += total;
  return PHASES.map((phase, index) => ({
    phase,
    mean_us: known((totals[index] as number) / commits, 3) ?? 0,
    share: known((totals[index] as number) / sum, 5) ?? 0,
  })).filter((each) => each.mean_us > 0);
}

/** One number when all are alike, or all of them joined by `/`. */
function joined(costs: readonly Distribution[]): string {
  const means = costs.map((cost) => cost.mean);
  return means.every((mean) => mean === means[0]) ? String(means[0]) : means.join('/');
}

/** Rounded for the CSV; what is not a number is unknown. */
function known(value: number, digits: number): number | null {
  if (!Number.isFinite(value)) return null;
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

const timesText = (count: number): string => (count === 1 ? 'once' : `${count} times`);
