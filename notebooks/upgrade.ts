/**
 * Where the gain from MySQL 5.6 to 5.7 comes from. Seven changes make 128 servers, of which each has made some; what a
 * change gains is known in each of the 64 places in which it can be made.
 */
import { type Factor, factor, logHalf, type Observed } from './rows.js';

export interface Change {
  readonly name: string;
  /** As a sentence says it: `an ACK receiver`. */
  readonly inSentence: string;
  readonly means: string;
  readonly isMade: (row: Observed) => boolean;
}

const choice =
  (text: string) =>
  ({ variant }: Observed): boolean =>
    variant.split(', ').includes(text);

/** In the order of the commit path. */
export const CHANGES: readonly Change[] = [
  {
    name: 'redo per group',
    inSentence: 'one redo flush per group',
    means: 'the leader flushes the redo log once for its group, not each transaction for itself',
    isMade: choice('redo_flush=per-group'),
  },
  {
    name: 'five events',
    inSentence: 'a fifth event',
    means: 'an Anonymous_gtid event stands in front of each transaction',
    isMade: ({ events_per_tx }) => events_per_tx === 5,
  },
  {
    name: 'LOCK_log released',
    inSentence: 'LOCK_log released during the fsync',
    means: 'the next group is flushed while this one is fsynced',
    isMade: choice('log_lock_in_fsync=released'),
  },
  {
    name: 'lock-free reader',
    inSentence: 'a dump reader without LOCK_log',
    means: 'dump readers read up to a published position, and take no lock for every event',
    isMade: choice('binlog_reader=lock-free'),
  },
  {
    name: 'ACK receiver',
    inSentence: 'an ACK receiver',
    means: 'a thread of its own collects ACKs; dump readers go on sending meanwhile',
    isMade: choice('ack_collector=receiver-thread'),
  },
  {
    name: 'wake the covered',
    inSentence: 'waking only whom the ACK covers',
    means: 'an ACK wakes the sessions whose position it reaches, not all that wait',
    isMade: choice('waiter_wakeup=covered'),
  },
  {
    name: 'wait AFTER_SYNC',
    inSentence: 'waiting AFTER_SYNC',
    means: 'the group waits together, once, before the engine commits',
    isMade: ({ wait_point }) => wait_point === 'AFTER_SYNC',
  },
];

const SERVERS = 2 ** CHANGES.length;

/** By the changes made: bit `i` of the index is CHANGES[i]. */
export type Servers = readonly Observed[];

export interface Situation {
  readonly rtt_us: number;
  readonly clients: number;
}

const isAt =
  ({ rtt_us, clients }: Situation) =>
  (row: Observed): boolean =>
    row.rtt_us === rtt_us && row.clients === clients;

export const madeBy = (row: Observed): number =>
  CHANGES.reduce((made, change, bit) => (change.isMade(row) ? made | (1 << bit) : made), 0);

export function serversAt(rows: readonly Observed[], situation: Situation): Servers {
  const found = new Map(rows.filter(isAt(situation)).map((row) => [madeBy(row), row]));
  if (found.size !== SERVERS) {
    throw new Error(`${found.size} of ${SERVERS} servers at ${situation.rtt_us} µs and ${situation.clients} clients`);
  }
  return Array.from({ length: SERVERS }, (_, made) => found.get(made)!);
}

const count = (made: number): number => CHANGES.filter((_, bit) => (made >> bit) & 1).length;
const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** With the first change made to MySQL 5.6, and with the last one that was missing. */
export const alone = (servers: Servers, bit: number): Factor => factor(servers[1 << bit]!, servers[0]!);
export const last = (servers: Servers, bit: number): Factor =>
  factor(servers[SERVERS - 1]!, servers[(SERVERS - 1) ^ (1 << bit)]!);
export const all = (servers: Servers): Factor => factor(servers[SERVERS - 1]!, servers[0]!);

/** In each of the 64 places in which the change can be made. */
export const everywhere = (servers: Servers, bit: number): Factor[] =>
  servers.flatMap((server, made) => ((made >> bit) & 1 ? [] : [factor(servers[made | (1 << bit)]!, server)]));

/**
 * The factor of a change, averaged over all orders in which the seven can be made: its Shapley value, on the logarithm of
 * throughput (L. S. Shapley, "A value for n-person games", 1953). The seven multiply to the whole gain.
 */
export function average(servers: Servers, bit: number): Factor {
  const n = CHANGES.length;
  let [log, variance] = [0, 0];
  servers.forEach((server, made) => {
    const others = count(made) - ((made >> bit) & 1);
    const orders = (factorial(others) * factorial(n - others - 1)) / factorial(n);
    log += ((made >> bit) & 1 ? orders : -orders) * Math.log(server.tps);
    variance += (orders * logHalf(server)) ** 2;
  });
  const half = Math.sqrt(variance);
  return { ratio: Math.exp(log), low: Math.exp(log - half), high: Math.exp(log + half) };
}

/** Changes that alone bring half of the whole gain or more, as factors go: √ of it. */
export function keys(servers: Servers): number[] {
  const whole = all(servers);
  return CHANGES.flatMap((_, bit) => (alone(servers, bit).low >= Math.sqrt(whole.ratio) ? [bit] : []));
}

export interface KeySplit {
  /** Of servers with none of the keys, and with one or more: the slowest and the fastest. */
  readonly none: { readonly servers: number; readonly slowest: number; readonly fastest: number };
  readonly some: { readonly servers: number; readonly slowest: number; readonly fastest: number };
}

export function splitByKeys(servers: Servers, bits: readonly number[]): KeySplit {
  const mask = bits.reduce((sum, bit) => sum | (1 << bit), 0);
  const range = (holds: (made: number) => boolean) => {
    const tps = servers.filter((_, made) => holds(made)).map((server) => server.tps);
    return { servers: tps.length, slowest: Math.min(...tps), fastest: Math.max(...tps) };
  };
  return { none: range((made) => (made & mask) === 0), some: range((made) => (made & mask) !== 0) };
}

/** Measured rows like those that were swept: one replica, an fsync of 100 µs, the version's own wait point. */
export const measuredLike = (rows: readonly Observed[]): Observed[] =>
  rows.filter(
    ({ profile, wait_point, replicas, binlog_fsync_us, sync_binlog, sync_relay_log, rtt_us }) =>
      wait_point === (profile === 'mysql-5.6' ? 'AFTER_COMMIT' : 'AFTER_SYNC') &&
      profile.startsWith('mysql-') &&
      replicas === 1 &&
      binlog_fsync_us === 100 &&
      sync_binlog === 1 &&
      sync_relay_log === 10000 &&
      typeof rtt_us === 'number',
  );

export interface Gap {
  readonly measured: Observed;
  readonly model: Observed;
  /** Positive where the model says more. */
  readonly error: number;
}

/** The model against what was measured at the same point. */
export const gaps = (measured: readonly Observed[], model: readonly Observed[]): Gap[] =>
  measured.flatMap((row) => {
    const same = model.find((other) => other.profile === row.profile && isAt(row as Situation)(other));
    return same === undefined ? [] : [{ measured: row, model: same, error: same.tps / row.tps - 1 }];
  });
