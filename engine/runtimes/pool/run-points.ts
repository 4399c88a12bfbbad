/** Points of a sweep on worker threads. A point that breaks ends the run with an error that names it. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Observation } from '../../measure/observation.js';
import type { Settings } from '../../protocol/parameters.js';
import type { SimulateOptions } from '../virtual/simulate.js';
import type { PointTask, PointWorkerData } from './point-worker.js';
import { openTaskPool } from './run-tasks.js';

/** What the pool needs to know of a point; callers get back the very object they gave. */
export interface PoolPoint {
  readonly index: number;
  readonly part: string;
  readonly settings: Settings;
}

export interface PointPoolOptions {
  /** Worker threads; as many as there are cores when absent. */
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  /** The worker's compiled file, for callers that do not run from dist/ themselves: a worker cannot load TypeScript. */
  readonly workerFile?: string;
}

export interface RunPointsOptions<P extends PoolPoint> extends PointPoolOptions {
  /** See SimulateOptions. */
  readonly precision: number;
  /** Called as points complete, in whatever order they do. What it throws ends the run and is thrown to the caller. */
  readonly onResult: OnResult<P>;
}

type OnResult<P extends PoolPoint> = (point: P, observation: Observation) => void;

/** A point could not be run: the engine broke, not the user's input. */
export class PointError extends Error {
  override readonly name = 'PointError';
}

export const defaultJobs = (): number => availableParallelism();

/** How exactly to measure the points of one batch. */
export type Exactness = Pick<SimulateOptions, 'precision' | 'maxCommits'>;

/** Points with the same settings, simulated once; never empty. */
interface Experiment {
  readonly points: readonly [PoolPoint, ...PoolPoint[]];
  readonly exactness: Exactness;
}

export interface PointPool {
  /** See TaskPool. */
  run<P extends PoolPoint>(
    points: readonly P[],
    exactness: Exactness,
    onResult: OnResult<P>,
  ): Promise<'complete' | 'interrupted'>;
  close(): Promise<void>;
}

/** What waits behind one point hardly matters among so many for each worker. */
const MANY_POINTS = 50;

/** Workers for several batches of points. `sweep`: all of them, where they are known: its workers rehearse those. */
export function openPointPool(options: PointPoolOptions, sweep: readonly PoolPoint[] = []): PointPool {
  const threads = options.jobs ?? defaultJobs();
  const pool = openTaskPool<Experiment, PointTask, Observation>({
    ...poolOptions(options),
    threads,
    oneAhead: sweep.length >= MANY_POINTS * threads,
    workerData: { rehearsal: rehearsalOf(sweep) } satisfies PointWorkerData,
    taskOf: ({ points: [{ settings }], exactness }) => ({ settings, ...exactness }),
    failureOf: ({ points: [point] }, error) => new PointError(describeFailure(point, error), { cause: error }),
  });
  return {
    run: <P extends PoolPoint>(points: readonly P[], exactness: Exactness, onResult: OnResult<P>) =>
      pool.run(
        withSameSettings(points).map((alike) => ({ points: alike, exactness })),
        // The pool hands back the very items it was given.
        (experiment, observation) => {
          for (const point of experiment.points) onResult(point as P, asSet(observation, point.settings));
        },
      ),
    close: () => pool.close(),
  };
}

/**
 * What settings a point has is all that its result depends on. Several curves share points, the tour's above all; each
 * set of settings stands where it comes first.
 */
function withSameSettings<P extends PoolPoint>(points: readonly P[]): [P, ...P[]][] {
  const sets = new Map<string, [P, ...P[]]>();
  for (const point of points) {
    const key = JSON.stringify(withoutIdle(point.settings));
    const alike = sets.get(key);
    if (alike) alike.push(point);
    else sets.set(key, [point]);
  }
  return [...sets.values()];
}

/** Where no commit is held back, no count can end that: such points differ in nothing but what their rows say of them. */
const withoutIdle = (settings: Settings): Settings =>
  settings.group_commit_delay > 0 ? settings : { ...settings, group_commit_count: 0 };

/** What would have been seen with these settings. */
const asSet = (observation: Observation, { group_commit_count }: Settings): Observation =>
  observation.group_commit_count === group_commit_count ? observation : { ...observation, group_commit_count };

const poolOptions = ({ workerFile, signal }: PointPoolOptions) => ({
  workerFile: workerFile ?? fileURLToPath(new URL('./point-worker.js', import.meta.url)),
  workerFunction: 'runPoint',
  ...(signal === undefined ? {} : { signal }),
});

const MOST_REHEARSED = 60;
/** The shorter a sweep, the less there is to gain. */
const POINTS_PER_REHEARSED = 8;
/** Thousands take long to begin. */
const MOST_CLIENTS = 200;

/** Settings from all over a sweep. */
export function rehearsalOf(sweep: readonly PoolPoint[]): Settings[] {
  const points = sweep.filter(({ settings }) => settings.clients <= MOST_CLIENTS);
  const count = Math.min(MOST_REHEARSED, Math.floor(points.length / POINTS_PER_REHEARSED));
  return Array.from({ length: count }, (_, index) => points[Math.floor((index * points.length) / count)]!.settings);
}

/** One batch, on workers of its own. */
export async function runPoints<P extends PoolPoint>(
  points: readonly P[],
  options: RunPointsOptions<P>,
): Promise<'complete' | 'interrupted'> {
  if (options.signal?.aborted) return 'interrupted';
  if (points.length === 0) return 'complete';
  const jobs = Math.min(options.jobs ?? defaultJobs(), points.length);
  const pool = openPointPool({ ...options, jobs }, points);
  try {
    return await pool.run(points, { precision: options.precision }, options.onResult);
  } finally {
    await pool.close();
  }
}

/** Names the point by what tells it apart; the whole of its settings follows for whoever wants to run it alone. */
export function describeFailure(point: PoolPoint, error: unknown): string {
  const { settings } = point;
  const message = error instanceof Error ? error.message : String(error);
  const told = `${settings.profile} ${settings.wait_point}, clients=${settings.clients}, replicas=${settings.replicas}`;
  return `point ${point.index} of ${point.part} (${told}, seed=${settings.seed}) failed: ${message}; settings ${JSON.stringify(settings)}`;
}
