import * as vega from 'vega';
import { describe, expect, test } from 'vitest';
import { asymptoticBounds, balancedJobBounds, saturationClients } from '../../analysis/bounds.js';
import { capacityOf } from '../../analysis/capacity.js';
import { capacityFinding, capacitySpec } from '../../analysis/capacity-chart.js';
import { littleText, peakText } from '../../analysis/capacity-findings.js';
import { findKnee } from '../../analysis/knee.js';
import { checkLittlesLaw } from '../../analysis/littles-law.js';
import { loadSeries } from '../../analysis/load-series.js';
import { compileChart } from '../../results/render.js';
import type { LoadRow } from '../../workloads/load-rows.js';

const NAMES = { x: 'clients', y: 'tps' };
const row = (clients: number, tps: number, cells: object = {}): LoadRow => ({
  clients,
  tps,
  tps_low: null,
  tps_high: null,
  latency_mean_us: (1e6 * clients) / tps,
  cells: { ...cells },
});
const curve = (f: (n: number) => number, counts = [1, 2, 4, 8, 16, 32, 64, 128]): LoadRow[] =>
  counts.map((n) => row(n, f(n)));

describe('Kneedle', () => {
  test("finds the knee of the paper's figure 2, y = −1/(x + 0.1) + 5 at ten points from 0 to 1: x = 0.22", () => {
    const points = Array.from({ length: 10 }, (_, i) => i / 9).map((x) => ({ clients: x, tps: 5 - 1 / (x + 0.1) }));
    expect(findKnee(points)?.clients).toBeCloseTo(0.222, 3);
  });

  test('a line has none, and neither have four points', () => {
    expect(findKnee(curve((n) => 100 * n))).toBeNull();
    expect(findKnee(curve((n) => Math.sqrt(n), [1, 2, 4, 8]))).toBeNull();
  });

  test('what falls behind the highest point moves no knee', () => {
    const rising = curve((n) => 100 * Math.min(n, 8) + n, [1, 2, 4, 8, 16, 32]);
    expect(findKnee(rising)?.clients).toBe(8);
    expect(findKnee([...rising, row(64, 300), row(128, 100)])?.clients).toBe(8);
  });
});

describe('bounds', () => {
  // Two places of 30 and 10 ms, 60 ms of thinking (in µs here): D = 40, the largest 30, Z = 60.
  const demands = { total_us: 40_000, largest_us: 30_000, delay_us: 60_000, places: 2 };

  test('asymptotic: 3 clients are bounded by 3 / 0.1 s, 10 by 1 / 0.03 s; from below by N / (N D + Z)', () => {
    expect(asymptoticBounds(demands, 3).high_tps).toBeCloseTo(30, 9);
    expect(asymptoticBounds(demands, 10).high_tps).toBeCloseTo(33.333, 3);
    expect(asymptoticBounds(demands, 3).low_tps).toBeCloseTo(3 / 0.18, 9);
    expect(saturationClients(demands)).toBeCloseTo(10 / 3, 9);
  });

  test('balanced: 3 clients, 3 / (0.1 + 2 · 0.03 / (1 + 0.06 / 0.12)) and 3 / (0.1 + 2 · 0.02 / (1 + 0.06 / 0.04))', () => {
    const { low_tps, high_tps } = balancedJobBounds(demands, 3);
    expect(low_tps).toBeCloseTo(3 / 0.14, 9);
    expect(high_tps).toBeCloseTo(3 / 0.116, 9);
  });

  test('hold what mean value analysis computes exactly, at every load', () => {
    // M. Reiser, S. S. Lavenberg 1980: R_k(N) = D_k (1 + Q_k(N−1)).
    let queues = [0, 0];
    for (let n = 1; n <= 40; n++) {
      const residence = [30_000, 10_000].map((demand, k) => demand * (1 + queues[k]!));
      const tps = (1e6 * n) / (60_000 + residence[0]! + residence[1]!);
      queues = residence.map((time) => (tps * time) / 1e6);
      for (const { low_tps, high_tps } of [asymptoticBounds(demands, n), balancedJobBounds(demands, n)]) {
        expect(tps).toBeGreaterThanOrEqual(low_tps * (1 - 1e-12));
        expect(tps).toBeLessThanOrEqual(high_tps * (1 + 1e-12));
      }
    }
  });
});

