/** What intervals of a timeline were to clients and their data, and shares of crashes. */
import { describe, expect, test } from 'vitest';
import type { Row } from '../../notebooks/rows.js';
import { crashShares, isStall, outages } from '../../notebooks/zones.js';

/** An ordinary interval of 200 ms, the `n`-th of its run. */
const interval = (n: number, change: Row): Row => ({
  variant: 'a zone is cut off, wait_for_slave_count=1, timeout=1s',
  from_us: n * 200_000,
  to_us: (n + 1) * 200_000,
  commits: 60,
  latency_max_us: 2000,
  semisync_on: 1,
  unprotected: 0,
  committing_sessions: 1,
  lag_tx: '0/1/0',
  ...change,
});

describe('an outage', () => {
  const stalled = { commits: 0, latency_max_us: null, committing_sessions: 60, lag_tx: '0/60/60' };
  const rows = [
    interval(0, {}),
    interval(1, stalled),
    interval(2, { latency_max_us: 250_000, unprotected: 60, semisync_on: 0.1, lag_tx: '0/60/60' }),
    interval(3, { lag_tx: '0/80/90' }),
    interval(4, { lag_tx: '0/80/0' }),
    ...[0, 1].map((n) => interval(n, { variant: 'another, wait_for_slave_count=2, timeout=200ms' })),
  ];
  const [first, second] = outages(rows);

  test('is told by stretches of one state', () => {
    expect(first?.stretches.map(({ state, from_us, to_us }) => [state, from_us / 1000, to_us / 1000])).toEqual([
      ['protected', 0, 200],
      ['stalled', 200, 400],
      ['unprotected', 400, 600],
      ['one zone', 600, 800],
      // One other zone has them: that is a copy elsewhere.
      ['protected', 800, 1000],
    ]);
    expect(second?.stretches.map(({ state, to_us }) => [state, to_us])).toEqual([['protected', 400_000]]);
  });

  test('is summed up', () => {
    expect(first).toMatchObject({
      outage: 'a zone is cut off',
      wait_for_slave_count: 1,
      timeout: '1s',
      longest_wait_us: 250_000,
      commits: 240,
      unprotected: 60,
      one_zone_most: 80,
    });
    expect(first?.off_us).toBeCloseTo(180_000, 6);
    expect([first, second].map((run) => isStall(run!))).toEqual([true, false]);
    expect(second).toMatchObject({ outage: 'another', wait_for_slave_count: 2, timeout: '200ms' });
  });

  test('canary: one that does not say what was set is noticed', () => {
    expect(() => outages([interval(0, { variant: 'a zone is cut off' })])).toThrow('names no wait_for_slave_count');
  });
});

test('crashes are counted by what they lost, whatever number of transactions', () => {
  const crash = (wait_point: string, acknowledged_lost: number, phantom: number): Row => ({
    wait_point,
    acknowledged_lost,
    phantom,
  });
  const rows = [crash('ASYNC', 5, 0), crash('ASYNC', 1, 2), crash('ASYNC', 0, 0), crash('AFTER_SYNC', 0, 0)];
  const told = crashShares(rows).map(({ wait_point, loss, seen, of }) => [wait_point, loss, seen, of]);
  expect(told).toEqual([
    ['ASYNC', 'acknowledged_lost', 2, 3],
    ['ASYNC', 'phantom', 1, 3],
    ['AFTER_SYNC', 'acknowledged_lost', 0, 1],
    ['AFTER_SYNC', 'phantom', 0, 1],
  ]);
});
