/** How the parameters of a point show in the columns of its observation. */
import { OBSERVATION_COLUMNS } from '../engine/measure/observation.js';
import { type Distribution, PARAMETER_NAMES, PARAMETERS, type ParameterName } from '../engine/protocol/parameters.js';
import type { Point } from './workload.js';

/** Every column that a chart may name. */
export const COLUMNS: readonly string[] = [...OBSERVATION_COLUMNS, 'variant'];

const PARAMETER_OF_COLUMN = new Map<string, ParameterName>();
for (const name of PARAMETER_NAMES) {
  for (const column of [name, `${name}_us`]) if (COLUMNS.includes(column)) PARAMETER_OF_COLUMN.set(column, name);
}

/** Columns whose value is known before the point has run, so that points can be grouped and chosen by them. */
export const POINT_COLUMNS: readonly string[] = [...PARAMETER_OF_COLUMN.keys(), 'variant'];

const TEXT_COLUMNS = ['runtime', 'profile', 'wait_point', 'rtt_us', 'relay_fsync_us', 'hosts', 'warnings', 'variant'];

/** Columns that hold a number, and can be a chart's height. */
export const MEASURE_COLUMNS: readonly string[] = COLUMNS.filter((name) => !TEXT_COLUMNS.includes(name));

export const parameterOfColumn = (column: string): ParameterName | undefined => PARAMETER_OF_COLUMN.get(column);

/** Can every value of this axis be told from the others by the parameter's column? Distributions of one mean cannot. */
export function showsInColumn(name: ParameterName, values: readonly unknown[]): boolean {
  if (![...PARAMETER_OF_COLUMN.values()].includes(name)) return false;
  if (PARAMETERS[name].kind !== 'cost') return true;
  const costs = values.flat() as Distribution[];
  return costs.every((cost) => cost.kind === 'constant');
}

const cellOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? String((value as Distribution).mean) : String(value);

/** The cell that a point will have in a column of POINT_COLUMNS. */
export function pointCell(point: Point, column: string): string {
  if (column === 'variant') return point.variant;
  const name = PARAMETER_OF_COLUMN.get(column);
  if (name === undefined) throw new Error(`column ${column} is measured, not set`);
  const value: unknown = point.settings[name];
  if (!Array.isArray(value)) return cellOf(value);
  const cells = value.map(cellOf);
  return cells.every((cell) => cell === cells[0]) ? cells[0]! : cells.join('/');
}
