/** Rows of one table parted into curves: throughput over load, everything else being the same. */
import type { LoadRow } from '../workloads/load-rows.js';
import { type Cell, cell, placeText, shortPlaceText, valueText } from './chart-columns.js';
import { CONDITION_COLUMNS } from './chart-marks.js';
import { grouped } from './grouped.js';
import type { SweepRow } from './row.js';

export interface LoadSeries {
  /** What tells it from the others, `MySQL 5.7, 1 ms round trip`; empty where there is only one. */
  readonly name: string;
  readonly rows: readonly LoadRow[];
}

/** Rows of a run. What arrives by itself (an open loop) has no number of clients that would be its load. */
export const loadRows = (rows: readonly SweepRow[]): LoadRow[] =>
  rows
    .filter(({ arrival_rate, tps }) => !arrival_rate && tps > 0)
    .map((row) => ({
      clients: row.clients,
      tps: row.tps,
      tps_low: row.tps_ci95_low,
      tps_high: row.tps_ci95_high,
      latency_mean_us: row.latency_mean_us,
      cells: row as unknown as Record<string, unknown>,
    }));

/** What makes two rows points of different curves, wherever a table has such a column. */
const CURVE_COLUMNS: readonly string[] = ['part', 'variant', ...CONDITION_COLUMNS];

/** `x`: the column of the load. `by`: the one column that tells curves apart, where the caller knows it. */
export function loadSeries(rows: readonly LoadRow[], x: string, by?: string): LoadSeries[] {
  const columns = by === undefined ? CURVE_COLUMNS.filter((column) => column !== x) : [by];
  const valueIn = ({ cells }: LoadRow, column: string): Cell | null => cell(cells as unknown as SweepRow, column);
  const curves = grouped(rows, (row) => JSON.stringify(columns.map((column) => valueIn(row, column))));
  const firsts = [...curves.values()].map((curve) => curve[0]!);
  const differing = tellingColumns(firsts, columns, valueIn);
  const usuals = new Map(differing.map((column) => [column, usual(firsts, column, valueIn)]));
  return [...curves.values()].map((curve) => {
    const texts = differing.flatMap((column) => {
      const value = valueIn(curve[0]!, column);
      if (value === null || (!ALWAYS_NAMED.includes(column) && value === usuals.get(column))) return [];
      return [nameText(column, value)];
    });
    return { name: texts.join(', '), rows: [...curve].sort((a, b) => a.clients - b.clients) };
  });
}

/** The others go without saying where they have the value that most curves have. */
const ALWAYS_NAMED: readonly string[] = ['part', 'variant', 'profile', 'wait_point', 'rtt_us'];

function usual(
  firsts: readonly LoadRow[],
  column: string,
  valueIn: (row: LoadRow, column: string) => Cell | null,
): Cell | null {
  const values = firsts.map((row) => valueIn(row, column));
  const times = (value: Cell | null): number => values.filter((other) => other === value).length;
  // More than half: then it is one value, and leaving it out leaves no two curves alike.
  return values.find((value) => times(value) > values.length / 2) ?? null;
}

/** Those that differ between curves, without one that only repeats what another before it says. */
function tellingColumns(
  firsts: readonly LoadRow[],
  columns: readonly string[],
  valueIn: (row: LoadRow, column: string) => Cell | null,
): string[] {
  const told: string[] = [];
  const parts = (names: readonly string[]): number =>
    new Set(firsts.map((row) => JSON.stringify(names.map((name) => valueIn(row, name))))).size;
  for (const column of columns) if (parts([...told, column]) > parts(told)) told.push(column);
  return told;
}

const nameText = (column: string, value: Cell): string => {
  if (column === 'profile' || column === 'part') return valueText(column, value);
  return CURVE_COLUMNS.includes(column)
    ? shortPlaceText(column, value)
    : placeText(column, value).replace(/^with /, '');
};
