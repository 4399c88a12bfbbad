import { describe, expect, test } from 'vitest';
import { ModelError } from '../../analysis/model-error.js';
import { isOutOfReach } from '../../analysis/plan-bounds.js';
import { compareMargin, judge, type Target } from '../../analysis/plan-verdict.js';
import type { ValidatedRow } from '../../analysis/validation.js';
import { simulate } from '../../engine/runtimes/virtual/simulate.js';
import { parseSetOption, resolveSettings } from '../../workloads/load.js';
import { row } from './synthetic-rows.js';

const settings = (...set: string[]) => resolveSettings(set.map(parseSetOption));
const measures = { tps: 1, latency_mean_us: 1, latency_p95_us: 1 };

/** The model was 10 % off on all of 20 rows: the band is a factor of 1.1. */
const rows: ValidatedRow[] = Array.from({ length: 20 }, () => ({
  place: '',
  observation: row({ clients: 16 }),
  measured: measures,
  predicted: measures,
  error_pct: { tps: 10, latency_mean_us: 10, latency_p95_us: 10 },
}));
const error = new ModelError(rows);

/** Simulated without an error of its own. */
const point = row(
  { clients: 16 },
  { tps: 1000, tps_ci95_low: 1000, tps_ci95_high: 1000, latency_p95_us: 2000, latency_p99_us: 3000 },
);

const verdict = (...targets: Target[]) => judge(point, targets, error, true).verdict;

describe('1000 tx/s give or take a factor of 1.1: 909 to 1100', () => {
  test.each([
    [900, 'meets'],
    [920, 'open'],
    [1000, 'open'],
    [1090, 'open'],
    [1110, 'misses'],
  ])('%i tx/s: %s', (bound, expected) => expect(verdict({ quantity: 'tps', bound })).toBe(expected));

  test('of latencies less is better: p95 of 1818 to 2200 µs', () => {
    expect(verdict({ quantity: 'latency_p95_us', bound: 2300 })).toBe('meets');
    expect(verdict({ quantity: 'latency_p95_us', bound: 2100 })).toBe('open');
    expect(verdict({ quantity: 'latency_p95_us', bound: 1800 })).toBe('misses');
  });

  test('the worst target decides', () => {
    const easy = { quantity: 'tps', bound: 100 } as const;
    expect(verdict(easy, { quantity: 'latency_p99_us', bound: 3100 })).toBe('open');
    expect(verdict(easy, { quantity: 'latency_p99_us', bound: 2000 })).toBe('misses');
  });

  test('the interval of the simulation is on top: ± 5 % more', () => {
    const noisy = { ...point, tps_ci95_low: 950, tps_ci95_high: 1050 };
    const { predicted } = judge(noisy, [{ quantity: 'tps', bound: 1 }], error, true);
    expect(predicted.tps.high).toBeCloseTo(1000 * 1.1 * 1.05, 6);
  });

  test('outside of what was measured there is no interval, and no verdict', () => {
    const judged = judge(point, [{ quantity: 'tps', bound: 1 }], error, false);
    expect(judged).toMatchObject({ verdict: 'uncalibrated', margin: { expected: 1000, least: null } });
    expect(judged.predicted.tps).toEqual({ value: 1000, low: null, high: null });
  });
});

test('the better of two is that with more left at the bad end', () => {
  const target: Target = { quantity: 'tps', bound: 800 };
  const [slow, fast] = [900, 1200].map((tps) => judge({ ...point, tps }, [target], error, true));
  expect([slow!, fast!].sort(compareMargin)).toEqual([fast, slow]);
});

test('what may meet the targets is better than what cannot, however little that lacks at its bad end', () => {
  const targets: Target[] = [
    { quantity: 'tps', bound: 1000 },
    { quantity: 'latency_p95_us', bound: 2000 },
  ];
  // 17 % too slow for sure; or fast enough perhaps, and perhaps much too slow.
  const surely = judge({ ...point, tps: 830 }, targets, error, true);
  const perhaps = judge({ ...point, tps_ci95_low: 400, tps_ci95_high: 1600 }, targets, error, true);
  expect([surely.verdict, perhaps.verdict]).toEqual(['misses', 'open']);
  expect(perhaps.margin.least!).toBeLessThan(surely.margin.least!);
  expect([surely, perhaps].sort(compareMargin)).toEqual([perhaps, surely]);
});

describe('bounds hold in every simulation', () => {
  test.each([
    [['clients=2', 'rtt=2ms']],
    [['clients=64', 'rtt=200us/1ms/5ms', 'wait_for_slave_count=2']],
    [['clients=64', 'sync_relay_log=1']],
    [['clients=64', 'sync_relay_log=1', 'relay_fsync=100us/1ms', 'rtt=200us']],
    [['clients=16', 'profile=mysql-5.6']],
    [['clients=16', 'wait_point=ASYNC']],
  ])('%j', (set) => {
    const own = settings(...set);
    const { tps, latency_p95_us } = simulate(own, { precision: 0.1 }).observation;
    expect(isOutOfReach(own, [{ quantity: 'tps', bound: tps }], 1)).toBe(false);
    expect(isOutOfReach(own, [{ quantity: 'latency_p95_us', bound: latency_p95_us! }], 1)).toBe(false);
  });

  test('two clients and a round trip of 2 ms: 1000 tx/s at most, 2 ms at least', () => {
    const own = settings('clients=2', 'rtt=2ms');
    expect(isOutOfReach(own, [{ quantity: 'tps', bound: 1001 }], 1)).toBe(true);
    expect(isOutOfReach(own, [{ quantity: 'latency_mean_us', bound: 1999 }], 1)).toBe(true);
  });

  test('five events of 100 µs each: 2000 tx/s at most', () => {
    const own = settings('clients=64', 'sync_relay_log=1', 'events_per_tx=5');
    expect(isOutOfReach(own, [{ quantity: 'tps', bound: 2001 }], 1)).toBe(true);
    expect(isOutOfReach(own, [{ quantity: 'tps', bound: 1999 }], 1)).toBe(false);
  });
});
