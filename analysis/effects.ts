/**
 * What a change does: rows of each variant held against those of the first one, in pairs that share a seed. The same
 * seed gives the same random streams, so that much of the noise is common to both and cancels (common random numbers:
 * A. M. Law, "Simulation Modeling and Analysis", section 11.2); the interval is Student's over the pairs.
 */
import { studentT975 } from '../engine/measure/student-t.js';
import type { ChartRequest } from '../workloads/workload.js';
import { type Cell, ChartError, cell, columnInfo } from './chart-columns.js';
import { ordered } from './chart-marks.js';
import type { SweepRow } from './row.js';

export interface Effect {
  readonly variant: string;
  readonly series: Cell;
  /** As a share: 0.09 is 9 % more. The mean over pairs is that of logarithms, so that ratios count alike both ways. */
  readonly change: number;
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
  /** Does the interval leave 0 out? */
  readonly supported: boolean;
}

export interface Effects {
  /** The variant that the others are held against. */
  readonly base: string;
  /** The others, the one with the largest effect first. */
  readonly variants: readonly string[];
  readonly series: readonly Cell[];
  readonly effects: readonly Effect[];
}

/** Fewer give an interval that says nothing. */
const LEAST_PAIRS = 3;

/** Is more of the charted measure good, or less? An effect that is neither has no sign. */
export const isGain = (y: string, { change }: Effect): boolean =>
  columnInfo(y).better === 'less' ? change < 0 : change > 0;

/** `rows` are those of one part. Throws `ChartError` where there are too few pairs. */
export function effectsOf(request: ChartRequest, rows: readonly SweepRow[]): Effects {
  const pairs = request.pairs as string;
  const [first] = rows;
  if (first === undefined) throw new ChartError(request.name, 'there are no rows');
  const values = new Map<string, number>();
  const key = (series: Cell, variant: string, pair: Cell): string => JSON.stringify([series, variant, pair]);
  const seriesOf = (row: SweepRow): Cell => (request.series === undefined ? '' : (cell(row, request.series) ?? ''));
  for (const row of rows) {
    const y = cell(row, request.y);
    if (typeof y === 'number' && y > 0) values.set(key(seriesOf(row), row.variant, cell(row, pairs) ?? ''), y);
  }
  const series = ordered(rows.map(seriesOf));
  const all = [...new Set(rows.map(({ variant }) => variant))];
  const seeds = [...new Set(rows.map((row) => cell(row, pairs) ?? ''))];
  const effects = series.flatMap((one) =>
    all.slice(1).flatMap((variant): Effect[] => {
      const logs = seeds.flatMap((seed) => {
        const [changed, base] = [values.get(key(one, variant, seed)), values.get(key(one, first.variant, seed))];
        return changed === undefined || base === undefined ? [] : [Math.log(changed / base)];
      });
      return logs.length < LEAST_PAIRS ? [] : [effect(variant, one, logs)];
    }),
  );
  if (effects.length === 0) {
    throw new ChartError(request.name, `no variant has ${LEAST_PAIRS} values of ${pairs} in common with the first one`);
  }
  const size = (variant: string): number =>
    effects.reduce((sum, one) => sum + (one.variant === variant ? Math.abs(Math.log1p(one.change)) : 0), 0);
  const variants = all.slice(1).filter((variant) => effects.some((one) => one.variant === variant));
  return { base: first.variant, variants: variants.sort((a, b) => size(b) - size(a)), series, effects };
}

function effect(variant: string, series: Cell, logs: readonly number[]): Effect {
  const n = logs.length;
  const mean = logs.reduce((sum, log) => sum + log, 0) / n;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (n - 1);
  const half = studentT975(n - 1) * Math.sqrt(variance / n);
  const [change, low, high] = [mean, mean - half, mean + half].map(Math.expm1) as [number, number, number];
  return { variant, series, change, low, high, pairs: n, supported: low > 0 || high < 0 };
}
