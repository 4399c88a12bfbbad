/**
 * The semi-sync counters of a server, once, as `SHOW GLOBAL STATUS LIKE '%semi%'` names and orders them. Times are µs.
 */
import type { ProfileName } from './profiles.js';
import type { SemiSync } from './semi-sync.js';
import type { Provider } from './variables.js';

/** What the counters are read from: of each plugin that the server has, its state. */
export interface CounterState {
  readonly source?: SemiSync;
  readonly replica?: ReplicaCounters;
  /** Those of this version besides those that all have. */
  readonly profile?: ProfileName;
}

export interface ReplicaCounters {
  /** Does the I/O thread that runs now acknowledge? */
  readonly acknowledges: boolean;
  readonly acksSent: number;
}

interface CounterBase {
  /** Its name since 8.0.26, where that differs. */
  readonly renamed?: string;
  /** The versions that have it; all, where absent. */
  readonly profiles?: readonly ProfileName[];
  readonly about: string;
}

interface SourceCounter extends CounterBase {
  readonly provider: Extract<Provider, 'source plugin'>;
  read(semisync: SemiSync): number | string;
}

interface ReplicaCounter extends CounterBase {
  readonly provider: Extract<Provider, 'replica plugin'>;
  read(replica: ReplicaCounters): number | string;
}

const onOff = (on: boolean): string => (on ? 'ON' : 'OFF');
const average = (total: number, count: number): number => (count === 0 ? 0 : Math.round(total / count));

const ofSource = (renamed: string, about: string, read: SourceCounter['read']): SourceCounter => ({
  provider: 'source plugin',
  renamed: `Rpl_semi_sync_source_${renamed}`,
  about,
  read,
});

const MARIADB = ['mariadb-10.11'] as const;

const COUNTERS = {
  Rpl_semi_sync_master_clients: ofSource('clients', 'connected semi-sync replicas', (s) => s.clients),
  Rpl_semi_sync_master_get_ack: {
    provider: 'source plugin',
    profiles: MARIADB,
    about: 'ACKs that have arrived',
    read: (s) => s.acksReceived,
  } satisfies SourceCounter as SourceCounter,
  Rpl_semi_sync_master_net_avg_wait_time: ofSource('net_avg_wait_time', 'mean of net_wait_time, µs', (s) =>
    average(s.netWaitTime, s.netWaits),
  ),
  Rpl_semi_sync_master_net_wait_time: ofSource(
    'net_wait_time',
    'time dump readers waited for ACKs, µs; 0 where an ACK receiver reads them',
    (s) => Math.round(s.netWaitTime),
  ),
  Rpl_semi_sync_master_net_waits: ofSource('net_waits', 'ACKs asked for', (s) => s.netWaits),
  Rpl_semi_sync_master_no_times: ofSource('no_times', 'how often semi-sync was switched OFF', (s) => s.noTimes),
  Rpl_semi_sync_master_no_tx: ofSource('no_tx', 'waits that ended without an acknowledgement', (s) => s.noTx),
  Rpl_semi_sync_master_request_ack: {
    provider: 'source plugin',
    profiles: MARIADB,
    about: 'ACKs asked for',
    read: (s) => s.netWaits,
  } satisfies SourceCounter as SourceCounter,
  Rpl_semi_sync_master_status: ofSource('status', 'is semi-sync ON now?', (s) => onOff(s.enabled && s.on)),
  Rpl_semi_sync_master_timefunc_failures: ofSource('timefunc_failures', 'clock readings that failed', () => 0),
  Rpl_semi_sync_master_tx_avg_wait_time: ofSource('tx_avg_wait_time', 'mean of tx_wait_time, µs', (s) =>
    average(s.txWaitTime, s.txWaits),
  ),
  Rpl_semi_sync_master_tx_wait_time: ofSource(
    'tx_wait_time',
    'time slept for ACKs, by those whose wait ended in time, µs',
    (s) => Math.round(s.txWaitTime),
  ),
  Rpl_semi_sync_master_tx_waits: ofSource('tx_waits', 'sleeps that ended in time', (s) => s.txWaits),
  Rpl_semi_sync_master_wait_pos_backtraverse: ofSource(
    'wait_pos_backtraverse',
    "how often a new waiter's position lay before the earliest one waited for",
    (s) => s.waitPosBacktraverse,
  ),
  Rpl_semi_sync_master_wait_sessions: ofSource(
    'wait_sessions',
    'sessions asleep for an ACK now',
    (s) => s.waitSessions,
  ),
  Rpl_semi_sync_master_yes_tx: ofSource(
    'yes_tx',
    'waits that ended acknowledged: under AFTER_SYNC one per group in 5.7',
    (s) => s.yesTx,
  ),
  Rpl_semi_sync_slave_send_ack: {
    provider: 'replica plugin',
    profiles: MARIADB,
    about: 'ACKs that this server has sent',
    read: (replica) => replica.acksSent,
  } satisfies ReplicaCounter as ReplicaCounter,
  Rpl_semi_sync_slave_status: {
    provider: 'replica plugin',
    renamed: 'Rpl_semi_sync_replica_status',
    about: "does this server's I/O thread acknowledge now?",
    read: (replica) => onOff(replica.acknowledges),
  } satisfies ReplicaCounter as ReplicaCounter,
} as const satisfies Readonly<Record<string, SourceCounter | ReplicaCounter>>;

export type CounterName = keyof typeof COUNTERS;

export const COUNTER_NAMES = Object.keys(COUNTERS) as readonly CounterName[];

export const counterInfo = (name: CounterName): SourceCounter | ReplicaCounter => COUNTERS[name];

/** Does this version have it? Without a version: do all? */
export function hasCounter(name: CounterName, profile?: ProfileName): boolean {
  const { profiles } = counterInfo(name);
  return profiles === undefined || (profile !== undefined && profiles.includes(profile));
}

/** The counters of the plugins a server has, each by the name that stands first in this table. */
export function statusCounters({ source, replica, profile }: CounterState): Record<string, number | string> {
  const values: Record<string, number | string> = {};
  for (const name of COUNTER_NAMES) {
    if (!hasCounter(name, profile)) continue;
    const counter = counterInfo(name);
    if (counter.provider === 'source plugin') {
      if (source) values[name] = counter.read(source);
    } else if (replica) values[name] = counter.read(replica);
  }
  return values;
}