describe("Little's law", () => {
  const points = (f: (n: number) => number) =>
    [1, 8, 64].map((clients) => ({ clients, tps: 1000, latency_mean_us: f(clients) }));

  test('holds where latency is clients over throughput', () => {
    expect(checkLittlesLaw(points((n) => 1000 * n * 1.01))?.kind).toBe('holds');
  });

  test('tells a pause of 500 µs from each client', () => {
    const answer = checkLittlesLaw(points((n) => 1000 * n - 500));
    expect(answer).toMatchObject({ kind: 'pause', shortest_us: 500, longest_us: 500 });
  });

  test('canary: a latency that is 10 % too long is found, and the sentence says where', () => {
    const answer = checkLittlesLaw(points((n) => (n === 8 ? 8800 : 1000 * n)));
    expect(answer?.kind).toBe('broken');
    expect(littleText(NAMES, answer)).toContain('8.8 in the system with 8 clients');
  });
});

describe('curves', () => {
  test('are parted by what acklab knows, and named by what they differ in', () => {
    const rows = ['mysql-5.6', 'mysql-5.7'].flatMap((profile) =>
      [200, 1000].flatMap((rtt_us) => [1, 2].map((n) => row(n, n, { profile, rtt_us, replicas: 1, note: n }))),
    );
    const series = loadSeries(rows, 'clients');
    expect(series.map(({ name }) => name)).toEqual([
      'MySQL 5.6, 200 µs round trip',
      'MySQL 5.6, 1 ms round trip',
      'MySQL 5.7, 200 µs round trip',
      'MySQL 5.7, 1 ms round trip',
    ]);
    expect(series.every((one) => one.rows.length === 2)).toBe(true);
  });

  test('a value that most have goes without saying', () => {
    const rows = [10, 10, 20].map((sync_relay_log, i) => row(1, 1, { profile: `p${i}`, sync_relay_log, cores: i }));
    expect(loadSeries(rows, 'clients').map(({ name }) => name)).toEqual(['p0', 'p1', 'p2']);
    const more = [10, 10, 20].map((sync_relay_log, i) =>
      row(1, 1, { profile: 'p', wait_point: i > 0 ? 'a' : 'b', sync_relay_log }),
    );
    expect(loadSeries(more, 'clients').map(({ name }) => name)).toEqual(['b', 'a', 'a, sync_relay_log=20']);
  });

  test('any other column tells them apart when the caller says so', () => {
    const rows = ['x', 'y'].flatMap((version) => [1, 2].map((n) => row(n, n, { version })));
    expect(loadSeries(rows, 'clients')).toHaveLength(1);
    expect(loadSeries(rows, 'clients', 'version')).toHaveLength(2);
  });
});

describe('the chart', () => {
  const peaking = (n: number): number => (100 * n) / (1 + 0.02 * (n - 1) + 0.0005 * n * (n - 1));
  const curves = ['a', 'b'].map((name) => capacityOf({ name, rows: curve(name === 'a' ? peaking : (n) => 100 * n) }));
  const chart = { names: NAMES, subject: 'Two curves', curves };

  test.each([{}, { theme: 'dark', layout: 'narrow' }, { theme: 'css', place: 'page' }] as const)(
    'compiles (%o)',
    (look) => {
      expect(() => compileChart(capacitySpec(chart, look))).not.toThrow();
      expect(() => compileChart(capacitySpec({ ...chart, curves: curves.slice(0, 1) }, look))).not.toThrow();
    },
  );

  test('no scale of any panel is without data, whatever its curve shows', async () => {
    const warnings: unknown[] = [];
    const logger = vega.logger(vega.Warn);
    logger.warn = (...messages: readonly unknown[]) => {
      warnings.push(...messages);
      return logger;
    };
    const view = new vega.View(vega.parse(compileChart(capacitySpec(chart))), { renderer: 'none', logger });
    await view.toSVG();
    view.finalize();
    expect(warnings).toEqual([]);
  });

  test('its title counts the peaks', () => {
    expect(capacityFinding(chart)).toBe('1 of 2 curves peaks within the loads that were run, at 44 clients.');
    expect(capacityFinding({ ...chart, curves: [curves[1]!] })).toBe(
      'The data show no peak: throughput grows as far as it was measured.',
    );
  });

  test('a fall whose peak cannot be found is told as what it is', () => {
    const rows = [1, 4, 16, 64].map((n, i) => ({ ...row(n, [50, 90, 100, 60][i]!), tps_low: 59, tps_high: 61 }));
    const barred = rows.map((one) => ({ ...one, tps_low: one.tps - 1, tps_high: one.tps + 1 }));
    const { law } = capacityOf({ name: '', rows: barred });
    if (law.peak.kind === 'none') {
      expect(peakText(NAMES, law, 64)).toMatch(
        /^Throughput falls from 100 tx\/s at 16 clients to 60 tx\/s at 64 clients, but/,
      );
    } else expect(law.peak.kind).toBe('shown');
  });
});
