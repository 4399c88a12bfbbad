/** Targets, and whether a prediction with its interval meets them. */
import type { Observation } from '../engine/measure/observation.js';
import type { ModelError, Quantity } from './model-error.js';

export interface Target {
  readonly quantity: Quantity;
  /** Throughput must not be less, a latency not more. */
  readonly bound: number;
}

/** What the model says, and what the truth is expected between. */
export interface Prediction {
  readonly value: number;
  /** Null where nobody knows how far off the model is. */
  readonly low: number | null;
  readonly high: number | null;
}

/** `open`: the bound lies within the model's error. `uncalibrated`: nothing was measured from which to tell the error. */
export type Verdict = 'meets' | 'misses' | 'open' | 'uncalibrated';

/** By which factor a bound is kept, of the target for which it is least: 1.2 leaves a fifth, 0.8 lacks one. */
export interface Margin {
  readonly expected: number;
  /** At the ends of the intervals that are worse, and better. */
  readonly least: number | null;
  readonly most: number | null;
}

export interface Judged {
  readonly predicted: Readonly<Record<Quantity, Prediction>>;
  readonly margin: Margin;
  readonly verdict: Verdict;
}

const QUANTITIES: readonly Quantity[] = ['tps', 'latency_mean_us', 'latency_p95_us', 'latency_p99_us'];

/** `isInside`: does what was measured cover the point? */
export function judge(
  observation: Observation,
  targets: readonly Target[],
  error: ModelError,
  isInside: boolean,
): Judged {
  const entries = QUANTITIES.map(
    (quantity) => [quantity, predict(observation, quantity, isInside ? error : null)] as const,
  );
  const predicted = Object.fromEntries(entries) as Record<Quantity, Prediction>;
  const margins = targets.map((target) => marginOf(target, predicted[target.quantity]));
  const least = (values: readonly (number | null)[]): number | null =>
    values.some((value) => value === null) ? null : Math.min(...(values as number[]));
  const margin = {
    expected: least(margins.map((one) => one.expected))!,
    least: least(margins.map((one) => one.least)),
    most: least(margins.map((one) => one.most)),
  };
  return { predicted, margin, verdict: verdictOf(margin) };
}

function verdictOf({ least, most }: Margin): Verdict {
  if (least === null || most === null) return 'uncalibrated';
  return least >= 1 ? 'meets' : most < 1 ? 'misses' : 'open';
}

function predict(observation: Observation, quantity: Quantity, error: ModelError | null): Prediction {
  const value = observation[quantity] ?? Number.NaN;
  const band = error?.band(observation, quantity) ?? null;
  if (band === null) return { value, low: null, high: null };
  const factor = band.factor * simulationFactor(observation);
  return { value, low: value / factor, high: value * factor };
}

/**
 * What the simulation itself leaves open, by the interval of its throughput; latencies in a closed loop are known about
 * as well. Added to the model's error, not combined with it: the rows were simulated with an error of their own.
 */
function simulationFactor({ tps, tps_ci95_low: low, tps_ci95_high: high }: Observation): number {
  return low === null || high === null ? 1 : 1 + (high - low) / 2 / tps;
}

function marginOf({ quantity, bound }: Target, { value, low, high }: Prediction): Margin {
  if (quantity === 'tps') return { expected: value / bound, least: ratio(low, bound), most: ratio(high, bound) };
  return { expected: bound / value, least: inverse(bound, high), most: inverse(bound, low) };
}

const ratio = (value: number | null, bound: number): number | null => (value === null ? null : value / bound);
const inverse = (bound: number, value: number | null): number | null => (value === null ? null : bound / value);

const ORDER: Readonly<Record<Verdict, number>> = { meets: 2, open: 1, misses: 0, uncalibrated: 0 };

/** Best first: what surely meets the targets, then what may, then what has most at the bad end of its interval. */
export const compareMargin = (a: Judged, b: Judged): number =>
  ORDER[b.verdict] - ORDER[a.verdict] || rankOf(b) - rankOf(a);
const rankOf = ({ margin }: Judged): number => margin.least ?? margin.expected;
