/** Runs the points that a run directory still lacks, and stores each as it completes. */
import { fileURLToPath } from 'node:url';
import { sweepRow } from '../analysis/row.js';
import type { CrashResult } from '../engine/measure/crash.js';
import type { Observation } from '../engine/measure/observation.js';
import type { TimelineResult } from '../engine/measure/timeline.js';
import type { CrashTask } from '../engine/runtimes/pool/crash-worker.js';
import { describeFailure, PointError, runPoints } from '../engine/runtimes/pool/run-points.js';
import { runTasks } from '../engine/runtimes/pool/run-tasks.js';
import type { TimelineTask } from '../engine/runtimes/pool/timeline-worker.js';
import type { Point, TimelineExperiment } from '../workloads/workload.js';
import { appendCrashes, type CrashPoint, crashPoints, isCrash, tidyCrashes } from './crashes.js';
import { appendLocks } from './locks.js';
import type { RunDirectory } from './store.js';
import { unpackWorkload } from './store-manifest.js';
import { appendTimeline, finishTimelines, timelinePoints, timelines } from './timelines.js';

export interface RunSweepOptions {
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Called after a point has been stored. */
  readonly onPoint: (point: Point) => void;
  /** Seconds since this session began; the caller owns the clock. */
  readonly elapsedSeconds: () => number;
  readonly now: () => Date;
  /** For tests: see RunPointsOptions and CrewOptions. */
  readonly workerFile?: string;
  readonly workerFolder?: string;
}

export function missingPoints(run: RunDirectory): Point[] {
  const points = unpackWorkload(run.manifest).parts.flatMap((part) => part.points);
  const done = [timelinePoints(run), crashPoints(run)];
  return points.filter(({ index }) => !run.has(index) && !done.some((found) => found.has(index)));
}

/** Ends with the run recorded as complete or interrupted; throws what a worker or the disk threw. */
export async function runSweep(run: RunDirectory, options: RunSweepOptions): Promise<'complete' | 'interrupted'> {
  const before = run.manifest.wall_seconds;
  let failure: unknown;
  let status: 'complete' | 'interrupted' = 'interrupted';
  try {
    status = await simulatePoints(run, options);
    if (status === 'complete') status = await simulateTimelines(run, options);
    if (status === 'complete') status = await simulateCrashes(run, options);
    if (status === 'complete') status = await measureOnThreads(run, options);
  } catch (error) {
    failure = error;
  }
  finishTimelines(run);
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

const missingOn = (run: RunDirectory, runtime: Point['runtime']): Point[] =>
  missingPoints(run).filter((point) => point.experiment === undefined && point.runtime === runtime);

function store(run: RunDirectory, point: Point, observation: Observation, { onPoint }: RunSweepOptions): void {
  run.append(sweepRow(point, observation));
  onPoint(point);
}

const simulatePoints = (run: RunDirectory, options: RunSweepOptions): Promise<'complete' | 'interrupted'> =>
  runPoints(missingOn(run, 'virtual'), {
    jobs: options.jobs,
    precision: run.manifest.request.precision,
    signal: options.signal,
    ...(options.workerFile === undefined ? {} : { workerFile: options.workerFile }),
    onResult: (point, observation) => store(run, point, observation, options),
  });

type TimelinePoint = Point & { readonly experiment: TimelineExperiment };

const isTimeline = (point: Point): point is TimelinePoint => point.experiment?.kind === 'timeline';

function simulateTimelines(run: RunDirectory, options: RunSweepOptions): Promise<'complete' | 'interrupted'> {
  return runTasks<TimelinePoint, TimelineTask, TimelineResult>(missingPoints(run).filter(isTimeline), {
    workerFile: fileURLToPath(new URL('../engine/runtimes/pool/timeline-worker.js', import.meta.url)),
    workerFunction: 'runTimeline',
    threads: options.jobs,
    signal: options.signal,
    taskOf: ({ settings, experiment: { schedule, interval, duration } }) => ({
      settings,
      schedule,
      interval,
      duration,
    }),
    failureOf: (point, error) => new PointError(describeFailure(point, error), { cause: error }),
    onResult: (point, result) => {
      appendTimeline(run, { point: point.index, result });
      options.onPoint(point);
    },
  });
}

/** The crashes of a point are one task: a few hundred of them take as long as a point of a sweep. */
async function simulateCrashes(run: RunDirectory, options: RunSweepOptions): Promise<'complete' | 'interrupted'> {
  const points = missingPoints(run).filter(isCrash);
  if (points.length === 0) return 'complete';
  tidyCrashes(run);
  const status = await runTasks<CrashPoint, CrashTask, CrashResult[]>(points, {
    workerFile: fileURLToPath(new URL('../engine/runtimes/pool/crash-worker.js', import.meta.url)),
    workerFunction: 'runCrashes',
    threads: options.jobs,
    signal: options.signal,
    taskOf: ({ settings, experiment: { kind: _, replicasCrash, ...experiment } }) => ({
      ...experiment,
      settings,
      replicasCrash: replicasCrash === 'host',
    }),
    failureOf: (point, error) => new PointError(describeFailure(point, error), { cause: error }),
    onResult: (point, results) => {
      appendCrashes(run, point, results);
      options.onPoint(point);
    },
  });
  tidyCrashes(run);
  return status;
}

/** After the simulation, which leaves no core idle. */
async function measureOnThreads(run: RunDirectory, options: RunSweepOptions): Promise<'complete' | 'interrupted'> {
  const points = missingOn(run, 'threads');
  if (points.length === 0) return 'complete';
  const { measurePoints } = await import('./measure-points.js');
  return measurePoints(points, {
    request: run.manifest.request.threads,
    signal: options.signal,
    ...(options.workerFolder === undefined ? {} : { workerFolder: options.workerFolder }),
    onResult: (point, { observation, locks }) => {
      appendLocks(run, point.index, locks);
      store(run, point, observation, options);
    },
  });
}

/** One line per warned point. */
function collectWarnings(run: RunDirectory): string[] {
  const ofRows = run
    .rows()
    .filter((row) => row.warnings !== null)
    .map((row) => `${row.part}, point ${row.point}: ${row.warnings}`);
  const ofTimelines = timelines(run).flatMap(({ part, point, result }) =>
    result.warnings.map((text) => `${part}, point ${point}: ${text}`),
  );
  return [...ofRows, ...ofTimelines];
}
