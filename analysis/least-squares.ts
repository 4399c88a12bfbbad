/**
 * Robust nonlinear least squares with a prior, for a function that is costly, a little noisy and evaluated in parallel:
 * many parameter vectors are handed over at once, and the answer comes when all are done.
 *
 * Gauss-Newton with Levenberg-Marquardt damping (J. Nocedal, S. J. Wright, "Numerical Optimization", 2nd ed., section
 * 10.3), iteratively reweighted by Huber's weights (P. J. Huber, "Robust Statistics", section 7.8), with finite
 * differences wide enough to stand out of the noise. Several dampings are tried at once, and the best result is taken:
 * the objective itself decides, so that a poor derivative costs an iteration and no more. Nothing looks at a clock and
 * nothing is drawn: the same function gives the same fit.
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/** A parameter, on a scale on which it may be stepped by equal amounts (for a cost: its logarithm). */
export interface Unknown {
  /** Guess before any data, and how far off it may be: one standard deviation. */
  readonly prior: number;
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
}

export type Vector = readonly number[];

/** Residuals of each vector, each scaled so that 1 is one standard deviation of what is expected. */
export type Evaluate = (vectors: readonly Vector[]) => Promise<readonly Vector[]>;

export interface FitOptions {
  /** Width of the finite differences. */
  readonly step: number;
  readonly iterations: number;
  /** Where to begin, if that is better than the prior: the valley is rugged, and another fit's end a good place in it. */
  readonly start?: Vector;
  readonly onIteration?: (iteration: number, residuals: Vector) => void;
}

export interface Fit {
  readonly at: Vector;
  readonly residuals: Vector;
  /** Derivatives of the residuals. Index: residual, unknown. */
  readonly jacobian: readonly Vector[];
}

/** Beyond so many standard deviations a residual pulls no harder: it is the model that is wrong there, not a parameter. */
const HUBER = 1.5;
/** Multiples of the curvature that are added to it, from a bold step to a timid one. */
const DAMPINGS = [0, 0.3, 2, 10];
/** No unknown moves further than this in one iteration: the derivatives hold nearby. */
const LONGEST_MOVE = 0.7;
/** What an iteration must gain, of the objective, for another one to be worth its cost. */
const LEAST_GAIN = 0.002;

export async function fitRobustly(unknowns: readonly Unknown[], evaluate: Evaluate, options: FitOptions): Promise<Fit> {
  const prior = unknowns.map((unknown) => unknown.prior);
  const starts = options.start === undefined ? [prior] : [prior, options.start];
  const found = await evaluate(starts);
  const heights = starts.map((start, index) => objective(unknowns, start, found[index] as Vector));
  const lowest = heights.indexOf(Math.min(...heights));
  let at = starts[lowest] as Vector;
  let residuals = found[lowest] as Vector;
  let jacobian: readonly Vector[] = [];
  for (let iteration = 0; iteration < options.iterations; iteration++) {
    jacobian = blend(jacobian, await differences(unknowns, evaluate, at, residuals, stepOf(options, iteration)));
    const here: Fit = { at, residuals, jacobian };
    const trials = DAMPINGS.map((damping) => moved(unknowns, here, damping));
    const tried = await evaluate(trials);
    const before = objective(unknowns, at, residuals);
    const after = trials.map((trial, index) => objective(unknowns, trial, tried[index] as Vector));
    const best = after.indexOf(Math.min(...after));
    const gain = 1 - (after[best] as number) / before;
    if (gain > 0) {
      at = trials[best] as Vector;
      residuals = tried[best] as Vector;
    }
    options.onIteration?.(iteration + 1, residuals);
    // Twice in a row, since the other iteration's differences look in the other direction.
    if (gain < LEAST_GAIN && iteration % 2 === 1) break;
  }
  return { at, residuals, jacobian };
}

/** Residuals and their derivatives at one place. */
export type Differentiate = (at: Vector) => Pick<Fit, 'residuals' | 'jacobian'>;

