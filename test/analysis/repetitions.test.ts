import { expect, test } from 'vitest';
import { chartData } from '../../analysis/chart-marks.js';
import { findingFrom } from '../../analysis/findings.js';
import { mergeRepetitions } from '../../analysis/repetitions.js';
import type { SweepRow } from '../../analysis/row.js';
import { row } from './synthetic-rows.js';

const measured = (tps: number, repetition: number, change: Partial<SweepRow> = {}): SweepRow =>
  row({}, { runtime: 'threads', tps, repetition, point: repetition, ...change });

test('three repetitions are one row, with the interval of their mean by Student’s t', () => {
  const [merged, ...others] = mergeRepetitions([measured(90, 1), measured(100, 2), measured(110, 3)]);
  expect(others).toEqual([]);
  // s = 10, so 4.303 × 10 / √3 = 24.84 on each side.
  expect(merged).toMatchObject({ tps: 100, repetition: 3 });
  expect(merged?.tps_ci95_low).toBeCloseTo(75.16, 2);
  expect(merged?.tps_ci95_high).toBeCloseTo(124.84, 2);
});

test('one repetition says nothing of its spread', () => {
  expect(mergeRepetitions([measured(90, 1)])).toMatchObject([{ tps: 90, tps_ci95_low: null, tps_ci95_high: null }]);
});

test('counts add up, the longest latency stays, warnings are said once', () => {
  const rows = [
    measured(90, 1, { commits: 10, latency_max_us: 5, warnings: 'a; b' }),
    measured(90, 2, { commits: 20, latency_max_us: 7, warnings: 'b' }),
  ];
  expect(mergeRepetitions(rows)).toMatchObject([{ commits: 30, latency_max_us: 7, warnings: 'a; b' }]);
});

test('points that differ are not merged, nor those of virtual time', () => {
  const rows = [measured(1, 1, { clients: 1 }), measured(1, 1, { clients: 2 }), row({}), row({})];
  expect(mergeRepetitions(rows.map((each, point) => ({ ...each, point })))).toHaveLength(4);
});

test('what threads measured lies over the curves, and is what the chart says', () => {
  const request = { name: 'c', subject: 'C', x: 'clients', y: 'tps' };
  const curve = [1, 2].map((clients) => row({ clients }, { tps: 1000 * clients, point: clients }));
  const dots = [1, 2].flatMap((clients) =>
    [1, 2, 3].map((repetition) => measured(100 * clients + repetition, repetition, { clients, point: 10 * clients })),
  );
  const data = chartData(request, [...curve, ...dots]);
  expect(data.marks.map(({ y }) => y)).toEqual([1000, 2000]);
  expect(data.measured.map(({ x, y, by }) => [x, y, by])).toEqual([
    [1, 102, 'threads'],
    [2, 202, 'threads'],
  ]);
  expect(findingFrom(request, data)).toMatch(/^On this machine .*20[0-9]/);
});
