/** Over simulated noise: the intervals hold what they should as often as they should, and what peaks nowhere has no peak. */
import { describe, expect, test } from 'vitest';
import { fitScalability, type ScalabilityLaw } from '../../analysis/scalability.js';
import { Streams } from '../../engine/runtimes/virtual/random.js';

const TRUE = { sigma: 0.02, kappa: 0.0005, lambda: 1000 };
/** √(0.98 / 0.0005). */
const TRUE_PEAK = 44.27;
const usl = (n: number): number => (TRUE.lambda * n) / (1 + TRUE.sigma * (n - 1) + TRUE.kappa * n * (n - 1));
const LOADS = [1, 8, 16, 24, 32, 40, 48, 64, 80, 96, 128];
const RUNS = 200;

/** Box and Muller. */
function normal(seed: number): () => number {
  const uniform = new Streams(seed).uniform();
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

function fits(seed: number, counts: readonly number[], curve: (n: number) => number, sd: number): ScalabilityLaw[] {
  const noise = normal(seed);
  return Array.from({ length: RUNS }, () =>
    fitScalability(counts.map((clients) => ({ clients, tps: curve(clients) + sd * noise() }))),
  );
}

const share = (laws: readonly ScalabilityLaw[], of: (law: ScalabilityLaw) => boolean): number =>
  laws.filter(of).length / laws.length;

/** 200 runs of a 95 % interval: 0.95 ± 2.6 standard deviations of √(0.95 · 0.05 / 200) = 0.0154, at 99 %. */
const [LEAST, MOST] = [0.95 - 0.04, 0.95 + 0.04];

describe('noise of 200 tx/s', () => {
  const laws = fits(11, LOADS, usl, 200);

  test.each(['sigma', 'kappa', 'lambda'] as const)('the 95 %% interval of %s holds the truth', (name) => {
    const held = share(laws, (law) => law[name].low <= TRUE[name] && TRUE[name] <= law[name].high);
    expect(held).toBeGreaterThan(LEAST);
    expect(held).toBeLessThan(MOST);
  });

  test('so does the interval of the peak, which is named every time', () => {
    expect(share(laws, ({ peak }) => peak.kind === 'shown')).toBeGreaterThan(0.99);
    const held = share(laws, ({ peak }) => {
      return peak.kind !== 'none' && peak.clients.low <= TRUE_PEAK && TRUE_PEAK <= peak.clients.high;
    });
    expect(held).toBeGreaterThan(LEAST);
    expect(held).toBeLessThan(MOST);
  });

  test('and the band holds the curve at each load', () => {
    for (const n of [1, 24, 64, 128]) {
      const held = share(laws, (law) => law.at(n).low <= usl(n) && usl(n) <= law.at(n).high);
      expect(held).toBeGreaterThan(LEAST);
      expect(held).toBeLessThan(MOST);
    }
  });

  test('canary: intervals half as wide would not', () => {
    const held = share(laws, ({ sigma: { value, low, high } }) => {
      return (value + low) / 2 <= TRUE.sigma && TRUE.sigma <= (value + high) / 2;
    });
    expect(held).toBeLessThan(LEAST);
  });
});

describe('what peaks nowhere is said to peak in at most one run of twenty', () => {
  const dense = Array.from({ length: 32 }, (_, index) => index + 1);
  test.each<[string, readonly number[], (n: number) => number]>([
    ['contention alone', LOADS, (n) => (1000 * n) / (1 + 0.05 * (n - 1))],
    ['a level, at many loads', dense, (n) => 1000 * Math.min(n, 8)],
    ['a level, up to half as far again', dense.slice(0, 12), (n) => 1000 * Math.min(n, 8)],
  ])('%s', (_, counts, curve) => {
    expect(share(fits(5, counts, curve, 100), ({ peak }) => peak.kind !== 'none')).toBeLessThanOrEqual(0.05);
  });
});
