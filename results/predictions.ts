/**
 * Measured rows with what the model says of each, as CSV. `acklab validate … --csv` writes it; the file shipped with
 * the calibrations lets every report show the model against measurement without simulating a row.
 */
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { MeasuredPoint, Overlay } from '../analysis/measured-marks.js';
import { type ValidatedRow, validatedRow } from '../analysis/validation.js';
import { OBSERVATION_COLUMNS, type Observation } from '../engine/measure/observation.js';
import { PARAMETER_NAMES, PARAMETERS } from '../engine/protocol/parameters.js';
import type { Calibrations } from '../workloads/calibration.js';
import { shippedCalibrations } from '../workloads/calibration-file.js';
import { POINT_COLUMNS } from '../workloads/columns.js';
import { type MeasuredRow, readMeasuredTable, settingsOfRow } from '../workloads/measurements.js';
import { MEASURES } from '../workloads/measures.js';
import { packageRoot } from '../workloads/package-root.js';
import { CsvError } from './csv.js';
import { parseCell } from './parse-csv.js';
import { type Manifest, unpackWorkload } from './store-manifest.js';

export interface PredictedRow extends ValidatedRow, MeasuredPoint {}

/** What was set, out of all that an observation says. */
export const PARAMETER_COLUMNS = OBSERVATION_COLUMNS.filter((column) => POINT_COLUMNS.includes(column));
const RANGE_COLUMNS = ['tps_min', 'tps_max'] as const;
const predictedColumn = (measure: string): string => `predicted_${measure}`;
const PREDICTED_COLUMNS = MEASURES.map(predictedColumn);

/** More digits than any prediction has; the last ones of a logarithm may differ between processors. */
const rounded = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(6)));

/** `validated` in the order of `measured`. The result is itself a file of measured rows. */
export function formatPredictions(
  measured: readonly { readonly tps_range?: MeasuredRow['tps_range'] | null }[],
  validated: readonly ValidatedRow[],
): string {
  const lines = validated.map(({ observation, measured: values, predicted }, index) => {
    const range = measured[index]?.tps_range;
    return [
      ...PARAMETER_COLUMNS.map((column) => observation[column]),
      ...MEASURES.map((measure) => values[measure]),
      ...[range?.low, range?.high],
      ...MEASURES.map((measure) => rounded(predicted[measure])),
    ];
  });
  return stringify([[...PARAMETER_COLUMNS, ...MEASURES, ...RANGE_COLUMNS, ...PREDICTED_COLUMNS], ...lines]);
}

/** Reads what formatPredictions wrote; `calibrations` are what it was made with. Throws `InputError`. */
export function readPredictions(file: string, calibrations = shippedCalibrations()): PredictedRow[] {
  const { rows, cells } = readMeasuredTable(file);
  return rows.map((row, index) => predictedRow(row, cells[index]!, calibrations));
}

function predictedRow(
  row: MeasuredRow,
  record: Readonly<Record<string, string>>,
  calibrations: Calibrations,
): PredictedRow {
  const known = new Map<string, string | undefined>([
    ...PARAMETER_COLUMNS.map((column) => [column, record[column]] as const),
    ...MEASURES.map((measure) => [measure, record[predictedColumn(measure)]] as const),
  ]);
  const cells = OBSERVATION_COLUMNS.map((column) => {
    const text = known.get(column);
    if (text === undefined) {
      if (known.has(column))
        throw new CsvError(`${row.place}: a column of predictions is missing; write the file anew`);
      return [column, null] as const;
    }
    return [column, parseCell(column, text)] as const;
  });
  const observation = { ...Object.fromEntries(cells), runtime: 'virtual' } as unknown as Observation;
  const settings = settingsOfRow(row, calibrations);
  return { ...validatedRow(row, observation), settings, tps_range: row.tps_range ?? null };
}

export const PREDICTIONS_FILE = 'workloads/calibrations/predictions.csv';

let shipped: readonly PredictedRow[] | undefined;

/** What the shipped calibrations say of the rows they were made from. */
export function shippedPredictions(): readonly PredictedRow[] {
  shipped ??= readPredictions(join(packageRoot(), PREDICTIONS_FILE));
  return shipped;
}

/** `rows` of the versions that a sweep ran; nothing else in it can be held against them. */
export function predictionsFor(profiles: Iterable<string>, rows: readonly PredictedRow[]): PredictedRow[] {
  const wanted = new Set(profiles);
  return rows.filter(({ observation }) => wanted.has(observation.profile));
}

/** What was measured, and what each point of the run was set to. */
export function overlayOf(manifest: Manifest, rows: readonly PredictedRow[]): Overlay {
  const points = unpackWorkload(manifest).parts.flatMap((part) => part.points);
  return { measured: rows, settings: new Map(points.map(({ index, settings }) => [index, settings])) };
}

const COSTS = PARAMETER_NAMES.filter((name) => PARAMETERS[name].group === 'cpu cost');

/** Versions of which the run had other costs than the predictions: what is said of these does not hold for it. */
export function profilesOfOtherCosts(manifest: Manifest, rows: readonly PredictedRow[]): string[] {
  const costs = ({ settings }: Pick<PredictedRow, 'settings'>): string =>
    JSON.stringify(COSTS.map((name) => settings[name]));
  const shippedCosts = new Map(rows.map((row) => [row.settings.profile as string, costs(row)]));
  const points = unpackWorkload(manifest).parts.flatMap((part) => part.points);
  const other = points.filter((point) => (shippedCosts.get(point.settings.profile) ?? costs(point)) !== costs(point));
  return [...new Set(other.map(({ settings }) => settings.profile))];
}
