/**
 * Where a history changed, without assuming what its noise looks like: E-divisive (Matteson and James, "A nonparametric
 * approach for multiple change point analysis of multivariate data", Journal of the American Statistical Association
 * 109(505), 2014), here of one quantity, with distances to the power 1.
 */
import { falseDiscoveryRejects } from './multiple-tests.js';

/** A change is believed when this many runs lie beyond it: fewer may be a bad day. */
export const RUNS_BEYOND = 3;

/** The least history in which a change can be significant: half before, half after, 2 / C(8, 4) is 2.9 %. */
export const RUNS_LEAST = 8;

/** Of what is called a change, this share is false on average. */
const FALSE_SHARE = 0.05;

export interface Change {
  /** Index of the first value after it. */
  readonly at: number;
  /** How often shuffled values are told apart as well. */
  readonly p: number;
}

interface Segment {
  readonly series: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The changes of each series, in order. Segments are split until no split is significant; those of all series that are
 * tested at one depth share a false discovery rate (Yekutieli, "Hierarchical false discovery rate-controlling
 * methodology", Journal of the American Statistical Association 103(481), 2008). `onTest` is called after each test.
 */
export function changePoints(
  all: readonly (readonly number[])[],
  uniform: () => number,
  onTest: () => void = () => {},
): Change[][] {
  const found = all.map((): Change[] => []);
  let segments = all.map((values, series): Segment => ({ series, from: 0, to: values.length }));
  while (segments.length > 0) {
    const permutations = permutationsFor(segments.length);
    const tests = segments.flatMap((segment) => {
      const test = testSplit(all[segment.series]!.slice(segment.from, segment.to), permutations, uniform);
      onTest();
      return test === undefined ? [] : [{ segment, at: segment.from + test.at, p: test.p }];
    });
    const rejected = falseDiscoveryRejects(
      tests.map(({ p }) => p),
      FALSE_SHARE,
    );
    const splits = tests.filter((_, index) => rejected[index]);
    for (const { segment, at, p } of splits) found[segment.series]!.push({ at, p });
    segments = splits.flatMap(({ segment, at }) => [
      { ...segment, to: at },
      { ...segment, from: at },
    ]);
  }
  return found.map((changes) => changes.sort((a, b) => a.at - b.at));
}

/** One change among many series has to reach a p of the share over their number; beyond 9999 it takes too long. */
const permutationsFor = (tests: number): number => Math.min(9999, Math.max(999, Math.ceil((2 * tests) / FALSE_SHARE)));

/** Enough to know that a p is no small one (Besag and Clifford, "Sequential Monte Carlo p-values", Biometrika 78(2), 1991). */
const EXCEEDED_ENOUGH = 10;

function testSplit(values: readonly number[], permutations: number, uniform: () => number): Change | undefined {
  if (values.length < 2 * RUNS_BEYOND || values.every((value) => value === values[0])) return undefined;
  const sample = Float64Array.from(values);
  const best = bestSplit(sample);
  let exceeded = 0;
  for (let n = 1; n <= permutations; n++) {
    shuffle(sample, uniform);
    // Sums in another order may differ in their last digits.
    if (bestSplit(sample).statistic >= best.statistic * (1 - 1e-9)) exceeded++;
    if (exceeded === EXCEEDED_ENOUGH) return { at: best.at, p: exceeded / n };
  }
  return { at: best.at, p: (exceeded + 1) / (permutations + 1) };
}

/** Fisher and Yates. */
function shuffle(values: Float64Array, uniform: () => number): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(uniform() * (last + 1));
    const kept = values[last] as number;
    values[last] = values[other] as number;
    values[other] = kept;
  }
}

/**
 * The split into a left part [0, at) and a right part [at, end) with the largest scaled energy distance (section 2.2). The
 * right part may end early: a change that was taken back would otherwise drown in what follows.
 */
export function bestSplit(values: Float64Array): { readonly at: number; readonly statistic: number } {
  const n = values.length;
  const within = distanceSums(values);
  let best = { at: RUNS_BEYOND, statistic: Number.NEGATIVE_INFINITY };
  for (let at = RUNS_BEYOND; at <= n - RUNS_BEYOND; at++) {
    const left = within[at] as number;
    for (let end = at + RUNS_BEYOND; end <= n; end++) {
      const right = within[at * (n + 1) + end] as number;
      const between = (within[end] as number) - left - right;
      const size = end - at;
      const energy = (2 * between) / (at * size) - (2 * left) / (at * (at - 1)) - (2 * right) / (size * (size - 1));
      const statistic = ((at * size) / (at + size)) * energy;
      if (statistic > best.statistic) best = { at, statistic };
    }
  }
  return best;
}

/** `sums[from * (n + 1) + to]`: the distances between all pairs in [from, to). Each takes the one before it, in O(n²). */
function distanceSums(values: Float64Array): Float64Array {
  const n = values.length;
  const sums = new Float64Array((n + 1) * (n + 1));
  for (let to = 1; to <= n; to++) {
    let toLast = 0;
    for (let from = to - 2; from >= 0; from--) {
      toLast += Math.abs((values[to - 1] as number) - (values[from] as number));
      sums[from * (n + 1) + to] = (sums[from * (n + 1) + to - 1] as number) + toLast;
    }
  }
  return sums;
}
