import { Command, Option } from 'commander';
import { defaultJobs } from '../engine/runtimes/pool/run-points.js';
import { CrewError, RealDiskError } from '../engine/runtimes/threads/crew-error.js';
import { codeFingerprint } from '../results/code-fingerprint.js';
import { packageVersion } from '../results/package-version.js';
import { missingPoints, runSweep } from '../results/run-sweep.js';
import { createRun, newRunPath, openRun, type RunDirectory } from '../results/store.js';
import {
  beginManifest,
  DEFAULT_MILLISECONDS,
  DEFAULT_PRECISION,
  DEFAULT_REPETITIONS,
  type Manifest,
  manifestDifference,
} from '../results/store-manifest.js';
import { calibrationsWith } from '../workloads/calibration-file.js';
import { InputError } from '../workloads/input-error.js';
import { joinWorkloads } from '../workloads/join.js';
import { loadWorkload, parseSetOption } from '../workloads/load.js';
import { withRuntimes } from '../workloads/runtimes.js';
import type { RuntimeChoice } from '../workloads/workload.js';
import { now, startTimer } from './clock.js';
import { EXIT_DONE, EXIT_INTERRUPTED } from './exit-code.js';
import { withInterrupt } from './interrupt.js';
import type { Io } from './io.js';
import {
  calibrationOption,
  diskOption,
  durationOption,
  jobsOption,
  outOption,
  placementOption,
  precisionOption,
  repetitionsOption,
  runtimeOption,
  seedOption,
  setOption,
} from './options.js';
import { programName } from './program-name.js';
import { startProgress } from './progress.js';
import type { RunWork } from './run-work.js';
import { printSummary } from './sweep-summary.js';

interface SweepOptions {
  readonly set: readonly string[];
  readonly calibration: readonly string[];
  readonly seed?: number;
  readonly jobs?: number;
  readonly precision?: number;
  readonly runtime?: RuntimeChoice;
  readonly repetitions?: number;
  readonly duration?: number;
  readonly placement?: string;
  readonly disk?: string;
  readonly out?: string;
  readonly resume?: string;
  readonly json?: true;
  readonly quiet?: true;
}

const RUNS_FOLDER = 'results';

const EXAMPLES = `
Examples:
  acklab sweep                                  the default tour
  acklab sweep latency replicas                 two built-in sweeps in one run
  acklab sweep timeout flapping                 what happens when a replica or its link fails
  acklab sweep mine.yaml --set rtt=2ms          a sweep of your own, with one parameter set
  acklab sweep fsync --out /tmp/fsync --json    for scripts
  acklab sweep threads-reader-lock              what this machine's cores do
  acklab sweep wait-mode --runtime both         measured dots over virtual curves
  acklab sweep --resume results/<run>           finish what was interrupted`;

export const sweepCommand = (io: Io, run: RunWork): Command =>
  new Command('sweep')
    .description('run every point of one or more workloads, draw the curves, write the report')
    .argument('[workload...]', 'names of built-in sweeps (see acklab workloads) or YAML files (default: default)')
    .addOption(setOption())
    .addOption(calibrationOption())
    .addOption(seedOption())
    .addOption(jobsOption())
    .addOption(precisionOption())
    .addOption(runtimeOption())
    .addOption(repetitionsOption())
    .addOption(durationOption())
    .addOption(placementOption())
    .addOption(diskOption())
    .addOption(outOption(RUNS_FOLDER))
    .addOption(new Option('--resume <dir>', 'complete the missing points of an interrupted run').conflicts('out'))
    .option('--json', 'print one JSON object instead of the summary')
    .option('--quiet', 'print neither progress nor summary')
    .addHelpText('after', EXAMPLES)
    .action((names: string[], options: SweepOptions) => run(() => sweep(io, names, options)));

async function sweep(io: Io, names: readonly string[], options: SweepOptions): Promise<number> {
  const run = options.resume === undefined ? startRun(names, options) : resumeRun(names, options, options.resume);
  const jobs = options.jobs ?? defaultJobs();
  return withInterrupt(async (signal) => {
    const elapsedSeconds = startTimer();
    const missing = missingPoints(run);
    const points = missing.length;
    if (!options.quiet) io.stderr.write(`${points} points of ${run.manifest.workload.name} into ${run.path}\n`);
    for (const part of run.manifest.workload.omitted) io.stderr.write(`left out: ${part}\n`);
    const measured = missing.filter(({ runtime }) => runtime === 'threads').length;
    const { milliseconds } = run.manifest.request.threads;
    const progress = startProgress(io, { total: points, measured, milliseconds }, options.quiet === true);
    const onPoint = () => progress.step();
    const sayWhatIsKept = (error: unknown): never => {
      if (error instanceof InputError || error instanceof RealDiskError) {
        throw new InputError(`${error.message}; ${whatIsKept(run)}`);
      }
      if (error instanceof CrewError) io.stderr.write(`acklab: the threads have stopped; ${whatIsKept(run)}\n`);
      throw error;
    };
    const status = await runSweep(run, { jobs, signal, onPoint, elapsedSeconds, now })
      .catch(sayWhatIsKept)
      .finally(() => progress.stop());
    if (status === 'interrupted') return interrupted(io, run);
    const simulationSeconds = elapsedSeconds();
    // Most of what this command loads, and whoever mistypes an option need not wait for it.
    const { publish } = await import('../results/publish.js');
    const published = await publish(run, { jobs, signal }).catch(sayWhatIsKept);
    if (published === 'interrupted') return interrupted(io, run);
    printSummary(io, run, { published, points, simulationSeconds, wallSeconds: elapsedSeconds() }, options);
    return EXIT_DONE;
  });
}

