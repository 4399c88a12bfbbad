/** Shares of busy time against the utilisation law, U = X·D: throughput times what a commit costs there. */
import { describe, expect, test } from 'vitest';
import { resourceUses } from '../../../../engine/measure/resources.js';
import { simulate } from '../../../../engine/runtimes/virtual/simulate.js';
import { constant, withDefaults } from '../../settings.js';

describe('the utilisation law', () => {
  const given = withDefaults('mysql-5.7', {
    clients: 16,
    replicas: 3,
    rtt: [constant(1000)],
    binlog_fsync: constant(300),
    redo_fsync: constant(200),
    relay_fsync: [constant(150)],
    sync_relay_log: 1,
    fsync_overhead: constant(20),
    bandwidth: [50e6],
    hosts: 'replicas-apart',
    cores: 4,
  });
  const { observation, resources } = simulate(given, { precision: 0.01 });
  const groups_per_us = observation.tps / observation.group_size_mean! / 1e6;
  const busy = (resource: string, replica: number | null = null): number =>
    resources.find((use) => use.resource === resource && use.replica === replica)!.busy;

  test.each([
    ['binlog disk', () => groups_per_us * 320],
    ['redo disk', () => groups_per_us * 220],
    // The I/O thread fsyncs after every event.
    ['relay disk', () => (observation.tps / 1e6) * given.events_per_tx * 170],
    // Every event with two bytes in front.
    ['link', () => ((observation.tps / 1e6) * (given.bytes_per_tx + 2 * given.events_per_tx) * 8) / 50],
  ])('%s', (resource, expected) => {
    const replica = resource === 'relay disk' || resource === 'link' ? 1 : null;
    expect(busy(resource, replica) / expected()).toBeGreaterThan(0.97);
    expect(busy(resource, replica) / expected()).toBeLessThan(1.03);
  });

  test('a lock is held at least as long as what is done under it', () => {
    expect(busy('LOCK_commit')).toBeGreaterThanOrEqual(busy('ACK round trip') * 0.99);
    expect(busy('LOCK_sync')).toBeGreaterThanOrEqual(busy('binlog disk'));
    expect(busy('LOCK_log')).toBeGreaterThanOrEqual(busy('redo disk'));
    expect(busy('replica I/O thread', 2)).toBeGreaterThanOrEqual(busy('relay disk', 2));
  });

  test('every share is one, and each replica has its own', () => {
    for (const use of resources) {
      expect(use.busy).toBeGreaterThanOrEqual(0);
      expect(use.busy).toBeLessThanOrEqual(1);
    }
    expect(resources.filter(({ resource }) => resource === 'replica CPU').map(({ replica }) => replica)).toEqual([
      0, 1, 2,
    ]);
    expect(observation.host_cpu_busy).toBe(busy('CPU'));
  });

  test('canary: a tenth more fsyncs would be noticed', () => {
    expect(busy('binlog disk') / (groups_per_us * 320 * 1.1)).toBeLessThan(0.97);
  });
});

test('of three replicas the column tells the one that completes the quorum', () => {
  const relay_fsync = [100, 400, 800].map(constant);
  const busyWith = (wait_for_slave_count: number) => {
    const given = withDefaults('mysql-5.7', {
      clients: 4,
      replicas: 3,
      relay_fsync,
      sync_relay_log: 5,
      wait_for_slave_count,
    });
    const { observation, resources } = simulate(given, { precision: 0.05 });
    const each = resources.filter(({ resource }) => resource === 'relay disk').map(({ busy }) => busy);
    expect(each).toEqual([...each].sort((a, b) => a - b));
    return each.indexOf(observation.relay_disk_busy!);
  };
  expect([1, 2, 3].map(busyWith)).toEqual([0, 1, 2]);
});

test('asynchronous commits wait for no ACK', () => {
  const { resources, observation } = simulate(withDefaults('mysql-5.7', { wait_point: 'ASYNC' }), {
    precision: 0.05,
  });
  expect(resources.map(({ resource }) => resource)).not.toContain('ACK round trip');
  expect(observation.ack_round_trip_busy).toBeNull();
});

test('shares are of the time between, over all servers, and never above 1', () => {
  const count = (busy_us: number, servers = 1) => ({ resource: 'CPU', replica: null, busy_us, servers }) as const;
  const shares = (from: number, to: number, servers = 1) =>
    resourceUses([count(from, servers)], [count(to, servers)], 1000).map(({ busy }) => busy);
  expect(shares(500, 750)).toEqual([0.25]);
  expect(shares(0, 1000, 4)).toEqual([0.25]);
  expect(shares(0, 1001)).toEqual([1]);
});
