/**
 * What `import … from 'acklab'` gives: the package's only entry. Everything runs under virtual time, so the same settings
 * and seed give the same numbers on every machine. Times are µs and throughput is transactions per second (tx/s) in all
 * that comes out. Whatever is wrong with what was given is an `InputError` of one line, which names place and remedy.
 *
 * docs/library.md is its guide; the examples there are compiled and run against the packed package.
 */

import { type Comparison, compareRuns, DEFAULT_THRESHOLD } from '../analysis/comparison.js';
import { LOSE_CHOICES, type Lose } from '../analysis/crash-claims.js';
import { loadRows, loadSeries } from '../analysis/load-series.js';
import { type PlanRecord, planRecord } from '../analysis/plan-record.js';
import type { Target } from '../analysis/plan-verdict.js';
import type { SweepRow } from '../analysis/row.js';
import { fitScalability as fitCurve, type ScalabilityLaw } from '../analysis/scalability.js';
import type { Observation } from '../engine/measure/observation.js';
import type { PointResult } from '../engine/measure/result.js';
import type { ParameterName, Settings } from '../engine/protocol/parameters.js';
import { simulate as simulatePoint } from '../engine/runtimes/virtual/simulate.js';
import type { Calibrations } from '../workloads/calibration.js';
import { calibrationsWith } from '../workloads/calibration-file.js';
import { isObject } from '../workloads/checked.js';
import { InputError } from '../workloads/input-error.js';
import { loadWorkload as load, parseSettings, resolveSettings as resolve } from '../workloads/load.js';
import { unknownName } from '../workloads/nearest.js';
import type { SettingsInput, SweepInput } from '../workloads/script-input.js';
import { parseTime, ValueError } from '../workloads/units.js';
import type { Workload } from '../workloads/workload.js';
import { csvHeader, csvRows } from './csv.js';
import { parseCsv } from './parse-csv.js';
import { MOST_CHANGES, planQuestion, targetsOf } from './plan-question.js';
import { openRecordedRun, recordedSweep } from './recorded-runs.js';
import { runPlan } from './run-plan.js';
import { DEFAULT_PRECISION, PRECISION_RANGE } from './store-manifest.js';
import { type Sweep, sweepInMemory } from './sweep.js';

export type { Judgement } from '../analysis/comparison.js';
export type { Answer } from '../analysis/judgement.js';
export type { AssessedRecord, ChangedRecord, CurveRecord } from '../analysis/plan-record.js';
export type { Estimate, Interval, Peak } from '../analysis/scalability.js';
export type { ResourceUse } from '../engine/measure/resources.js';
export type { LatencyShare } from '../engine/measure/result.js';
export {
  type Distribution,
  PARAMETERS,
  type ParameterInfo,
} from '../engine/protocol/parameters.js';
export { listWorkloads, type WorkloadSummary } from '../workloads/load.js';
export type { SettingInput, VariantInput } from '../workloads/script-input.js';
export type { Part, Point } from '../workloads/workload.js';
export {
  type Comparison,
  InputError,
  type Observation,
  type ParameterName,
  type PlanRecord,
  type PointResult,
  type ScalabilityLaw,
  type Settings,
  type SettingsInput,
  type Sweep,
  type SweepInput,
  type SweepRow,
  type Workload,
};

export interface CostOptions {
  /** Files made by `acklab calibrate`, whose costs replace the shipped ones of the servers they name. */
  readonly calibrations?: readonly string[];
}

export interface SimulationOptions extends CostOptions {
  /**
   * How near the true throughput a point must be known: half the width of its 95 % interval, as a share of it. From
   * 0.001 to 0.5, default 0.02. Half the value takes about four times as long.
   */
  readonly precision?: number;
}

export interface WorkloadOptions extends CostOptions {
  /** Settings that win over everything the workload says, and narrow the axes they name; `seed` is one of them. */
  readonly set?: SettingsInput;
}

export interface SweepOptions extends SimulationOptions, WorkloadOptions {
  /** Worker threads; default: as many as there are cores. The result does not depend on it. */
  readonly jobs?: number;
  /** Ends the sweep; its promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called as points complete, in whatever order they do. */
  readonly onRow?: (row: SweepRow, done: number, points: number) => void;
}