const DAMPING_LEAST = 1e-6;
const DAMPING_MOST = 1e12;
const SMOOTH_ITERATIONS = 200;
/** No unknown moves by more than this any longer: the minimum, as well as numbers can tell. */
const SMALLEST_MOVE = 1e-12;

/**
 * The same damped steps within bounds, for a function that is cheap, smooth and comes with its derivatives: one after the
 * other, with Marquardt's rule for the damping, until nothing moves. Residuals below Huber's bend are not weighted.
 */
export function fitSmoothly(unknowns: readonly Unknown[], differentiate: Differentiate, start: Vector): Fit {
  let here: Fit = { at: start, ...differentiate(start) };
  let height = objective(unknowns, here.at, here.residuals);
  let damping = 0;
  for (let iteration = 0; iteration < SMOOTH_ITERATIONS && damping <= DAMPING_MOST; iteration++) {
    const at = moved(unknowns, here, damping);
    const there: Fit = { at, ...differentiate(at) };
    const reached = objective(unknowns, at, there.residuals);
    if (!(reached <= height)) {
      damping = Math.max(DAMPING_LEAST, damping * 10);
      continue;
    }
    const move = Math.max(...at.map((x, i) => Math.abs(x - (here.at[i] as number))));
    here = there;
    height = reached;
    damping = damping <= DAMPING_LEAST ? 0 : damping / 10;
    if (move < SMALLEST_MOVE) break;
  }
  return here;
}

/** Forward in one iteration, backward in the next, so that curvature does not bias them all one way. */
const stepOf = ({ step }: FitOptions, iteration: number): number => (iteration % 2 === 0 ? step : -step);

async function differences(
  unknowns: readonly Unknown[],
  evaluate: Evaluate,
  at: Vector,
  residuals: Vector,
  step: number,
): Promise<Vector[]> {
  const steps = unknowns.map(({ low, high }, index) => {
    const there = (at[index] as number) + step;
    return there > high || there < low ? -step : step;
  });
  const results = await evaluate(steps.map((width, index) => at.map((x, i) => (i === index ? x + width : x))));
  return residuals.map((residual, row) =>
    steps.map((width, index) => (((results[index] as Vector)[row] as number) - residual) / width),
  );
}

/** Derivatives are as noisy as the function: those of the iteration before, taken nearby, count as well. */
function blend(before: readonly Vector[], now: readonly Vector[]): readonly Vector[] {
  if (before.length === 0) return now;
  return now.map((row, i) => row.map((value, j) => (value + ((before[i] as Vector)[j] as number)) / 2));
}

const weightOf = (residual: number): number => Math.min(1, HUBER / Math.max(Math.abs(residual), 1e-9));

function objective(unknowns: readonly Unknown[], at: Vector, residuals: Vector): number {
  let sum = 0;
  for (const residual of residuals) {
    const size = Math.abs(residual);
    sum += size <= HUBER ? (size * size) / 2 : HUBER * (size - HUBER / 2);
  }
  for (const [i, { prior, deviation }] of unknowns.entries()) sum += (((at[i] as number) - prior) / deviation) ** 2 / 2;
  return sum;
}

/** Where a damped step leads, held within bounds: an unknown that would leave them stays there, and the rest adapts. */
function moved(unknowns: readonly Unknown[], { at, residuals, jacobian }: Fit, damping: number): Vector {
  const target = [...at];
  const free = new Set(unknowns.keys());
  while (free.size > 0) {
    const offsets = target.map((x, i) => (free.has(i) ? 0 : x - (at[i] as number)));
    const delta = solveStep(unknowns, { at, residuals, jacobian }, [...free], offsets, damping);
    const beyond = [...free].filter((i, place) => {
      const { low, high } = unknowns[i] as Unknown;
      const there = (at[i] as number) + (delta[place] as number);
      target[i] = Math.min(high, Math.max(low, there));
      return target[i] !== there;
    });
    if (beyond.length === 0) break;
    for (const i of beyond) free.delete(i);
  }
  return target.map((x, i) => {
    const from = at[i] as number;
    return from + Math.max(-LONGEST_MOVE, Math.min(LONGEST_MOVE, x - from));
  });
}

