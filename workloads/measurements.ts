/**
 * Measured rows: what a real server did, with the columns of observations. Read strictly: whatever would make a row mean
 * something else than was measured is refused with its file, row and column.
 */
import { parse } from 'csv-parse/sync';
import { PARAMETERS, type ParameterName, type Settings } from '../engine/protocol/parameters.js';
import type { Calibrations } from './calibration.js';
import { POINT_COLUMNS, parameterOfColumn } from './columns.js';
import { shownPath } from './document.js';
import { InputError } from './input-error.js';
import { readFailure, readInputFile } from './input-file.js';
import { MEASURES, type Measure, type MeasuredRange, type Measures } from './measures.js';
import { nearestName } from './nearest.js';
import { checkMerged, mergeSettings, type Setting } from './setting.js';
import { formatValue, parseValue, ValueError } from './units.js';

/** Columns that a file must have, though their cells may be empty; a column left out by accident is a wrong default. */
export const MEASURED_COLUMNS = [
  'profile',
  'wait_point',
  'wait_for_slave_count',
  'replicas',
  'rtt_us',
  'binlog_fsync_us',
  'redo_fsync_us',
  'relay_fsync_us',
  'sync_binlog',
  'sync_relay_log',
  'clients',
  ...MEASURES,
] as const;

/** Columns whose cell cannot be guessed. */
const KNOWN_COLUMNS: readonly string[] = ['profile', 'clients'];

export interface MeasuredRow {
  /** `measured.csv:4: row 3`. */
  readonly place: string;
  /** The parameters whose cells are filled. */
  readonly given: readonly Setting[];
  readonly measured: Measures;
  /** From the columns `tps_min` and `tps_max`, where a file has them. */
  readonly tps_range?: MeasuredRange;
}

export interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** Reads measured rows from a CSV file. Throws `InputError`. */
export const readMeasurements = (file: string): MeasuredRow[] => readMeasuredTable(file).rows;

export interface MeasuredTable {
  readonly rows: MeasuredRow[];
  /** The cells of each row, whatever their column. */
  readonly cells: readonly Readonly<Record<string, string>>[];
}

/** The same, with the columns that are none of measurements'. */
export function readMeasuredTable(file: string): MeasuredTable {
  const name = shownPath(file);
  const [header, ...body] = readRecords(file, name);
  if (header === undefined) throw new InputError(`${name}: the file is empty; the first line names the columns`);
  const columns = header.record;
  checkColumns(columns, `${name}:1`);
  if (body.length === 0) throw new InputError(`${name}: no rows below the header`);
  const rows = body.map(({ record, info }, index) => {
    const place = `${name}:${info.lines}: row ${index + 1}`;
    if (record.length !== columns.length) {
      throw new InputError(`${place}: ${record.length} cells, but the header names ${columns.length} columns`);
    }
    return readRow(columns, record, place);
  });
  const cells = body.map(({ record }) => Object.fromEntries(columns.map((column, at) => [column, record[at] ?? ''])));
  return { rows, cells };
}

/** The records of a CSV file, the header among them; how many cells each has is not checked. Throws `InputError`. */
export function readRecords(file: string, name: string): CsvRecord[] {
  let text: string;
  try {
    text = readInputFile(file);
  } catch (error) {
    throw new InputError(`${name}: ${readFailure(error)}`);
  }
  try {
    // Counting cells is left to the caller, who can name the row.
    const options = { bom: true, info: true, trim: true, skip_empty_lines: true, relax_column_count: true } as const;
    return parse(text, options) as unknown as CsvRecord[];
  } catch (error) {
    throw new InputError(`${name}: not a CSV file: ${(error as Error).message}`);
  }
}

function checkColumns(columns: readonly string[], place: string): void {
  const twice = columns.find((column, index) => column !== '' && columns.indexOf(column) !== index);
  if (twice !== undefined) throw new InputError(`${place}: the column ${twice} stands twice; leave one out`);
  const missing = MEASURED_COLUMNS.find((column) => !columns.includes(column));
  if (missing === undefined) return;
  const extra = columns.filter((column) => !(MEASURED_COLUMNS as readonly string[]).includes(column));
  const meant = nearestName(missing, extra);
  throw new InputError(
    `${place}: the column ${missing} is missing; ` +
      (meant === undefined ? 'add it, with empty cells where it is unknown' : `is "${meant}" what it should be?`),
  );
}

