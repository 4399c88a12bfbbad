import { describe, expect, test } from 'vitest';
import { asymptoticBounds } from '../../analysis/bounds.js';
import { measuredDemands } from '../../analysis/demands.js';
import { loadRows } from '../../analysis/load-series.js';
import { simulate } from '../../engine/runtimes/virtual/simulate.js';
import { parseSetOption, resolveSettings } from '../../workloads/load.js';
import { row } from './synthetic-rows.js';

test('a lone client from its throughput, the busiest place from its share: 0.8 / 8000 s are 100 µs', () => {
  const shares = { lock_commit_busy: 0.62, ack_round_trip_busy: 0.6 };
  const rows = loadRows([
    row({ clients: 1 }, { ...shares, tps: 500, host_cpu_busy: 0.1 }),
    row({ clients: 64 }, { ...shares, tps: 8000, host_cpu_busy: 0.8 }),
  ]);
  const demands = measuredDemands(rows)!;
  expect(demands).toMatchObject({ total_us: 2000, busiest: 'host_cpu_busy', busy: 0.8 });
  expect(asymptoticBounds(demands, 64).high_tps).toBeCloseTo(10_000, 6);
  expect(asymptoticBounds(demands, 2).high_tps).toBeCloseTo(1000, 6);
});

test('of locks the lock counts, not what is done under it: it is what would be busy all the time', () => {
  const shares = { lock_commit_busy: 0.9, ack_round_trip_busy: 0.8, host_cpu_busy: 0.1 };
  const rows = loadRows([row({ clients: 1 }, shares), row({ clients: 64 }, shares)]);
  expect(measuredDemands(rows)).toMatchObject({ busiest: 'lock_commit_busy', busy: 0.9 });
});

test('where a herd makes demands grow again, those before it count: a bound lies above every point', () => {
  const rows = loadRows([
    row({ clients: 1 }, { tps: 1000, host_cpu_busy: 0.1, lock_log_busy: 0 }),
    row({ clients: 16 }, { tps: 2600, host_cpu_busy: 0.5, lock_log_busy: 0 }),
    row({ clients: 128 }, { tps: 1300, host_cpu_busy: 0.7, lock_log_busy: 0 }),
  ]);
  expect(1e6 / measuredDemands(rows)!.largest_us).toBeCloseTo(10_000, 6);
});

test('unknown without a lone client, or without shares', () => {
  const shares = { lock_commit_busy: 0.5 };
  expect(measuredDemands(loadRows([row({ clients: 2 }, shares), row({ clients: 4 }, shares)]))).toBeNull();
  expect(measuredDemands(loadRows([row({ clients: 1 }, {}), row({ clients: 4 }, {})]))).toBeNull();
});

describe.each([
  ['mysql-5.6', 'AFTER_COMMIT'],
  ['mysql-5.7', 'AFTER_SYNC'],
  ['mysql-5.7', 'AFTER_COMMIT'],
  ['mariadb-10.11', 'AFTER_SYNC'],
])('%s, %s', (profile, wait) => {
  test('throughput is below the bounds at every load', () => {
    const set = [`profile=${profile}`, `wait_point=${wait}`, 'rtt=200us'];
    const rows = [1, 2, 8, 16, 96].map((clients) => {
      const settings = resolveSettings([...set, `clients=${clients}`].map(parseSetOption));
      return { ...simulate(settings, { precision: 0.03 }).observation, point: clients, part: '', variant: '' };
    });
    const demands = measuredDemands(loadRows(rows))!;
    for (const { clients, tps_ci95_low } of rows) {
      expect(tps_ci95_low!).toBeLessThanOrEqual(asymptoticBounds(demands, clients).high_tps * 1.001);
    }
  });
});
