/**
 * The server variables that acklab knows, once: what SHOW VARIABLES, SET GLOBAL, a my.cnf, the parameters of an
 * experiment and the reference page say about them comes from this table. Units are MySQL's own.
 */
import type { ParameterName } from './parameters.js';
import { PROFILES, type ProfileName } from './profiles.js';

/** Who brings a variable or counter: a plugin, or the server itself. */
export type Provider = 'source plugin' | 'replica plugin' | 'server';

/** The release that renamed master to source and slave to replica. */
export const RENAMING_RELEASE = '8.0.26';

export type VariableUnit = 's' | 'ms' | 'µs' | 'replicas' | 'groups' | 'events' | 'transactions' | 'clients';

interface VariableBase {
  readonly provider: Provider;
  /** Its name since 8.0.26, where that differs. */
  readonly renamed?: string;
  /** Only the source of a cluster has it. */
  readonly onSourceOnly?: true;
  /** The versions that have it; all, where absent. */
  readonly profiles?: readonly ProfileName[];
  readonly about: string;
  /** What setting it does to a running server, at once. */
  readonly onSet: string;
  /** The parameter of an experiment that sets it. */
  readonly parameter?: ParameterName;
}

export interface SwitchVariable extends VariableBase {
  readonly kind: 'switch';
  readonly default: boolean;
}

export interface NumberVariable extends VariableBase {
  readonly kind: 'number';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit?: VariableUnit;
}

/** Versions differ in its default: the profiles have it. */
export interface ChoiceVariable extends VariableBase {
  readonly kind: 'choice';
  /** In the order in which SET GLOBAL counts them from 0. */
  readonly values: readonly string[];
}

export type VariableInfo = SwitchVariable | NumberVariable | ChoiceVariable;
export type VariableValue = boolean | number | string;

const MAX_UINT32 = 4294967295;

