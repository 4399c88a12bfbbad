import { randomLogNormal } from 'd3-random';
import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import type { Distribution } from '../../../../engine/protocol/parameters.js';
import { Streams } from '../../../../engine/runtimes/virtual/random.js';

const seeds = fc.integer({ min: 0, max: 0xffffffff });

function take(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw);
}

describe('streams', () => {
  test('the same seed gives the same streams', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [a, b] = [new Streams(seed), new Streams(seed)];
        for (let stream = 0; stream < 3; stream++) expect(take(20, a.uniform())).toEqual(take(20, b.uniform()));
      }),
    );
  });

  test('a stream is what it is, whatever is drawn from the others', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 100 }), (seed, drawn) => {
        const [alone, beside] = [new Streams(seed), new Streams(seed)];
        take(drawn, beside.uniform());
        alone.uniform();
        expect(take(10, beside.uniform())).toEqual(take(10, alone.uniform()));
      }),
    );
  });

  test('the n-th stream is n jumps of 2^64 draws away from the seeded generator', () => {
    const streams = new Streams(42);
    const generator = xoroshiro128plus(42);
    generator.jump();
    for (let stream = 0; stream < 4; stream++) {
      const [uniform, reference] = [streams.uniform(), generator.clone()];
      const expected = take(5, () => ((reference.next() >>> 0) + 0.5) / 2 ** 32);
      expect(take(5, uniform)).toEqual(expected);
      generator.jump();
    }
  });

  test('neighbouring streams are uncorrelated, and seed and seed + 1 have nothing in common', () => {
    const [a, b] = [new Streams(1), new Streams(2)];
    const [first, second, other] = [take(10_000, a.uniform()), take(10_000, a.uniform()), take(10_000, b.uniform())];
    // The correlation of independent series is normal with standard deviation 1 / √10,000 = 0.01.
    expect(Math.abs(correlation(first, second))).toBeLessThan(0.04);
    expect(Math.abs(correlation(first, other))).toBeLessThan(0.04);
    expect(Math.abs(correlation(first, first.slice(1).concat(0.5)))).toBeLessThan(0.04);
  });

  test.each([0, 1, 2, 3])('the first draw of stream %i, over many seeds, may be anything', (stream) => {
    const firsts = Array.from({ length: 3200 }, (_, seed) => {
      const streams = new Streams(seed);
      for (let before = 0; before < stream; before++) streams.uniform();
      return streams.uniform()();
    });
    expect(chiSquared(firsts)).toBeLessThan(113);
  });

  test('uniform numbers lie inside (0, 1), even where the generator gives its extremes', () => {
    const draws = take(100_000, new Streams(3).uniform());
    expect(Math.min(...draws)).toBeGreaterThan(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    expect(chiSquared(draws)).toBeLessThan(113);
  });
});

describe('costs', () => {
  const samples = [10, 20, 60];
  const cases: [string, Distribution, number][] = [
    ['constant', { kind: 'constant', mean: 30 }, 0],
    ['exponential', { kind: 'exponential', mean: 30 }, 30],
    // Variance of a lognormal: mean² (exp(σ²) − 1).
    ['lognormal', { kind: 'lognormal', mean: 30, sigma: 0.5 }, 30 * Math.sqrt(Math.exp(0.25) - 1)],
    ['empirical', { kind: 'empirical', mean: 30, source: 'three', samples }, Math.sqrt((400 + 100 + 900) / 3)],
  ];

  test.each(cases)('%s: the mean and the spread that were asked for', (_, distribution, deviation) => {
    const draws = take(100_000, new Streams(5).cost(distribution).draw.bind(new Streams(5).cost(distribution)));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const spread = Math.sqrt(draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length);
    expect(Math.abs(mean - 30)).toBeLessThanOrEqual((4 * deviation) / Math.sqrt(draws.length));
    expect(Math.abs(spread - deviation)).toBeLessThanOrEqual(0.03 * deviation);
  });

  test.each(cases)('%s: the sum of n is n draws', (_, distribution) => {
    const [summed, drawn] = [new Streams(6).cost(distribution), new Streams(6).cost(distribution)];
    for (const count of [0, 1, 7]) {
      const draws = take(count, () => drawn.draw());
      expect(summed.sum(count)).toBeCloseTo(
        draws.reduce((sum, draw) => sum + draw, 0),
        9,
      );
    }
  });

  test('lognormal costs are those of d3-random, to the last bit', () => {
    const [streams, same] = [new Streams(7), new Streams(7)];
    const reference = randomLogNormal.source(same.uniform())(Math.log(30) - 0.5 ** 2 / 2, 0.5);
    const cost = streams.cost({ kind: 'lognormal', mean: 30, sigma: 0.5 });
    expect(take(1000, () => cost.draw())).toEqual(take(1000, reference));
  });

  test('empirical costs are the samples and nothing between them', () => {
    const cost = new Streams(8).cost({ kind: 'empirical', mean: 30, source: 'three', samples });
    expect([...new Set(take(1000, () => cost.draw()))].sort((a, b) => a - b)).toEqual(samples);
  });
});

/** Of 64 equal cells: 63 degrees of freedom, 0.9999 quantile 113. */
function chiSquared(draws: readonly number[]): number {
  const cells = new Array<number>(64).fill(0);
  for (const draw of draws) cells[Math.floor(draw * 64)]!++;
  const expected = draws.length / 64;
  return cells.reduce((sum, cell) => sum + (cell - expected) ** 2 / expected, 0);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [products, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    products += (a[i]! - meanA) * (b[i]! - meanB);
    squaresA += (a[i]! - meanA) ** 2;
    squaresB += (b[i]! - meanB) ** 2;
  }
  return products / Math.sqrt(squaresA * squaresB);
}
