/** Points of a sweep on worker threads. A point that breaks ends the run with an error that names it. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { PointResult } from '../../measure/result.js';
import type { Settings } from '../../protocol/parameters.js';
import type { PointTask } from './point-worker.js';
import { runTasks } from './run-tasks.js';

/** What the pool needs to know of a point; callers get back the very object they gave. */
export interface PoolPoint {
  readonly index: number;
  readonly part: string;
  readonly settings: Settings;
}

export interface RunPointsOptions<P extends PoolPoint> {
  /** Worker threads; as many as there are cores when absent. */
  readonly jobs?: number;
  /** See SimulateOptions. */
  readonly precision: number;
  /** See SimulateOptions. */
  readonly maxCommits?: number;
  readonly signal?: AbortSignal;
  /** Called as points complete, in whatever order they do. What it throws ends the run and is thrown to the caller. */
  readonly onResult: (point: P, result: PointResult) => void;
  /** The worker's compiled file, for callers that do not run from dist/ themselves: a worker cannot load TypeScript. */
  readonly workerFile?: string;
}

/** A point could not be run: the engine broke, not the user's input. */
export class PointError extends Error {
  override readonly name = 'PointError';
}

export const defaultJobs = (): number => availableParallelism();

/** See runTasks for how it ends. */
export function runPoints<P extends PoolPoint>(
  points: readonly P[],
  options: RunPointsOptions<P>,
): Promise<'complete' | 'interrupted'> {
  return runTasks<P, PointTask, PointResult>(points, {
    workerFile: options.workerFile ?? fileURLToPath(new URL('./point-worker.js', import.meta.url)),
    workerFunction: 'runPoint',
    threads: options.jobs ?? defaultJobs(),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    taskOf: ({ settings }) => ({
      settings,
      precision: options.precision,
      ...(options.maxCommits === undefined ? {} : { maxCommits: options.maxCommits }),
    }),
    onResult: options.onResult,
    failureOf: (point, error) => new PointError(describeFailure(point, error), { cause: error }),
  });
}

/** Names the point by what tells it apart; the whole of its settings follows for whoever wants to run it alone. */
function describeFailure(point: PoolPoint, error: unknown): string {
  const { settings } = point;
  const message = error instanceof Error ? error.message : String(error);
  const told = `${settings.profile} ${settings.wait_point}, clients=${settings.clients}, replicas=${settings.replicas}`;
  return `point ${point.index} of ${point.part} (${told}, seed=${settings.seed}) failed: ${message}; settings ${JSON.stringify(settings)}`;
}