/** In MySQL all of these are dynamic, and GLOBAL only. */
export const VARIABLES = {
  rpl_semi_sync_master_enabled: {
    provider: 'source plugin',
    kind: 'switch',
    default: false,
    renamed: 'rpl_semi_sync_source_enabled',
    about: 'whether commits wait for acknowledgements; a replica asks for it when it connects',
    onSet:
      'ON: semi-sync is ON from the next flush, with or without replicas; OFF: it is switched OFF and all waiters are woken',
  },
  rpl_semi_sync_master_timeout: {
    provider: 'source plugin',
    kind: 'number',
    unit: 'ms',
    default: 10000,
    min: 0,
    max: MAX_UINT32,
    renamed: 'rpl_semi_sync_source_timeout',
    parameter: 'timeout',
    about: 'how long a commit waits before semi-sync is switched OFF',
    onSet: 'waits that begin from now on end after it; those under way keep their deadline',
  },
  rpl_semi_sync_master_trace_level: {
    provider: 'source plugin',
    kind: 'number',
    default: 32,
    min: 0,
    max: MAX_UINT32,
    renamed: 'rpl_semi_sync_source_trace_level',
    about: 'what goes to the error log; bit 32 also makes a 5.6 dump reader time its own waits (net_wait_time)',
    onSet: 'without bit 32 a 5.6 dump reader no longer times its waits; there is no error log here',
  },
  rpl_semi_sync_master_wait_for_slave_count: {
    provider: 'source plugin',
    kind: 'number',
    unit: 'replicas',
    default: 1,
    min: 1,
    max: 65535,
    renamed: 'rpl_semi_sync_source_wait_for_replica_count',
    profiles: ['mysql-5.7'],
    parameter: 'wait_for_slave_count',
    about: 'how many replicas must acknowledge',
    onSet: 'the ACKs that have come are held against the new count at once',
  },
  rpl_semi_sync_master_wait_no_slave: {
    provider: 'source plugin',
    kind: 'switch',
    default: true,
    renamed: 'rpl_semi_sync_source_wait_no_replica',
    parameter: 'wait_no_slave',
    about: 'wait for the time-out even with too few replicas connected',
    onSet: 'OFF with too few replicas connected: semi-sync is switched OFF; ON: it is switched ON',
  },
  rpl_semi_sync_master_wait_point: {
    provider: 'source plugin',
    kind: 'choice',
    values: ['AFTER_SYNC', 'AFTER_COMMIT'],
    renamed: 'rpl_semi_sync_source_wait_point',
    profiles: ['mysql-5.7', 'mariadb-10.11'],
    parameter: 'wait_point',
    about: 'wait before the storage engine commits (AFTER_SYNC), or after it',
    onSet: 'groups that reach the wait from now on wait there',
  },
  rpl_semi_sync_slave_delay_master: {
    provider: 'replica plugin',
    kind: 'switch',
    default: false,
    profiles: ['mariadb-10.11'],
    about: 'write master.info only where an ACK is asked for',
    onSet: 'acklab keeps the value',
  },
  rpl_semi_sync_slave_enabled: {
    provider: 'replica plugin',
    kind: 'switch',
    default: false,
    renamed: 'rpl_semi_sync_replica_enabled',
    parameter: 'semisync',
    about: 'whether a replica acknowledges; OFF makes it an ordinary asynchronous replica',
    onSet: 'nothing until the I/O thread is started again',
  },
  rpl_semi_sync_slave_kill_conn_timeout: {
    provider: 'replica plugin',
    kind: 'number',
    unit: 's',
    default: 5,
    min: 0,
    max: MAX_UINT32,
    profiles: ['mariadb-10.11'],
    about: 'how long a replica that stops tries to end its dump thread on the source',
    onSet: 'acklab keeps the value: its source finds out by itself that a replica is gone',
  },
  rpl_semi_sync_slave_trace_level: {
    provider: 'replica plugin',
    kind: 'number',
    default: 32,
    min: 0,
    max: MAX_UINT32,
    renamed: 'rpl_semi_sync_replica_trace_level',
    about: 'what goes to the error log',
    onSet: 'acklab keeps the value',
  },
  sync_binlog: {
    provider: 'server',
    kind: 'number',
    unit: 'groups',
    default: 1,
    min: 0,
    max: MAX_UINT32,
    parameter: 'sync_binlog',
    about: 'fsync the binlog after every N-th group; 0 leaves it to the operating system',
    onSet: 'the next group is counted against it',
  },
  sync_relay_log: {
    provider: 'server',
    kind: 'number',
    unit: 'events',
    default: 10000,
    min: 0,
    max: MAX_UINT32,
    parameter: 'sync_relay_log',
    about: 'a replica fsyncs its relay log after every N-th event; 0 never',
    onSet: 'the next event is counted against it',
  },
  binlog_group_commit_sync_delay: {
    provider: 'server',
    kind: 'number',
    unit: 'µs',
    default: 0,
    min: 0,
    max: 1_000_000,
    profiles: ['mysql-5.7'],
    parameter: 'group_commit_delay',
    about: 'the sync leader holds back to gather a larger group',
    onSet: 'the next leader of the sync stage holds back that long',
  },
  binlog_group_commit_sync_no_delay_count: {
    provider: 'server',
    kind: 'number',
    unit: 'transactions',
    default: 0,
    min: 0,
    max: 100_000,
    profiles: ['mysql-5.7'],
    parameter: 'group_commit_count',
    about: 'a group this large is not held back any longer',
    onSet: 'the next leader of the sync stage counts against it',
  },
  binlog_order_commits: {
    provider: 'server',
    kind: 'switch',
    default: true,
    profiles: ['mysql-5.6', 'mysql-5.7'],
    parameter: 'order_commits',
    about: 'engine commits in binlog order, in the commit stage',
    onSet: 'groups whose sync stage ends from now on are committed that way',
  },
  acklab_load: {
    provider: 'server',
    kind: 'number',
    unit: 'clients',
    default: 4,
    min: 0,
    max: 256,
    onSourceOnly: true,
    parameter: 'clients',
    about:
      "acklab's own: clients that commit all the time, beside those who connect; 0 for a cluster that stands still",
    onSet: 'so many clients commit from now on; those that are to stop have their answer first',
  },
} as const satisfies Readonly<Record<string, VariableInfo>>;

export type VariableName = keyof typeof VARIABLES;

export const VARIABLE_NAMES = Object.keys(VARIABLES) as readonly VariableName[];

/** In rpl_semi_sync_master_trace_level (MySQL's kTraceNetWait). */
export const TRACE_NET_WAIT = 32;

export const variableInfo = (name: VariableName): VariableInfo => VARIABLES[name];

const BY_SPELLING: ReadonlyMap<string, VariableName> = new Map(
  VARIABLE_NAMES.flatMap((name) => {
    const { renamed } = variableInfo(name);
    return renamed === undefined
      ? [[name, name] as const]
      : ([
          [name, name],
          [renamed, name],
        ] as const);
  }),
);

/** The variable that is spelled so, before or since the renaming. */
export const variableSpelled = (spelling: string): VariableName | undefined => BY_SPELLING.get(spelling.toLowerCase());

/** Does this version have it? */
export const hasVariable = (profile: ProfileName, name: VariableName): boolean =>
  variableInfo(name).profiles?.includes(profile) ?? true;

export function defaultOf(name: VariableName, profile: ProfileName): VariableValue {
  const info = variableInfo(name);
  return info.kind === 'choice' ? PROFILES[profile].defaults.wait_point : info.default;
}

/** As SHOW VARIABLES prints a value. */
export function variableText(value: VariableValue): string {
  if (typeof value === 'boolean') return value ? 'ON' : 'OFF';
  return String(value);
}
