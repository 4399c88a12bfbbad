/** From what somebody writes on a command line to the question that a plan answers. */
import { MeasuredRange } from '../analysis/calibrated-range.js';
import { changesToLoseNothing, type Lose } from '../analysis/crash-claims.js';
import { ModelError } from '../analysis/model-error.js';
import type { PlanQuestion } from '../analysis/plan.js';
import {
  type Change,
  candidateOf,
  DEFAULT_DIMENSIONS,
  type DefaultDimension,
  type Dimension,
  defaultDimension,
  dimension,
  type Present,
  proposed,
} from '../analysis/plan-space.js';
import type { Target } from '../analysis/plan-verdict.js';
import { type Microseconds, PARAMETER_NAMES, PARAMETERS, type ParameterName } from '../engine/protocol/parameters.js';
import { calibrationsWith, crossValidationOf, shippedCrossValidation } from '../workloads/calibration-file.js';
import { InputError } from '../workloads/input-error.js';
import { unknownName } from '../workloads/nearest.js';
import { sampleReader } from '../workloads/samples.js';
import { checkMerged, mergeSettings, parseSetting, type Setting } from '../workloads/setting.js';
import { formatTime, splitOutside } from '../workloads/units.js';
import { readPredictions, shippedPredictions } from './predictions.js';

export interface PlanRequest {
  readonly given: readonly Setting[];
  /** Files of costs. */
  readonly calibrations: readonly string[];
  /** A file of measured rows with what the model says of them; null: what comes with the shipped calibrations. */
  readonly predictions: string | null;
  readonly targets: readonly Target[];
  readonly lose: Lose | null;
  readonly stall: Microseconds | null;
  /** `name` or `name=value,value`: what may change; empty: what usually can. */
  readonly may: readonly string[];
  /** What must stay. */
  readonly keep: readonly string[];
  readonly changes: number;
  readonly precision: number;
}

/** Three changes at once are as many as anybody can tell the effects of apart. */
export const MOST_CHANGES = 3;

/** Bounds on throughput (tx/s) and on latency (µs). */
export interface Bounds {
  readonly tps?: number;
  readonly mean?: Microseconds;
  readonly p95?: Microseconds;
  readonly p99?: Microseconds;
}

export function targetsOf({ tps, mean, p95, p99 }: Bounds): Target[] {
  const bounds: readonly (readonly [Target['quantity'], number | undefined])[] = [
    ['tps', tps],
    ['latency_mean_us', mean],
    ['latency_p95_us', p95],
    ['latency_p99_us', p99],
  ];
  return bounds.flatMap(([quantity, bound]) => (bound === undefined ? [] : [{ quantity, bound }]));
}

/** Throws `InputError`. */
export function planQuestion(request: PlanRequest): PlanQuestion {
  const { given, targets, lose, stall, precision } = request;
  if (targets.length === 0) throw new InputError('no target; say what is wanted: --tps 3000, --p99 5ms, or both');
  if (stall !== null && lose !== null) {
    throw new InputError(
      `--stall ${formatTime(stall)}: with --lose ${lose} commits wait until replicas answer, however long; leave one out`,
    );
  }
  const present = { given, calibrations: calibrationsWith(request.calibrations) };
  const now = checkMerged(mergeSettings(given, present.calibrations), [], given);
  const keep = request.keep.map((name) => parameterOf(name, `--keep ${name}`));
  const required = lose === null ? [] : requiredFor(present, lose, keep);
  const base = { ...present, given: [...given, ...required] };
  const rows = measuredRows(request, present);
  // Rows of the user's own are new to the shipped calibrations; their own calibration says how far off new rows are.
  const crossValidation =
    request.predictions === null ? shippedCrossValidation() : crossValidationOf(request.calibrations);
  const measured = new MeasuredRange(rows.map(({ settings }) => settings));
  const fixed = new Set([...keep, ...required.map(({ name }) => name)]);
  return {
    present,
    lose,
    stall,
    required,
    targets,
    clients: given.some(({ name }) => name === 'clients')
      ? [now.clients]
      : clientNumbers(rows.map((row) => row.settings.clients)),
    dimensions:
      request.may.length > 0
        ? dimensionsOf(request.may, base, fixed)
        : defaultDimensions(base, fixed).map((own) => measuredOnly(own, base, measured)),
    mostChanges: request.changes,
    untried: request.may.length > 0 ? [] : DEFAULT_DIMENSIONS.filter((name) => !fixed.has(name) && isFact(name, base)),
    measured,
    error: new ModelError(rows, crossValidation),
    precision,
  };
}

function measuredRows({ calibrations, predictions }: PlanRequest, present: Present) {
  if (predictions !== null) return readPredictions(predictions, present.calibrations);
  const [file] = calibrations;
  if (file === undefined) return shippedPredictions();
  throw new InputError(
    `--calibration ${file}: how far off it is has to be known; add --predictions FILE, made by: acklab validate measured.csv --calibration ${file} --csv > FILE`,
  );
}

/** Powers of two from the fewest clients that were measured to the most. */
function clientNumbers(measured: readonly number[]): number[] {
  const [fewest, most] = [Math.min(...measured), Math.max(...measured)];
  return Array.from({ length: 32 }, (_, power) => 2 ** power).filter((count) => count >= fewest && count <= most);
}