export interface CompareOptions {
  /** The smallest change worth reporting, as a share of the base: default 0.05. */
  readonly threshold?: number;
}

/** What is wanted, of which cluster, and what may be changed for it; as the options of `acklab plan` say it. */
export interface PlanInput {
  /** Transactions per second, at least. */
  readonly tps?: number;
  /** Commit latency at most, with its unit: the mean, or a percentile. */
  readonly mean?: string;
  readonly p95?: string;
  readonly p99?: string;
  /** What a crash may lose. */
  readonly lose?: Lose;
  /** How long commits may stand still when too few replicas answer, with its unit. */
  readonly stall?: string;
  /** The cluster as it is. With `clients`, the answer is for that many; without, for as many as suit best. */
  readonly set?: SettingsInput;
  /** What may change, `name` or `name=value,value`; default: settings, version, and disks and distances not in `set`. */
  readonly may?: readonly string[];
  /** What must not change. */
  readonly keep?: readonly ParameterName[];
  /** How many changes at once, at most: default 3. */
  readonly changes?: number;
}

export interface PlanOptions extends SimulationOptions, Pick<SweepOptions, 'jobs' | 'signal'> {
  /** Measured rows with what the model says of them (`acklab validate --csv`), wanted beside `calibrations`. */
  readonly predictions?: string;
}

/** Throughput (tx/s) at a number of clients, with its 95 % interval where that is known. A `SweepRow` is one. */
export type LoadObservation = Pick<SweepRow, 'clients' | 'tps'> &
  Partial<Pick<SweepRow, 'tps_ci95_low' | 'tps_ci95_high'>>;

/**
 * Settings with every parameter filled in, in the engine's units (µs, bytes, bits per second), and checked as a whole.
 * `wait_point: 'AFTER_SYNC'` under `mysql-5.6` is an error, for instance.
 */
export function resolveSettings(settings: SettingsInput = {}, { calibrations }: CostOptions = {}): Settings {
  return resolve(parseSettings(settings), costsOf(calibrations));
}

/** Runs one point to its steady state: a tenth of a second of computing, more with many clients. */
export function simulate(settings: SettingsInput = {}, options: SimulationOptions = {}): PointResult {
  return simulatePoint(resolveSettings(settings, options), { precision: precisionOf(options) });
}

/**
 * Reads and checks a workload, and runs nothing: the name of a built-in one (see `listWorkloads`), the path of a YAML
 * file, or an object. It gives its points with all of their settings.
 */
export function loadWorkload(workload: string | SweepInput, options: WorkloadOptions = {}): Workload {
  if (typeof workload !== 'string' && !isObject(workload)) {
    throw new InputError(
      'workload: give a name, a path that ends in .yaml, or an object: { sweep: { clients: [1, 4] } }',
    );
  }
  return load(workload, parseSettings(options.set ?? {}), costsOf(options.calibrations));
}

/** Runs every point of a workload on worker threads. Points with the same settings are simulated once. */
export async function sweep(workload: string | SweepInput, options: SweepOptions = {}): Promise<Sweep> {
  const { signal, onRow } = options;
  return sweepInMemory(loadWorkload(workload, options), {
    precision: precisionOf(options),
    ...jobsOf(options),
    ...(signal === undefined ? {} : { signal }),
    ...(onRow === undefined ? {} : { onRow }),
  });
}

/** Observations as the CSV text that `acklab sweep` writes, header included; `null` is an empty cell. */
export function toCsv(rows: readonly (Observation | SweepRow)[]): string {
  return csvHeader() + csvRows(rows.map((row, point) => ({ point, part: '', variant: '', ...row })));
}

/** The rows of such a text, `observations.csv` of a run directory for instance. `name` is what errors call it. */
export function fromCsv(text: string, name = 'observations.csv'): SweepRow[] {
  return [...parseCsv(text.endsWith('\n') ? text : `${text}\n`, name).rows];
}

/**
 * Fits the Universal Scalability Law to the throughput of one curve over its clients, at four loads or more.
 * N. J. Gunther, "Guerrilla Capacity Planning", Springer 2007, equation 4.31. Rows of several curves are an error.
 */
