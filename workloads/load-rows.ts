/** Throughput at several loads, from any table that has a column for each, or from sysbench's own reports. */
import { shownPath } from './document.js';
import { InputError } from './input-error.js';
import { readFailure, readInputFile } from './input-file.js';
import { positiveNumber, readRecords } from './measurements.js';
import { unknownName } from './nearest.js';
import { isSysbench, sysbenchRows } from './sysbench.js';

export interface LoadRow {
  /** The load; in a table of other columns, whatever was varied. */
  readonly clients: number;
  readonly tps: number;
  /** The 95 % interval, or lowest and highest run; `null` where unknown. */
  readonly tps_low: number | null;
  readonly tps_high: number | null;
  readonly latency_mean_us: number | null;
  /** The whole row, by column. */
  readonly cells: Readonly<Record<string, unknown>>;
}

export interface LoadTable {
  readonly rows: readonly LoadRow[];
  readonly columns: readonly string[];
  /** Rows without throughput, which were left out. */
  readonly unknown: number;
}

export interface LoadColumns {
  readonly x: string;
  readonly y: string;
}

/** Where a table says how sure it is of its throughput, in the order in which they are looked for. */
const RANGES = [
  ['tps_ci95_low', 'tps_ci95_high'],
  ['tps_min', 'tps_max'],
] as const;

/** Throws `InputError`. */
export function readLoadRows(file: string, { x, y }: LoadColumns): LoadTable {
  const name = shownPath(file);
  let text: string;
  try {
    text = readInputFile(file);
  } catch (error) {
    throw new InputError(`${name}: ${readFailure(error)}`);
  }
  if (isSysbench(text)) return { rows: sysbenchRows(text, name), columns: ['clients', 'tps'], unknown: 0 };
  const [header, ...body] = readRecords(file, name);
  if (header === undefined) throw new InputError(`${name}: the file is empty; the first line names the columns`);
  const columns = header.record;
  checkColumn(columns, x, '--x', `${name}:1`);
  checkColumn(columns, y, '--y', `${name}:1`);
  const rows = body.flatMap(({ record, info }, index): LoadRow[] => {
    const place = `${name}:${info.lines}: row ${index + 1}`;
    if (record.length !== columns.length) {
      throw new InputError(`${place}: ${record.length} cells, but the header names ${columns.length} columns`);
    }
    const cells = Object.fromEntries(columns.map((column, i) => [column, record[i]!]));
    const number = (column: string): number | null =>
      cells[column] === undefined || cells[column] === ''
        ? null
        : positiveNumber(cells[column], `${place}, column ${column}`);
    const clients = number(x);
    if (clients === null) throw new InputError(`${place}, column ${x}: the cell is empty, and must be known`);
    const tps = number(y);
    if (tps === null) return [];
    const range = y === 'tps' ? RANGES.find(([low, high]) => cells[low] && cells[high]) : undefined;
    const [tps_low, tps_high] = range === undefined ? [null, null] : range.map(number);
    const latency = y === 'tps' ? number('latency_mean_us') : null;
    return [{ clients, tps, tps_low: tps_low!, tps_high: tps_high!, latency_mean_us: latency, cells }];
  });
  return { rows, columns, unknown: body.length - rows.length };
}

function checkColumn(columns: readonly string[], column: string, option: string, place: string): void {
  if (columns.filter((one) => one === column).length === 1) return;
  if (columns.includes(column)) throw new InputError(`${place}: the column ${column} stands twice; leave one out`);
  throw new InputError(`${place}: ${unknownName('column', column, columns)}; ${option} says which it is`);
}
