/**
 * The gate's own error rates, measured over simulated noise: how often it cries wolf, how often it sleeps, and how often
 * each answer is wrong. All seeded: the same rates every time.
 */
import { describe, expect, test, vi } from 'vitest';
import { medianRatioInterval } from '../../analysis/bootstrap.js';
import { type Judged, judgeAll, repetitionsWanting, type Samples } from '../../analysis/judgement.js';
import { noiseSource, type Shape } from './noise.js';

// Some seconds of computing each, and the machine may have more to do.
vi.setConfig({ testTimeout: 300_000 });

const THRESHOLD = 0.05;
const SHAPES: readonly Shape[] = ['normal', 'skewed'];

const pair = (base: number[], current: number[], changes: Partial<Samples> = {}): Samples => ({
  better: 'more',
  base,
  current,
  exact: false,
  ...changes,
});

const judge = (samples: Samples) => judgeAll([samples], THRESHOLD, noiseSource(1).uniform)[0]!;

const isAlarm = ({ answer }: Judged): boolean => answer === 'regression' || answer === 'improvement';

/** Could a rate of at most `rate` have given so many? One-sided, at 5 %. */
const isAtMost = (hits: number, trials: number, rate: number): boolean =>
  hits / trials <= rate + 1.645 * Math.sqrt((rate * (1 - rate)) / trials);

describe.each(SHAPES)('error rates under %s noise', (shape) => {
  const WHOLE = 200;

  test('A/A: at most 5 % of whole comparisons of 20 points raise any alarm', () => {
    const { sample, uniform } = noiseSource(11);
    let alarms = 0;
    for (let n = 0; n < WHOLE; n++) {
      const points = Array.from({ length: 20 }, () => pair(sample(10, 100, 0.1, shape), sample(10, 100, 0.1, shape)));
      if (judgeAll(points, THRESHOLD, uniform).some(isAlarm)) alarms++;
    }
    expect(isAtMost(alarms, WHOLE, 0.05)).toBe(true);
  });

  test('power: of losses of 10 % at 3 % noise, 10 repetitions find 90 % or more, and call them regressions', () => {
    const { sample, uniform } = noiseSource(12);
    const [comparisons, losses] = [50, 5];
    let found = 0;
    for (let n = 0; n < comparisons; n++) {
      // The other points are unchanged, so that the correction for twenty of them is paid in full.
      const points = Array.from({ length: 20 }, (_, index) =>
        pair(sample(10, 100, 0.03, shape), sample(10, index < losses ? 90 : 100, 0.03, shape)),
      );
      const judged = judgeAll(points, THRESHOLD, uniform).slice(0, losses);
      found += judged.filter(({ answer }) => answer === 'regression').length;
    }
    expect(found / (comparisons * losses)).toBeGreaterThanOrEqual(0.9);
  });
});

describe('error rates', () => {
  test('"no difference" is said of equal samples, and seldom of a loss of 8 %', () => {
    const { sample, uniform } = noiseSource(13);
    const answers = (level: number): number =>
      Array.from({ length: 400 }, () => pair(sample(10, 100, 0.03), sample(10, level, 0.03))).filter(
        (samples) => judgeAll([samples], THRESHOLD, uniform)[0]!.answer === 'no difference',
      ).length;
    const [equal, less] = [answers(100), answers(92)];
    expect(equal / 400).toBeGreaterThan(0.75);
    expect(isAtMost(less, 400, 0.05)).toBe(true);
  });

  test('canary: a judge without a correction for 20 points would be noticed', () => {
    const { sample, uniform } = noiseSource(11);
    let alarms = 0;
    for (let n = 0; n < 100; n++) {
      const points = Array.from({ length: 20 }, () => pair(sample(10, 100, 0.1), sample(10, 100, 0.1)));
      if (points.some((samples) => isAlarm(judgeAll([samples], THRESHOLD, uniform)[0]!))) alarms++;
    }
    expect(isAtMost(alarms, 100, 0.05)).toBe(false);
  });
});

