/** Runs the points that a run directory still lacks, and stores each as it completes. */
import { runPoints } from '../engine/runtimes/pool/run-points.js';
import type { Point } from '../workloads/workload.js';
import type { RunDirectory } from './store.js';
import { unpackWorkload } from './store-manifest.js';

export interface RunSweepOptions {
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Called after a point has been stored. */
  readonly onPoint: (point: Point) => void;
  /** Seconds since this session began; the caller owns the clock. */
  readonly elapsedSeconds: () => number;
  readonly now: () => Date;
  /** For tests: see RunPointsOptions. */
  readonly workerFile?: string;
}

export function missingPoints(run: RunDirectory): Point[] {
  const points = unpackWorkload(run.manifest).parts.flatMap((part) => part.points);
  return points.filter((point) => !run.has(point.index));
}

/** Ends with the run recorded as complete or interrupted; throws what a worker or the disk threw. */
export async function runSweep(run: RunDirectory, options: RunSweepOptions): Promise<'complete' | 'interrupted'> {
  const before = run.manifest.wall_seconds;
  let failure: unknown;
  let status: 'complete' | 'interrupted' = 'interrupted';
  try {
    status = await runPoints(missingPoints(run), {
      jobs: options.jobs,
      precision: run.manifest.request.precision,
      signal: options.signal,
      ...(options.workerFile === undefined ? {} : { workerFile: options.workerFile }),
      onResult: (point, { observation }) => {
        run.append({ ...observation, point: point.index, part: point.part, variant: point.variant });
        options.onPoint(point);
      },
    });
  } catch (error) {
    failure = error;
  }
  const end = {
    status,
    finished: options.now().toISOString(),
    wall_seconds: before + options.elapsedSeconds(),
    warnings: collectWarnings(run),
  };
  if (failure === undefined) run.finish(end);
  else {
    // What ended the run is told; that its record could not be brought up to date either (disk full) is not news.
    try {
      run.finish(end);
    } catch {
      run.close();
    }
    throw failure;
  }
  return status;
}

/** One line per warned point. */
function collectWarnings(run: RunDirectory): string[] {
  return run
    .rows()
    .filter((row) => row.warnings !== null)
    .map((row) => `${row.part}, point ${row.point}: ${row.warnings}`);
}
