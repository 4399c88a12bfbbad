/**
 * Every parameter of an experiment, once: its name, kind, range, default and meaning. The workload schema, `--set`, the
 * help texts and the reference page are made from this table.
 *
 * Inside the engine times are µs, sizes bytes, and rates per second.
 */
import { CHOICE_VALUES, type ChoiceName, type Choices, PROFILE_NAMES, PROFILES, type ProfileName } from './profiles.js';
import { VARIABLES, type VariableName, variableInfo } from './variables.js';

export type Microseconds = number;

/** A cost in µs: fixed, or drawn anew each time it is paid. */
export type Distribution =
  | { readonly kind: 'constant'; readonly mean: Microseconds }
  | { readonly kind: 'exponential'; readonly mean: Microseconds }
  /** `sigma` is the standard deviation of the logarithm; `mean` is the distribution's own mean, not its median. */
  | { readonly kind: 'lognormal'; readonly mean: Microseconds; readonly sigma: number }
  /** Drawn with equal chance from `samples`, which were read from the file named `source`. */
  | {
      readonly kind: 'empirical';
      readonly mean: Microseconds;
      readonly source: string;
      readonly samples: readonly number[];
    };

export const WAIT_POINTS = ['ASYNC', ...VARIABLES.rpl_semi_sync_master_wait_point.values] as const;
export type WaitPoint = (typeof WAIT_POINTS)[number];

export type ParameterKind =
  | 'choice' // one of `values`
  | 'switch' // ON | OFF
  | 'count' // whole number
  | 'number' // any number
  | 'time' // a fixed time, µs
  | 'cost' // a time or a distribution of times, µs
  | 'bytes'
  | 'bandwidth'; // bits per second; 0 = unlimited

export interface ParameterInfo {
  readonly kind: ParameterKind;
  readonly group:
    | 'replication'
    | 'load'
    | 'network and storage'
    | 'transaction'
    | 'host'
    | 'cpu cost'
    | 'version'
    | 'run';
  readonly about: string;
  readonly values?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** One value for all replicas, or one for each, joined by `/` or as a YAML list. */
  readonly perReplica?: true;
  /** Taken from the profile unless it is set. */
  readonly fromProfile?: true;
}

const US = 1;
const MS = 1000;
const S = 1_000_000;
const MAX_TIME = 3600 * S;

/** A parameter that sets a server variable: what that table says about it, in the engine's units. */
function ofVariable(name: VariableName): ParameterInfo {
  const info = variableInfo(name);
  const about = name === info.parameter ? info.about : `${name}: ${info.about}`;
  if (info.kind === 'switch') return { kind: 'switch', group: 'replication', about };
  if (info.kind === 'choice') return { kind: 'choice', group: 'replication', about };
  const isTime = info.unit === 'ms' || info.unit === 'µs';
  const scale = info.unit === 'ms' ? MS : 1;
  return {
    kind: isTime ? 'time' : 'count',
    group: 'replication',
    min: info.min * scale,
    max: info.max * scale,
    about,
  };
}

const constant = (mean: Microseconds): Distribution => ({ kind: 'constant', mean });

/** Flat settings: what a workload or `--set` gives, by name, parsed. A per-replica list of one serves every replica. */
export interface Settings extends Choices {
  profile: ProfileName;
  wait_point: WaitPoint;
  wait_for_slave_count: number;
  timeout: Microseconds;
  wait_no_slave: boolean;
  sync_binlog: number;
  sync_relay_log: number;
  group_commit_delay: Microseconds;
  group_commit_count: number;
  order_commits: boolean;
  mutex: 'barging' | 'fifo';

  clients: number;
  arrival_rate: number;
  think: Distribution;

  replicas: number;
  rtt: readonly Distribution[];
  bandwidth: readonly number[];
  relay_fsync: readonly Distribution[];
  semisync: readonly boolean[];
  binlog_fsync: Distribution;
  redo_fsync: Distribution;

  events_per_tx: number;
  bytes_per_tx: number;

  hosts: 'one' | 'replicas-apart' | 'all-apart';
  cores: number;
  replica_cores: number;
  client_cores: number;

