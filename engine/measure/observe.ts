/** Makes the result of one point out of what was recorded and counted: the same columns in every runtime. */
import { statusCounters } from '../protocol/counters.js';
import type { Distribution, Settings } from '../protocol/parameters.js';
import type { SemiSync } from '../protocol/semi-sync.js';
import type { BusyColumns, Observation } from './observation.js';
import { ACK_COLLECTING, ACK_NETWORK, ACK_READER, ACK_RELAY, PHASES } from './phases.js';
import type { Recorder } from './recorder.js';
import { gatingUse, type ResourceCount, type ResourceName, type ResourceUse, resourceUses } from './resources.js';
import type { LatencyShare, PointResult } from './result.js';

/** What a cluster counts, at one instant; means are taken between two of these. */
export interface Counts {
  readonly time: number;
  /** Core time used on the source's host, µs; 0 where it is not known. */
  readonly busy: number;
  readonly groups: number;
  readonly yesTx: number;
  readonly noTx: number;
  readonly arrivals: number;
  readonly late: number;
  readonly dropped: number;
  /** Σ over completed transactions, µs. Index: phase. */
  readonly phases: Float64Array;
  /** Always the same ones in the same order; absent where a runtime does not tell. */
  readonly resources?: readonly ResourceCount[];
}

export interface Seen {
  readonly runtime: Observation['runtime'];
  readonly settings: Settings;
  readonly recorder: Recorder<Counts>;
  /** How it stands at the end. */
  readonly end: Counts;
  /** All commits, warm-up included. */
  readonly commits: number;
  readonly semisync: SemiSync;
  readonly warnings: readonly string[];
}

export function resultOf(seen: Seen): PointResult {
  const { recorder, end, semisync, warnings, commits } = seen;
  const start = recorder.baseline ?? end;
  const phases = end.phases.map((total, phase) => total - (start.phases[phase] as number));
  const resources = resourceUses(start.resources ?? [], end.resources ?? [], end.time - start.time);
  return {
    observation: { ...observe(seen, start, phases), ...busyColumns(resources, seen) },
    counters: statusCounters({ source: semisync }),
    breakdown: breakdownOf(phases, recorder.commits),
    resources,
    warnings,
    simulated_commits: commits,
    virtual_seconds: end.time / 1e6,
  };
}

function busyColumns(uses: readonly ResourceUse[], { settings }: Seen): BusyColumns {
  const gating = (resource: ResourceName): number | null => gatingUse(uses, resource, settings);
  return {
    client_cpu_busy: gating('client CPU'),
    replica_cpu_busy: gating('replica CPU'),
    redo_disk_busy: gating('redo disk'),
    binlog_disk_busy: gating('binlog disk'),
    relay_disk_busy: gating('relay disk'),
    link_busy: gating('link'),
    lock_log_busy: gating('LOCK_log'),
    lock_sync_busy: gating('LOCK_sync'),
    lock_after_binlog_sync_busy: gating('LOCK_after_binlog_sync'),
    lock_commit_busy: gating('LOCK_commit'),
    lock_binlog_busy: gating('LOCK_binlog_'),
    dump_reader_busy: gating('dump reader'),
    replica_io_busy: gating('replica I/O thread'),
    ack_receiver_busy: gating('ACK receiver'),
    ack_round_trip_busy: gating('ACK round trip'),
  };
}

function observe(seen: Seen, start: Counts, phases: Float64Array): Omit<Observation, keyof BusyColumns> {
  const { settings, recorder, end, commits, warnings } = seen;
  const elapsed = end.time - start.time;
  const open = settings.arrival_rate > 0;
  const ackWait = [ACK_READER, ACK_NETWORK, ACK_RELAY, ACK_COLLECTING].reduce((sum, phase) => sum + phases[phase]!, 0);
  const interval = recorder.interval();
  const latency = recorder.latency();
  const { latencies } = recorder;
  const semisync = seen.semisync.enabled;
  return {
    runtime: seen.runtime,
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
    tps: known(recorder.commits > 0 ? 1e6 / interval.mean : (commits / end.time) * 1e6, 3) ?? 0,
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
    host_cpu_busy: known((end.busy - start.busy) / (elapsed * settings.cores), 4),
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
    late_share: open ? known((end.late - start.late) / (end.arrivals - start.arrivals), 4) : null,
    dropped_tps: open ? known(((end.dropped - start.dropped) / elapsed) * 1e6, 3) : null,
    commits: recorder.commits,
    warmup_commits: recorder.warmupCommits,
    repetition: null,
    delay_error_p50_us: null,
    delay_error_p99_us: null,
    lock_log_contended: null,
    lock_log_wait_p99_us: null,
    context_switches: null,
    ring_full_times: null,
    warnings: warnings.length > 0 ? warnings.join('; ') : null,
    think_us: settings.think.mean,
  };
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
