import { describe, expect, test } from 'vitest';
import { ChartError, signedPercentText } from '../../analysis/chart-columns.js';
import { effectsOf } from '../../analysis/effects.js';
import type { SweepRow } from '../../analysis/row.js';
import { tornadoFinding, tornadoSpec } from '../../analysis/tornado-chart.js';
import { Streams } from '../../engine/runtimes/virtual/random.js';
import { compileChart } from '../../results/render.js';
import { tornadoSection } from '../../results/report/tornado-section.js';
import type { ChartRequest } from '../../workloads/workload.js';
import { row } from './synthetic-rows.js';

const REQUEST: ChartRequest = {
  name: 'elasticity',
  subject: 'What each change does',
  x: 'variant',
  y: 'tps',
  series: 'profile',
  pairs: 'seed',
};

/** Throughput of each seed, by variant; noise that is common to a seed is in `common`. */
function rowsOf(
  of: Readonly<Record<string, (seed: number) => number>>,
  seeds = [1, 2, 3, 4],
  profile: 'mysql-5.6' | 'mysql-5.7' = 'mysql-5.7',
): SweepRow[] {
  return Object.entries(of).flatMap(([variant, tps]) =>
    seeds.map((seed) => row({ profile }, { tps: tps(seed), latency_p95_us: 1e6 / tps(seed), seed, variant })),
  );
}

const common = (seed: number): number => 1000 * 2 ** seed;

describe('effects', () => {
  test('what is common to a seed cancels: logs of 1.1 and 1.2 in turn have a mean of √1.32 and t(3) · sd / 2', () => {
    const rows = rowsOf({ base: common, more: (seed) => common(seed) * (seed % 2 === 0 ? 1.1 : 1.2) });
    const [effect] = effectsOf(REQUEST, rows).effects;
    expect(effect!.change).toBeCloseTo(Math.sqrt(1.1 * 1.2) - 1, 9);
    // The four logs deviate by d = ln(1.2/1.1)/2 each: variance 4d²/3, error d/√3.
    const half = (3.182 * Math.log(1.2 / 1.1)) / 2 / Math.sqrt(3);
    expect(Math.log1p(effect!.high) - Math.log1p(effect!.change)).toBeCloseTo(half, 9);
    // 0.139 ± 0.080: 0 is left out.
    expect(effect).toMatchObject({ pairs: 4, supported: true });
  });

  test('the largest comes first, whichever way it goes; the first variant is what they are held against', () => {
    const rows = rowsOf({
      base: common,
      little: (seed) => 1.01 * common(seed),
      'less by much': (seed) => 0.7 * common(seed),
      more: (seed) => 1.2 * common(seed),
    });
    const { base, variants, effects } = effectsOf(REQUEST, rows);
    expect(base).toBe('base');
    expect(variants).toEqual(['less by much', 'more', 'little']);
    expect(effects.every(({ supported }) => supported)).toBe(true);
  });

  test('only equal seeds make a pair, and two pairs are too few', () => {
    const rows = [...rowsOf({ base: common }, [1, 2, 3, 4]), ...rowsOf({ more: common }, [3, 4, 5, 6])];
    expect(() => effectsOf(REQUEST, rows)).toThrow(ChartError);
  });

  test('the interval holds the truth about as often as it should, and pairs make it narrow', () => {
    const uniform = new Streams(3).uniform();
    const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    let held = 0;
    let widest = 0;
    for (let run = 0; run < 400; run++) {
      const seeds = [1, 2, 3, 4, 5, 6];
      const shared = seeds.map(() => 1000 * Math.exp(0.2 * normal()));
      const noisy = (factor: number) => (seed: number) => factor * shared[seed - 1]! * Math.exp(0.01 * normal());
      const rows = rowsOf({ base: noisy(1), more: noisy(1.05) }, seeds);
      const { low, high } = effectsOf({ ...REQUEST }, rows).effects[0]!;
      if (low <= 0.05 && 0.05 <= high) held++;
      widest = Math.max(widest, high - low);
    }
    // 0.95 ± 2.6 · √(0.95 · 0.05 / 400).
    expect(held / 400).toBeGreaterThan(0.92);
    expect(held / 400).toBeLessThan(0.98);
    expect(widest).toBeLessThan(0.1);
  });
});

const findingOf = (request: ChartRequest, rows: readonly SweepRow[]): string =>
  tornadoFinding(request, effectsOf(request, rows));

describe('the finding', () => {
  const rows = [
    ...rowsOf({ base: common, near: (s) => 1.1 * common(s), fast: (s) => 1.02 * common(s) }, [1, 2, 3], 'mysql-5.6'),
    ...rowsOf({ base: common, near: (s) => 1.05 * common(s), fast: (s) => 1.2 * common(s) }, [1, 2, 3], 'mysql-5.7'),
  ];

  test('names the best change of each version', () => {
    expect(findingOf(REQUEST, rows)).toBe(
      'Throughput rises most with near in MySQL 5.6 (+10 %), with fast in MySQL 5.7 (+20 %).',
    );
    expect(findingOf({ ...REQUEST, y: 'latency_p95_us' }, rows)).toBe(
      'The 95th percentile of latency falls most with near in MySQL 5.6 (−9.1 %), with fast in MySQL 5.7 (−17 %).',
    );
  });

  test('canary: what the intervals do not support is not claimed', () => {
    const noisy = rowsOf({ base: common, more: (seed) => common(seed) * (seed === 2 ? 2 : 0.9) }, [1, 2, 3]);
    expect(findingOf(REQUEST, noisy)).toBe('None of these changes is shown to better throughput.');
    const worse = rowsOf({ base: common, more: (seed) => 0.9 * common(seed) }, [1, 2, 3]);
    expect(findingOf(REQUEST, worse)).toBe('None of these changes is shown to better throughput.');
  });

  test.each([{}, { theme: 'dark', layout: 'narrow' }, { theme: 'css', place: 'page' }] as const)(
    'its chart compiles (%o)',
    (look) => {
      expect(() => compileChart(tornadoSpec(REQUEST, effectsOf(REQUEST, rows), look))).not.toThrow();
    },
  );

  test('the report has a table of all effects', () => {
    const { html, data } = tornadoSection(REQUEST, rows, 'p');
    expect(html.text.match(/<tr><td>/g)).toHaveLength(4);
    expect(data!.wide.data).toEqual(data!.narrow.data);
  });
});

test('changes in percent', () => {
  expect([0.0912, -0.0301, 0, 0.2, 1].map(signedPercentText)).toEqual(['+9.1 %', '−3 %', '0 %', '+20 %', '+100 %']);
});
