/**
 * Calibration: which costs make the model repeat what was measured on one server. Says what may vary and by how much,
 * what a deviation weighs, and what is known afterwards; the search itself is in least-squares.ts.
 */
import type { Distribution, ParameterName, Settings } from '../engine/protocol/parameters.js';
import { Streams } from '../engine/runtimes/virtual/random.js';
import type { ErrorTable } from '../workloads/calibration.js';
import { MEASURES, type Measure, type Measures } from '../workloads/measures.js';
import { deviations, type Fit, fitRobustly, refitWithout, type Unknown, type Vector } from './least-squares.js';
import { summarizeErrors } from './validation.js';

/** A cost that calibration may change: its mean is fitted, the shape of its distribution stays. */
interface FittedCost {
  readonly name: ParameterName;
  /** What is physically possible, µs. */
  readonly low_us: number;
  readonly high_us: number;
  /** How far off the first guess may be, as the standard deviation of its logarithm: 0.3 is a factor of 1.35. */
  readonly deviation: number;
}

/**
 * Bounds: a system call that sends or receives a small packet takes 2 to 30 µs, a futex wake 0.5 to 5, a switch of
 * threads 1 to 10, on any machine that runs these servers. A statement through parser, lock and B-tree is tens of µs.
 *
 * The guesses count for something: wider ones, or fitting all sixteen costs, repeat the same rows no better and predict
 * unseen ones worse (measured by cross-validation). `cpu_client`, `cpu_flush` and `cpu_event_send` stay as guessed, since
 * no row tells them from `cpu_statement`, `cpu_commit` and `cpu_event_read`, beside which they always occur.
 */
export const FITTED_COSTS: readonly FittedCost[] = [
  { name: 'cpu_statement', low_us: 12, high_us: 150, deviation: 0.5 },
  { name: 'cpu_commit', low_us: 1, high_us: 30, deviation: 0.3 },
  { name: 'cpu_event_read', low_us: 0.3, high_us: 8, deviation: 0.3 },
  { name: 'cpu_send', low_us: 2, high_us: 40, deviation: 0.3 },
  { name: 'cpu_event_receive', low_us: 0.5, high_us: 15, deviation: 0.3 },
  { name: 'cpu_ack', low_us: 2, high_us: 40, deviation: 0.3 },
  { name: 'cpu_semisync', low_us: 0.2, high_us: 5, deviation: 0.3 },
  { name: 'cpu_forward', low_us: 2, high_us: 40, deviation: 0.3 },
  { name: 'cpu_signal', low_us: 0.3, high_us: 6, deviation: 0.3 },
  { name: 'cpu_wake', low_us: 0.5, high_us: 12, deviation: 0.3 },
  { name: 'wake_latency', low_us: 0.5, high_us: 60, deviation: 0.3 },
  { name: 'fsync_overhead', low_us: 2, high_us: 150, deviation: 0.4 },
  { name: 'net_overhead', low_us: 2, high_us: 200, deviation: 0.4 },
];

/**
 * What a deviation of 1 weighs: the relative error that is to be expected of each measure, from the noise of a measured
 * point and from what the model leaves out. In a closed loop the mean latency is throughput told again, hence lightly.
 */
const EXPECTED_ERROR: Readonly<Record<Measure, number>> = { tps: 0.04, latency_p95_us: 0.1, latency_mean_us: 0.15 };

/** A prediction worse than by this factor is as bad as can be: nothing was committed, say. */
const WORST_FACTOR = 20;

/** Relative width of the finite differences: a fifth stands out of one or two percent of noise. */
const STEP = 0.2;
const ITERATIONS = 8;
const FOLDS = 5;
const FOLD_ROUNDS = 3;

/** Costs by name, in µs. */
export type CostMeans = ReadonlyMap<ParameterName, number>;

/** Predicts every row under each of several sets of costs. */
export type Predict = (costs: readonly CostMeans[]) => Promise<readonly (readonly Measures[])[]>;

export interface CalibrationOptions {
  /** Of the folds; `predict` has its own. */
  readonly seed: number;
  /** First guesses, from which the costs are to differ no more than the rows demand. */
  readonly guess: Settings;
  /** Another fit's costs, to begin there if they are better than the guesses. */
  readonly start?: Settings;
  readonly onIteration: (iteration: number, iterations: number, errors: ErrorTable) => void;
}

export interface FittedMean {
  readonly name: ParameterName;
  readonly mean_us: number;
  /** 95 % interval. */
  readonly low_us: number;
  readonly high_us: number;
  readonly pinned: number;
}

