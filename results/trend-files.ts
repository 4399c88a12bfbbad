/** A history as files: a tidy CSV, one line for each run of each quantity, and its picture. */
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { Trend } from '../analysis/trend.js';
import { levelsOf, trendSpec } from '../analysis/trend-chart.js';
import { drawInto } from './chart-files.js';
import { writeWhole } from './store.js';

export const TREND_COLUMNS = [
  'started',
  'run',
  'acklab',
  'runtime',
  'part',
  'point',
  'quantity',
  'better',
  'value',
  'ci95_low',
  'ci95_high',
  /** Median of the runs between two changes. */
  'level',
  /** `regression` or `improvement` at the first run after a change. */
  'change',
  'ratio',
  'p',
  'because',
] as const;

export function trendCsv({ runs, series }: Trend): string {
  const lines = series.flatMap((one) => {
    const levels = levelsOf(one);
    return one.values.map((value, index) => {
      const { started, name, acklab } = runs[one.runs[index]!]!;
      const [low, high] = one.intervals?.[index] ?? [null, null];
      const change = one.changes.find(({ at }) => at === index);
      return [
        started,
        name,
        acklab,
        one.runtime,
        one.part,
        one.point,
        one.metric,
        one.better,
        value,
        low,
        high,
        levels[index]!,
        change?.answer ?? null,
        change === undefined || !Number.isFinite(change.ratio) ? null : change.ratio,
        change?.p ?? null,
        change?.because.join('; ') ?? null,
      ];
    });
  });
  return stringify([[...TREND_COLUMNS], ...lines]);
}

/** Writes `trend.csv`, `trend.svg`, `trend.png` and `trend.vl.json`; gives the path of the table. */
export async function writeTrend(folder: string, trend: Trend): Promise<string> {
  await drawInto(folder, 'trend', trendSpec(trend));
  const table = join(folder, 'trend.csv');
  writeWhole(table, trendCsv(trend));
  return table;
}
