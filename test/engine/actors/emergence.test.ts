/**
 * What must come out of the rules, and is nowhere written as a formula. Bounds are loose: they hold for any plausible
 * CPU costs, and still tell the versions apart. All distances are 5 ms, which outweighs everything else.
 */
import { describe, expect, test } from 'vitest';
import type { Settings } from '../../../engine/protocol/parameters.js';
import type { ProfileName } from '../../../engine/protocol/profiles.js';
import { simulate } from '../../../engine/runtimes/virtual/simulate.js';
import { constant, withDefaults } from '../settings.js';

const RTT_US = 5000;

function observe(profile: ProfileName, overrides: Partial<Settings>) {
  const settings = withDefaults(profile, { rtt: [constant(RTT_US)], ...overrides });
  return simulate(settings, { precision: 0.03, maxCommits: 50_000 }).observation;
}

describe('MySQL 5.6', () => {
  test('commits about one transaction per round trip, however many clients there are', () => {
    const perRoundTrip = [4, 16, 64].map((clients) => (observe('mysql-5.6', { clients }).tps * RTT_US) / 1e6);
    // 180 to 290 tx/s were measured at 5 ms: 0.9 to 1.45 per round trip.
    for (const transactions of perRoundTrip) {
      expect(transactions).toBeGreaterThan(0.8);
      expect(transactions).toBeLessThan(1.6);
    }
  });

  test('because its groups shrink to about one', () => {
    expect(observe('mysql-5.6', { clients: 64 }).group_size_mean!).toBeLessThan(2);
  });
});

describe('MySQL 5.7 AFTER_SYNC', () => {
  const points = [1, 4, 16, 64].map((clients) => observe('mysql-5.7', { clients }));

  test('grows with clients', () => {
    for (let i = 1; i < points.length; i++) expect(points[i]!.tps).toBeGreaterThan(2 * points[i - 1]!.tps);
  });

  test('commits a few groups per round trip, whatever their size: the waits are serial, flush and fsync are not', () => {
    for (const { tps, group_size_mean } of points) {
      const groups = ((tps / group_size_mean!) * RTT_US) / 1e6;
      expect(groups).toBeGreaterThan(0.5);
      expect(groups).toBeLessThan(4);
    }
    expect(points[3]!.group_size_mean!).toBeGreaterThan(8);
  });

  test('beats 5.6 by far with 64 clients', () => {
    expect(points[3]!.tps).toBeGreaterThan(10 * observe('mysql-5.6', { clients: 64 }).tps);
  });

  test('is faster than its own AFTER_COMMIT with 64 clients: there, a later waiter delays the earlier ones', () => {
    const afterCommit = observe('mysql-5.7', { clients: 64, wait_point: 'AFTER_COMMIT' });
    expect(afterCommit.tps).toBeLessThan(0.95 * points[3]!.tps);
    // Waits of 1.7 round trips were measured where one would do.
    expect(afterCommit.ack_wait_mean_us!).toBeGreaterThan(1.2 * RTT_US);
    expect(afterCommit.ack_wait_mean_us!).toBeLessThan(3 * RTT_US);
  });
});

test('MariaDB: groups settle near a third of the clients, three stages being in flight', () => {
  // Asynchronous, with an fsync of 1 ms under LOCK_log that outweighs the rest: as many gather as come back in one.
  for (const clients of [16, 64]) {
    const { group_size_mean } = observe('mariadb-10.11', {
      clients,
      wait_point: 'ASYNC',
      binlog_fsync: constant(1000),
      redo_fsync: constant(1000),
    });
    expect(group_size_mean!).toBeGreaterThan(clients / 5);
    expect(group_size_mean!).toBeLessThan(clients / 2);
  }
});

describe('the relay log, fsynced after every event', () => {
  test.each([
    ['mysql-5.6', 4],
    ['mysql-5.7', 5],
    ['mariadb-10.11', 4],
  ] as const)('caps %s at 1 / (%i events × 1 ms)', (profile, events) => {
    const cap = 1000 / events;
    const overrides = { clients: 64, rtt: [constant(200)], sync_relay_log: 1, relay_fsync: [constant(1000)] };
    const { tps } = observe(profile, { ...overrides, fsync_overhead: constant(0) });
    expect(tps).toBeLessThanOrEqual(cap * 1.01);
    expect(tps).toBeGreaterThan(cap * 0.75);
  });

  test('caps nobody when it is fsynced every 10,000 events', () => {
    const overrides = { clients: 64, rtt: [constant(200)], relay_fsync: [constant(1000)] };
    expect(observe('mysql-5.7', overrides).tps).toBeGreaterThan(2000);
  });
});

test('a quorum of k waits for the k-th fastest replica, in whatever order they are listed', () => {
  const distances = [4000, 500, 8000, 1000, 2000];
  const sorted = [...distances].sort((a, b) => a - b);
  for (let k = 1; k <= sorted.length; k++) {
    const { ack_wait_mean_us } = observe('mysql-5.7', {
      clients: 1,
      replicas: 5,
      hosts: 'all-apart',
      wait_for_slave_count: k,
      rtt: distances.map(constant),
    });
    expect(ack_wait_mean_us!).toBeGreaterThan(sorted[k - 1]!);
    // The network's overhead, the relay log and the CPU on top: a few hundred µs at most.
    expect(ack_wait_mean_us!).toBeLessThan(sorted[k - 1]! + 400);
  }
});

// Measured with these settings: 11,700 tx/s against 21,700. The model does not show it yet; when it does, this fails.
test.fails('without semi-sync, too, 5.6 loses to 5.7 when fsync is cheap and clients are many: LOCK_log', () => {
  const overrides = { clients: 64, wait_point: 'ASYNC', rtt: [constant(1000)] } as const;
  expect(observe('mysql-5.6', overrides).tps).toBeLessThan(0.8 * observe('mysql-5.7', overrides).tps);
});
