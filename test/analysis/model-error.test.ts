import { describe, expect, test } from 'vitest';
import { COVERAGE, ModelError } from '../../analysis/model-error.js';
import type { ValidatedRow } from '../../analysis/validation.js';
import type { ProfileName } from '../../engine/protocol/profiles.js';
import type { ErrorTable } from '../../workloads/calibration.js';
import { noiseSource } from './noise.js';
import { row } from './synthetic-rows.js';

/** A row whose throughput the model predicts `factor` times too high, and its latencies as much too low. */
function validated(factor: number, clients = 16, profile: ProfileName = 'mysql-5.7'): ValidatedRow {
  const error = 100 * (factor - 1);
  const errors = { tps: error, latency_mean_us: -error, latency_p95_us: null };
  const measures = { tps: 1, latency_mean_us: 1, latency_p95_us: 1 };
  return {
    place: '',
    observation: row({ profile, clients }),
    measured: measures,
    predicted: measures,
    error_pct: errors,
  };
}

const place = { profile: 'mysql-5.7', wait_point: 'AFTER_SYNC', clients: 16 };

describe('the band is the ⌈0.9 (n + 1)⌉-th smallest error', () => {
  // Factors 1.01 … 1.19: of 19 rows the 18th, of nine the last.
  const factors = Array.from({ length: 19 }, (_, index) => 1 + (index + 1) / 100);

  test('of 19 rows: the 18th', () => {
    const band = new ModelError(factors.map((factor) => validated(factor))).band(place, 'tps')!;
    expect(band.factor).toBeCloseTo(1.18, 9);
    expect(band).toMatchObject({ rows: 19, region: 'mysql-5.7 AFTER_SYNC, more than 8 clients' });
  });

  test('too low counts as much as too high: 1/1.3 as 1.3', () => {
    const rows = [...factors.slice(0, 8).map((factor) => validated(factor)), validated(1 / 1.3)];
    expect(new ModelError(rows).band(place, 'tps')!.factor).toBeCloseTo(1.3, 9);
  });

  test('eight rows say too little, however good they are', () => {
    const rows = Array.from({ length: 8 }, () => validated(1));
    expect(new ModelError(rows).band(place, 'tps')).toBeNull();
  });
});

test('few rows of this load: those of the version speak, and say so', () => {
  const few = Array.from({ length: 5 }, () => validated(1.02, 4));
  const many = Array.from({ length: 5 }, () => validated(1.4, 64));
  const band = new ModelError([...few, ...many]).band(place, 'tps')!;
  expect(band).toMatchObject({ rows: 10, region: 'mysql-5.7' });
  expect(band.factor).toBeCloseTo(1.4, 9);
});

test('rows of another version say nothing', () => {
  const rows = Array.from({ length: 30 }, () => validated(1.02, 16, 'mysql-5.6'));
  expect(new ModelError(rows).band(place, 'tps')).toBeNull();
});

test('what was not measured has no error: the 95th percentile, and with it the 99th', () => {
  const error = new ModelError(Array.from({ length: 30 }, () => validated(1.02)));
  expect(error.band(place, 'latency_p95_us')).toBeNull();
  expect(error.band(place, 'latency_p99_us')).toBeNull();
});

test('cross-validated errors twice as large widen the band as much: 1.1² = 1.21', () => {
  const rows = Array.from({ length: 20 }, () => validated(1.1));
  const summary = { median: 1, p90: 20, max: 30, bias: 0 };
  const table: ErrorTable = { tps: summary, latency_mean_us: null, latency_p95_us: null };
  const error = new ModelError(rows, new Map([['mysql-5.7', table]]));
  expect(error.band(place, 'tps')!.factor).toBeCloseTo(1.21, 9);
  // Smaller ones do not make it narrower.
  const better = { ...table, tps: { ...summary, p90: 5 } };
  expect(new ModelError(rows, new Map([['mysql-5.7', better]])).band(place, 'tps')!.factor).toBeCloseTo(1.1, 9);
});

describe('nine in ten new rows lie within it', () => {
  const noise = noiseSource(7);
  const factorsOf = (count: number) => noise.sample(count, 1, 0.08, 'skewed').map((factor) => Math.max(factor, 0.5));

  /** How often a new row lies within the band of `rows` others, over many such bands. */
  function coverage(rows: number, widen: number): number {
    let within = 0;
    const tries = 2000;
    for (let index = 0; index < tries; index++) {
      const band = new ModelError(factorsOf(rows).map((factor) => validated(factor))).band(place, 'tps')!;
      const [next = 1] = factorsOf(1);
      if (Math.abs(Math.log(next)) <= widen * Math.log(band.factor)) within++;
    }
    return within / tries;
  }

  // The guarantee is coverage to coverage + 1/(n + 1); the standard error over 2000 tries is 0.7 %.
  test.each([9, 20, 40])('of %i rows', (rows) => {
    const share = coverage(rows, 1);
    expect(share).toBeGreaterThan(COVERAGE - 0.025);
    expect(share).toBeLessThan(COVERAGE + 1 / (rows + 1) + 0.025);
  });

  test('canary: a band of half the width is noticed', () => {
    expect(coverage(20, 0.5)).toBeLessThan(COVERAGE - 0.1);
  });
});
