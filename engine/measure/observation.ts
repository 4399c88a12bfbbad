/**
 * An observation: one measured or simulated point. All runtimes produce these, with the same columns, so that anything
 * can be laid beside anything. `null` means unknown and is an empty cell in CSV.
 */
export interface Observation extends BusyColumns {
  runtime: 'virtual' | 'threads' | 'server';
  profile: string;
  wait_point: string;
  wait_for_slave_count: number | null;
  replicas: number;
  /** One number, or one per replica joined by `/` (`200/1000/5000`). */
  rtt_us: string;
  binlog_fsync_us: number | null;
  redo_fsync_us: number | null;
  /** As rtt_us. */
  relay_fsync_us: string;
  sync_binlog: number | null;
  sync_relay_log: number | null;
  clients: number;
  tps: number;
  tps_ci95_low: number | null;
  tps_ci95_high: number | null;
  latency_mean_us: number | null;
  latency_p50_us: number | null;
  latency_p95_us: number | null;
  latency_p99_us: number | null;
  latency_max_us: number | null;
  /** Per transaction, as its client feels it. */
  ack_wait_mean_us: number | null;
  group_size_mean: number | null;
  yes_tx: number | null;
  no_tx: number | null;
  host_cpu_busy: number | null;
  seed: number | null;

  // Behind the shared columns: what a virtual point knows besides.
  latency_mean_ci95_low: number | null;
  latency_mean_ci95_high: number | null;
  arrival_rate: number | null;
  group_commit_delay_us: number | null;
  group_commit_count: number | null;
  timeout_us: number | null;
  events_per_tx: number | null;
  bytes_per_tx: number | null;
  cores: number | null;
  hosts: string | null;
  /** Open loop: share of transactions that started later than intended because no connection was free. */
  late_share: number | null;
  /** Open loop: transactions that arrived per second but found the backlog full. */
  dropped_tps: number | null;
  commits: number | null;
  warmup_commits: number | null;
  /** Measured points: which of several runs of the same settings, from 1. */
  repetition: number | null;
  /** Actual less asked delay of emulated round trips and fsyncs. */
  delay_error_p50_us: number | null;
  delay_error_p99_us: number | null;
  /** Fraction of the acquisitions of LOCK_log that found it held. */
  lock_log_contended: number | null;
  /** Of those, how long they waited. */
  lock_log_wait_p99_us: number | null;
  /** Of all threads, during the run. */
  context_switches: number | null;
  /** How often the flush leader found the binlog ring full. */
  ring_full_times: number | null;
  /** Sentences, joined by `; `. */
  warnings: string | null;
  think_us: number | null;
}

/**
 * How busy what can queue is, 0…1; `null` where there is none, or nobody knows. Of what each replica has, the one that
 * completes the quorum. For all of them see `PointResult.resources`.
 */
export interface BusyColumns {
  client_cpu_busy: number | null;
  replica_cpu_busy: number | null;
  redo_disk_busy: number | null;
  binlog_disk_busy: number | null;
  relay_disk_busy: number | null;
  link_busy: number | null;
  lock_log_busy: number | null;
  lock_sync_busy: number | null;
  lock_after_binlog_sync_busy: number | null;
  lock_commit_busy: number | null;
  lock_binlog_busy: number | null;
  dump_reader_busy: number | null;
  replica_io_busy: number | null;
  ack_receiver_busy: number | null;
  ack_round_trip_busy: number | null;
}

/** The CSV's columns, in order. */
export const OBSERVATION_COLUMNS = [
  'runtime',
  'profile',
  'wait_point',
  'wait_for_slave_count',
  'replicas',
  'rtt_us',
  'binlog_fsync_us',
  'redo_fsync_us',
  'relay_fsync_us',
  'sync_binlog',
  'sync_relay_log',
  'clients',
  'tps',
  'tps_ci95_low',
  'tps_ci95_high',
  'latency_mean_us',
  'latency_p50_us',
  'latency_p95_us',
  'latency_p99_us',
  'latency_max_us',
  'ack_wait_mean_us',
  'group_size_mean',
  'yes_tx',
  'no_tx',
  'host_cpu_busy',
  'seed',
  'latency_mean_ci95_low',
  'latency_mean_ci95_high',
  'arrival_rate',
  'group_commit_delay_us',
  'group_commit_count',
  'timeout_us',
  'events_per_tx',
  'bytes_per_tx',
  'cores',
  'hosts',
  'late_share',
  'dropped_tps',
  'commits',
  'warmup_commits',
  'repetition',
  'delay_error_p50_us',
  'delay_error_p99_us',
  'lock_log_contended',
  'lock_log_wait_p99_us',
  'context_switches',
  'ring_full_times',
  'warnings',
  'think_us',
  'client_cpu_busy',
  'replica_cpu_busy',
  'redo_disk_busy',
  'binlog_disk_busy',
  'relay_disk_busy',
  'link_busy',
  'lock_log_busy',
  'lock_sync_busy',
  'lock_after_binlog_sync_busy',
  'lock_commit_busy',
  'lock_binlog_busy',
  'dump_reader_busy',
  'replica_io_busy',
  'ack_receiver_busy',
  'ack_round_trip_busy',
] as const satisfies readonly (keyof Observation)[];

/** Every column is listed: a key of Observation missing above is a type error here. */
type Unlisted = Exclude<keyof Observation, (typeof OBSERVATION_COLUMNS)[number]>;
const _everyColumnIsListed: [Unlisted] extends [never] ? true : Unlisted = true;
void _everyColumnIsListed;
