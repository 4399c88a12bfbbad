/** The rank-sum test against published tables, by enumeration, and where it is approximated. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leastPossibleP, mannWhitney } from '../../analysis/mann-whitney.js';

/** Samples of these sizes in which `u` pairs are out of order: the last values of `b` lie below that many of `a`. */
function samplesWithU(a: number, b: number, u: number): [number[], number[]] {
  const first = Array.from({ length: a }, (_, i) => i + 1);
  const second = Array.from({ length: b }, (_, i) => a + 1 + i);
  let left = u;
  for (let i = 0; i < b && left > 0; i++) {
    const below = Math.min(a, left);
    second[i] = a - below + 0.5 + i * 1e-3;
    left -= below;
  }
  return [first, second];
}

/**
 * Largest U that is significant at 5 %, two-sided, as every table of critical values has them (for one, Siegel, Nonparametric
 * Statistics for the Behavioral Sciences, 1956, table K).
 */
const CRITICAL: readonly [a: number, b: number, u: number][] = [
  [4, 4, 0],
  [4, 5, 1],
  [3, 5, 0],
  [5, 5, 2],
  [5, 6, 3],
  [6, 6, 5],
  [5, 8, 6],
  [7, 7, 8],
  [8, 8, 13],
  [9, 9, 17],
  [10, 10, 23],
  [12, 12, 37],
  [15, 15, 64],
  [20, 20, 127],
];

describe('published', () => {
  test.each(CRITICAL)('%i against %i: U = %i is significant at 5 %, the next is not', (a, b, u) => {
    expect(mannWhitney(...samplesWithU(a, b, u))).toBeLessThanOrEqual(0.05);
    expect(mannWhitney(...samplesWithU(a, b, u + 1))).toBeGreaterThan(0.05);
  });

  /** Mann and Whitney 1947, table I, m = n = 4, to three decimals, one-sided. */
  test.each([
    [0, 0.014],
    [1, 0.029],
    [2, 0.057],
    [3, 0.1],
    [4, 0.171],
    [5, 0.243],
  ])('P(U <= %i) of 4 against 4 is %d', (u, p) => {
    expect(mannWhitney(...samplesWithU(4, 4, u)) / 2).toBeCloseTo(p, 3);
  });

  test('ages at diagnosis of diabetes, the example in the manual of SciPy: U = 17, p = 1/9', () => {
    expect(mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12])).toBeCloseTo(1 / 9, 12);
  });
});

/** Share of all ways to deal the values out in which the rank sum of the first sample lies as far from its mean. */
function byEnumeration(a: readonly number[], b: readonly number[]): number {
  const all = [...a, ...b];
  const rank = (value: number): number =>
    all.filter((other) => other < value).length + (all.filter((other) => other === value).length + 1) / 2;
  const ranks = all.map(rank);
  const mean = (a.length * (all.length + 1)) / 2;
  const distance = (chosen: readonly number[]): number =>
    Math.abs(chosen.reduce((sum, index) => sum + ranks[index]!, 0) - mean);
  const seen = distance(a.map((_, index) => index));
  let [far, count] = [0, 0];
  const choose = (from: number, chosen: readonly number[]): void => {
    if (chosen.length === a.length) {
      count++;
      if (distance(chosen) >= seen - 1e-9) far++;
      return;
    }
    for (let index = from; index < all.length; index++) choose(index + 1, [...chosen, index]);
  };
  choose(0, []);
  return far / count;
}

test('law: equals the enumeration of all arrangements, ties or not', () => {
  const sample = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      expect(mannWhitney(a, b)).toBeCloseTo(byEnumeration(a, b), 10);
    }),
  );
});

test('law: the order of the samples, of their values, and their scale do not matter', () => {
  const sample = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(sample, sample, (a, b) => {
      const p = mannWhitney(a, b);
      expect(mannWhitney(b, a)).toBeCloseTo(p, 12);
      expect(mannWhitney([...a].reverse(), b)).toBe(p);
      expect(mannWhitney(a.map(Math.log), b.map(Math.log))).toBe(p);
    }),
  );
});

test('beyond 50 values the approximation continues the counted distribution', () => {
  const counted = mannWhitney(...samplesWithU(25, 25, 200));
  const approximated = mannWhitney(...samplesWithU(26, 26, 220));
  expect(approximated / counted).toBeGreaterThan(0.8);
  expect(approximated / counted).toBeLessThan(1.4);
  expect(mannWhitney(new Array(30).fill(1), new Array(30).fill(1))).toBe(1);
});

test.each([
  [3, 3],
  [5, 5],
  [10, 10],
  [4, 9],
])('no samples of %i and %i can give less than leastPossibleP', (a, b) => {
  expect(mannWhitney(...samplesWithU(a, b, 0))).toBeCloseTo(leastPossibleP(a, b), 12);
});

test('canary: samples that do not overlap and are called alike would be noticed', () => {
  expect(mannWhitney([1, 2, 3, 4, 5], [1, 2, 3, 4, 5])).toBe(1);
  expect(mannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeLessThan(0.01);
});
