import { expect, it } from 'vitest';
import { chartFields, chartValues, ratioHalfWidth } from '../../analysis/chart-fields.js';
import { chartData } from '../../analysis/chart-marks.js';
import type { ChartRequest } from '../../workloads/workload.js';
import { row } from './synthetic-rows.js';

const request: ChartRequest = { name: 'steps', subject: '', x: 'variant', y: 'tps', y_scale: 'log' };
/** Intervals of 3 and 4 % on each side: those of a ratio of both are 5 %. */
const rows = [
  [1000, 0.03],
  [2000, 0.04],
  [1000, 0.03],
].map(([tps, half], index) =>
  row({ variant: `step ${index}` }, { tps: tps!, tps_ci95_low: tps! * (1 - half!), tps_ci95_high: tps! * (1 + half!) }),
);

const labels = (baseline: 'first' | 'previous'): unknown[] => {
  const data = chartData({ ...request, baseline }, rows);
  const values = chartValues({ ...request, baseline }, data, chartFields(request, data));
  return (values as { start: number; label: string }[]).map(({ start, label }) => [start, label]);
};

it('a ratio of 2 whose parts are known to 3 and 4 % is known to 5 % of 2', () => {
  const [first, second] = chartData(request, rows).marks;
  expect(ratioHalfWidth(second!, first!)).toBeCloseTo(0.1, 12);
  expect(ratioHalfWidth({ ...second!, low: null }, first!)).toBeUndefined();
});

it('rows over variants are measured against the first', () => {
  expect(labels('first')).toEqual([
    [1000, '1,000 tx/s'],
    [1000, '2,000 tx/s (×2.0 ± 0.1)'],
    [1000, '1,000 tx/s (×1.00 ± 0.05)'],
  ]);
});

it('those of a waterfall are measured against the one before, the last one against the first as well', () => {
  expect(labels('previous')).toEqual([
    [1000, '1,000 tx/s'],
    [1000, '2,000 tx/s (×2.0 ± 0.1)'],
    [2000, '1,000 tx/s (×0.50 ± 0.03, ×1.0 in all)'],
  ]);
});