describe('the interval of the ratio', () => {
  test.each(SHAPES.flatMap((shape) => [5, 8, 10, 20].map((count) => ({ shape, count }))))(
    'covers the truth in 92 of 100 cases or more: $shape noise, $count repetitions',
    ({ shape, count }) => {
      const { sample, uniform } = noiseSource(14);
      let covered = 0;
      for (let n = 0; n < 400; n++) {
        const [low, high] = medianRatioInterval(
          sample(count, 100, 0.03, shape),
          sample(count, 110, 0.03, shape),
          uniform,
        );
        if (low <= 1.1 && high >= 1.1) covered++;
      }
      expect(covered / 400).toBeGreaterThan(0.92);
    },
  );

  test('canary: half of it covers too little', () => {
    const { sample, uniform } = noiseSource(14);
    let covered = 0;
    for (let n = 0; n < 400; n++) {
      const [low, high] = medianRatioInterval(sample(10, 100, 0.03), sample(10, 110, 0.03), uniform);
      const middle = (low + high) / 2;
      if (Math.abs(middle - 1.1) <= (high - low) / 4) covered++;
    }
    expect(covered / 400).toBeLessThan(0.92);
  });
});

describe('one answer', () => {
  const tight = [99, 99.5, 100, 100.2, 100.4, 100.6, 101, 99.8, 100.1, 99.9];
  const times = (factor: number): number[] => tight.map((value) => value * factor);

  test.each([
    [0.8, 'more', 'regression'],
    [1.25, 'more', 'improvement'],
    [0.8, 'less', 'improvement'],
    [1.25, 'less', 'regression'],
    [1, 'more', 'no difference'],
    [0.98, 'more', 'no difference'],
  ] as const)('×%d, where %s is better: %s', (factor, better, answer) => {
    expect(judge(pair(tight, times(factor), { better })).answer).toBe(answer);
  });

  test('a real difference of less than the threshold is no difference: 2 % of samples that do not overlap', () => {
    const judged = judge(pair(tight, times(1.022)));
    expect(judged.p).toBeLessThan(0.001);
    expect(judged.answer).toBe('no difference');
  });

  test('noise wider than the threshold is too noisy to tell, in either direction', () => {
    const wide = [60, 70, 80, 90, 100, 110, 120, 130, 140, 150];
    expect(judge(pair(wide, [...wide].reverse())).answer).toBe('too noisy to tell');
    expect(
      judge(
        pair(
          wide,
          wide.map((value) => value * 0.93),
        ),
      ).answer,
    ).toBe('too noisy to tell');
  });

  test.each([
    [100, 100, 'no difference'],
    [100, 96, 'no difference'],
    [100, 95, 'regression'],
    [100, 105, 'improvement'],
    [0, 0, 'no difference'],
    [0, 5, 'improvement'],
    [5, 0, 'regression'],
  ])('exact: %d, now %d: %s', (base, current, answer) => {
    const judged = judge(pair([base], [current], { exact: true }));
    expect(judged).toMatchObject({ answer, interval: null, p: null, identical: base === current });
  });

  test('a base of nothing, measured, has no interval to tell', () => {
    const judged = judge(pair([0, 0, 0, 0, 0, 0], [5, 6, 7, 8, 9, 10]));
    expect(judged).toMatchObject({ answer: 'improvement', interval: [0, Number.POSITIVE_INFINITY] });
  });
});

describe('enough repetitions', () => {
  const of = (count: number, comparisons: number): Samples[] =>
    Array.from({ length: comparisons }, (_, index) =>
      pair(
        Array.from({ length: count }, (_, i) => index + i + 1),
        Array.from({ length: count }, (_, i) => index + i + 1.5),
      ),
    );

  test('one comparison needs four: 2 / C(8, 4) is below 5 %', () => {
    expect(repetitionsWanting(of(3, 1))).toBe(4);
    expect(repetitionsWanting(of(4, 1))).toBeUndefined();
  });

  test('sixty need seven: 60 · 2 / C(14, 7) = 3.5 %', () => {
    expect(repetitionsWanting(of(6, 60))).toBe(7);
    expect(repetitionsWanting(of(7, 60))).toBeUndefined();
  });

  test('what is identical throughout needs none', () => {
    expect(repetitionsWanting([pair([1, 2], [1, 2])])).toBeUndefined();
  });
});
