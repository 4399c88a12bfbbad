/** From rows to what a chart shows: the rows it keeps, one mark for each, and the order of its series and facets. */
import type { ChartRequest } from '../workloads/workload.js';
import { type Cell, ChartError, cell, columnInfo, isColumn, valueText } from './chart-columns.js';
import { type MeasuredMark, measuredMarks, type Overlay } from './measured-marks.js';
import { FIXED_ORDER } from './palette.js';
import { mergeRepetitions } from './repetitions.js';
import type { SweepRow } from './row.js';

/** One point of a chart. Without a series or facet these are empty texts. */
export interface ChartMark {
  readonly x: Cell;
  readonly y: number;
  /** The 95 % interval of y; `null` where none is known. */
  readonly low: number | null;
  readonly high: number | null;
  readonly series: Cell;
  readonly facet: Cell;
  readonly row: SweepRow;
}

export interface ChartData {
  readonly marks: readonly ChartMark[];
  /** Distinct values in the order in which the chart shows them. */
  readonly xs: readonly Cell[];
  readonly series: readonly Cell[];
  readonly facets: readonly Cell[];
  /** What was measured at points of these curves, on threads or on servers. */
  readonly measured: readonly MeasuredMark[];
  /** The same for rows that threads measured, as a chart of their own: what it finds is what the chart says. */
  readonly onThreads: ChartData | undefined;
}

/** Columns that describe an experiment, in the order in which a caption names them. */
export const CONDITION_COLUMNS = [
  'runtime',
  'profile',
  'wait_point',
  'wait_for_slave_count',
  'clients',
  'arrival_rate',
  'think_us',
  'replicas',
  'rtt_us',
  'binlog_fsync_us',
  'redo_fsync_us',
  'relay_fsync_us',
  'sync_binlog',
  'sync_relay_log',
  'group_commit_delay_us',
  'group_commit_count',
  'events_per_tx',
  'bytes_per_tx',
  'cores',
  'hosts',
  'timeout_us',
] as const satisfies readonly (keyof SweepRow)[];

function fits(row: SweepRow, where: ChartRequest['where']): boolean {
  for (const [column, wanted] of Object.entries(where ?? {})) {
    const value = cell(row, column);
    const list = Array.isArray(wanted) ? (wanted as readonly Cell[]) : [wanted as Cell];
    if (value === null || !list.some((one) => String(one) === String(value))) return false;
  }
  return true;
}

/** Profiles and wait points in their own order, numbers ascending, anything else as the rows bring it. */
export function ordered(values: Iterable<Cell>): Cell[] {
  const distinct = [...new Set(values)];
  if (distinct.every((value) => typeof value === 'number')) return distinct.sort((a, b) => Number(a) - Number(b));
  const rank = (value: Cell): number => {
    const place = FIXED_ORDER.indexOf(String(value));
    return place < 0 ? FIXED_ORDER.length : place;
  };
  return distinct
    .map((value, index) => ({ value, index }))
    .sort((a, b) => rank(a.value) - rank(b.value) || a.index - b.index)
    .map(({ value }) => value);
}

/** The columns that differ between two rows of one mark, for the message that refuses them. */
function differences(a: SweepRow, b: SweepRow, request: ChartRequest): string {
  const columns = CONDITION_COLUMNS.filter((column) => cell(a, column) !== cell(b, column));
  const named: string[] = columns.map(
    (column) =>
      `${column} (${valueText(column, cell(a, column) ?? '?')}, ${valueText(column, cell(b, column) ?? '?')})`,
  );
  if (a.variant !== b.variant) named.push(`variant (${a.variant}, ${b.variant})`);
  const free = request.series === undefined ? 'series, facet' : 'facet';
  return named.length === 0
    ? `points ${a.point} and ${b.point} are the same experiment; give the chart rows of one part`
    : `several points fall on one mark, which differ in ${named.join(', ')}; make it the ${free}, or name one value in where`;
}

/**
 * Selects and orders what `request` shows of `rows`, which are those of one part. Where there are rows of virtual time
 * and of threads, the former are the curves and the latter are laid over them. Throws `ChartError`.
 */
