/**
 * The Universal Scalability Law, fitted to throughput over load:
 *
 *     X(N) = λN / (1 + σ(N − 1) + κN(N − 1))
 *
 * λ is the throughput of one client, σ (contention) the share of the work that is done one at a time, κ (crosstalk) what
 * each pair of clients costs. N. J. Gunther, "Guerrilla Capacity Planning", Springer 2007, equation 4.31 and section 6.7;
 * λ as in B. Schwartz, "Practical Scalability Analysis with the Universal Scalability Law", 2015.
 *
 * Plain least squares in tx/s, as in the published fits: every point counts alike, whatever its own interval, because the
 * law's own misfit exceeds the noise of most measurements.
 */
import { inverse, Matrix } from 'ml-matrix';
import { studentT975 } from '../engine/measure/student-t.js';
import { InputError } from '../workloads/input-error.js';
import { grouped } from './grouped.js';
import { fitSmoothly, type Unknown, type Vector } from './least-squares.js';

export interface LoadPoint {
  readonly clients: number;
  readonly tps: number;
  /** The interval of this measurement, where it is known. */
  readonly tps_low?: number | null;
  readonly tps_high?: number | null;
}

/** `low` and `high` bound the 95 % interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Estimate extends Interval {
  /** `null` at a bound, where a standard error has no meaning. */
  readonly standard_error: number | null;
}

/** Where the law's curve turns; its interval is that of the clients at the peak, and of the curve there. */
export interface Turn {
  readonly clients: Interval;
  readonly tps: Interval;
}

export type Peak =
  /** Within what was measured, and the data do fall beyond it. */
  | ({ readonly kind: 'shown' } & Turn)
  /** The law's extrapolation, not far beyond the largest load that was measured. */
  | ({ readonly kind: 'extrapolated' } & Turn)
  | ({ readonly kind: 'none' } & NoPeak);

/** Why no peak is named; `clients` is where the law's own curve would turn, or how late it may. */
export type NoPeak =
  | { readonly reason: 'no gain' | 'no crosstalk' | 'crosstalk not shown' }
  | { readonly reason: 'too far' | 'levels off' | 'does not fall'; readonly clients: number };

export interface ScalabilityLaw {
  readonly sigma: Estimate;
  readonly kappa: Estimate;
  readonly lambda: Estimate;
  /** Points less parameters. */
  readonly freedom: number;
  /** Standard deviation of the residuals, tx/s. */
  readonly residual_tps: number;
  /** Throughput without end of clients if κ were 0: λ/σ. `null` where σ is 0 as well. */
  readonly ceiling_tps: number | null;
  readonly peak: Peak;
  /** The highest throughput and a later one whose interval lies below its own; `null` where the intervals show no fall. */
  readonly fall: { readonly from: LoadPoint; readonly to: LoadPoint } | null;
  /** The curve and its 95 % band (of the curve, not of single measurements). */
  at(clients: number): Interval;
}

/** Fewer loads than this leave no freedom to say how sure the three parameters are. */
export const LEAST_LOADS = 4;

/** The data cannot be fitted; the message says why, without a place. */
export class ScalabilityError extends InputError {
  override readonly name = 'ScalabilityError';
}

/** Largest count of clients, as a multiple of the largest measured, at which a peak is still named. */
export const FARTHEST = 2;
/** Residuals smaller than this share of the largest throughput are rounding. */
const ROUNDING = 1e-9;

/** What the fit works on: residuals in shares of `scale`, far below Huber's bend; crosstalk as κ·reach². */
interface Problem {
  readonly points: readonly LoadPoint[];
  readonly scale: number;
  readonly reach: number;
}

interface Coefficients {
  readonly lambda: number;
  readonly sigma: number;
  readonly kappa: number;
}

const curve = ({ lambda, sigma, kappa }: Coefficients, n: number): number =>
  (lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1));

const free = (low: number, high: number): Unknown => ({ prior: 0, deviation: Number.POSITIVE_INFINITY, low, high });
const UNKNOWNS: readonly Unknown[] = [
  free(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
  free(0, 1),
  free(0, Number.POSITIVE_INFINITY),
];

/** From the vector ln λ, σ, κ·reach². */
const coefficients = (at: Vector, reach: number): Coefficients => ({
  lambda: Math.exp(at[0] as number),
  sigma: at[1] as number,
  kappa: (at[2] as number) / reach ** 2,
});

/** Derivatives of the curve by ln λ, σ and κ·reach². */
function gradient(law: Coefficients, reach: number, n: number): Vector {
  const x = curve(law, n);
  const denominator = 1 + law.sigma * (n - 1) + law.kappa * n * (n - 1);
  return [x, (-x * (n - 1)) / denominator, (-x * n * (n - 1)) / (denominator * reach ** 2)];
}

const squares = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0);

