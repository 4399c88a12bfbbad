/** Predicted against measured: the error of every row, and what the rows of a profile or region have in common. */
import { mean, median, quantile } from 'simple-statistics';
import type { Observation } from '../engine/measure/observation.js';
import type { ErrorSummary, ErrorTable } from '../workloads/calibration.js';
import type { MeasuredRow } from '../workloads/measurements.js';
import { MEASURES, type Measure, type Measures } from '../workloads/measures.js';

export interface ValidatedRow {
  readonly place: string;
  /** What the model says of the row, with its parameters. */
  readonly observation: Observation;
  readonly measured: Measures;
  readonly predicted: Measures;
  /** Signed: positive where the model says more than was measured. */
  readonly error_pct: Measures;
}

const perMeasure = <T>(value: (measure: Measure) => T): Record<Measure, T> =>
  Object.fromEntries(MEASURES.map((measure) => [measure, value(measure)])) as Record<Measure, T>;

const distinct = (values: readonly string[]): string[] => [...new Set(values)];

export function validatedRow(row: MeasuredRow, observation: Observation): ValidatedRow {
  const { place, measured } = row;
  const predicted = perMeasure((measure) => observation[measure]);
  const error_pct = perMeasure((measure) => errorPercent(predicted[measure], measured[measure]));
  return { place, observation, measured, predicted, error_pct };
}

/** Unknown where nothing was measured; a model that predicts nothing at all is wrong by all of it. */
function errorPercent(predicted: number | null, measured: number | null): number | null {
  if (measured === null) return null;
  return 100 * ((predicted ?? 0) / measured - 1);
}

function summarize(errors_pct: readonly number[]): ErrorSummary | null {
  if (errors_pct.length === 0) return null;
  const absolute = errors_pct.map(Math.abs);
  return {
    median: median(absolute),
    p90: quantile(absolute, 0.9),
    max: Math.max(...absolute),
    bias: mean([...errors_pct]),
  };
}

export const summarizeErrors = (rows: readonly Pick<ValidatedRow, 'error_pct'>[]): ErrorTable =>
  perMeasure((measure) => summarize(rows.flatMap(({ error_pct }) => error_pct[measure] ?? [])));

export interface ValidationSummary {
  readonly overall: ErrorTable;
  readonly [profile: string]: ErrorTable;
}

export function summarizeByProfile(rows: readonly ValidatedRow[]): ValidationSummary {
  const profiles = distinct(rows.map(({ observation }) => observation.profile));
  const each = profiles.map((profile) => [
    profile,
    summarizeErrors(rows.filter(({ observation }) => observation.profile === profile)),
  ]);
  return { overall: summarizeErrors(rows), ...Object.fromEntries(each) };
}

/** Those whose throughput is furthest off first; where it was not measured, the mean latency stands for it. */
export function worstRows(rows: readonly ValidatedRow[], count: number): ValidatedRow[] {
  const size = ({ error_pct }: ValidatedRow): number =>
    Math.abs(error_pct.tps ?? error_pct.latency_mean_us ?? error_pct.latency_p95_us ?? 0);
  return [...rows].sort((a, b) => size(b) - size(a)).slice(0, count);
}

/** Columns that tell regions apart, in the order in which a reader looks. */
export const REGION_COLUMNS = [
  'wait_point',
  'clients',
  'rtt_us',
  'binlog_fsync_us',
  'replicas',
  'wait_for_slave_count',
  'sync_binlog',
  'sync_relay_log',
] as const satisfies readonly (keyof Observation)[];

export interface RegionErrors {
  readonly profile: string;
  readonly column: (typeof REGION_COLUMNS)[number];
  readonly value: string;
  readonly rows: number;
  readonly errors: ErrorTable;
}

/** Errors for each value of each column that varies among a profile's rows. */
export function errorsByRegion(rows: readonly ValidatedRow[]): RegionErrors[] {
  return distinct(rows.map(({ observation }) => observation.profile)).flatMap((profile) => {
    const own = rows.filter(({ observation }) => observation.profile === profile);
    return REGION_COLUMNS.flatMap((column): RegionErrors[] => {
      const cellOf = ({ observation }: ValidatedRow): string => String(observation[column] ?? '');
      const values = distinct(own.map(cellOf));
      if (values.length < 2) return [];
      return values.map((value) => {
        const members = own.filter((row) => cellOf(row) === value);
        return { profile, column, value, rows: members.length, errors: summarizeErrors(members) };
      });
    });
  });
}