  cpu_client: Distribution;
  cpu_statement: Distribution;
  cpu_flush: Distribution;
  cpu_commit: Distribution;
  cpu_event_read: Distribution;
  cpu_event_send: Distribution;
  cpu_send: Distribution;
  cpu_event_receive: Distribution;
  cpu_ack: Distribution;
  cpu_semisync: Distribution;
  cpu_forward: Distribution;
  cpu_signal: Distribution;
  cpu_wake: Distribution;
  wake_latency: Distribution;
  fsync_overhead: Distribution;
  net_overhead: Distribution;

  seed: number;
}

export type ParameterName = keyof Settings;

export const PARAMETERS: { readonly [K in ParameterName]: ParameterInfo } = {
  profile: {
    kind: 'choice',
    group: 'replication',
    values: PROFILE_NAMES,
    about: 'the server version whose rules apply',
  },
  wait_point: {
    ...ofVariable('rpl_semi_sync_master_wait_point'),
    values: WAIT_POINTS,
    fromProfile: true,
    about: 'rpl_semi_sync_master_wait_point; ASYNC switches semi-synchronous replication off',
  },
  wait_for_slave_count: ofVariable('rpl_semi_sync_master_wait_for_slave_count'),
  timeout: ofVariable('rpl_semi_sync_master_timeout'),
  wait_no_slave: ofVariable('rpl_semi_sync_master_wait_no_slave'),
  sync_binlog: ofVariable('sync_binlog'),
  sync_relay_log: ofVariable('sync_relay_log'),
  group_commit_delay: ofVariable('binlog_group_commit_sync_delay'),
  group_commit_count: ofVariable('binlog_group_commit_sync_no_delay_count'),
  order_commits: ofVariable('binlog_order_commits'),
  mutex: {
    kind: 'choice',
    group: 'version',
    values: ['barging', 'fifo'],
    about: 'pthread mutexes let a running thread in before a woken waiter (barging); fifo hands over in order',
  },

  clients: { kind: 'count', group: 'load', min: 1, max: 10000, about: 'concurrent connections, one session each' },
  arrival_rate: {
    kind: 'number',
    group: 'load',
    min: 0,
    max: 10_000_000,
    about:
      'transactions offered per second (Poisson, open loop); 0: closed loop, a client sends when it has its answer',
  },
  think: {
    kind: 'cost',
    group: 'load',
    min: 0,
    max: MAX_TIME,
    about: 'pause of a client between answer and next statement',
  },

  replicas: { kind: 'count', group: 'network and storage', min: 0, max: 64, about: 'connected replicas' },
  rtt: {
    kind: 'cost',
    group: 'network and storage',
    min: 0,
    max: MAX_TIME,
    perReplica: true,
    about: 'round trip between source and replica; each direction takes half of a draw',
  },
  bandwidth: {
    kind: 'bandwidth',
    group: 'network and storage',
    min: 0,
    max: 1e13,
    perReplica: true,
    about: 'bits per second from source to replica; 0 is unlimited',
  },
  relay_fsync: {
    kind: 'cost',
    group: 'network and storage',
    min: 0,
    max: MAX_TIME,
    perReplica: true,
    about: "fsync of a replica's relay log; 0 costs nothing at all",
  },
  semisync: { ...ofVariable('rpl_semi_sync_slave_enabled'), group: 'network and storage', perReplica: true },
  binlog_fsync: {
    kind: 'cost',
    group: 'network and storage',
    min: 0,
    max: MAX_TIME,
    about: 'fsync of the binlog; 0 costs nothing at all',
  },
  redo_fsync: {
    kind: 'cost',
    group: 'network and storage',
    min: 0,
    max: MAX_TIME,
    about: "fsync of the storage engine's redo log; 0 costs nothing at all (memory-mapped, say)",
  },

  events_per_tx: {
    kind: 'count',
    group: 'transaction',
    min: 1,
    max: 100000,
    fromProfile: true,
    about: 'binlog events of one transaction',
  },
  bytes_per_tx: {
    kind: 'bytes',
    group: 'transaction',
    min: 23,
    max: 1 << 30,
    about: 'bytes of one transaction in the binlog',
  },

  hosts: {
    kind: 'choice',
    group: 'host',
    values: ['one', 'replicas-apart', 'all-apart'],
    about: 'who shares cores: everybody; source and clients, each replica by itself; or everybody apart',
  },
  cores: { kind: 'count', group: 'host', min: 1, max: 1024, about: "cores of the source's host" },
  replica_cores: {
    kind: 'count',
    group: 'host',
    min: 1,
    max: 1024,
    about: "cores of each replica's host, where apart",
  },
  client_cores: { kind: 'count', group: 'host', min: 1, max: 1024, about: "cores of the clients' host, where apart" },

  cpu_client: { kind: 'cost', group: 'cpu cost', min: 0, max: S, about: 'client side of one transaction' },
  cpu_statement: { kind: 'cost', group: 'cpu cost', min: 0, max: S, about: 'executing the statement up to its commit' },
  cpu_flush: {
    kind: 'cost',
    group: 'cpu cost',
    min: 0,
    max: S,
    about: "appending one transaction's events to the binlog",
  },
  cpu_commit: {
    kind: 'cost',
    group: 'cpu cost',
    min: 0,
    max: S,
    about: 'committing one transaction in the storage engine',
  },
  cpu_event_read: { kind: 'cost', group: 'cpu cost', min: 0, max: S, about: 'a dump reader reading one event' },
  cpu_event_send: {
    kind: 'cost',
    group: 'cpu cost',
    min: 0,
    max: S,
    about: 'a dump reader putting one event into its network buffer, after reading it',
  },
  cpu_send: { kind: 'cost', group: 'cpu cost', min: 0, max: S, about: 'a dump reader flushing its network buffer' },
  cpu_event_receive: {
    kind: 'cost',
    group: 'cpu cost',
    min: 0,
    max: S,
    about: "a replica's I/O thread writing one event to its relay log",
  },
  cpu_ack: {
    kind: 'cost',
    group: 'cpu cost',
    min: 0,
    max: S,
    about: 'sending one ACK (replica), or reading one (source)',
  },
  cpu_semisync: {
    kind: 'cost',
    group: 'cpu cost',
    min: 0,
    max: S,
    about: 'one visit to the semi-sync module, under LOCK_binlog_',
  },
  cpu_forward: {
    kind: 'cost',
    group: 'cpu cost',
    min: 0,
    max: S,
    about: 'relaying one packet between source and replica, where they share a host and something there delays packets',
  },
  cpu_signal: {
    kind: 'cost',
    group: 'cpu cost',
    min: 0,
    max: S,
    about: 'waking one thread, paid by the one who wakes it (and still holds the mutex)',
  },
  cpu_wake: { kind: 'cost', group: 'cpu cost', min: 0, max: S, about: 'switching a core to a woken thread' },
  wake_latency: {
    kind: 'cost',
    group: 'cpu cost',
    min: 0,
    max: S,
    about: 'waking an idle core before it can run anything',
  },
  fsync_overhead: {
    kind: 'cost',
    group: 'cpu cost',
    min: 0,
    max: S,
    about: 'added to every fsync that costs anything',
  },
  net_overhead: {
    kind: 'cost',
    group: 'cpu cost',
    min: 0,
    max: S,
    about: 'added to every round trip, half in each direction',
  },

  ...(Object.fromEntries(
    Object.entries({
      wait_points: 'which wait points the source knows',
      ack_quorum: 'whether wait_for_slave_count is obeyed, or the first ACK counts',
      log_lock_in_fsync: 'LOCK_log while the binlog is fsynced',
      binlog_reader:
        'how a dump reader reads the active binlog: LOCK_log per event, or lock-free up to a safe position',
      ack_collector: 'who reads the ACKs',
      waiter_wakeup: 'whom an ACK wakes',
      redo_flush: "who flushes the storage engine's redo log, and when",
      ack_request: 'where an ACK is asked for',
      after_sync_wait: 'how a group waits under AFTER_SYNC',
      after_commit_wait: 'who waits under AFTER_COMMIT',
      stage_queues: 'whether groups may merge between the stages of the group commit',
      done_wakeup: 'how followers learn that their group is done',
    } satisfies Record<ChoiceName, string>).map(([name, about]) => [
      name,
      { kind: 'choice', group: 'version', values: CHOICE_VALUES[name as ChoiceName], fromProfile: true, about },
    ]),
  ) as unknown as { readonly [K in ChoiceName]: ParameterInfo }),

  seed: { kind: 'count', group: 'run', min: 0, max: 4294967295, about: 'seed of every random stream' },
};