function interrupted(io: Io, run: RunDirectory): number {
  io.stderr.write(`acklab: interrupted; ${whatIsKept(run)}\n`);
  return EXIT_INTERRUPTED;
}

function whatIsKept(run: RunDirectory): string {
  if (!run.isThere) return 'nothing is kept, start anew';
  const left = missingPoints(run).length;
  const kept = run.manifest.parts.reduce((sum, part) => sum + part.points.length, 0) - left;
  const rows =
    left === 0 ? `all ${kept} points are kept, but no report is drawn` : `${kept} points are kept, ${left} missing`;
  return `${rows}; go on with: ${programName()} sweep --resume ${run.path}`;
}

function startRun(names: readonly string[], options: SweepOptions): RunDirectory {
  const manifest = describeRun(
    {
      workloads: names.length > 0 ? names : ['default'],
      set: options.set,
      calibrations: options.calibration,
      seed: options.seed ?? null,
      precision: options.precision ?? DEFAULT_PRECISION,
      runtime: options.runtime ?? null,
      threads: {
        repetitions: options.repetitions ?? DEFAULT_REPETITIONS,
        milliseconds: options.duration ?? DEFAULT_MILLISECONDS,
        placement: options.placement ?? null,
        disk: options.disk ?? null,
      },
    },
    options.jobs,
  );
  const path = options.out ?? newRunPath(RUNS_FOLDER, new Date(manifest.started), manifest.workload.name);
  return createRun(path, manifest);
}

const THREADS_OPTIONS = ['repetitions', 'duration', 'placement', 'disk'] as const;

/** Whatever is asked for again must be what was asked for the first time; whatever is not, is taken from the record. */
function resumeRun(names: readonly string[], options: SweepOptions, path: string): RunDirectory {
  const run = openRun(path);
  const recorded = run.manifest;
  const repeated =
    names.length > 0 ||
    options.set.length > 0 ||
    options.calibration.length > 0 ||
    THREADS_OPTIONS.some((name) => options[name] !== undefined) ||
    options.runtime !== undefined ||
    options.seed !== undefined ||
    options.precision !== undefined;
  const { request } = recorded;
  const asked = repeated
    ? describeRun(
        {
          workloads: names.length > 0 ? names : request.workloads,
          set: options.set.length > 0 ? options.set : request.set,
          calibrations: options.calibration.length > 0 ? options.calibration : request.calibrations,
          seed: options.seed ?? request.seed,
          precision: options.precision ?? request.precision,
          runtime: options.runtime ?? request.runtime,
          threads: {
            repetitions: options.repetitions ?? request.threads.repetitions,
            milliseconds: options.duration ?? request.threads.milliseconds,
            placement: options.placement ?? request.threads.placement,
            disk: options.disk ?? request.threads.disk,
          },
        },
        options.jobs,
      )
    : { ...recorded, acklab: packageVersion() };
  const difference = manifestDifference(recorded, asked);
  if (difference !== undefined) {
    throw new InputError(
      `${path}: cannot be resumed with other options than it was started with (${difference}); leave them out, or start a new run`,
    );
  }
  if (missingPoints(run).length > 0) checkCode(path, recorded.code ?? {});
  return run;
}

/** One table of points made by two engines would be what neither makes. */
function checkCode(path: string, recorded: Readonly<Record<string, string>>): void {
  const now = codeFingerprint();
  const [first, ...others] = Object.keys({ ...recorded, ...now }).filter((file) => recorded[file] !== now[file]);
  if (first === undefined) return;
  const files = others.length === 0 ? first : `${first} and ${others.length} more`;
  throw new InputError(
    `${path}: its points were made by other code (${files} changed since); go back to that code, or start a new run`,
  );
}

function describeRun(request: Manifest['request'], jobs: number | undefined): Manifest {
  const seed = request.seed === null ? [] : [`seed=${request.seed}`];
  const overrides = [...request.set, ...seed].map(parseSetOption);
  const calibrations = calibrationsWith(request.calibrations);
  const joined = joinWorkloads(request.workloads.map((name) => loadWorkload(name, overrides, calibrations)));
  const workload = withRuntimes(joined, request.runtime ?? undefined, request.threads.repetitions);
  return beginManifest(workload, {
    acklab: packageVersion(),
    started: now().toISOString(),
    request,
    jobs: jobs ?? defaultJobs(),
  });
}
