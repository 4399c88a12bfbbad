/** Changes in a history: found where they were planted, and not where there is only noise. */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { bestSplit, changePoints, RUNS_BEYOND } from '../../analysis/change-points.js';
import { noiseSource, type Shape } from './noise.js';

// Some seconds of computing each, and the machine may have more to do.
vi.setConfig({ testTimeout: 300_000 });

/** Szekely and Rizzo's distance of two samples, scaled, straight from its definition. */
function energyByDefinition(left: readonly number[], right: readonly number[]): number {
  const mean = (pairs: readonly number[]): number => pairs.reduce((sum, one) => sum + one, 0) / pairs.length;
  const among = (values: readonly number[]): number[] =>
    values.flatMap((a, i) => values.slice(i + 1).map((b) => Math.abs(a - b)));
  const across = left.flatMap((a) => right.map((b) => Math.abs(a - b)));
  const size = (left.length * right.length) / (left.length + right.length);
  return size * (2 * mean(across) - mean(among(left)) - mean(among(right)));
}

test('law: the best split is the best of all, by the definition of the distance', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 2 * RUNS_BEYOND, maxLength: 14 }), (values) => {
      let best = Number.NEGATIVE_INFINITY;
      for (let at = RUNS_BEYOND; at <= values.length - RUNS_BEYOND; at++) {
        for (let end = at + RUNS_BEYOND; end <= values.length; end++) {
          best = Math.max(best, energyByDefinition(values.slice(0, at), values.slice(at, end)));
        }
      }
      const found = bestSplit(Float64Array.from(values));
      expect(found.statistic).toBeCloseTo(best, 9);
    }),
  );
});

describe.each<Shape>(['normal', 'skewed'])('%s noise of 3 %', (shape) => {
  const history = (seed: number, ...levels: [count: number, level: number][]): number[] => {
    const { sample } = noiseSource(seed);
    return levels.flatMap(([count, level]) => sample(count, level, 0.03, shape));
  };

  test('a step of a tenth among 24 runs is found in nine of ten histories, within a run of where it is', () => {
    const { uniform } = noiseSource(1);
    let found = 0;
    for (let n = 0; n < 40; n++) {
      const [changes] = changePoints([history(100 + n, [14, 100], [10, 90])], uniform);
      if (changes!.some(({ at }) => Math.abs(at - 14) <= 1)) found++;
    }
    expect(found).toBeGreaterThanOrEqual(36);
  });

  test('noise alone: of whole histories of 20 series, one in twenty or fewer shows any change', () => {
    const { uniform } = noiseSource(2);
    let alarms = 0;
    const whole = 60;
    for (let n = 0; n < whole; n++) {
      const all = Array.from({ length: 20 }, (_, index) => history(1000 + 20 * n + index, [16, 100]));
      if (changePoints(all, uniform).some((changes) => changes.length > 0)) alarms++;
    }
    // 5 % of 60, and 1.645 standard deviations: a rate of at most 5 % gives so many or fewer in 19 of 20 tests.
    expect(alarms).toBeLessThanOrEqual(5);
  });

  test('down and up again are two changes, each in its place', () => {
    const { uniform } = noiseSource(3);
    const [changes] = changePoints([history(7, [12, 100], [12, 80], [12, 100])], uniform);
    expect(changes!.map(({ at }) => at)).toEqual([12, 24]);
  });

  test('canary: shuffled, the same values show nothing', () => {
    const { uniform } = noiseSource(4);
    const values = history(7, [12, 100], [12, 80]);
    const mixed = values.map((_, index) => values[(index % 2) * 12 + Math.floor(index / 2)]!);
    expect(changePoints([values], uniform)[0]).toHaveLength(1);
    expect(changePoints([mixed], uniform)[0]).toHaveLength(0);
  });
});

test('a constant history has no changes, and a short one neither', () => {
  const { uniform } = noiseSource(5);
  expect(changePoints([Array(30).fill(7), [1, 2, 3, 4, 5]], uniform)).toEqual([[], []]);
});

test('the same histories give the same changes', () => {
  const { sample } = noiseSource(6);
  const all = [[...sample(10, 100, 0.03), ...sample(10, 80, 0.03)], sample(20, 100, 0.03)];
  expect(changePoints(all, noiseSource(9).uniform)).toEqual(changePoints(all, noiseSource(9).uniform));
});
