import { describe, expect, it } from 'vitest';
import { modelCharts, modelFinding, modelSpec, placesAmong, runsDiffer } from '../../analysis/model-chart.js';
import { validatedRow } from '../../analysis/validation.js';
import { compileChart } from '../../results/render.js';
import { row } from './synthetic-rows.js';

/** A row of which 1,000 tx/s were measured and so many predicted. */
const predicted = (tps: number, clients = 4) =>
  validatedRow(
    { place: 'm.csv:2: row 1', given: [], measured: { tps: 1000, latency_mean_us: null, latency_p95_us: 2000 } },
    row({ clients }, { tps, latency_p95_us: 2000 }),
  );

// Errors of 1, 2, 3, 4 and 20 %: the median is 3; at 0.9 × 4 = 3.6 steps from the least stands 4 + 0.6 × 16 = 13.6.
const ROWS = [1010, 980, 1030, 960, 1200].map((tps, index) => predicted(tps, index < 2 ? 4 : 16));

describe('the finding', () => {
  it('is the median and the 90th percentile of the absolute errors', () => {
    expect(modelFinding('tps', ROWS)).toBe(
      'Half of 5 measured throughputs are predicted within 3 %, nine in ten within 14 %.',
    );
  });

  it('would be another with one error more', () => {
    expect(modelFinding('tps', [...ROWS, predicted(1500)])).toContain('within 3.5 %, nine in ten within 35 %');
  });

  it('counts only what was measured', () => {
    expect(modelFinding('latency_mean_us', ROWS)).toBe('No mean latency was measured.');
  });
});

it('a row is named by what rows differ in', () => {
  expect(placesAmong(ROWS)(ROWS[0]!)).toBe('4 clients');
});

it('runs differ by (high − low) / median: 2, 4 and 10 % have a median of 4 %, and 4 + 0.8 × 6 at nine in ten', () => {
  const rows = [10, 20, 50].map((half) => ({
    ...ROWS[0]!,
    settings: undefined as never,
    tps_range: { low: 1000 - half, high: 1000 + half },
  }));
  expect(runsDiffer(rows)).toEqual({ median: 4, p90: 8.8 });
  expect(runsDiffer(rows.map((one) => ({ ...one, tps_range: null })))).toBeUndefined();
});

describe.each(modelCharts(ROWS))('$name', (chart) => {
  it.each([{}, { theme: 'dark', layout: 'narrow' }, { theme: 'css', place: 'page' }] as const)(
    'compiles without a warning and has one scale on both axes (%o)',
    (look) => {
      const spec = modelSpec(chart, ROWS, look) as unknown as {
        layer: { encoding: Record<string, { scale: object }> }[];
      };
      expect(() => compileChart(spec as never)).not.toThrow();
      const { x, y } = spec.layer.at(-1)!.encoding;
      expect(x!.scale).toEqual(y!.scale);
    },
  );

  it('has a point for each row, and a band of a tenth on each side of the line', () => {
    const spec = modelSpec(chart, ROWS) as unknown as {
      data: { values: object[] };
      layer: { data: { values: { at: number; below: number; above: number }[] } }[];
    };
    expect(spec.data.values).toHaveLength(5);
    for (const { at, below, above } of spec.layer[0]!.data.values) {
      expect(below / at).toBeCloseTo(0.9, 12);
      expect(above / at).toBeCloseTo(1.1, 12);
    }
  });
});

it('a point tells its row: 1,030 for 1,000 tx/s is +3.0 %', () => {
  const spec = modelSpec(modelCharts(ROWS)[0]!, ROWS) as unknown as { data: { values: object[] } };
  expect(spec.data.values[2]).toEqual({
    profile: 'MySQL 5.7',
    measured: 1000,
    predicted: 1030,
    as_measured: '1,000 tx/s',
    as_predicted: '1,030 tx/s',
    error: '+3.0 %',
    place: '16 clients',
  });
});
