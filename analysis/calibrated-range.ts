/** What the measured rows cover, and in what a point lies beyond it: there nobody knows how far off the model is. */
import {
  type Distribution,
  forReplica,
  PARAMETER_NAMES,
  type ParameterName,
  type Settings,
  semiSyncReplicas,
} from '../engine/protocol/parameters.js';
import type { ProfileName } from '../engine/protocol/profiles.js';
import { formatTime, formatValue } from '../workloads/units.js';
import { grouped } from './grouped.js';

/** Parameters that change nothing about a cluster in which nothing fails, or that are checked below. */
const NOT_COMPARED: readonly ParameterName[] = [
  'profile',
  'seed',
  'timeout',
  'wait_no_slave',
  // An asynchronous replica costs what a semi-synchronous one does, less its ACKs; both were measured.
  'semisync',
];

const COMPARED = PARAMETER_NAMES.filter((name) => !NOT_COMPARED.includes(name));

/** Between the least and the most that was measured, the rules carry over; beyond, other costs may show. */
const RANGES: readonly ParameterName[] = [
  'clients',
  'replicas',
  'rtt',
  'relay_fsync',
  'binlog_fsync',
  'redo_fsync',
  'wait_for_slave_count',
];

const means = (value: unknown): number[] =>
  [value].flat().map((one) => (typeof one === 'number' ? one : (one as Distribution).mean));

/** Mean of a cost at the replica that completes the quorum, were it all that an ACK takes; `undefined` where nobody waits. */
export function quorumMean(settings: Settings, costs: readonly Distribution[]): number | undefined {
  if (settings.wait_point === 'ASYNC') return undefined;
  const means = semiSyncReplicas(settings).map((index) => forReplica(costs, index).mean);
  return means.sort((a, b) => a - b)[settings.wait_for_slave_count - 1];
}

/** Round trip of the replica whose ACK completes the quorum; `undefined` where nobody waits for ACKs. */
export const ackRoundTrip = (settings: Settings): number | undefined => quorumMean(settings, settings.rtt);

const kindOf = (value: unknown): string => (typeof value === 'object' ? (value as Distribution).kind : '');
/** Of a list, the one that says most: `constant` says least. */
const kindsOf = (value: unknown): string => [value].flat().map(kindOf).sort().at(-1)!;

function spanText(name: ParameterName, { least, most }: Span): string {
  const isTime = name === 'rtt' || name.endsWith('_fsync');
  const [from, to] = [least, most].map((value) => (isTime ? formatTime(value) : String(value)));
  return from === to ? `${from} only` : `${from} to ${to}`;
}

/** Is a parameter of no consequence beside the others? */
function isIdle(name: ParameterName, settings: Settings): boolean {
  if (name === 'wait_for_slave_count') return settings.wait_point === 'ASYNC';
  if (name === 'replica_cores') return settings.hosts === 'one';
  if (name === 'client_cores') return settings.hosts !== 'all-apart';
  return settings.replicas === 0 && (name === 'rtt' || name === 'relay_fsync' || name === 'bandwidth');
}

interface Span {
  readonly least: number;
  readonly most: number;
}

const spanOf = (values: readonly number[]): Span => ({ least: Math.min(...values), most: Math.max(...values) });

/** What the rows of one version cover. */
interface Cover {
  readonly ranges: ReadonlyMap<ParameterName, Span & { readonly kinds: ReadonlySet<string> }>;
  /** Of every other parameter that is compared: its values. */
  readonly texts: ReadonlyMap<ParameterName, readonly string[]>;
  readonly ackRoundTrips: Span;
}

function coverOf(rows: readonly Settings[]): Cover {
  const range = (name: ParameterName) => ({
    ...spanOf(rows.flatMap((row) => means(row[name]))),
    kinds: new Set(rows.map((row) => kindsOf(row[name]))),
  });
  const texts = (name: ParameterName) => [...new Set(rows.map((row) => formatValue(name, row[name] as never)))];
  const others = COMPARED.filter((name) => !RANGES.includes(name));
  return {
    ranges: new Map(RANGES.map((name) => [name, range(name)])),
    texts: new Map(others.map((name) => [name, texts(name)])),
    ackRoundTrips: spanOf(rows.flatMap((row) => ackRoundTrip(row) ?? [])),
  };
}

function reasonOf(name: ParameterName, settings: Settings, { ranges, texts }: Cover): string | undefined {
  const text = (): string => `${name}=${formatValue(name, settings[name] as never)}`;
  const range = ranges.get(name);
  if (range !== undefined) {
    const own = spanOf(means(settings[name]));
    const isInside = own.least >= range.least && own.most <= range.most;
    if (!isInside) return `${text()}; measured: ${spanText(name, range)}`;
    return range.kinds.has(kindsOf(settings[name])) ? undefined : `${text()}; measured: fixed times only`;
  }
  const measured = texts.get(name)!;
  if (measured.includes(formatValue(name, settings[name] as never))) return undefined;
  return `${text()}; measured: ${measured.length === 1 ? `${measured[0]} only` : measured.join(', ')}`;
}

export class MeasuredRange {
  readonly #covers: ReadonlyMap<ProfileName, Cover>;

  constructor(rows: readonly Settings[]) {
    this.#covers = new Map([...grouped(rows, ({ profile }) => profile)].map(([name, own]) => [name, coverOf(own)]));
  }

  /** One phrase for each parameter that lies outside of what the rows of its version cover; none where it is all inside. */
  outsideOf(settings: Settings): string[] {
    const cover = this.#covers.get(settings.profile);
    if (cover === undefined) return [`profile=${settings.profile}; measured: nothing`];
    const reasons = COMPARED.flatMap((name) => (isIdle(name, settings) ? [] : (reasonOf(name, settings, cover) ?? [])));
    const distance = ackRoundTrip(settings);
    if (distance === undefined || reasons.some((reason) => reason.startsWith('rtt='))) return reasons;
    const { least, most } = cover.ackRoundTrips;
    if (distance >= least && distance <= most) return reasons;
    const place = `the ACK that is waited for comes from ${formatTime(distance)} away`;
    return [...reasons, `${place}; measured: ${spanText('rtt', cover.ackRoundTrips)}`];
  }
}