/** The damped normal equations for the `free` unknowns, when the others move by `offsets`. */
function solveStep(
  unknowns: readonly Unknown[],
  { at, residuals, jacobian }: Fit,
  free: readonly number[],
  offsets: Vector,
  damping: number,
): Vector {
  const slope = Matrix.zeros(free.length, 1);
  for (const [row, residual] of residuals.entries()) {
    const derivatives = jacobian[row] as Vector;
    let reached = residual;
    for (const [i, offset] of offsets.entries()) reached += offset * (derivatives[i] as number);
    for (const [a, i] of free.entries()) {
      slope.set(a, 0, slope.get(a, 0) - weightOf(residual) * (derivatives[i] as number) * reached);
    }
  }
  const curvature = curvatureOf(residuals, jacobian, 1).selection([...free], [...free]);
  for (const [a, i] of free.entries()) {
    const { prior, deviation } = unknowns[i] as Unknown;
    slope.set(a, 0, slope.get(a, 0) + (prior - (at[i] as number)) / deviation ** 2);
    curvature.set(a, a, (curvature.get(a, a) + 1 / deviation ** 2) * (1 + damping));
  }
  return new CholeskyDecomposition(curvature).solve(slope).to1DArray();
}

/** What the data alone say of the objective's curvature, when `variance` is that of the residuals. */
function curvatureOf(residuals: Vector, jacobian: readonly Vector[], variance: number): Matrix {
  const n = jacobian[0]?.length ?? 0;
  const curvature = Matrix.zeros(n, n);
  for (const [row, derivatives] of jacobian.entries()) {
    const weight = weightOf(residuals[row] as number) / variance;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const sum = curvature.get(i, j) + weight * (derivatives[i] as number) * (derivatives[j] as number);
        curvature.set(i, j, sum);
        curvature.set(j, i, sum);
      }
    }
  }
  return curvature;
}

/**
 * Standard deviation of each unknown, given the data and the prior (the Laplace approximation). Where residuals are
 * larger than expected, so are the deviations.
 */
export function deviations(unknowns: readonly Unknown[], { residuals, jacobian }: Fit): Vector {
  const n = unknowns.length;
  const squares = residuals.reduce((sum, residual) => sum + weightOf(residual) * residual * residual, 0);
  const variance = Math.max(1, squares / Math.max(1, residuals.length - n));
  const curvature = curvatureOf(residuals, jacobian, variance);
  for (const [i, { deviation }] of unknowns.entries()) curvature.set(i, i, curvature.get(i, i) + 1 / deviation ** 2);
  const covariance = new CholeskyDecomposition(curvature).solve(Matrix.eye(n, n));
  return unknowns.map((_, i) => Math.sqrt(covariance.get(i, i)));
}

/**
 * Fits again without some residuals, for cross-validation: the derivatives of the whole fit serve all folds, so that one
 * costs `rounds` evaluations. Answers with all residuals of each fold's fit, those left out among them.
 */
export async function refitWithout(
  unknowns: readonly Unknown[],
  evaluate: Evaluate,
  whole: Fit,
  folds: readonly ((residual: number) => boolean)[],
  rounds: number,
): Promise<readonly Vector[]> {
  let ats: readonly Vector[] = folds.map(() => whole.at);
  let residuals: readonly Vector[] = folds.map(() => whole.residuals);
  for (let round = 0; round < rounds; round++) {
    ats = folds.map((isLeftOut, fold) => {
      const kept = (_: unknown, row: number): boolean => !isLeftOut(row);
      const here: Fit = {
        at: ats[fold] as Vector,
        residuals: (residuals[fold] as Vector).filter(kept),
        jacobian: whole.jacobian.filter(kept),
      };
      return moved(unknowns, here, 0);
    });
    residuals = await evaluate(ats);
  }
  return residuals;
}