/** An upgrade can bring along what else is asked for, so that each change is looked for after the one before. */
function requiredFor(present: Present, lose: Lose, keep: readonly ParameterName[]): Setting[] {
  const required: Setting[] = [];
  for (;;) {
    const settings = mergeSettings([...present.given, ...required], present.calibrations);
    const [next] = changesToLoseNothing(settings, lose);
    if (next === undefined) return required;
    const setting = proposed(next);
    if (keep.includes(setting.name)) {
      throw new InputError(`--keep ${setting.name}: --lose ${lose} needs ${next}; leave one of them out`);
    }
    required.push(setting);
  }
}

function parameterOf(text: string, place: string): ParameterName {
  const name = text.trim();
  if ((PARAMETER_NAMES as readonly string[]).includes(name)) return name as ParameterName;
  throw new InputError(`${place}: ${unknownName('parameter', name, PARAMETER_NAMES)}`);
}

const defaultDimensions = (base: Present, fixed: ReadonlySet<ParameterName>): Dimension[] =>
  DEFAULT_DIMENSIONS.filter((name) => !fixed.has(name) && !isFact(name, base)).map((name) =>
    defaultDimension(name, base),
  );

function dimensionsOf(may: readonly string[], base: Present, fixed: ReadonlySet<ParameterName>): Dimension[] {
  const names = new Set<ParameterName>();
  return may.map((text) => {
    const place = `--may ${text}`;
    const equals = text.indexOf('=');
    const name = parameterOf(equals < 0 ? text : text.slice(0, equals), place);
    if (names.has(name)) throw new InputError(`${place}: ${name} stands twice; give all of its values at once`);
    if (fixed.has(name)) throw new InputError(`${place}: ${name} is to be kept, or is needed by --lose; leave one out`);
    names.add(name);
    checkChangeable(name, place);
    if (equals < 0) return dimensionOf(name, place, base);
    const values = splitOutside(text.slice(equals + 1), ',');
    return dimension(
      values.map((value) => [parseSetting(name, value, place, sampleReader(process.cwd()))]),
      base,
    );
  });
}

/** Disks and distances that the user names are what there is: they change where --may says so. */
function isFact(name: DefaultDimension, { given }: Present): boolean {
  const named = (...names: ParameterName[]): boolean => given.some((setting) => names.includes(setting.name));
  if (name === 'binlog_fsync') return named('binlog_fsync', 'redo_fsync');
  return (name === 'rtt' || name === 'relay_fsync') && named(name);
}

/** What nobody measured cannot be promised, and so is not proposed either, unless the user names it. */
function measuredOnly(own: Dimension, base: Present, measured: MeasuredRange): Dimension {
  const reasons = (changes: readonly Change[]): string[] => {
    const candidate = candidateOf(base, changes);
    return candidate === null ? [] : measured.outsideOf(candidate.settings);
  };
  const already = reasons([]);
  return own.filter((change) => reasons([change]).every((reason) => already.includes(reason)));
}

function dimensionOf(name: ParameterName, place: string, base: Present): Dimension {
  if (name === 'semisync')
    return dimension(
      acknowledgers(base).map((text) => [proposed(`semisync=${text}`)]),
      base,
    );
  if ((DEFAULT_DIMENSIONS as readonly string[]).includes(name)) return defaultDimension(name as DefaultDimension, base);
  throw new InputError(`${place}: no values are proposed for ${name}; give some: --may ${name}=VALUE,VALUE`);
}

/** More replicas than this make too many sets of them. */
const MOST_REPLICAS = 4;

/** Every set of replicas that may acknowledge, those that leave fewest out first. */
function acknowledgers({ given, calibrations }: Present): string[] {
  const { replicas } = mergeSettings(given, calibrations);
  if (replicas > MOST_REPLICAS) {
    throw new InputError(
      `--may semisync: ${replicas} replicas make ${2 ** replicas - 1} sets; give those to try: --may semisync=ON/ON/OFF,…`,
    );
  }
  const sets = Array.from({ length: 2 ** replicas - 1 }, (_, left) =>
    Array.from({ length: replicas }, (_, index) => (Math.floor(left / 2 ** index) % 2 === 0 ? 'ON' : 'OFF')),
  );
  const out = (set: readonly string[]): number => set.filter((one) => one === 'OFF').length;
  return sets.sort((a, b) => out(a) - out(b)).map((set) => set.join('/'));
}

function checkChangeable(name: ParameterName, place: string): void {
  if (name === 'timeout') {
    throw new InputError(`${place}: no throughput depends on it; say how long commits may stand still: --stall 2s`);
  }
  if (name === 'clients') {
    throw new InputError(
      `${place}: any number of clients is tried unless one is set; leave it out, or --set clients=N`,
    );
  }
  const { group } = PARAMETERS[name];
  if (group === 'load' || group === 'cpu cost' || group === 'run' || group === 'transaction') {
    throw new InputError(`${place}: ${name} is what a plan has to cope with, not what it changes; use --set`);
  }
}
