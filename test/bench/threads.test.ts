/** The benchmarks of the threads runtime, run small: their tables are made, and hold what they should. */
import { expect, test } from 'vitest';
import { hire } from '../engine/runtimes/threads/crews.js';
import {
  AGREEMENT_HEAD,
  type Agreement,
  agreementGrid,
  agreementRow,
  measureAgreement,
  measureWakeCosts,
  medianDifference,
} from './agreement.js';
import { measureCommitPath } from './commit-path.js';
import { DELAYS, measureDelays } from './delays.js';
import { measureReaderLock } from './reader-lock.js';

test('the grid is the one where waits dominate', () => {
  const grid = agreementGrid();
  expect(new Set(grid.map((settings) => JSON.stringify(settings))).size).toBe(grid.length);
  expect(new Set(grid.map(({ profile }) => profile))).toEqual(new Set(['mysql-5.6', 'mysql-5.7', 'mariadb-10.11']));
  for (const { rtt, binlog_fsync, clients, replicas } of grid) {
    expect(Math.min(rtt[0]!.mean, binlog_fsync.mean)).toBeGreaterThanOrEqual(500);
    expect(clients).toBeLessThanOrEqual(32);
    expect(replicas).toBeLessThanOrEqual(3);
  }
});

test('one point of each version in both runtimes makes a row', async () => {
  const crew = hire();
  const costs = await measureWakeCosts(crew, 300);
  expect(costs.wake_latency.mean).toBeGreaterThanOrEqual(0);
  const grid = agreementGrid().filter(
    ({ clients, replicas, rtt }) => clients === 8 && replicas === 3 && rtt[0]!.mean === 500,
  );
  const agreements = await measureAgreement(crew, grid.slice(0, 6), costs, 400);
  expect(agreements).toHaveLength(6);
  for (const agreement of agreements) {
    expect(agreementRow(agreement)).toHaveLength(AGREEMENT_HEAD.length);
    expect(agreement.virtualTps).toBeGreaterThan(0);
    // No commit can be quicker than its fsync, and there are 8 clients; how much slower is the machine's affair.
    expect(agreement.threadsTps).toBeGreaterThan(0);
    expect(agreement.threadsTps).toBeLessThan(8 * 2000);
  }
});

test('the median of differences, odd and even, whatever their sign', () => {
  const of = (...differences: number[]): number =>
    medianDifference(differences.map((difference) => ({ difference }) as Agreement));
  expect(of(-0.5, 0.1, 0.2)).toBe(0.2);
  expect(of(-0.5, 0.1, 0.2, -0.4)).toBeCloseTo(0.3);
});

test('delays are asked for and their errors told', async () => {
  const errors = await measureDelays(hire(), 5);
  expect(errors.map(({ asked_us }) => asked_us)).toEqual(DELAYS);
  for (const { error_p50_us, error_p99_us } of errors) {
    expect(error_p50_us).toBeGreaterThanOrEqual(0);
    expect(error_p99_us).toBeGreaterThanOrEqual(error_p50_us!);
  }
});

test('the commit path commits as often as it says', async () => {
  const path = await measureCommitPath(hire(), 5000);
  expect(path.commits).toBeGreaterThanOrEqual(5000);
  expect(path.commits_per_second).toBeGreaterThan(0);
  expect(path.rss_end_mb).toBeGreaterThan(0);
});

test('only readers that are mutexed take LOCK_log', async () => {
  const found = await measureReaderLock(hire(), 150);
  expect(found).toHaveLength(24);
  for (const { reader, lock_log, reader_waits } of found) {
    expect(lock_log.writers.acquisitions).toBeGreaterThan(0);
    if (reader === 'mutexed') expect(lock_log.readers.acquisitions).toBeGreaterThan(0);
    else expect(lock_log.readers.acquisitions).toBe(0);
    expect(reader_waits).toBeLessThanOrEqual(1);
  }
});
