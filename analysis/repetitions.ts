/** Points that were measured several times, as one row each, with the interval that their spread gives. */
import { studentT975 } from '../engine/measure/student-t.js';
import { POINT_COLUMNS } from '../workloads/columns.js';
import { grouped } from './grouped.js';
import type { SweepRow } from './row.js';

const key = (row: SweepRow): string =>
  JSON.stringify([row.runtime, row.part, ...POINT_COLUMNS.map((column) => row[column as keyof SweepRow])]);

/** Adds up, over repetitions; everything else that is measured is averaged. */
const COUNTS = ['yes_tx', 'no_tx', 'commits', 'warmup_commits', 'context_switches', 'ring_full_times'] as const;
const MEANS = [
  'tps',
  'latency_mean_us',
  'latency_p50_us',
  'latency_p95_us',
  'latency_p99_us',
  'ack_wait_mean_us',
  'group_size_mean',
  'host_cpu_busy',
  'delay_error_p50_us',
  'delay_error_p99_us',
  'lock_log_contended',
  'lock_log_wait_p99_us',
] as const;

type Numbers = Record<string, number | null>;

/** Rows of points that were run once pass through. A merged row has the number of its first one. */
export function mergeRepetitions(rows: readonly SweepRow[]): SweepRow[] {
  const groups = grouped(rows, (row) => (row.repetition === null ? `point ${row.point}` : key(row)));
  return [...groups.values()].map(merged);
}

function merged(rows: readonly SweepRow[]): SweepRow {
  const first = rows[0] as SweepRow;
  if (first.repetition === null) return first;
  const known = (column: string): number[] =>
    rows.map((row) => (row as unknown as Numbers)[column]).filter((value) => typeof value === 'number');
  const values: Numbers = {};
  for (const column of MEANS) values[column] = mean(known(column));
  for (const column of COUNTS) values[column] = known(column).length === 0 ? null : sum(known(column));
  const longest = known('latency_max_us');
  const [tpsLow, tpsHigh] = interval(known('tps'));
  const [latencyLow, latencyHigh] = interval(known('latency_mean_us'));
  const warnings = [...new Set(rows.flatMap((row) => (row.warnings ?? '').split('; ')))].filter((text) => text !== '');
  return {
    ...first,
    ...values,
    tps: values.tps ?? 0,
    latency_max_us: longest.length === 0 ? null : Math.max(...longest),
    tps_ci95_low: tpsLow,
    tps_ci95_high: tpsHigh,
    latency_mean_ci95_low: latencyLow,
    latency_mean_ci95_high: latencyHigh,
    repetition: rows.length,
    warnings: warnings.length === 0 ? null : warnings.join('; '),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number | null => (values.length === 0 ? null : sum(values) / values.length);

/** Of the mean, at 95 %, by Student's t over the repetitions; unknown for a single one. Never below 0. */
function interval(values: readonly number[]): [number | null, number | null] {
  const centre = mean(values);
  if (centre === null || values.length < 2) return [null, null];
  const variance = sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1);
  const half = studentT975(values.length - 1) * Math.sqrt(variance / values.length);
  return [Math.max(0, centre - half), centre + half];
}
