/** CSV that the workbench wrote, or a reader brings, read where no server is: in the page. */
import { parse } from 'csv-parse/browser/esm/sync';
import { stringify } from 'csv-stringify/browser/esm/sync';
import { quantile } from 'simple-statistics';
import type { SweepRow } from '../analysis/row.js';

export type Row = Readonly<Record<string, string | number | null>>;

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

const cellValue = (cell: string): string | number | null =>
  cell === '' ? null : NUMBER.test(cell) ? Number(cell) : cell;

/** Numbers where they are, text elsewhere, null where a cell is empty. */
export function readRows(text: string): Row[] {
  const options = { bom: true, trim: true, skip_empty_lines: true, columns: true } as const;
  return parse<Record<string, string>>(text, options).map((record) =>
    Object.fromEntries(Object.entries(record).map(([column, cell]) => [column, cellValue(cell)])),
  );
}

/** A round trip is a number here, and text only where replicas have several. */
export type Observed = Omit<SweepRow, 'rtt_us'> & { readonly rtt_us: number | string };

export const readObservations = (text: string): Observed[] => readRows(text) as unknown as Observed[];

/** Rows as CSV, in the columns named. */
export const csvOf = (columns: readonly string[], rows: readonly Row[]): string =>
  stringify([...rows], { columns: [...columns], header: true });

/** A ratio of two throughputs, with its 95 % interval. */
export interface Factor {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** Half the width of the interval of a throughput's logarithm. */
export const logHalf = ({ tps_ci95_low: low, tps_ci95_high: high }: Observed): number =>
  low === null || high === null || low <= 0 ? Number.NaN : Math.log(high / low) / 2;

/** Both are known on their own, so the squares of their widths add up. */
export function factor(to: Observed, from: Observed): Factor {
  const [log, half] = [Math.log(to.tps / from.tps), Math.hypot(logHalf(to), logHalf(from))];
  return { ratio: Math.exp(log), low: Math.exp(log - half), high: Math.exp(log + half) };
}

export const median = (values: readonly number[]): number => quantile([...values], 0.5);
