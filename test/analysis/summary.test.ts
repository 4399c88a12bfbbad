import { expect, test } from 'vitest';
import { summarizePart } from '../../analysis/summary.js';
import type { ChartRequest } from '../../workloads/workload.js';
import { someRow } from '../results/rows.js';

const chart: ChartRequest = { name: 'a', subject: '', x: 'clients', y: 'tps', series: 'profile' };

test('each curve is told by where its throughput is lowest and highest', () => {
  const rows = [
    someRow(0, { profile: 'mysql-5.6', clients: 1, tps: 500 }),
    someRow(1, { profile: 'mysql-5.6', clients: 16, tps: 900, latency_p95_us: 20_000 }),
    someRow(2, { profile: 'mysql-5.7', clients: 1, tps: 510 }),
    someRow(3, { profile: 'mysql-5.7', clients: 16, tps: 6_150, latency_p95_us: 2_500 }),
  ];
  expect(summarizePart([chart], rows)).toEqual([
    { series: 'MySQL 5.6', lowest: '500 tx/s', highest: '900 tx/s', highestAt: '16 clients', latencyThere: '20 ms' },
    { series: 'MySQL 5.7', lowest: '510 tx/s', highest: '6,150 tx/s', highestAt: '16 clients', latencyThere: '2.5 ms' },
  ]);
});

test('without series the variants are told apart, or else the profiles; what does not vary is no place', () => {
  const { series: _, ...plain } = chart;
  const variants = [someRow(0, { variant: 'near' }), someRow(1, { variant: 'far', tps: 10 })];
  expect(summarizePart([plain], variants).map(({ series, highestAt }) => [series, highestAt])).toEqual([
    ['near', ''],
    ['far', ''],
  ]);
  expect(summarizePart([plain], [someRow(0)]).map(({ series }) => series)).toEqual(['MySQL 5.7']);
});

test('an unknown percentile is left empty', () => {
  expect(summarizePart([chart], [someRow(0)])[0]?.latencyThere).toBe('');
});
