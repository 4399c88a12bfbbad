/** Results as the mysql client prints them. */
import type { SqlError } from '../../engine/protocol/sql/errors.js';
import type { Cell, Outcome, ResultSet } from '../../engine/runtimes/live/result.js';

const textOf = (cell: Cell): string => (cell === null ? 'NULL' : String(cell));

export function formatOutcome(outcome: Outcome, vertical: boolean, seconds: number): string {
  const took = `(${seconds.toFixed(2)} sec)`;
  const warnings =
    outcome.warnings > 0 ? `, ${outcome.warnings} ${outcome.warnings === 1 ? 'warning' : 'warnings'}` : '';
  if (outcome.kind === 'ok') {
    const rows = `${outcome.affectedRows} ${outcome.affectedRows === 1 ? 'row' : 'rows'} affected`;
    return `Query OK, ${rows}${warnings} ${took}\n\n`;
  }
  const { rows } = outcome;
  if (rows.length === 0) return `Empty set${warnings} ${took}\n\n`;
  return `${formatRows(outcome, vertical)}${rows.length} ${rows.length === 1 ? 'row' : 'rows'} in set${warnings} ${took}\n\n`;
}

/** A table, or a paragraph for each row. */
export const formatRows = (result: ResultSet, vertical: boolean): string =>
  vertical ? paragraphs(result) : table(result);

export const formatError = (error: SqlError): string => `ERROR ${error.code} (${error.sqlState}): ${error.message}\n`;

function table({ columns, rows }: ResultSet): string {
  const widths = columns.map(({ name }, column) =>
    Math.max(name.length, ...rows.map((row) => textOf(row[column] ?? null).length)),
  );
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const line = (cells: readonly string[], isHead: boolean): string =>
    `|${cells.map((cell, column) => ` ${pad(cell, widths[column] as number, !isHead && columns[column]?.type !== 'text')} `).join('|')}|\n`;
  const head = line(
    columns.map(({ name }) => name),
    true,
  );
  return `${rule}${head}${rule}${rows.map((row) => line(row.map(textOf), false)).join('')}${rule}`;
}

const pad = (text: string, width: number, right: boolean): string =>
  right ? text.padStart(width) : text.padEnd(width);

function paragraphs({ columns, rows }: ResultSet): string {
  const width = Math.max(...columns.map(({ name }) => name.length));
  return rows
    .map((row, index) => {
      const lines = columns.map(({ name }, column) => `${name.padStart(width)}: ${textOf(row[column] ?? null)}\n`);
      return `*************************** ${index + 1}. row ***************************\n${lines.join('')}`;
    })
    .join('');
}
