/** What the columns of a row mean to a reader: their names, units, and how their values are written in a sentence. */
import type { BusyColumns } from '../engine/measure/observation.js';
import { PROFILES, type ProfileName } from '../engine/protocol/profiles.js';
import type { SweepRow } from './row.js';

type Quantity = 'time' | 'rate' | 'count' | 'share' | 'category';

interface ColumnInfo {
  /** As an axis title says it, unit apart. */
  readonly noun: string;
  /** As a sentence says it, where that differs. */
  readonly inSentence?: string;
  readonly quantity: Quantity;
  /** Columns that hold the 95 % interval of this one. */
  readonly interval?: readonly [keyof SweepRow, keyof SweepRow];
  /** Is more of it good? Absent where it is neither. */
  readonly better?: 'more' | 'less';
  /** Where in the sweep a point stands: `at 1 ms round trip`. Given the value as `valueText` writes it. */
  readonly place?: (text: string, value: Cell) => string;
  /** 0 or ∞ mean something apart from their number, so that distances on an axis would mislead. */
  readonly ordinal?: true;
}

export type Cell = number | string;

const counted =
  (one: string, many: string) =>
  (text: string, value: Cell): string =>
    `with ${text} ${value === 1 ? one : many}`;

const set =
  (name: string) =>
  (text: string): string =>
    `with ${name}=${text}`;

/** How busy a place is, as its columns say it. */
const BUSY_NOUNS = {
  client_cpu_busy: "the clients' CPU",
  replica_cpu_busy: "the replica's CPU",
  redo_disk_busy: "the redo log's disk",
  binlog_disk_busy: "the binlog's disk",
  relay_disk_busy: "the relay log's disk",
  link_busy: 'the link',
  lock_log_busy: 'LOCK_log',
  lock_sync_busy: 'LOCK_sync',
  lock_after_binlog_sync_busy: 'LOCK_after_binlog_sync',
  lock_commit_busy: 'LOCK_commit',
  lock_binlog_busy: 'LOCK_binlog_',
  dump_reader_busy: 'the dump reader',
  replica_io_busy: "the replica's I/O thread",
  ack_receiver_busy: 'the ACK receiver',
  ack_round_trip_busy: 'the ACK round trip',
} as const satisfies Record<keyof BusyColumns, string>;

const busyInfos = Object.entries(BUSY_NOUNS).map(([column, place]): [string, ColumnInfo] => {
  const noun = `share of time in which ${place} is busy`;
  return [column, { noun, inSentence: `the ${noun}`, quantity: 'share' }];
});

