import { SWEEP_COLUMNS, type SweepRow } from '../analysis/row.js';
import { csvHeader, csvRows } from './csv.js';

/** csv: as in the run directory. json: one array. jsonl: one object per line. `null` is unknown. */
export const ROW_FORMATS = ['csv', 'json', 'jsonl'] as const;
export type RowFormat = (typeof ROW_FORMATS)[number];

export function formatRows(rows: readonly SweepRow[], format: RowFormat): string {
  if (format === 'csv') return csvHeader() + csvRows(rows);
  const objects = rows.map((row) => JSON.stringify(Object.fromEntries(SWEEP_COLUMNS.map((name) => [name, row[name]]))));
  return format === 'json' ? `[\n${objects.join(',\n')}\n]\n` : objects.map((object) => `${object}\n`).join('');
}