export const PARAMETER_NAMES = Object.keys(PARAMETERS) as readonly ParameterName[];

type PerReplica = { [K in ParameterName]: Settings[K] extends readonly unknown[] ? K : never }[ParameterName];

/** Lists, of one value for all replicas or one for each. */
export const PER_REPLICA = PARAMETER_NAMES.filter((name): name is PerReplica => PARAMETERS[name].perReplica === true);

/** The defaults of a profile: every parameter has one. */
export function defaultSettings(profile: ProfileName): Settings {
  const preset = PROFILES[profile];
  return {
    profile,
    ...preset.defaults,
    ...preset.choices,
    wait_for_slave_count: VARIABLES.rpl_semi_sync_master_wait_for_slave_count.default,
    timeout: VARIABLES.rpl_semi_sync_master_timeout.default * MS,
    wait_no_slave: VARIABLES.rpl_semi_sync_master_wait_no_slave.default,
    sync_binlog: VARIABLES.sync_binlog.default,
    sync_relay_log: VARIABLES.sync_relay_log.default,
    group_commit_delay: VARIABLES.binlog_group_commit_sync_delay.default,
    group_commit_count: VARIABLES.binlog_group_commit_sync_no_delay_count.default,
    order_commits: VARIABLES.binlog_order_commits.default,
    mutex: 'barging',
    clients: 16,
    arrival_rate: 0,
    think: constant(0),
    replicas: 1,
    rtt: [constant(1 * MS)],
    bandwidth: [0],
    relay_fsync: [constant(100 * US)],
    semisync: [true],
    binlog_fsync: constant(100 * US),
    redo_fsync: constant(100 * US),
    bytes_per_tx: 480,
    hosts: 'one',
    cores: 2,
    replica_cores: 2,
    client_cores: 2,
    cpu_client: { kind: 'lognormal', mean: 8, sigma: 0.3 },
    cpu_statement: { kind: 'lognormal', mean: 36, sigma: 0.3 },
    cpu_flush: constant(2.5),
    cpu_commit: constant(6),
    cpu_event_read: constant(2),
    cpu_event_send: constant(1.5),
    cpu_send: constant(10),
    cpu_event_receive: constant(3.5),
    cpu_ack: constant(9),
    cpu_semisync: constant(1.8),
    cpu_forward: constant(14),
    cpu_signal: constant(1.5),
    cpu_wake: constant(4),
    wake_latency: { kind: 'exponential', mean: 5 },
    fsync_overhead: { kind: 'lognormal', mean: 20, sigma: 0.2 },
    net_overhead: { kind: 'lognormal', mean: 30, sigma: 0.3 },
    seed: 42,
  };
}

/** The value that replica `index` (0-based) gets from a per-replica list. */
export const forReplica = <T>(list: readonly T[], index: number): T => list[list.length === 1 ? 0 : index] as T;

/** Does a source of this version know the wait point? */
export const knowsWaitPoint = ({ wait_points }: Pick<Choices, 'wait_points'>, waitPoint: WaitPoint): boolean =>
  waitPoint !== 'AFTER_SYNC' || wait_points === 'both';

/** Those that acknowledge, while semi-sync is enabled on the source: 0-based. */
export const semiSyncReplicas = ({ replicas, semisync }: Pick<Settings, 'replicas' | 'semisync'>): number[] =>
  Array.from({ length: replicas }, (_, index) => index).filter((index) => forReplica(semisync, index));