const COLUMNS: Readonly<Record<string, ColumnInfo>> = {
  ...Object.fromEntries(busyInfos),
  tps: { noun: 'throughput', quantity: 'rate', interval: ['tps_ci95_low', 'tps_ci95_high'], better: 'more' },
  latency_mean_us: {
    noun: 'mean latency',
    quantity: 'time',
    interval: ['latency_mean_ci95_low', 'latency_mean_ci95_high'],
    better: 'less',
  },
  latency_p50_us: { noun: 'median latency', inSentence: 'the median latency', quantity: 'time', better: 'less' },
  latency_p95_us: {
    noun: '95th percentile of latency',
    inSentence: 'the 95th percentile of latency',
    quantity: 'time',
    better: 'less',
  },
  latency_p99_us: {
    noun: '99th percentile of latency',
    inSentence: 'the 99th percentile of latency',
    quantity: 'time',
    better: 'less',
  },
  latency_max_us: { noun: 'longest latency', inSentence: 'the longest latency', quantity: 'time', better: 'less' },
  ack_wait_mean_us: { noun: 'mean ACK wait', quantity: 'time', better: 'less' },
  group_size_mean: {
    noun: 'transactions per commit group',
    inSentence: 'the number of transactions in a commit group',
    quantity: 'count',
  },
  host_cpu_busy: { noun: 'CPU busy', inSentence: 'the share of time the CPU is busy', quantity: 'share' },
  late_share: {
    noun: 'transactions started late',
    inSentence: 'the share of transactions that started late',
    quantity: 'share',
    better: 'less',
  },
  dropped_tps: { noun: 'transactions dropped', quantity: 'rate', better: 'less' },
  yes_tx: { noun: 'acknowledged waits', quantity: 'count' },
  no_tx: { noun: 'waits that ended without ACK', quantity: 'count', better: 'less' },
  tps_ci95_low: { noun: 'lower bound of throughput', quantity: 'rate', better: 'more' },
  tps_ci95_high: { noun: 'upper bound of throughput', quantity: 'rate', better: 'more' },
  latency_mean_ci95_low: { noun: 'lower bound of mean latency', quantity: 'time', better: 'less' },
  latency_mean_ci95_high: { noun: 'upper bound of mean latency', quantity: 'time', better: 'less' },
  commits: { noun: 'commits measured', quantity: 'count' },
  warmup_commits: { noun: 'commits left out as warm-up', quantity: 'count' },
  repetition: { noun: 'repetition', quantity: 'count', ordinal: true, place: set('repetition') },
  delay_error_p50_us: {
    noun: 'median error of emulated delays',
    inSentence: 'the median error of emulated delays',
    quantity: 'time',
    better: 'less',
  },
  delay_error_p99_us: {
    noun: '99th percentile of the error of emulated delays',
    inSentence: 'the 99th percentile of the error of emulated delays',
    quantity: 'time',
    better: 'less',
  },
  lock_log_contended: {
    noun: 'LOCK_log found held',
    inSentence: 'the share of acquisitions that found LOCK_log held',
    quantity: 'share',
    better: 'less',
  },
  lock_log_wait_p99_us: {
    noun: '99th percentile of the wait for LOCK_log',
    inSentence: 'the 99th percentile of the wait for LOCK_log',
    quantity: 'time',
    better: 'less',
  },
  context_switches: { noun: 'context switches', quantity: 'count', better: 'less' },
  ring_full_times: { noun: 'times the binlog ring was full', quantity: 'count', better: 'less' },
  seed: { noun: 'seed', quantity: 'count', ordinal: true, place: set('seed') },

  profile: { noun: 'version', quantity: 'category', place: (text) => `in ${text}` },
  runtime: { noun: 'runtime', quantity: 'category', place: (text) => `in ${text}` },
  variant: { noun: 'variant', quantity: 'category', place: (text) => `with “${text}”` },
  wait_point: { noun: 'wait point', quantity: 'category', place: (text) => `under ${text}` },
  hosts: { noun: 'hosts', quantity: 'category', place: (text) => `with ${text}` },
  wait_for_slave_count: {
    noun: 'ACKs waited for',
    inSentence: 'the number of ACKs waited for',
    quantity: 'count',
    place: (text, value) => `waiting for ${text} ${value === 1 ? 'ACK' : 'ACKs'}`,
  },
  replicas: {
    noun: 'replicas',
    inSentence: 'the number of replicas',
    quantity: 'count',
    place: counted('replica', 'replicas'),
  },
  clients: {
    noun: 'clients',
    inSentence: 'the number of clients',
    quantity: 'count',
    place: counted('client', 'clients'),
  },
  cores: { noun: 'cores', inSentence: 'the number of cores', quantity: 'count', place: counted('core', 'cores') },
  events_per_tx: {
    noun: 'events per transaction',
    inSentence: 'the number of events per transaction',
    quantity: 'count',
    place: counted('event per transaction', 'events per transaction'),
  },
  bytes_per_tx: {
    noun: 'bytes per transaction',
    inSentence: 'the number of bytes per transaction',
    quantity: 'count',
    place: (text) => `at ${text} bytes per transaction`,
  },
  arrival_rate: { noun: 'offered load', quantity: 'rate', place: (text) => `at ${text} offered` },
  rtt_us: { noun: 'round trip', quantity: 'time', place: (text) => `at ${text} round trip` },
  binlog_fsync_us: { noun: 'binlog fsync', quantity: 'time', place: (text) => `at ${text} binlog fsync` },
  redo_fsync_us: { noun: 'redo fsync', quantity: 'time', place: (text) => `at ${text} redo fsync` },
  relay_fsync_us: { noun: 'relay-log fsync', quantity: 'time', place: (text) => `at ${text} relay-log fsync` },
  group_commit_delay_us: {
    noun: 'group commit delay',
    quantity: 'time',
    place: (text) => `with a group commit delay of ${text}`,
  },
  group_commit_count: {
    noun: 'group commit count',
    quantity: 'count',
    ordinal: true,
    place: set('group_commit_count'),
  },
  think_us: { noun: 'think time', quantity: 'time', place: (text) => `at ${text} think time` },
  timeout_us: { noun: 'semi-sync time-out', quantity: 'time', place: (text) => `with a time-out of ${text}` },
  sync_binlog: { noun: 'sync_binlog', quantity: 'count', ordinal: true, place: set('sync_binlog') },
  sync_relay_log: { noun: 'sync_relay_log', quantity: 'count', ordinal: true, place: set('sync_relay_log') },
};

