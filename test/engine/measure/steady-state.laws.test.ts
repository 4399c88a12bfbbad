import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatchMeans, mser5 } from '../../../engine/measure/steady-state.js';
import { Streams } from '../../../engine/runtimes/virtual/random.js';

const values = (min: number, max: number) =>
  fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: min, maxLength: max });

/** The squared standard error that MSER minimises, straight from its definition, for each truncation in batches. */
function mserStatistics(series: readonly number[]): number[] {
  const batches: number[] = [];
  for (let i = 0; i + 5 <= series.length; i += 5) batches.push(mean(series.slice(i, i + 5)));
  const statistics: number[] = [];
  for (let d = 0; batches.length - d >= 5; d++) {
    const left = batches.slice(d);
    statistics.push(left.reduce((sum, value) => sum + (value - mean(left)) ** 2, 0) / left.length ** 2);
  }
  return statistics;
}

const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;

describe('MSER-5', () => {
  test('takes a truncation whose statistic is the smallest there is', () => {
    fc.assert(
      fc.property(values(25, 200), (series) => {
        const statistics = mserStatistics(series);
        const least = Math.min(...statistics);
        const chosen = mser5(Float64Array.from(series), series.length);
        const slack = 1e-9 * (least + 1);
        const half = Math.floor(Math.floor(series.length / 5) / 2);
        if (chosen === undefined) {
          // White's rule: the smallest lies in the second half.
          expect(statistics.slice(half + 1).some((statistic) => statistic <= least + slack)).toBe(true);
        } else {
          expect(chosen / 5).toBeLessThanOrEqual(half);
          expect(statistics[chosen / 5]!).toBeLessThanOrEqual(least + slack);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('looks at the first `length` only', () => {
    const series = Float64Array.from([...steady(1, 500), ...Array.from({ length: 100 }, () => 1e9)]);
    expect(mser5(series, 500)).toBe(mser5(series.slice(0, 500), 500));
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('a decaying transient is cut off, and little more (seed %i)', (seed) => {
    // 100 + 900 exp(-i / 50) + noise of standard deviation 10: the transient falls below the noise after 50 ln 90 = 225.
    const series = steady(seed, 3000).map((value, i) => value + 900 * Math.exp(-i / 50));
    const cut = mser5(Float64Array.from(series), series.length);
    expect(cut).toBeGreaterThanOrEqual(100);
    expect(cut).toBeLessThan(1000);
    const left = mean(series.slice(cut));
    // 10 / sqrt(2000) is 0.22; without the cut the mean is 900 × 50 / 3000 = 15 too high.
    expect(Math.abs(left - 100)).toBeLessThan(1.5);
  });

  test('a series that is steady from the beginning loses little', () => {
    const cuts = Array.from({ length: 20 }, (_, seed) => mser5(Float64Array.from(steady(seed + 1, 3000)), 3000));
    const known = cuts.filter((cut) => cut !== undefined);
    expect(known.length).toBeGreaterThanOrEqual(18);
    expect(mean(known)).toBeLessThan(500);
  });

  test('a series that keeps drifting is not called steady', () => {
    const drift = Float64Array.from({ length: 1000 }, (_, i) => i);
    expect(mser5(drift, 1000)).toBeUndefined();
  });

  test('a constant series needs no warm-up', () => {
    expect(mser5(new Float64Array(500).fill(123.456), 500)).toBe(0);
  });
});

/** Exponential noise, shifted: mean 100, standard deviation 10. */
function steady(seed: number, length: number): number[] {
  const noise = new Streams(seed).cost({ kind: 'exponential', mean: 10 });
  return Array.from({ length }, () => 90 + noise.draw());
}

describe('batch means', () => {
  /** Batches as an oracle would make them: every batch `perBatch` long, doubled as often as 80 were full. */
  function oracleBatches(series: readonly number[], perBatch: number): number[] {
    let length = perBatch;
    while (Math.floor(series.length / length) >= 80) length *= 2;
    const batches: number[] = [];
    for (let i = 0; i + length <= series.length; i += length) batches.push(mean(series.slice(i, i + length)));
    return batches;
  }

  test('are the means of equal, consecutive pieces, between 40 and 79 of them once there are enough', () => {
    fc.assert(
      fc.property(values(0, 1400), fc.integer({ min: 1, max: 7 }), (series, perBatch) => {
        const means = new BatchMeans(perBatch);
        for (const value of series) means.add(value);
        const oracle = oracleBatches(series, perBatch);
        expect(means.batches).toBe(oracle.length);
        if (oracle.length > 0)
          expect(Math.abs(means.mean - mean(oracle))).toBeLessThanOrEqual(1e-9 * (1 + mean(oracle)));
        if (oracle.length < 40) expect(means.halfWidth()).toBe(Number.POSITIVE_INFINITY);
        else expect(Number.isFinite(means.halfWidth())).toBe(true);
      }),
    );
  });

  test('the half-width by hand: 40 batches of alternating 1 and 3', () => {
    const means = new BatchMeans(1);
    for (let i = 0; i < 40; i++) means.add(i % 2 === 0 ? 1 : 3);
    // Variance 40 × 1² / 39; neighbours are opposed, so nothing is widened; t(39) = 2.023.
    expect(means.halfWidth()).toBeCloseTo(2.023 * Math.sqrt(40 / 39 / 40), 12);
    expect(means.autocorrelation()).toBeCloseTo(-39 / 40, 12);
  });

  test('dependent batches widen it: eight times five 1, then five 3', () => {
    const means = new BatchMeans(1);
    for (let i = 0; i < 40; i++) means.add(i % 10 < 5 ? 1 : 3);
    // Of 39 neighbouring pairs 32 agree: r = (32 − 7) / 40 = 0.625; effective 40 × 0.375 / 1.625 = 9.23, so t(8) = 2.306.
    expect(means.autocorrelation()).toBeCloseTo(0.625, 12);
    expect(means.halfWidth()).toBeCloseTo(2.306 * Math.sqrt(40 / 39 / ((40 * 0.375) / 1.625)), 10);
  });

  test('however dependent, two batches are left: twenty 1, then twenty 3', () => {
    const means = new BatchMeans(1);
    for (let i = 0; i < 40; i++) means.add(i < 20 ? 1 : 3);
    // r = (38 − 1) / 40 = 0.925, taken for 0.9 at most; effective 40 × 0.1 / 1.9 = 2.1, so t(1) = 12.706.
    expect(means.autocorrelation()).toBeCloseTo(0.925, 12);
    expect(means.halfWidth()).toBeCloseTo(12.706 * Math.sqrt(40 / 39 / ((40 * 0.1) / 1.9)), 10);
  });

  test('95 % of the intervals of independent values hold their mean', () => {
    let held = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const means = new BatchMeans(10);
      const draws = new Streams(seed).cost({ kind: 'exponential', mean: 50 });
      for (let i = 0; i < 600; i++) means.add(draws.draw());
      if (Math.abs(means.mean - 50) <= means.halfWidth()) held++;
    }
    // Binomial(400, 0.95): 380 ± 4.4; three and a half of those either way.
    expect(held).toBeGreaterThan(364);
    expect(held).toBeLessThan(396);
  });

  test('an autoregressive series, whose neighbours depend on each other, is not believed too early', () => {
    let held = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const means = new BatchMeans(20);
      const noise = new Streams(seed).cost({ kind: 'exponential', mean: 1 });
      let value = 10;
      // x ← 0.9 x + noise: mean 1 / (1 − 0.9), correlation 0.9 at lag 1.
      for (let i = 0; i < 4000; i++) {
        value = 0.9 * value + noise.draw();
        means.add(value);
      }
      if (Math.abs(means.mean - 10) <= means.halfWidth()) held++;
    }
    // 190 ± 3.1 if it were 95 %.
    expect(held).toBeGreaterThan(179);
  });
});
