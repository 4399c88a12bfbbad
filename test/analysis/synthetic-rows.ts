/** Rows as a sweep would bring them, from rough formulas: for charts and sentences, not for truth. */

import type { SweepRow } from '../../analysis/row.js';
import type { BusyColumns, Observation } from '../../engine/measure/observation.js';
import { defaultSettings, type WaitPoint } from '../../engine/protocol/parameters.js';
import { PROFILES, type ProfileName } from '../../engine/protocol/profiles.js';

const NOTHING_BUSY: BusyColumns = {
  client_cpu_busy: null,
  replica_cpu_busy: null,
  redo_disk_busy: null,
  binlog_disk_busy: null,
  relay_disk_busy: null,
  link_busy: null,
  lock_log_busy: null,
  lock_sync_busy: null,
  lock_after_binlog_sync_busy: null,
  lock_commit_busy: null,
  lock_binlog_busy: null,
  dump_reader_busy: null,
  replica_io_busy: null,
  ack_receiver_busy: null,
  ack_round_trip_busy: null,
};

export interface Experiment {
  readonly profile?: ProfileName;
  readonly wait_point?: WaitPoint;
  readonly clients?: number;
  readonly replicas?: number;
  readonly rtt_us?: number | string;
  readonly fsync_us?: number;
  readonly variant?: string;
  readonly sync_relay_log?: number;
}

const ACK_WAIT: Readonly<Record<WaitPoint, number>> = { ASYNC: 0, AFTER_SYNC: 1, AFTER_COMMIT: 1.3 };

/** 5.6 about one transaction a round trip; others groups of a third of the clients, until the CPU binds at 15,000/s. */
function throughput(profile: ProfileName, clients: number, commitUs: number, waitUs: number): number {
  const alone = 1e6 / (commitUs + waitUs);
  const grouped = profile === 'mysql-5.6' ? Math.min(1.5, 1 + clients / 32) : 1 + (clients - 1) / 3;
  const most = waitUs === 0 ? 1 + (clients - 1) / 2 : grouped;
  return 1 / (1 / (alone * most) + 1 / 15_000);
}

let points = 0;

/** A row whose interval is 1 % of its throughput on each side, unless `change` says otherwise. */
export function row(experiment: Experiment, change: Partial<SweepRow> = {}): SweepRow {
  const { profile = 'mysql-5.7', clients = 16, replicas = 1, fsync_us = 100, variant = '' } = experiment;
  const { rtt_us = 1000, sync_relay_log = 10000 } = experiment;
  const wait_point = experiment.wait_point ?? PROFILES[profile].defaults.wait_point;
  const settings = defaultSettings(profile);
  const nearest = Math.min(...String(rtt_us).split('/').map(Number));
  const waitUs = ACK_WAIT[wait_point] * (nearest + 120 + (sync_relay_log === 1 ? fsync_us * 4 : 0));
  const tps = throughput(profile, clients, 80 + 2 * fsync_us, waitUs) * (1 - 0.03 * (replicas - 1));
  const latency = (clients / tps) * 1e6;
  const observation: Observation = {
    runtime: 'virtual',
    profile,
    wait_point,
    wait_for_slave_count: 1,
    replicas,
    rtt_us: String(rtt_us),
    binlog_fsync_us: fsync_us,
    redo_fsync_us: fsync_us,
    relay_fsync_us: String(fsync_us),
    sync_binlog: 1,
    sync_relay_log,
    clients,
    tps,
    tps_ci95_low: tps * 0.99,
    tps_ci95_high: tps * 1.01,
    latency_mean_us: latency,
    latency_p50_us: latency * 0.95,
    latency_p95_us: latency * 1.5,
    latency_p99_us: latency * 2.1,
    latency_max_us: latency * 6,
    ack_wait_mean_us: waitUs,
    group_size_mean: Math.max(1, clients / 3),
    yes_tx: 20_000,
    no_tx: 0,
    host_cpu_busy: Math.min(1, tps / 15_000),
    seed: settings.seed,
    latency_mean_ci95_low: latency * 0.985,
    latency_mean_ci95_high: latency * 1.015,
    arrival_rate: 0,
    group_commit_delay_us: 0,
    group_commit_count: 0,
    timeout_us: settings.timeout,
    events_per_tx: settings.events_per_tx,
    bytes_per_tx: settings.bytes_per_tx,
    cores: settings.cores,
    hosts: settings.hosts,
    late_share: null,
    dropped_tps: null,
    commits: 20_000,
    warmup_commits: 500,
    repetition: null,
    delay_error_p50_us: null,
    delay_error_p99_us: null,
    lock_log_contended: null,
    lock_log_wait_p99_us: null,
    context_switches: null,
    ring_full_times: null,
    warnings: null,
    think_us: 0,
    ...NOTHING_BUSY,
  };
  return { ...observation, point: points++, part: 'synthetic', variant, ...change };
}

/** The product of the given lists of values. */
export function sweep(axes: { readonly [K in keyof Experiment]?: readonly NonNullable<Experiment[K]>[] }): SweepRow[] {
  let experiments: Experiment[] = [{}];
  for (const [name, values] of Object.entries(axes)) {
    experiments = experiments.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  }
  return experiments.map((one) => row(one));
}