/** λ that fits best, the shape of the curve being given: linear least squares. */
function bestLambda(points: readonly LoadPoint[], shape: Omit<Coefficients, 'lambda'>): number {
  const unit = points.map(({ clients }) => curve({ lambda: 1, ...shape }, clients));
  const products = points.reduce((sum, { tps }, i) => sum + tps * (unit[i] as number), 0);
  return products / squares(unit);
}

const misfit = (points: readonly LoadPoint[], law: Coefficients): number =>
  squares(points.map(({ clients, tps }) => curve(law, clients) - tps));

/** The best of a coarse grid over all shapes: from there the way down is straight. */
function startOf({ points, reach }: Problem): Vector {
  let best: { readonly at: Vector; readonly misfit: number } | undefined;
  for (const sigma of [0, 0.01, 0.03, 0.1, 0.3, 0.6, 0.9, 1]) {
    for (const crosstalk of [0, 0.03, 0.1, 0.3, 1, 3, 10, 100]) {
      const shape = { sigma, kappa: crosstalk / reach ** 2 };
      const lambda = bestLambda(points, shape);
      const found = misfit(points, { lambda, ...shape });
      if (best === undefined || found < best.misfit) best = { at: [Math.log(lambda), sigma, crosstalk], misfit: found };
    }
  }
  return best!.at;
}

function fitFree(problem: Problem): Vector {
  const { points, scale, reach } = problem;
  const differentiate = (at: Vector) => {
    const law = coefficients(at, reach);
    return {
      residuals: points.map(({ clients, tps }) => (curve(law, clients) - tps) / scale),
      jacobian: points.map(({ clients }) => gradient(law, reach, clients).map((slope) => slope / scale)),
    };
  };
  return fitSmoothly(UNKNOWNS, differentiate, startOf(problem)).at;
}

const GRID = 16;
/** A step leaves 0.618 of the interval: 25 leave 6e-6 of it, and of a minimum's height, which is flat, far less. */
const GOLDEN_STEPS = 25;
/** Each halves what is left of the interval between a possible and an impossible place of the peak. */
const BISECTIONS = 30;

/** The least `height` over all σ: by golden section, from the best of a grid. */
function leastOverSigma(height: (sigma: number) => number): number {
  const steps = Array.from({ length: GRID + 1 }, (_, index) => (index / GRID) ** 2);
  const heights = steps.map(height);
  const lowest = heights.indexOf(Math.min(...heights));
  let low = steps[Math.max(0, lowest - 1)] as number;
  let high = steps[Math.min(GRID, lowest + 1)] as number;
  const golden = (Math.sqrt(5) - 1) / 2;
  let left = { at: high - golden * (high - low), height: 0 };
  let right = { at: low + golden * (high - low), height: 0 };
  left.height = height(left.at);
  right.height = height(right.at);
  for (let i = 0; i < GOLDEN_STEPS; i++) {
    if (left.height < right.height) {
      high = right.at;
      right = left;
      left = { at: high - golden * (high - low), height: 0 };
      left.height = height(left.at);
    } else {
      low = left.at;
      left = right;
      right = { at: low + golden * (high - low), height: 0 };
      right.height = height(right.at);
    }
  }
  return Math.min(left.height, right.height, heights[lowest] as number);
}

/** Of all laws whose curve turns at 1/√`q` clients, that is, with κ = (1 − σ)q; where `q` is 0 it never turns. */
const misfitTurningAt = (points: readonly LoadPoint[], q: number): number =>
  leastOverSigma((sigma) => {
    const shape = { sigma, kappa: (1 - sigma) * q };
    return misfit(points, { lambda: bestLambda(points, shape), ...shape });
  });

/**
 * Those counts of clients at which the curve may turn, in the light of the data: where the misfit exceeds the least one
 * by no more than the F distribution's 0.95 quantile, t² of the residual variance (D. M. Bates, D. G. Watts, "Nonlinear
 * Regression Analysis", section 6.1). A parameter's own standard error would give an interval symmetric about it; that
 * of a peak is not. Infinity: it may never turn.
 */
