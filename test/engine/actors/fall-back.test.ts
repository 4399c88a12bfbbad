/** Semi-sync that falls back to asynchronous, and comes back. */
import { describe, expect, test } from 'vitest';
import type { Settings } from '../../../engine/protocol/parameters.js';
import { PROFILES } from '../../../engine/protocol/profiles.js';
import { createVirtualCluster, type VirtualCluster } from '../../../engine/runtimes/virtual/cluster.js';
import { constant, freeOfCost } from '../settings.js';

interface Run {
  readonly cluster: VirtualCluster;
  readonly latencies: number[];
  /** When semi-sync went OFF and ON. */
  readonly switches: { readonly at: number; readonly on: boolean }[];
}

/** One replica, 100 µs away; everything but network and fsyncs is free, so that each figure can be told beforehand. */
function run(overrides: Partial<Settings>, until: number, meddle?: (cluster: VirtualCluster) => void): Run {
  const settings = freeOfCost({
    wait_point: 'AFTER_SYNC',
    clients: 1,
    replicas: 1,
    rtt: [constant(200)],
    binlog_fsync: constant(100),
    events_per_tx: 1,
    timeout: 5000,
    ...overrides,
  });
  const latencies: number[] = [];
  const switches: { at: number; on: boolean }[] = [];
  const cluster = createVirtualCluster(settings, (latency) => latencies.push(latency));
  const { kernel, source } = cluster;
  let { on } = source.semisync;
  kernel.trace = (at) => {
    if (source.semisync.on === on) return;
    on = source.semisync.on;
    switches.push({ at, on });
  };
  meddle?.(cluster);
  kernel.run(until);
  return { cluster, latencies, switches };
}

describe('a relay log slower than the time-out', () => {
  // Each event takes 20 ms on the replica; the client gives up after 5 ms.
  const { cluster, latencies, switches } = run({ sync_relay_log: 1, relay_fsync: [constant(20_000)] }, 100_000);
  const { semisync } = cluster.source;

  test('the first commit waits for the time-out, and no longer', () => {
    // 100 for the binlog's fsync, then 5,000.
    expect(latencies[0]).toBe(5100);
  });

  test('one time-out switches OFF for everybody: no commit after it waits', () => {
    expect(new Set(latencies.slice(1).map((latency) => Math.round(latency)))).toEqual(new Set([100]));
    expect([semisync.on, semisync.noTimes]).toEqual([false, 1]);
    expect(switches).toEqual([{ at: 5100, on: false }]);
  });

  test('it is counted as not acknowledged, like those that did not wait, and not as a wait that ended in time', () => {
    expect(semisync.yesTx).toBe(0);
    expect(semisync.noTx).toBe(latencies.length);
    expect(semisync.txWaits).toBe(0);
  });

  test('a replica that never catches up leaves it OFF', () => {
    expect(cluster.replicas[0]!.relayEnd).toBeLessThan(cluster.source.binlog.end);
  });
});

test('many clients: one time-out wakes all of them, and is counted once', () => {
  const { cluster, latencies } = run({ clients: 20, sync_relay_log: 1, relay_fsync: [constant(20_000)] }, 30_000);
  expect(cluster.source.semisync.noTimes).toBe(1);
  // The group of the first and the group of the others: 100 or 200 of fsync, and one time-out between them.
  for (const latency of latencies) expect(latency).toBeLessThanOrEqual(5400);
});

test('a stall of the relay log: OFF at the time-out, ON again when the replica has caught up, waiting again from then on', () => {
  // Every 100th event the relay log stalls for 20 ms. With a pause of 1 ms the replica catches up once that is over.
  const stall = { sync_relay_log: 100, relay_fsync: [constant(20_000)], think: constant(1000) };
  const { cluster, latencies, switches } = run(stall, 200_000);
  expect(switches[0]!.on).toBe(false);
  expect(switches[1]!.on).toBe(true);
  // 99 transactions of 1,000 + 100 + 200; the 100th is flushed at 99 × 1300 + 1000 + 100 and times out 5,000 later.
  expect(switches[0]!.at).toBe(99 * 1300 + 1100 + 5000);
  // Flushed at 129,800, there 100 later, stalled for 20,000; the ACK is asked for by a later event.
  expect(switches[1]!.at).toBeGreaterThan(129_800 + 20_100);
  expect(switches[1]!.at).toBeLessThan(129_800 + 20_100 + 2500);
  // 300 while ON (100 fsync, 200 network), 5,100 once, 100 while OFF.
  expect(new Set(latencies.map((latency) => Math.round(latency)))).toEqual(new Set([300, 5100, 100]));
  expect(Math.round(latencies.at(-1)!)).toBe(300);
  expect(cluster.source.semisync.noTimes).toBe(1);
});

test('enough replicas in time: one that is too slow changes nothing for a quorum without it', () => {
  const two = {
    replicas: 2,
    wait_for_slave_count: 1,
    sync_relay_log: 1,
    relay_fsync: [constant(20_000), constant(50)],
  };
  const { cluster, latencies } = run(two, 50_000);
  expect(cluster.source.semisync.noTimes).toBe(0);
  expect(Math.max(...latencies)).toBeLessThan(400);
});

describe('a replica that goes away', () => {
  const closing = (cluster: VirtualCluster): void => {
    const { kernel, replicas } = cluster;
    kernel.at(20_000, kernel.happening({ happen: () => replicas[0]!.events.close() }));
  };

  test('wait_no_slave=ON: the commit under way waits for the time-out, then nobody waits', () => {
    const { cluster, latencies } = run({}, 60_000, closing);
    const { semisync } = cluster.source;
    expect([semisync.on, semisync.noTimes, semisync.clients]).toEqual([false, 1, 0]);
    expect(latencies.filter((latency) => latency > 5000).length).toBe(1);
    expect(latencies.at(-1)).toBe(100);
  });

  // Every 3,300 a commit (3,000 of pause, 100 of fsync, 200 of network): at 20,000 the client pauses, and from 22,900 the
  // reader waits for an ACK. That commit times out at 27,900; the next is sent at 31,000.
  test.each([20_000, 22_950])(
    'MySQL 5.6, at %i: a reader without an ACK is none the wiser until it next sends',
    (at) => {
      const { cluster, latencies } = run(
        {
          ...PROFILES['mysql-5.6'].choices,
          profile: 'mysql-5.6',
          wait_point: 'AFTER_COMMIT',
          wait_no_slave: false,
          think: constant(3000),
        },
        30_900,
        ({ kernel, replicas }) => kernel.at(at, kernel.happening({ happen: () => replicas[0]!.events.close() })),
      );
      const { semisync } = cluster.source;
      expect(latencies.slice(-2).map(Math.round)).toEqual([300, 5100]);
      expect([semisync.on, semisync.noTimes, semisync.clients, semisync.netWaits]).toEqual([false, 1, 1, 7]);
      cluster.kernel.run(60_000);
      expect([semisync.noTimes, semisync.clients]).toEqual([1, 0]);
    },
  );

  test('its place in the quorum is taken by another', () => {
    const { cluster, latencies } = run({ replicas: 3, wait_for_slave_count: 2 }, 60_000, closing);
    expect([cluster.source.semisync.noTimes, cluster.source.semisync.clients]).toEqual([0, 2]);
    expect(Math.max(...latencies)).toBeLessThan(400);
  });
});

test('a time-out of nothing: nobody waits at all', () => {
  const { latencies, cluster } = run({ timeout: 0 }, 20_000);
  expect(Math.max(...latencies)).toBe(100);
  expect(cluster.source.semisync.noTimes).toBeGreaterThan(0);
});