function readRow(columns: readonly string[], record: readonly string[], place: string): MeasuredRow {
  const measured: Record<Measure, number | null> = { tps: null, latency_mean_us: null, latency_p95_us: null };
  const range: { tps_min?: number; tps_max?: number } = {};
  const given: Setting[] = [];
  for (const [index, column] of columns.entries()) {
    const cell = record[index]!;
    const cellPlace = `${place}, column ${column}`;
    if (cell === '') {
      if (KNOWN_COLUMNS.includes(column)) throw new InputError(`${cellPlace}: the cell is empty, and must be known`);
    } else if (isMeasure(column)) measured[column] = positiveNumber(cell, cellPlace);
    else if (column === 'tps_min' || column === 'tps_max') range[column] = positiveNumber(cell, cellPlace);
    else if (POINT_COLUMNS.includes(column) && column !== 'variant') given.push(readSetting(column, cell, cellPlace));
  }
  if (MEASURES.every((name) => measured[name] === null)) {
    throw new InputError(`${place}: nothing was measured: ${MEASURES.join(', ')} are all empty; leave the row out`);
  }
  return { place, given, measured, ...rangeOf(range, place) };
}

type Extremes = { readonly tps_min?: number; readonly tps_max?: number };

function rangeOf({ tps_min, tps_max }: Extremes, place: string): Pick<MeasuredRow, 'tps_range'> {
  if (tps_min === undefined || tps_max === undefined) return {};
  if (tps_min <= tps_max) return { tps_range: { low: tps_min, high: tps_max } };
  throw new InputError(`${place}, column tps_min: ${tps_min} exceeds tps_max, ${tps_max}; exchange the two`);
}

const isMeasure = (column: string): column is Measure => (MEASURES as readonly string[]).includes(column);

/** Plain decimal, as a spreadsheet writes it: no unit, no thousands separator. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export function positiveNumber(cell: string, place: string): number {
  const value = Number(cell);
  if (!NUMBER.test(cell) || !Number.isFinite(value)) {
    throw new InputError(`${place}: ${JSON.stringify(cell)} is not a number; leave the cell empty where it is unknown`);
  }
  if (value > 0) return value;
  throw new InputError(`${place}: ${cell} is ${value < 0 ? 'negative' : 'nothing to compare with'}; it must exceed 0`);
}

const TIME_KINDS: readonly string[] = ['time', 'cost'];

function readSetting(column: string, cell: string, place: string): Setting {
  const name = parameterOfColumn(column) as ParameterName;
  const { kind } = PARAMETERS[name];
  try {
    const value = parseValue(name, kind === 'choice' || kind === 'switch' ? cell : numbersOf(cell, kind), noSamples);
    return { name, value, text: formatValue(name, value as never), place };
  } catch (error) {
    if (error instanceof ValueError) throw new InputError(`${place}: ${error.message}`);
    throw error;
  }
}

/** Cells hold plain numbers, times in µs; several replicas are joined by `/`. */
function numbersOf(cell: string, kind: string): string {
  const unit = TIME_KINDS.includes(kind) ? 'us' : '';
  const parts = cell.split('/').map((part) => part.trim());
  const wrong = parts.find((part) => !NUMBER.test(part));
  if (wrong !== undefined) {
    throw new ValueError(`${JSON.stringify(wrong)} is not a number${unit && '; times are plain µs'}`);
  }
  return parts.map((part) => `${part}${unit}`).join('/');
}

const noSamples = (): never => {
  throw new ValueError('a cell holds numbers, not the name of a file');
};

/** The experiment that a row measured. `overrides` say what no column tells, such as the cores of the host. */
export function settingsOfRow(
  row: MeasuredRow,
  calibrations: Calibrations,
  overrides: readonly Setting[] = [],
): Settings {
  // First by itself, so that no override is blamed for what a row contradicts.
  const alone = checkMerged(mergeSettings(row.given, calibrations), row.given, []);
  if (overrides.length === 0) return alone;
  return checkMerged(mergeSettings([...row.given, ...overrides], calibrations), row.given, overrides);
}