function turningInterval(problem: Problem, law: Coefficients, freedom: number): { low: number; high: number } {
  const { points, scale } = problem;
  const least = misfit(points, law);
  const variance = Math.max(least / freedom, (ROUNDING * scale) ** 2);
  const most = least + variance * studentT975(freedom) ** 2;
  const best = law.kappa / (1 - law.sigma);
  const isPossible = (q: number): boolean => misfitTurningAt(points, q) <= most;
  const edge = (inside: number, outside: number): number => {
    let [possible, impossible] = [inside, outside];
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = (possible + impossible) / 2;
      if (isPossible(middle)) possible = middle;
      else impossible = middle;
    }
    return possible;
  };
  return {
    low: isPossible(1) ? 1 : 1 / Math.sqrt(edge(best, 1)),
    high: isPossible(0) ? Number.POSITIVE_INFINITY : 1 / Math.sqrt(edge(best, 0)),
  };
}

/**
 * Of the curves that rise as the law does without crosstalk and then stay level, which have three parameters as well:
 * what holds where some resource is simply full. Tried for every place where the curve may become level.
 */
function misfitLevellingOff(points: readonly LoadPoint[]): number {
  const ordered = [...points].sort((a, b) => a.clients - b.clients);
  const levels = loads(points).slice(2);
  const candidates = levels.map(({ clients: from }) => {
    const rising = ordered.filter(({ clients }) => clients < from);
    const level = ordered.filter(({ clients }) => clients >= from).map(({ tps }) => tps);
    const middle = level.reduce((sum, tps) => sum + tps, 0) / level.length;
    return leastOverSigma((sigma) => {
      const law = { lambda: bestLambda(rising, { sigma, kappa: 0 }), sigma, kappa: 0 };
      const ceiling = Math.min(curve(law, from), Math.max(curve(law, rising.at(-1)!.clients), middle));
      return misfit(rising, law) + squares(level.map((tps) => tps - ceiling));
    });
  });
  return Math.min(...candidates);
}

/** From the highest throughput to the lowest behind it, if their intervals lie apart. */
function fallOf(points: readonly LoadPoint[]): ScalabilityLaw['fall'] {
  const byHeight = [...points].sort((a, b) => a.tps - b.tps);
  const from = byHeight.at(-1)!;
  const to = byHeight.find(({ clients }) => clients > from.clients);
  if (to === undefined || to.tps_high == null || from.tps_low == null || to.tps_high >= from.tps_low) return null;
  return { from, to };
}

/**
 * Does throughput fall, among the loads from the last one before the turn on? Either a later measurement's interval lies
 * below an earlier one's, or the line through all of them falls: by the noise about that line, which the law's misfit
 * elsewhere does not touch, or by the residuals of the whole fit, which has more freedom.
 */
function fallsFrom(points: readonly LoadPoint[], turn: number, variance: number, freedom: number): boolean {
  const before = Math.max(...points.map(({ clients }) => clients).filter((clients) => clients <= turn));
  const tail = points.filter(({ clients }) => clients >= before);
  if (fallOf(tail) !== null) return true;
  const mean = (of: (point: LoadPoint) => number): number => tail.reduce((sum, p) => sum + of(p), 0) / tail.length;
  const [middle, height] = [mean(({ clients }) => clients), mean(({ tps }) => tps)];
  const width = squares(tail.map(({ clients }) => clients - middle));
  const slope = tail.reduce((sum, { clients, tps }) => sum + (clients - middle) * (tps - height), 0) / width;
  const rest = squares(tail.map(({ clients, tps }) => tps - height - slope * (clients - middle)));
  const isSure = (spread: number, left: number): boolean => slope + studentT975(left) * Math.sqrt(spread / width) < 0;
  return isSure(variance, freedom) || (loads(tail).length > 2 && isSure(rest / (tail.length - 2), tail.length - 2));
}

/** The distinct loads in ascending order, each with its throughputs. */
export function loads(points: readonly LoadPoint[]): { clients: number; values: number[] }[] {
  const byClients = grouped(points, ({ clients }) => clients);
  return [...byClients]
    .map(([clients, own]) => ({ clients, values: own.map(({ tps }) => tps) }))
    .sort((a, b) => a.clients - b.clients);
}