export function fitScalability(rows: readonly LoadObservation[]): ScalabilityLaw {
  const curves = loadSeries(loadRows(rows as readonly SweepRow[]), 'clients');
  if (curves.length > 1) {
    const [first, second] = curves;
    throw new InputError(
      `rows: ${curves.length} curves (${first!.name}; ${second!.name}${curves.length > 2 ? '; …' : ''}); ` +
        'filter the rows, and fit one curve at a time',
    );
  }
  return fitCurve(curves[0]?.rows ?? []);
}

/**
 * Holds a run against another, point by point: what got worse, what got better, and which settings or code were changed
 * between them. Each is a sweep, the path of a run directory, or that of a baseline (`acklab baseline save`).
 */
export function compare(base: string | Sweep, current: string | Sweep, options: CompareOptions = {}): Comparison {
  const { threshold = DEFAULT_THRESHOLD } = options;
  if (!(threshold > 0 && threshold < 1)) {
    throw new InputError(`threshold: ${threshold} is not a share between 0 and 1; write 0.05 for 5 %`);
  }
  const open = (run: string | Sweep) => (typeof run === 'string' ? openRecordedRun(run) : recordedSweep(run));
  return compareRuns(open(base), open(current), threshold);
}

/**
 * Looks for the fewest changes with which a cluster meets targets, within the error of the model: `answer` is `yes`, `no`,
 * or says that it cannot be told. Some seconds on two cores; up to twenty where much may change.
 */
export async function plan(question: PlanInput, options: PlanOptions = {}): Promise<PlanRecord> {
  const { set = {}, lose = null, stall, may = [], keep = [], changes = MOST_CHANGES } = question;
  const { calibrations = [], predictions = null, signal } = options;
  if (lose !== null && !LOSE_CHOICES.includes(lose)) {
    throw new InputError(`lose: ${unknownName('choice', String(lose), LOSE_CHOICES)}`);
  }
  if (!(Number.isInteger(changes) && changes >= 0 && changes <= 8)) {
    throw new InputError(`changes: ${changes} cannot be looked for at once; give a whole number from 0 to 8`);
  }
  const asked = planQuestion({
    given: parseSettings(set),
    calibrations,
    predictions,
    targets: targetsIn(question),
    lose,
    stall: stall === undefined ? null : timeOf('stall', stall),
    may,
    keep,
    changes,
    precision: precisionOf(options),
  });
  const found = await runPlan(asked, { ...jobsOf(options), ...(signal === undefined ? {} : { signal }) });
  if (found === 'interrupted') throw signal?.reason;
  return planRecord(found, asked);
}

function targetsIn(question: PlanInput): Target[] {
  const times = (['mean', 'p95', 'p99'] as const).flatMap((name) => {
    const text = question[name];
    return text === undefined ? [] : [[name, timeOf(name, text)]];
  });
  const targets = targetsOf({
    ...Object.fromEntries(times),
    ...(question.tps === undefined ? {} : { tps: question.tps }),
  });
  const wrong = targets.find(({ bound }) => !(bound > 0));
  if (wrong !== undefined) throw new InputError(`${wrong.quantity}: ${wrong.bound} is no target; give more than 0`);
  return targets;
}

function timeOf(name: string, text: string): number {
  try {
    return parseTime(text);
  } catch (error) {
    throw error instanceof ValueError ? new InputError(`${name}: ${error.message}`) : error;
  }
}

function jobsOf({ jobs }: Pick<SweepOptions, 'jobs'>): { jobs?: number } {
  if (jobs === undefined) return {};
  if (Number.isInteger(jobs) && jobs >= 1) return { jobs };
  throw new InputError(`jobs: ${jobs} worker threads cannot be; give a whole number from 1, or leave it out`);
}

const costsOf = (files: readonly string[] = []): Calibrations => calibrationsWith(files);

function precisionOf({ precision = DEFAULT_PRECISION }: SimulationOptions): number {
  const [least, most] = PRECISION_RANGE;
  if (precision >= least && precision <= most) return precision;
  throw new InputError(`precision: ${precision} is out of range; give a share from ${least} to ${most}`);
}
