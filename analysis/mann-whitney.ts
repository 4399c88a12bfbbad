/**
 * Do two samples differ in location? The rank-sum test of Mann and Whitney ("On a test of whether one of two random
 * variables is stochastically larger than the other", Annals of Mathematical Statistics 18(1), 1947), two-sided. It asks
 * nothing of the shape of the noise, which for latencies under load is never normal.
 */
import { errorFunction } from 'simple-statistics';

/** Observations of both samples together up to which the distribution is counted, not approximated. */
const EXACT_MOST = 50;

/** The probability, if both samples came from one source, of ranks at least as far apart as these. */
export function mannWhitney(a: readonly number[], b: readonly number[]): number {
  const ranks = doubledRanks([...a, ...b]);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ranks[i] as number;
  const distance = Math.abs(sum - a.length * (ranks.length + 1));
  return ranks.length <= EXACT_MOST
    ? exactTail(ranks, a.length, distance)
    : normalTail(ranks, a.length, b.length, distance);
}

/** The smallest value that mannWhitney can give for samples of these sizes: where they do not overlap at all. */
export function leastPossibleP(a: number, b: number): number {
  let arrangements = 1;
  for (let i = 1; i <= a; i++) arrangements = (arrangements * (b + i)) / i;
  return Math.min(1, 2 / arrangements);
}

/** Twice the rank of each value, 1-based; equal values share the middle of their ranks, which doubling keeps whole. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let at = from; at <= to; at++) ranks[order[at]!] = from + to + 2;
    from = to + 1;
  }
  return ranks;
}

/**
 * Counts, for every way to choose `size` of the ranks, those whose sum is as far from the middle. Counts stay below
 * C(50, 25), about 1.3e14, so that doubles hold them exactly.
 */
function exactTail(ranks: readonly number[], size: number, distance: number): number {
  const middle = size * (ranks.length + 1);
  let [tail, all] = [0, 0];
  for (const [sum, count] of waysToSum(ranks, size).entries()) {
    all += count;
    if (Math.abs(sum - middle) >= distance) tail += count;
  }
  return tail / all;
}

/** Without ties the ranks are the same in every comparison of as many values: counted once for all of them. */
const untied = new Map<string, Float64Array>();

function waysToSum(ranks: readonly number[], size: number): Float64Array {
  if (new Set(ranks).size < ranks.length) return countWays(ranks, size);
  const key = `${size} of ${ranks.length}`;
  const ways = untied.get(key) ?? countWays(ranks, size);
  untied.set(key, ways);
  return ways;
}

/** Index: the sum of the chosen ranks. */
function countWays(ranks: readonly number[], size: number): Float64Array {
  const sums = ranks.reduce((total, rank) => total + rank, 0) + 1;
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(sums));
  (ways[0] as Float64Array)[0] = 1;
  for (const [used, rank] of ranks.entries()) {
    for (let chosen = Math.min(size, used + 1); chosen >= 1; chosen--) {
      const [into, from] = [ways[chosen] as Float64Array, ways[chosen - 1] as Float64Array];
      for (let sum = sums - 1; sum >= rank; sum--) into[sum] = (into[sum] as number) + (from[sum - rank] as number);
    }
  }
  return ways[size] as Float64Array;
}

/** With the correction for ties, and for continuity (half a rank, here doubled). */
function normalTail(ranks: readonly number[], a: number, b: number, distance: number): number {
  const mean = a + b + 1;
  const spread = ranks.reduce((total, rank) => total + (rank - mean) ** 2, 0);
  const variance = (a * b * spread) / ((a + b) * (a + b - 1));
  if (variance === 0) return 1;
  const z = Math.max(0, distance - 1) / Math.sqrt(variance);
  return 1 - errorFunction(z / Math.SQRT2);
}
