import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fitScalability, type LoadPoint, ScalabilityError } from '../../analysis/scalability.js';
import { packageRoot } from '../../workloads/package-root.js';

const fixture = (name: string): LoadPoint[] =>
  readFileSync(join(packageRoot(), 'test/fixtures', name), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number))
    .map(([clients, tps]) => ({ clients: clients!, tps: tps! }));

const usl = (lambda: number, sigma: number, kappa: number) => (n: number) =>
  (lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1));
const at = (counts: readonly number[], curve: (n: number) => number): LoadPoint[] =>
  counts.map((clients) => ({ clients, tps: curve(clients) }));
const misfit = (points: readonly LoadPoint[], curve: (n: number) => number): number =>
  points.reduce((sum, { clients, tps }) => sum + (curve(clients) - tps) ** 2, 0);

const POWERS = [1, 2, 4, 8, 16, 32, 64, 128];

/** Half a unit of a published figure's last digit, and the published fits' own rounding, which is a few of them. */
const digits = (published: number, relative = 2e-6): [number, number] => [
  published * (1 - relative),
  published * (1 + relative),
];
function expectWithin(value: number, [low, high]: readonly [number, number]): void {
  expect(value).toBeGreaterThan(low);
  expect(value).toBeLessThan(high);
}

describe('published fits', () => {
  const cisco = fixture('usl-cisco.csv');
  const law = fitScalability(cisco);

  test('Cisco: parameters, and the fit is no worse than the published one', () => {
    expectWithin(law.sigma.value, digits(0.02671591));
    expectWithin(law.kappa.value, digits(7.690945e-4));
    expectWithin(law.lambda.value, digits(995.6486));
    const ours = misfit(cisco, usl(law.lambda.value, law.sigma.value, law.kappa.value));
    expect(ours).toBeLessThanOrEqual(misfit(cisco, usl(995.6486, 0.02671591, 7.690945e-4)));
  });

  test('Cisco: N max 35 and X max 12341 are beyond the 32 clients measured, so they are called an extrapolation', () => {
    const { peak } = law;
    if (peak.kind !== 'extrapolated') throw new Error(peak.kind);
    expect(Math.floor(peak.clients.value)).toBe(35);
    expect(Math.floor(law.at(35).value)).toBe(12341);
    expect(peak.clients.low).toBeLessThan(35);
    expect(peak.clients.high).toBeGreaterThan(36);
  });

  test('SPEC SDM91: parameters, and a peak of 1884 at 96.5 users that the data show', () => {
    const { sigma, kappa, lambda, peak } = fitScalability(fixture('usl-specsdm91.csv'));
    expect(sigma.value.toFixed(7)).toBe('0.0277285');
    expect(kappa.value.toFixed(7)).toBe('0.0001044');
    expect(lambda.value.toFixed(5)).toBe('89.99523');
    if (peak.kind !== 'shown') throw new Error(peak.kind);
    expect(peak.clients.value).toBeCloseTo(96.5, 1);
    expect(peak.tps.value).toBeCloseTo(1884, -1);
  });

  test('canary: one throughput changed by 5 % changes the digits', () => {
    const spoilt = cisco.map((point, i) => (i === 20 ? { ...point, tps: point.tps * 1.05 } : point));
    const { sigma } = fitScalability(spoilt);
    expect(Math.abs(sigma.value / 0.02671591 - 1)).toBeGreaterThan(1e-3);
  });
});

describe('data without a peak', () => {
  test.each<[string, (n: number) => number, string]>([
    ['linear growth', (n) => 100 * n, 'no crosstalk'],
    ['one at a time', () => 100, 'no gain'],
    ['contention alone', usl(100, 0.05, 0), ''],
    ['growth that stops where something is full', (n) => 100 * Math.min(n, 8), ''],
  ])('%s', (_, curve, reason) => {
    const { peak } = fitScalability(at(POWERS, curve));
    if (peak.kind !== 'none') throw new Error(peak.kind);
    if (reason !== '') expect(peak.reason).toBe(reason);
  });

  test('a level that many loads show bends the law, but does not fall', () => {
    const dense = Array.from({ length: 32 }, (_, i) => i + 1);
    const { kappa, peak } = fitScalability(at(dense, (n) => 100 * Math.min(n, 8)));
    expect(kappa.low).toBeGreaterThan(0);
    expect(peak).toMatchObject({ kind: 'none', reason: 'does not fall' });
    const short = fitScalability(at(dense.slice(0, 12), (n) => 100 * Math.min(n, 8)));
    expect(short.peak).toMatchObject({ kind: 'none', reason: 'levels off' });
  });

  test('a turn at more than twice the largest load is none', () => {
    // √(0.98 / 1e-5) = 313 clients: named when 200 were measured, not when 128 were.
    const curve = usl(100, 0.02, 1e-5);
    expect(fitScalability(at(POWERS, curve)).peak).toMatchObject({ kind: 'none', reason: 'too far' });
    expect(fitScalability(at([...POWERS, 200], curve)).peak.kind).toBe('extrapolated');
  });
});

test('canary: data that do peak are not refused', () => {
  const { peak } = fitScalability(at(POWERS, usl(100, 0.02, 0.0005)));
  // √(0.98 / 0.0005) = 44.27.
  if (peak.kind !== 'shown') throw new Error(peak.kind);
  expect(peak.clients.value).toBeCloseTo(44.27, 2);
});

test('a fall is told from intervals that lie apart, and only from those', () => {
  const bars = (half: number) =>
    at([1, 4, 16, 64], (n) => (n === 64 ? 90 : 100)).map((p) => ({
      ...p,
      tps_low: p.tps - half,
      tps_high: p.tps + half,
    }));
  expect(fitScalability(bars(4)).fall).toMatchObject({ to: { clients: 64 } });
  expect(fitScalability(bars(6)).fall).toBeNull();
  expect(fitScalability(at([1, 4, 16, 64], (n) => (n === 64 ? 90 : 100))).fall).toBeNull();
});

test('a parameter at its bound has no standard error, but a limit', () => {
  const { kappa } = fitScalability(at(POWERS, (n) => 100 * n ** 0.9 * (n === 8 ? 1.1 : 1)));
  expect(kappa).toMatchObject({ value: 0, standard_error: null, low: 0 });
  expect(kappa.high).toBeGreaterThan(0);
});

test('three loads are too few, however often each was measured', () => {
  const points = at([1, 1, 2, 2, 4, 4], (n) => 100 * n);
  expect(() => fitScalability(points)).toThrow(ScalabilityError);
  expect(() => fitScalability(points)).toThrow('3 different loads (1, 2, 4)');
});
