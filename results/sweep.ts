/** A sweep whose rows stay in memory: for scripts, which keep no run directory. */

import { type SweepRow, sweepRow } from '../analysis/row.js';
import { runPoints } from '../engine/runtimes/pool/run-points.js';
import { InputError } from '../workloads/input-error.js';
import { withRuntimes } from '../workloads/runtimes.js';
import type { Point, Workload } from '../workloads/workload.js';

/** What was swept and what came out; `compare` takes two of these. */
export interface Sweep {
  /** Of the workload. */
  readonly name: string;
  /** See `SimulationOptions`. */
  readonly precision: number;
  /** What was simulated, each with all of its settings. */
  readonly points: readonly Point[];
  /** A row for each point, in the same order, however many jobs there were. */
  readonly rows: readonly SweepRow[];
}

export interface SweepRunOptions {
  readonly precision: number;
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  readonly onRow?: (row: SweepRow, done: number, points: number) => void;
  /** For tests: see RunPointsOptions. */
  readonly workerFile?: string;
}

/** Runs every point under virtual time. Throws `InputError`, and the signal's reason when it is aborted. */
export async function sweepInMemory(workload: Workload, { onRow, ...options }: SweepRunOptions): Promise<Sweep> {
  const points = withRuntimes(workload, 'virtual', 1).parts.flatMap((part) => part.points);
  const other = points.find(({ experiment }) => experiment !== undefined);
  if (other !== undefined) {
    throw new InputError(
      `${workload.name}: ${other.part} has experiment: ${other.experiment!.kind}, and no steady state; ` +
        `run it with: acklab sweep ${other.part}`,
    );
  }
  const rows: SweepRow[] = [];
  const status = await runPoints(points, {
    ...options,
    onResult: (point, observation) => {
      const row = sweepRow(point, observation);
      rows.push(row);
      onRow?.(row, rows.length, points.length);
    },
  });
  if (status === 'interrupted') options.signal?.throwIfAborted();
  rows.sort((a, b) => a.point - b.point);
  return { name: workload.name, precision: options.precision, points, rows };
}
