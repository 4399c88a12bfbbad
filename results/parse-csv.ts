/** Reads observations back from what `csv.ts` wrote. */
import { type CastingFunction, parse } from 'csv-parse/sync';
import { SWEEP_COLUMNS, type SweepRow } from '../analysis/row.js';
import { CsvError, csvHeader } from './csv.js';

type Column = keyof SweepRow;

/** Text whose empty cell means empty text. */
const TEXT: ReadonlySet<Column> = new Set([
  'runtime',
  'profile',
  'wait_point',
  'rtt_us',
  'relay_fsync_us',
  'part',
  'variant',
]);
/** Text whose empty cell means unknown. */
const TEXT_OR_UNKNOWN: ReadonlySet<Column> = new Set(['hosts', 'warnings']);
/** Numbers that are always known. */
const NUMBER: ReadonlySet<Column> = new Set(['replicas', 'clients', 'tps', 'point']);

export interface ParsedCsv {
  readonly rows: readonly SweepRow[];
  /** Bytes up to the end of the last whole record; what follows was torn off by a crash. */
  readonly wholeBytes: number;
}

/** Reads what csvHeader and csvRows wrote. A last line without its line feed is torn, and left out. */
export function parseCsv(text: string, file: string): ParsedCsv {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const header = csvHeader();
  if (whole !== '' && !whole.startsWith(header)) {
    throw new CsvError(`${file}:1: these are not the columns of this version of acklab; expected ${header.trim()}`);
  }
  const body = whole.slice(header.length);
  const rows = parseBody(body, file);
  return { rows, wholeBytes: Buffer.byteLength(whole) };
}

function parseBody(body: string, file: string): SweepRow[] {
  const cast: CastingFunction = (value, { column, lines }) => {
    try {
      return parseCell(column as Column, value);
    } catch (error) {
      throw new CsvError(`${file}:${lines + 1}: ${(error as Error).message}`);
    }
  };
  try {
    return parse<SweepRow>(body, { columns: [...SWEEP_COLUMNS], cast });
  } catch (error) {
    if (error instanceof CsvError) throw error;
    throw new CsvError(`${file}: ${(error as Error).message} (counting from below the header)`);
  }
}

/** The value of a cell. Throws `CsvError` where it is of the wrong kind. */
export function parseCell(column: Column, value: string): string | number | null {
  if (TEXT.has(column)) return value;
  if (value === '') {
    if (NUMBER.has(column)) throw new CsvError(`${column} is empty, and must be a number`);
    return null;
  }
  if (TEXT_OR_UNKNOWN.has(column)) return value;
  const number = Number(value);
  if (!Number.isFinite(number)) throw new CsvError(`${column} is ${JSON.stringify(value)}, and must be a number`);
  return number;
}