/** A chart that cannot be drawn as asked; the message says what to change in its request. */
export class ChartError extends Error {
  constructor(chart: string, message: string) {
    super(`chart ${chart}: ${message}`);
    this.name = 'ChartError';
  }
}

export function columnInfo(column: string): ColumnInfo {
  return COLUMNS[column] ?? { noun: column, quantity: 'category', place: set(column) };
}

export const isColumn = (column: string): boolean => column in COLUMNS;

/** A row's value in a column: a number where it is one, otherwise text; `null` where it is unknown. */
export function cell(row: SweepRow, column: string): Cell | null {
  const raw = (row as unknown as Record<string, unknown>)[column];
  if (raw === null || raw === undefined || raw === '') return null;
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw : null;
  const text = String(raw);
  return columnInfo(column).quantity !== 'category' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

/** By significant digits: making one takes as long as thousands of numbers. */
const formats = new Map<number, Intl.NumberFormat>();

function formatOf(digits: number): Intl.NumberFormat {
  const known = formats.get(digits);
  if (known) return known;
  const format = new Intl.NumberFormat('en-US', { maximumSignificantDigits: digits });
  formats.set(digits, format);
  return format;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `digits` significant digits, thousands separated, no trailing zeros: 12,300; 7.4; 0.031. */
export function numberText(value: number, digits = 3): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(digits));
  return formatOf(digits).format(rounded);
}

/** A change as a share: `+9.1 %`, `−3 %`. */
export function signedPercentText(share: number): string {
  const percent = numberText(Math.abs(100 * share), 2);
  return percent === '0' ? '0 %' : `${share < 0 ? '−' : '+'}${percent} %`;
}

/** A time in the unit in which it reads best: 200 µs, 1.5 ms, 10 s. */
export function timeText(us: number, digits = 3): string {
  const size = Math.abs(Number(us.toPrecision(digits)));
  if (size === 0) return '0 ms';
  if (size < 1000) return `${numberText(us, digits)} µs`;
  if (size < 1_000_000) return `${numberText(us / 1000, digits)} ms`;
  return `${numberText(us / 1_000_000, digits)} s`;
}

/** A measured value as a sentence says it, with its unit. */
export function quantityText(column: string, value: number, digits = 3): string {
  switch (columnInfo(column).quantity) {
    case 'time':
      return timeText(value, digits);
    case 'rate':
      return `${numberText(value, digits)} tx/s`;
    case 'share':
      return `${numberText(value * 100, digits)} %`;
    default:
      return numberText(value, digits);
  }
}

