/** The words around a chart: what it is about, under which conditions, its axes' titles, and what it shows to the blind. */
import { defaultSettings } from '../engine/protocol/parameters.js';
import { PROFILES, type ProfileName } from '../engine/protocol/profiles.js';
import type { ChartRequest } from '../workloads/workload.js';
import {
  type AxisUnit,
  type Cell,
  columnInfo,
  quantityText,
  rangeText,
  shortPlaceText,
  valueText,
} from './chart-columns.js';
import { type ChartData, conditions } from './chart-marks.js';

/** Conditions that go without saying while they have their default value; rtt and clients never do. */
const QUIET: Readonly<Record<string, (profile: ProfileName) => Cell>> = {
  runtime: () => 'virtual',
  arrival_rate: () => 0,
  think_us: () => 0,
  group_commit_delay_us: () => 0,
  group_commit_count: () => 0,
  wait_for_slave_count: () => 1,
  sync_binlog: () => 1,
  sync_relay_log: (profile) => defaultSettings(profile).sync_relay_log,
  events_per_tx: (profile) => PROFILES[profile].defaults.events_per_tx,
  bytes_per_tx: (profile) => defaultSettings(profile).bytes_per_tx,
  hosts: (profile) => defaultSettings(profile).hosts,
  timeout_us: (profile) => defaultSettings(profile).timeout,
};

const FSYNCS: Readonly<Record<string, string>> = {
  binlog_fsync_us: 'binlog',
  redo_fsync_us: 'redo',
  relay_fsync_us: 'relay log',
};

/** `binlog and redo fsync 100 µs`: logs whose fsync costs the same share a phrase. */
function fsyncTexts(entries: readonly [string, Cell][]): string[] {
  const logs = new Map<string, string[]>();
  for (const [column, value] of entries) {
    const text = valueText(column, value);
    logs.set(text, [...(logs.get(text) ?? []), FSYNCS[column]!]);
  }
  return [...logs].map(([text, names]) => {
    const last = names.pop()!;
    return `${names.length > 0 ? `${names.join(', ')} and ` : ''}${last} fsync ${text}`;
  });
}

/** What hollow marks are, and the thin bars across them. */
function measuredPhrase({ measured, onThreads }: ChartData): string {
  const bar = onThreads ? '95 % interval' : 'lowest to highest run';
  const bars = measured.some(({ low }) => low !== null) ? ` (bar: ${bar})` : '';
  return `hollow: measured on ${onThreads ? "this machine's threads" : 'a server'}${bars}`;
}

/** What all points of the chart share, each as a short phrase: `MySQL 5.7`, `16 clients`, `1 ms round trip`. */
export function conditionTexts(request: ChartRequest, data: ChartData): string[] {
  const profile = data.marks[0]!.row.profile as ProfileName;
  const said = conditions(request, data).filter(
    ([column, value]) => !(profile in PROFILES) || QUIET[column]?.(profile) !== value,
  );
  const isFsync = ([column]: readonly [string, Cell]): boolean => column in FSYNCS;
  const texts = said.filter((one) => !isFsync(one)).map(([column, value]) => shortPlaceText(column, value));
  texts.push(...fsyncTexts(said.filter(isFsync)));
  if (request.series === 'profile' && new Set(data.marks.map(({ row }) => row.wait_point)).size > 1) {
    const own = data.marks.every(
      ({ row }) => PROFILES[row.profile as ProfileName]?.defaults.wait_point === row.wait_point,
    );
    if (own) texts.push("each version's own wait point");
  }
  if (data.measured.length > 0) texts.push(measuredPhrase(data));
  return texts;
}

/** `throughput (tx/s)`. */
export const axisTitle = (column: string, unit: AxisUnit): string =>
  unit.name === '' ? columnInfo(column).noun : `${columnInfo(column).noun} (${unit.name})`;

/** The series' or facet's value where it stands alone: in a legend, at a line's end, above a small multiple. */
export function standaloneText(column: string, value: Cell): string {
  return columnInfo(column).quantity === 'category' ? valueText(column, value) : shortPlaceText(column, value);
}

const NO_BREAK = '\u00a0';

function greedy(words: readonly string[], limit: number, joint: string): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line === undefined || line.length + joint.length + word.length > limit) lines.push(word);
    else lines[lines.length - 1] = `${line}${joint}${word}`;
  }
  return lines;
}

/** Text in which no number is parted from its unit, or from what it counts, and no plus from what it adds; a setting stands alone. */
export const unbroken = (text: string): string => text.replace(/(?<=[\d+])(?<!=\S*) (?=\S)| (?=\d)/g, NO_BREAK);

/** Lines of at most `limit` characters, as few as possible and then as even as possible. */
export function wrapped(text: string, limit: number): string[] {
  const words = unbroken(text).split(' ');
  const { length } = greedy(words, limit, ' ');
  let even = limit;
  while (even > 1 && greedy(words, even - 1, ' ').length === length) even--;
  return greedy(words, even, ' ');
}

/** Phrases on lines of at most `limit` characters, parted by middle dots within a line. */
export const wrappedPhrases = (phrases: readonly string[], limit: number): string[] => greedy(phrases, limit, ' · ');

/** What kind of picture it is, for somebody who cannot see it; the finding and the table say the rest. */
export function description(request: ChartRequest, data: ChartData): string {
  const noun = columnInfo(request.y).noun;
  const kind = data.xs.some((x) => typeof x !== 'number') ? 'Bar chart' : 'Line chart';
  const range =
    typeof data.xs[0] === 'number' && data.xs.length > 1
      ? ` (${rangeText(request.x, data.xs[0], data.xs.at(-1)!)})`
      : '';
  const series = request.series === undefined ? '' : `, one line for each ${columnInfo(request.series).noun}`;
  const facet = request.facet === undefined ? '' : `, one panel for each ${columnInfo(request.facet).noun}`;
  const where = data.onThreads ? "this machine's threads" : 'a server';
  const measured = data.measured.length === 0 ? '' : ` Hollow points were measured on ${where}.`;
  return `${kind} of ${noun} over ${columnInfo(request.x).noun}${range}${series}${facet}.${measured}`;
}

/** `9,120 – 9,480 tx/s`, `920 µs – 1.1 ms`. */
export function intervalText(column: string, low: number | null, high: number | null): string {
  if (low === null || high === null) return 'unknown';
  const [from, to] = [quantityText(column, low, 4), quantityText(column, high, 4)];
  const unit = / \S+$/.exec(to)?.[0];
  return `${unit !== undefined && from.endsWith(unit) ? from.slice(0, -unit.length) : from} – ${to}`;
}