export function chartData(request: ChartRequest, rows: readonly SweepRow[], overlay?: Overlay): ChartData {
  const measured = mergeRepetitions(rows.filter(({ runtime }) => runtime === 'threads'));
  const has = (row: SweepRow): boolean => typeof cell(row, request.y) === 'number';
  const simulated = rows.filter(({ runtime }) => runtime !== 'threads');
  if (!measured.some(has)) return plainData(request, simulated.length > 0 ? simulated : measured, overlay);
  const onThreads = plainData(request, measured);
  if (!simulated.some(has)) return onThreads;
  const marks = onThreads.marks.flatMap(({ x, y, low, high, series, facet }): MeasuredMark[] =>
    typeof x === 'number' ? [{ by: 'threads', x, y, low, high, series, facet }] : [],
  );
  return { ...plainData(request, simulated), measured: marks, onThreads };
}

function plainData(request: ChartRequest, rows: readonly SweepRow[], overlay?: Overlay): ChartData {
  for (const column of [request.x, request.y, request.series, request.facet, ...Object.keys(request.where ?? {})]) {
    if (column !== undefined && !isColumn(column)) throw new ChartError(request.name, `no column ${column} to chart`);
  }
  const interval = columnInfo(request.y).interval;
  const marks: ChartMark[] = [];
  const taken = new Map<string, SweepRow>();
  for (const row of rows) {
    const x = cell(row, request.x);
    const y = cell(row, request.y);
    if (x === null || typeof y !== 'number' || !fits(row, request.where)) continue;
    const series = request.series === undefined ? '' : (cell(row, request.series) ?? 'unknown');
    const facet = request.facet === undefined ? '' : (cell(row, request.facet) ?? 'unknown');
    const place = JSON.stringify([x, series, facet]);
    const other = taken.get(place);
    if (other !== undefined) throw new ChartError(request.name, differences(other, row, request));
    taken.set(place, row);
    const low = interval === undefined ? null : (row[interval[0]] as number | null);
    const high = interval === undefined ? null : (row[interval[1]] as number | null);
    marks.push({ x, y, low: low ?? null, high: high ?? null, series, facet, row });
  }
  if (marks.length === 0) {
    throw new ChartError(request.name, `none of the ${rows.length} rows has what it shows; look at its where`);
  }
  const xs = ordered(marks.map((mark) => mark.x));
  const series = ordered(marks.map((mark) => mark.series));
  const facets = ordered(marks.map((mark) => mark.facet));
  const measured = overlay === undefined ? [] : measuredMarks(request, marks, overlay);
  const place = new Map(xs.map((x, index) => [x, index]));
  marks.sort((a, b) => place.get(a.x)! - place.get(b.x)!);
  return { marks, xs, series, facets, measured, onThreads: undefined };
}

/** What a row of a chart over variants is measured against: the first of its series, or the one before it. */
export function baselineOf(request: ChartRequest, { marks }: ChartData, mark: ChartMark): ChartMark {
  const line = marks.filter(({ series, facet }) => series === mark.series && facet === mark.facet);
  return request.baseline === 'previous' ? line[Math.max(0, line.indexOf(mark) - 1)]! : line[0]!;
}

/** Of the columns of one series: each profile its own? Then a variant's line wears its profile's colour. */
export function oneEach(data: ChartData, column: 'profile' | 'wait_point'): ReadonlyMap<Cell, string> | undefined {
  const values = new Map<Cell, string>();
  for (const mark of data.marks) {
    const value = mark.row[column];
    if ((values.get(mark.series) ?? value) !== value) return undefined;
    values.set(mark.series, value);
  }
  return new Set(values.values()).size === values.size ? values : undefined;
}

/** What all marks share, as a caption: `16 clients · 1 replica · 1 ms round trip`. */
export function conditions(request: ChartRequest, data: ChartData): readonly [string, Cell][] {
  const shown = new Set([request.x, request.y, request.series, request.facet]);
  const first = data.marks[0]!.row;
  const same: [string, Cell][] = [];
  for (const column of CONDITION_COLUMNS) {
    const value = cell(first, column);
    if (shown.has(column) || value === null) continue;
    if (data.marks.every((mark) => cell(mark.row, column) === value)) same.push([column, value]);
  }
  return same;
}