export interface CalibrationResult {
  readonly costs: readonly FittedMean[];
  readonly errors: { readonly fitted: ErrorTable; readonly cross_validated: ErrorTable };
}

/** Where a residual comes from. */
interface Target {
  readonly row: number;
  readonly measure: Measure;
  readonly measured: number;
}

const costOf = (settings: Settings, name: ParameterName): Distribution => settings[name] as Distribution;

export async function calibrate(
  rows: readonly Measures[],
  predict: Predict,
  options: CalibrationOptions,
): Promise<CalibrationResult> {
  const { guess, seed, start } = options;
  const unknowns = FITTED_COSTS.map(
    ({ name, low_us, high_us, deviation }): Unknown => ({
      prior: Math.log(costOf(guess, name).mean),
      deviation,
      low: Math.log(low_us),
      high: Math.log(high_us),
    }),
  );
  const targets = targetsOf(rows);
  const evaluate = async (vectors: readonly Vector[]): Promise<readonly Vector[]> => {
    const predictions = await predict(vectors.map(meansOf));
    return predictions.map((prediction) => targets.map((target) => residualOf(target, prediction)));
  };
  const whole = await fitRobustly(unknowns, evaluate, {
    step: STEP,
    iterations: ITERATIONS,
    ...(start ? { start: FITTED_COSTS.map(({ name }) => Math.log(costOf(start, name).mean)) } : {}),
    onIteration: (iteration, residuals) => options.onIteration(iteration, ITERATIONS, errorsOf(targets, residuals)),
  });
  const foldOfRow = foldsOf(rows.length, seed);
  const isLeftOut = (fold: number) => (residual: number) => foldOfRow[(targets[residual] as Target).row] === fold;
  const folds = Array.from({ length: FOLDS }, (_, fold) => isLeftOut(fold));
  const ofFolds = await refitWithout(unknowns, evaluate, whole, folds, FOLD_ROUNDS);
  const unseen = targets.map(({ row }, index) => (ofFolds[foldOfRow[row] as number] as Vector)[index] as number);
  return {
    costs: fittedMeans(unknowns, whole),
    errors: { fitted: errorsOf(targets, whole.residuals), cross_validated: errorsOf(targets, unseen) },
  };
}

const meansOf = (vector: Vector): CostMeans =>
  new Map(FITTED_COSTS.map(({ name }, index) => [name, Math.exp(vector[index] as number)]));

const targetsOf = (rows: readonly Measures[]): Target[] =>
  rows.flatMap((measures, row) =>
    MEASURES.flatMap((measure) => {
      const measured = measures[measure];
      return measured === null ? [] : [{ row, measure, measured }];
    }),
  );

function residualOf({ row, measure, measured }: Target, prediction: readonly Measures[]): number {
  const factor = ((prediction[row] as Measures)[measure] ?? 0) / measured;
  const bounded = Math.min(WORST_FACTOR, Math.max(1 / WORST_FACTOR, factor));
  return Math.log(bounded) / EXPECTED_ERROR[measure];
}

/** Residuals back into percent. */
function errorsOf(targets: readonly Target[], residuals: Vector): ErrorTable {
  return summarizeErrors(
    targets.map(({ measure }, index) => {
      const none: Measures = { tps: null, latency_mean_us: null, latency_p95_us: null };
      const error = 100 * (Math.exp((residuals[index] as number) * EXPECTED_ERROR[measure]) - 1);
      return { error_pct: { ...none, [measure]: error } };
    }),
  );
}

function fittedMeans(unknowns: readonly Unknown[], whole: Fit): FittedMean[] {
  const sure = deviations(unknowns, whole);
  return FITTED_COSTS.map(({ name }, index) => {
    const { deviation, low, high } = unknowns[index] as Unknown;
    const at = whole.at[index] as number;
    const half = 1.96 * (sure[index] as number);
    return {
      name,
      mean_us: Math.exp(at),
      low_us: Math.exp(Math.max(low, at - half)),
      high_us: Math.exp(Math.min(high, at + half)),
      pinned: Math.max(0, 1 - (sure[index] as number) / deviation),
    };
  });
}

/** The fold of each row: equally many rows in each, by lot. */
function foldsOf(rows: number, seed: number): number[] {
  const uniform = new Streams(seed).uniform();
  const lots = Array.from({ length: rows }, (_, row) => ({ row, lot: uniform() }));
  lots.sort((a, b) => a.lot - b.lot);
  const folds: number[] = [];
  for (const [place, { row }] of lots.entries()) folds[row] = place % FOLDS;
  return folds;
}