function peakOf(problem: Problem, law: Coefficients, freedom: number, at: (clients: number) => Interval): Peak {
  const { points, reach } = problem;
  const none = (why: NoPeak): Peak => ({ kind: 'none', ...why });
  if (law.sigma >= 1) return none({ reason: 'no gain' });
  if (law.kappa <= 0) return none({ reason: 'no crosstalk' });
  const value = Math.sqrt((1 - law.sigma) / law.kappa);
  const isWithin = value <= reach;
  if (isWithin && !fallsFrom(points, value, misfit(points, law) / freedom, freedom)) {
    return none({ reason: 'does not fall', clients: value });
  }
  const clients = { value, ...turningInterval(problem, law, freedom) };
  if (clients.high === Number.POSITIVE_INFINITY) return none({ reason: 'crosstalk not shown' });
  if (clients.high > FARTHEST * reach) return none({ reason: 'too far', clients: clients.high });
  if (!isWithin && misfit(points, law) >= misfitLevellingOff(points))
    return none({ reason: 'levels off', clients: value });
  return { kind: isWithin ? 'shown' : 'extrapolated', clients, tps: at(value) };
}

/** Throws `ScalabilityError` where the points do not suffice. */
export function fitScalability(points: readonly LoadPoint[]): ScalabilityLaw {
  const different = loads(points);
  if (different.length < LEAST_LOADS) {
    const few = different.map(({ clients }) => clients).join(', ');
    throw new ScalabilityError(
      `${different.length === 1 ? '1 load' : `${different.length} different loads`} (${few}), and the law has three parameters; measure at ${LEAST_LOADS} loads or more, better six`,
    );
  }
  const scale = Math.max(...points.map(({ tps }) => tps));
  const problem: Problem = { points, scale, reach: different.at(-1)!.clients };
  const { reach } = problem;
  const found = fitFree(problem);
  const law = coefficients(found, reach);
  const freedom = points.length - UNKNOWNS.length;
  const variance = misfit(points, law) / freedom;
  const isInside = (index: number): boolean => {
    const { low, high } = UNKNOWNS[index] as Unknown;
    return found[index] !== low && found[index] !== high;
  };
  // A parameter at its bound is where the data press it: the others' errors are those of a fit without it; how far it
  // may lie from the bound all the same is told by the errors of all three.
  const spread = covariance(problem, law, variance, isInside);
  const whole = covariance(problem, law, variance, () => true);
  const t = studentT975(freedom);
  const estimate = (index: number, value: number, unit: number): Estimate => {
    const error = Math.sqrt((isInside(index) ? spread : whole).get(index, index)) * unit;
    const { low, high } = UNKNOWNS[index] as Unknown;
    const within = (x: number): number => Math.min(high * unit, Math.max(low * unit, x));
    return {
      value,
      standard_error: isInside(index) ? error : null,
      low: within(value - t * error),
      high: within(value + t * error),
    };
  };
  const at = (clients: number): Interval => {
    const slope = Matrix.columnVector([...gradient(law, reach, clients)]);
    const half = t * Math.sqrt(Math.max(0, slope.transpose().mmul(spread).mmul(slope).get(0, 0)));
    const value = curve(law, clients);
    return { value, low: Math.max(0, value - half), high: value + half };
  };
  return {
    sigma: estimate(1, law.sigma, 1),
    kappa: estimate(2, law.kappa, 1 / reach ** 2),
    lambda: estimate(0, law.lambda, law.lambda),
    freedom,
    residual_tps: Math.sqrt(variance),
    ceiling_tps: law.sigma > 0 ? law.lambda / law.sigma : null,
    peak: peakOf(problem, law, freedom, at),
    fall: fallOf(points),
    at,
  };
}

/** Of those of ln λ, σ and κ·reach² that `isFree`; the others are taken as known. */
function covariance(
  { points, reach }: Problem,
  law: Coefficients,
  variance: number,
  isFree: (index: number) => boolean,
): Matrix {
  const slopes = new Matrix(points.map(({ clients }) => [...gradient(law, reach, clients)]));
  const kept = [...UNKNOWNS.keys()].filter(isFree);
  const jacobian = slopes.subMatrixColumn(kept);
  const inverted = inverse(jacobian.transpose().mmul(jacobian)).mul(variance);
  const all = Matrix.zeros(UNKNOWNS.length, UNKNOWNS.length);
  for (const [a, i] of kept.entries()) for (const [b, j] of kept.entries()) all.set(i, j, inverted.get(a, b));
  return all;
}
