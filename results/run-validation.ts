/** Simulates measured rows and holds what comes out against what was measured. */
import { type ValidatedRow, validatedRow } from '../analysis/validation.js';
import { runPoints } from '../engine/runtimes/pool/run-points.js';
import type { Calibrations } from '../workloads/calibration.js';
import { type MeasuredRow, settingsOfRow } from '../workloads/measurements.js';
import type { Setting } from '../workloads/setting.js';

export interface RunValidationOptions {
  readonly calibrations: Calibrations;
  /** What no column of the rows tells. */
  readonly overrides: readonly Setting[];
  readonly jobs: number;
  /** See SimulateOptions. */
  readonly precision: number;
  readonly signal: AbortSignal;
  readonly onRow: () => void;
  /** For tests: see RunPointsOptions. */
  readonly workerFile?: string;
}

/** In the order of `rows`. */
export async function runValidation(
  rows: readonly MeasuredRow[],
  options: RunValidationOptions,
): Promise<ValidatedRow[] | 'interrupted'> {
  const { calibrations, overrides, jobs, precision, signal, workerFile } = options;
  const points = rows.map((row, index) => ({
    index,
    part: row.place,
    settings: settingsOfRow(row, calibrations, overrides),
  }));
  const validated: ValidatedRow[] = [];
  const ending = await runPoints(points, {
    jobs,
    precision,
    signal,
    ...(workerFile === undefined ? {} : { workerFile }),
    onResult: ({ index }, observation) => {
      validated[index] = validatedRow(rows[index] as MeasuredRow, observation);
      options.onRow();
    },
  });
  return ending === 'interrupted' ? ending : validated;
}
