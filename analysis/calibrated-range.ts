/** What the measured rows cover, and in what a point lies beyond it: there nobody knows how far off the model is. */
import {
  type Distribution,
  forReplica,
  PARAMETER_NAMES,
  type ParameterName,
  type Settings,
} from '../engine/protocol/parameters.js';
import { formatTime, formatValue } from '../workloads/units.js';

/** Parameters that change nothing about a cluster in which nothing fails, or that are checked below. */
const NOT_COMPARED: readonly ParameterName[] = [
  'profile',
  'seed',
  'timeout',
  'wait_no_slave',
  // An asynchronous replica costs what a semi-synchronous one does, less its ACKs; both were measured.
  'semisync',
];

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

/** Round trip of the replica whose ACK completes the quorum; `undefined` where nobody waits for ACKs. */
export function ackRoundTrip({
  wait_point,
  replicas,
  rtt,
  semisync,
  wait_for_slave_count,
}: Settings): number | undefined {
  if (wait_point === 'ASYNC') return undefined;
  const able = Array.from({ length: replicas }, (_, index) => index).filter((index) => forReplica(semisync, index));
  const times = able.map((index) => forReplica(rtt, index).mean).sort((a, b) => a - b);
  return times[wait_for_slave_count - 1];
}

const isKind = (value: unknown): boolean => typeof value === 'object';
const kinds = (value: unknown): string =>
  [value]
    .flat()
    .map((one) => (isKind(one) ? (one as Distribution).kind : ''))
    .sort()
    .at(-1)!;

function rangeReason(name: ParameterName, settings: Settings, rows: readonly Settings[]): string[] {
  const own = means(settings[name]);
  const measured = rows.flatMap((row) => means(row[name]));
  const [least, most] = [Math.min(...measured), Math.max(...measured)];
  const given = `${name}=${formatValue(name, settings[name] as never)}`;
  if (Math.min(...own) < least || Math.max(...own) > most) return [`${given}; measured: ${span(name, least, most)}`];
  const known = new Set(rows.map((row) => kinds(row[name])));
  return known.has(kinds(settings[name])) ? [] : [`${given}; measured: fixed times only`];
}

function span(name: ParameterName, least: number, most: number): string {
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

function equalReason(name: ParameterName, settings: Settings, rows: readonly Settings[]): string[] {
  // A plan asks for each of its points, mostly about what it shares with the rows, and texts take their time.
  if (rows.some((row) => row[name] === settings[name])) return [];
  const text = formatValue(name, settings[name] as never);
  const measured = [...new Set(rows.map((row) => formatValue(name, row[name] as never)))];
  if (measured.includes(text)) return [];
  return [`${name}=${text}; measured: ${measured.length === 1 ? `${measured[0]} only` : measured.join(', ')}`];
}

/** One phrase for each parameter that lies outside of what `rows` cover for its version; none where it is all inside. */
export function outsideOf(settings: Settings, rows: readonly Settings[]): string[] {
  const own = rows.filter(({ profile }) => profile === settings.profile);
  if (own.length === 0) return [`profile=${settings.profile}; measured: nothing`];
  const reasons = PARAMETER_NAMES.filter((name) => !NOT_COMPARED.includes(name) && !isIdle(name, settings)).flatMap(
    (name) => (RANGES.includes(name) ? rangeReason(name, settings, own) : equalReason(name, settings, own)),
  );
  const distance = ackRoundTrip(settings);
  if (distance === undefined || reasons.some((reason) => reason.startsWith('rtt='))) return reasons;
  const distances = own.flatMap((row) => ackRoundTrip(row) ?? []);
  const [least, most] = [Math.min(...distances), Math.max(...distances)];
  if (distance >= least && distance <= most) return reasons;
  const place = `the ACK that is waited for comes from ${formatTime(distance)} away`;
  return [...reasons, `${place}; measured: ${span('rtt', least, most)}`];
}
