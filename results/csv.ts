/**
 * Observations as CSV, losing nothing: numbers are written as JavaScript's shortest exact form, without thousands
 * separators; an empty cell is `null` where the column can be unknown, an empty text where it is text.
 */
import { stringify } from 'csv-stringify/sync';
import { SWEEP_COLUMNS, type SweepRow } from '../analysis/row.js';
import { InputError } from '../workloads/input-error.js';

/** What is wrong with a CSV file, with the line to look at. */
export class CsvError extends InputError {
  override readonly name = 'CsvError';
}

export const csvHeader = (): string => stringify([[...SWEEP_COLUMNS]]);

/** Rows as CSV lines, without the header, each ending in a line feed. */
export function csvRows(rows: readonly SweepRow[]): string {
  for (const row of rows) {
    for (const column of SWEEP_COLUMNS) {
      const value = row[column];
      if (typeof value === 'number' && !Number.isFinite(value)) {
        throw new CsvError(`point ${row.point}: ${column} is ${value}, which no spreadsheet reads`);
      }
    }
  }
  return stringify(rows as SweepRow[], {
    columns: [...SWEEP_COLUMNS],
    // A warning of several lines would make a record span lines, and a torn record indistinguishable from a whole one.
    cast: { string: (text) => text.replaceAll(/\s*[\r\n]+\s*/g, ' ') },
  });
}
