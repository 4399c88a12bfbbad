/** Exact intervals of counted shares: published digits, and how often they hold what they should. */
import { describe, expect, test } from 'vitest';
import { incompleteBeta, proportion, ruleOfThree } from '../../analysis/proportion.js';

/** R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 5: Clopper-Pearson, 95 %. */
const PUBLISHED = [
  { seen: 81, of: 263, low: 0.2527, high: 0.3676 },
  { seen: 15, of: 148, low: 0.0578, high: 0.1617 },
  { seen: 0, of: 20, low: 0, high: 0.1684 },
  { seen: 1, of: 29, low: 0.0009, high: 0.1776 },
];

test.each(PUBLISHED)('$seen of $of: $low to $high', ({ seen, of, low, high }) => {
  const interval = proportion(seen, of);
  expect(interval.share).toBe(seen / of);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

test('where all or none were seen the end has a closed form, and the interval is its own mirror image', () => {
  for (const of of [1, 7, 300, 100_000]) {
    expect(proportion(0, of).high).toBeCloseTo(1 - 0.025 ** (1 / of), 12);
    expect(proportion(of, of).low).toBeCloseTo(0.025 ** (1 / of), 12);
  }
  expect(proportion(12, 300).low).toBeCloseTo(1 - proportion(288, 300).high, 12);
});

test('the rule of three: 95 % confidence excludes 3/n, nearly', () => {
  for (const of of [50, 300, 10_000]) {
    expect((1 - ruleOfThree(of)) ** of).toBeCloseTo(0.05, 12);
    expect(ruleOfThree(of) * of).toBeLessThan(3);
    expect(ruleOfThree(of) * of).toBeGreaterThan(2.9);
  }
});

/** P(X = k) for k = 0 … n, by multiplying up from the naive recurrence. */
function binomial(n: number, p: number): number[] {
  const probabilities = [(1 - p) ** n];
  for (let k = 1; k <= n; k++) probabilities.push((((probabilities[k - 1]! * (n - k + 1)) / k) * p) / (1 - p));
  return probabilities;
}

test('the incomplete beta function is the tail of the binomial distribution', () => {
  for (const [n, p] of [
    [10, 0.3],
    [60, 0.02],
    [400, 0.6],
  ] as const) {
    const probabilities = binomial(n, p);
    for (const k of [1, Math.floor(n * p) + 1, n - 1]) {
      const tail = probabilities.slice(k).reduce((sum, value) => sum + value, 0);
      expect(incompleteBeta(p, k, n - k + 1)).toBeCloseTo(tail, 10);
    }
  }
});

/** How often an interval holds the share that the trials have, summed over all that can be seen: no sampling. */
function coverage(n: number, p: number, intervalOf: (seen: number) => { low: number; high: number }): number {
  return binomial(n, p).reduce((sum, probability, seen) => {
    const { low, high } = intervalOf(seen);
    return low <= p && p <= high ? sum + probability : sum;
  }, 0);
}

describe('coverage', () => {
  const shares = Array.from({ length: 99 }, (_, index) => (index + 1) / 100);

  // (1 - p)^n of the largest n and p, 1e-300, is still a number.
  test.each([5, 30, 100])('of %i trials is 95 % or more for every share', (n) => {
    const intervals = Array.from({ length: n + 1 }, (_, seen) => proportion(seen, n));
    for (const p of [0.001, ...shares, 0.999]) {
      expect(coverage(n, p, (seen) => intervals[seen]!)).toBeGreaterThanOrEqual(0.95);
    }
  });

  test('canary: the textbook interval of p ± 1.96 standard errors covers too little', () => {
    const wald = (seen: number) => {
      const half = 1.96 * Math.sqrt(((seen / 30) * (1 - seen / 30)) / 30);
      return { low: seen / 30 - half, high: seen / 30 + half };
    };
    expect(Math.min(...shares.map((p) => coverage(30, p, wald)))).toBeLessThan(0.9);
  });
});

test.each([
  [1, 0],
  [-1, 3],
  [4, 3],
  [0.5, 3],
])('refuses %d of %d', (seen, of) => {
  expect(() => proportion(seen, of)).toThrow(RangeError);
});
