/**
 * Runs independent points on worker threads, one point per core at a time. A worker that throws stops the run with an
 * error that names the point; an abort terminates the workers in the middle of their points.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { PointResult } from '../../measure/result.js';
import type { Settings } from '../../protocol/parameters.js';
import type { PointTask } from './point-worker.js';

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

/** Resolves with `interrupted` when the signal ended the run, with `complete` when every point has been reported. */
export async function runPoints<P extends PoolPoint>(
  points: readonly P[],
  options: RunPointsOptions<P>,
): Promise<'complete' | 'interrupted'> {
  const { precision, signal, onResult } = options;
  if (signal?.aborted) return 'interrupted';
  if (points.length === 0) return 'complete';
  const threads = Math.min(options.jobs ?? defaultJobs(), points.length);
  const pool = new Piscina<PointTask, PointResult>({
    filename: options.workerFile ?? fileURLToPath(new URL('./point-worker.js', import.meta.url)),
    name: 'runPoint',
    minThreads: threads,
    maxThreads: threads,
  });
  // Once only: a second destroy() returns at once, and makes piscina replace the workers that the first is ending.
  let ended: Promise<void> | undefined;
  const end = () => {
    ended ??= pool.destroy();
  };
  signal?.addEventListener('abort', end, { once: true });
  let reported = 0;
  const run = async (point: P) => {
    const result = await pool.run({ settings: point.settings, precision }).catch((error: unknown) => {
      throw new PointError(describeFailure(point, error), { cause: error });
    });
    if (ended !== undefined) return;
    onResult(point, result);
    reported++;
  };
  try {
    await Promise.race([Promise.all(points.map(run)), failureOf(pool, () => ended !== undefined)]);
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    signal?.removeEventListener('abort', end);
    end();
    await ended;
  }
  return reported === points.length ? 'complete' : 'interrupted';
}

/** Rejects when a worker breaks outside every task. A result that was on its way when the pool ended is no failure. */
function failureOf(pool: Piscina, isEnded: () => boolean): Promise<never> {
  return new Promise((_, reject) => {
    pool.on('error', (error) => {
      if (!isEnded()) reject(error);
    });
  });
}

/** Names the point by what tells it apart; the whole of its settings follows for whoever wants to run it alone. */
function describeFailure(point: PoolPoint, error: unknown): string {
  const { settings } = point;
  const message = error instanceof Error ? error.message : String(error);
  const told = `${settings.profile} ${settings.wait_point}, clients=${settings.clients}, replicas=${settings.replicas}`;
  return `point ${point.index} of ${point.part} (${told}, seed=${settings.seed}) failed: ${message}; settings ${JSON.stringify(settings)}`;
}
