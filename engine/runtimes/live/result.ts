/** What a statement ends with, as a client sees it. */
import type { Warning } from '../../protocol/sql/errors.js';

export type ColumnType = 'text' | 'bigint' | 'int';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

export type Cell = string | number | null;

export interface ResultSet {
  readonly kind: 'rows';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly warnings: number;
}

export interface Ok {
  readonly kind: 'ok';
  readonly affectedRows: number;
  readonly warnings: number;
}

export type Outcome = ResultSet | Ok;

export const OK: Ok = { kind: 'ok', affectedRows: 0, warnings: 0 };

export const withWarnings = (warnings: readonly Warning[]): Ok => ({ ...OK, warnings: warnings.length });

/** `'Id:bigint'` names a column and its type; a name alone is text. */
export function resultSet(columns: readonly string[], rows: readonly (readonly Cell[])[]): ResultSet {
  return { kind: 'rows', columns: columns.map(columnOf), rows, warnings: 0 };
}

function columnOf(described: string): Column {
  const match = /^(.*):(bigint|int)$/.exec(described);
  if (!match) return { name: described, type: 'text' };
  return { name: match[1] as string, type: match[2] as ColumnType };
}
