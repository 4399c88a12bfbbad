/** Holding intervals from many seeds against a true value: what a share of 95 % intervals that hold it can look like. */
import type { Settings } from '../../engine/protocol/parameters.js';
import { simulate } from '../../engine/runtimes/virtual/simulate.js';

export interface Interval {
  readonly low: number;
  readonly mean: number;
  readonly high: number;
}

export interface Replication {
  readonly latency: Interval;
  readonly tps: Interval;
}

/** The same point with seeds 1 … `seeds`: independent replications. */
export function replicate(settings: Settings, precision: number, seeds: number): Replication[] {
  return Array.from({ length: seeds }, (_, index) => {
    const { observation: o } = simulate({ ...settings, seed: index + 1 }, { precision });
    return {
      latency: { low: o.latency_mean_ci95_low!, mean: o.latency_mean_us!, high: o.latency_mean_ci95_high! },
      tps: { low: o.tps_ci95_low!, mean: o.tps, high: o.tps_ci95_high! },
    };
  });
}

export interface Verdict {
  readonly held: number;
  readonly of: number;
  /** Fewer intervals than this holding the value would happen to a true 95 % once in a thousand. */
  readonly least: number;
  readonly grandMean: number;
  /** How many standard errors the grand mean lies from the value; the error is taken from the replications' spread. */
  readonly errors: number;
}

export function judge(intervals: readonly Interval[], value: number): Verdict {
  const of = intervals.length;
  const held = intervals.filter(({ low, high }) => low <= value && value <= high).length;
  const grandMean = intervals.reduce((sum, { mean }) => sum + mean, 0) / of;
  const variance = intervals.reduce((sum, { mean }) => sum + (mean - grandMean) ** 2, 0) / (of - 1);
  return {
    held,
    of,
    least: leastPlausible(of, 0.95),
    grandMean,
    errors: Math.abs(grandMean - value) / Math.sqrt(variance / of),
  };
}

/** Smallest number of successes in `trials` that has not fallen into the lowest 0.1 % of the binomial distribution. */
export function leastPlausible(trials: number, chance: number): number {
  let below = 0;
  let term = (1 - chance) ** trials;
  for (let successes = 0; ; successes++) {
    below += term;
    if (below > 0.001) return successes;
    term *= ((trials - successes) / (successes + 1)) * (chance / (1 - chance));
  }
}
