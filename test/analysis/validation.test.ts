import { describe, expect, test } from 'vitest';
import { errorsByRegion, summarizeByProfile, validatedRow, worstRows } from '../../analysis/validation.js';
import type { Observation } from '../../engine/measure/observation.js';

const row = (profile: string, clients: number, measured: number | null, predicted: number) =>
  validatedRow(
    {
      place: `${profile} ${clients}`,
      given: [],
      measured: { tps: measured, latency_mean_us: 1000, latency_p95_us: null },
    },
    { profile, clients, tps: predicted, latency_mean_us: 1100, latency_p95_us: 5 } as Observation,
  );

// Errors of tps: +10, −20, +30, −40 and unknown.
const ROWS = [
  row('mysql-5.6', 1, 100, 110),
  row('mysql-5.6', 4, 100, 80),
  row('mysql-5.7', 1, 100, 130),
  row('mysql-5.7', 4, 100, 60),
  row('mysql-5.7', 4, null, 60),
];

describe('errors of measured rows', () => {
  test('are signed, in percent, and unknown where nothing was measured', () => {
    expect(ROWS.map(({ error_pct }) => error_pct.tps?.toFixed(6))).toEqual([
      '10.000000',
      '-20.000000',
      '30.000000',
      '-40.000000',
      undefined,
    ]);
    expect(ROWS[0]!.error_pct.latency_p95_us).toBeNull();
  });

  test('a model that predicts nothing is wrong by all of it', () => {
    const nothing = { profile: 'mysql-5.6', tps: 0, latency_mean_us: null } as Observation;
    const { error_pct } = validatedRow(
      { place: '', given: [], measured: { tps: 9, latency_mean_us: 9, latency_p95_us: null } },
      nothing,
    );
    expect(error_pct).toEqual({ tps: -100, latency_mean_us: -100, latency_p95_us: null });
  });

  test('are summed up by profile and overall', () => {
    const { overall, ...profiles } = summarizeByProfile(ROWS);
    // |10|, |20|, |30|, |40|: the median lies half-way between the middle two, the 90th percentile 0.9 × 3 = 2.7 steps up.
    expect(overall.tps!.median).toBeCloseTo(25, 9);
    expect(overall.tps!.p90).toBeCloseTo(37, 9);
    expect(overall.tps!.max).toBeCloseTo(40, 9);
    // (10 − 20 + 30 − 40) / 4
    expect(overall.tps!.bias).toBeCloseTo(-5, 9);
    expect(overall.latency_p95_us).toBeNull();
    expect(profiles['mysql-5.6']!.tps!.median).toBeCloseTo(15, 9);
    expect(profiles['mysql-5.7']!.tps!.bias).toBeCloseTo(-5, 9);
  });

  test('put the furthest off first', () => {
    expect(worstRows(ROWS, 2).map(({ error_pct }) => Math.round(error_pct.tps!))).toEqual([-40, 30]);
  });

  test('are told apart by what varies', () => {
    const regions = errorsByRegion(ROWS).map(({ profile, column, value, rows }) => [profile, column, value, rows]);
    expect(regions).toEqual([
      ['mysql-5.6', 'clients', '1', 1],
      ['mysql-5.6', 'clients', '4', 1],
      ['mysql-5.7', 'clients', '1', 1],
      ['mysql-5.7', 'clients', '4', 2],
    ]);
  });
});