/** One time for each replica, `200/1000/5000`, in one unit: `0.2 / 1 / 5 ms`. */
function timesText(joined: string): string {
  const times = joined.split('/').map(Number);
  if (times.some((us) => !Number.isFinite(us))) return joined;
  const inMs = Math.max(...times) >= 1000;
  return `${times.map((us) => numberText(inMs ? us / 1000 : us)).join(' / ')} ${inMs ? 'ms' : 'µs'}`;
}

const HOSTS: Readonly<Record<string, string>> = {
  one: 'everything on one host',
  'replicas-apart': 'each replica on its own host',
  'all-apart': 'clients, source and replicas on hosts of their own',
};

/** A parameter's value as labels and sentences write it: `MySQL 5.7`, `1 ms`, `16`. Settings are not rounded away. */
export function valueText(column: string, value: Cell): string {
  if (typeof value === 'number') {
    return columnInfo(column).ordinal ? String(value) : quantityText(column, value, 6);
  }
  if (column === 'profile') return PROFILES[value as ProfileName]?.title ?? value;
  if (column === 'hosts') return HOSTS[value] ?? value;
  return columnInfo(column).quantity === 'time' ? timesText(value) : value;
}

const place = (column: string, text: string, value: Cell): string =>
  columnInfo(column).place?.(text, value) ?? `at ${columnInfo(column).noun} ${text}`;

const withoutPreposition = (text: string): string => text.replace(/^(with a|with|at|in|under|waiting for) /, '');

/** `at 1 ms round trip`, `with 16 clients`. */
export const placeText = (column: string, value: Cell): string => place(column, valueText(column, value), value);

/** The same where space is short: `1 ms round trip`, `16 clients`, `sync_relay_log=1`. */
export const shortPlaceText = (column: string, value: Cell): string =>
  column === 'variant' ? String(value) : withoutPreposition(placeText(column, value));

/** `1 to 64 clients`, `100 µs to 5 ms round trip`. */
export function rangeText(column: string, from: Cell, to: Cell): string {
  const text = `${valueText(column, from)} to ${valueText(column, to)}`;
  return withoutPreposition(place(column, text, to));
}

/** `throughput`, `the 99th percentile of latency`. */
export const sentenceNoun = (column: string): string => columnInfo(column).inSentence ?? columnInfo(column).noun;

/** `×7.4`, `×12`, `×0.92`, `÷6.7`: a factor to two digits. */
export function factorText(ratio: number): string {
  if (ratio > 0 && ratio < 0.5) return `÷${factorText(1 / ratio).slice(1)}`;
  return `×${ratio < 9.95 && ratio >= 0.995 ? ratio.toFixed(1) : numberText(ratio, 2)}`;
}

/** `×2.57 ± 0.06`, `×11.4 ± 0.3`: as many decimals as the half-width has digits, which is rounded up. */
export function factorIntervalText(ratio: number, half: number): string {
  const decimals = half >= 0.95 ? 0 : half >= 0.095 ? 1 : 2;
  const step = 10 ** -decimals;
  const shown = Math.max(step, Math.ceil(half / step - 1e-9) * step);
  return `×${ratio.toFixed(decimals)} ± ${shown.toFixed(decimals)}`;
}

/** A unit for an axis, and how many of the column's own units it holds. */
export interface AxisUnit {
  readonly name: string;
  readonly divisor: number;
}

/** The unit in which an axis between these values reads best: seconds only where all of them are long. */
export function axisUnit(column: string, smallest: number, largest: number): AxisUnit {
  switch (columnInfo(column).quantity) {
    case 'time':
      if (largest < 500) return { name: 'µs', divisor: 1 };
      return largest < 2_000_000 || smallest < 100_000
        ? { name: 'ms', divisor: 1000 }
        : { name: 's', divisor: 1_000_000 };
    case 'rate':
      return { name: 'tx/s', divisor: 1 };
    case 'share':
      return { name: '%', divisor: 0.01 };
    default:
      return { name: '', divisor: 1 };
  }
}
