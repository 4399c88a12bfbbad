/** Predictions held against measurements: errors, their quantiles, and what they make of a forecast. */
import { quantile } from 'simple-statistics';
import { type Observed, type Row, readRows } from './rows.js';

export interface Held {
  readonly profile: string;
  readonly wait_point: string;
  readonly replicas: number;
  readonly rtt_us: string | number;
  readonly binlog_fsync_us: number;
  readonly clients: number;
  readonly tps: number;
  readonly tps_min: number | null;
  readonly tps_max: number | null;
  readonly predicted_tps: number;
  /** Positive where the model promises too much. */
  readonly error_pct: number;
}

const NEEDED = ['profile', 'clients', 'tps', 'predicted_tps'] as const;

/** What is wrong with a file, in one line that names it, and what to do. */
export class FileError extends Error {}

/** Rows of `acklab validate --csv`. Throws `FileError`. */
export function readPredictions(text: string, file: string): Held[] {
  const rows = parsed(text, file);
  const missing = NEEDED.find((column) => rows[0] !== undefined && !(column in rows[0]));
  if (rows.length === 0 || missing !== undefined) {
    const lacks = missing === undefined ? 'has no rows' : `has no column ${missing}`;
    throw new FileError(`${file} ${lacks}; make it with: acklab validate measured.csv --csv > predictions.csv`);
  }
  return rows.flatMap((row, index) => {
    // A row of which throughput was not measured has nothing to hold a prediction against.
    if (row.tps === null) return [];
    for (const column of ['clients', 'tps', 'predicted_tps'] as const) {
      if (typeof row[column] === 'number' && row[column] > 0) continue;
      throw new FileError(`${file}:${index + 2}: ${column} is "${row[column] ?? ''}", and must be a number above 0`);
    }
    const held = row as unknown as Held;
    return [{ ...held, error_pct: 100 * (held.predicted_tps / held.tps - 1) }];
  });
}

function parsed(text: string, file: string): Row[] {
  try {
    return readRows(text);
  } catch (error) {
    throw new FileError(
      `${file} is no CSV file (${(error as Error).message}); choose the output of acklab validate --csv`,
    );
  }
}

export interface Errors {
  readonly rows: number;
  readonly median: number;
  readonly p90: number;
  readonly bias: number;
  readonly worst: Held;
}

/** Of the absolute errors, in percent; the bias is the mean of the signed ones. */
export function errorsOf(rows: readonly Held[]): Errors {
  const absolute = rows.map(({ error_pct }) => Math.abs(error_pct));
  const worst = rows.reduce((most, row) => (Math.abs(row.error_pct) > Math.abs(most.error_pct) ? row : most));
  return {
    rows: rows.length,
    median: quantile(absolute, 0.5),
    p90: quantile(absolute, 0.9),
    bias: rows.reduce((sum, { error_pct }) => sum + error_pct, 0) / rows.length,
    worst,
  };
}

/** How far nine of ten measured rows are from their prediction, as a factor. */
export const factorOfNineInTen = (rows: readonly Held[]): number =>
  Math.exp(
    quantile(
      rows.map(({ tps, predicted_tps }) => Math.abs(Math.log(predicted_tps / tps))),
      0.9,
    ),
  );

export interface Forecast extends Pick<Observed, 'profile' | 'rtt_us' | 'clients' | 'tps'> {
  readonly low: number;
  readonly high: number;
}

/** Predictions with the band in which nine of ten like them were found. */
export const withBand = (rows: readonly Observed[], factors: ReadonlyMap<string, number>): Forecast[] =>
  rows.map(({ profile, rtt_us, clients, tps }) => {
    const factor = factors.get(profile)!;
    return { profile, rtt_us, clients, tps, low: tps / factor, high: tps * factor };
  });
