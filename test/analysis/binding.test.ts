import { describe, expect, test } from 'vitest';
import { bindingOf } from '../../analysis/binding.js';
import { bindingFinding, bottleneckText, boundCurves, stretchesText } from '../../analysis/binding-findings.js';
import type { SweepRow } from '../../analysis/row.js';
import { simulate } from '../../engine/runtimes/virtual/simulate.js';
import { parseSetOption, resolveSettings } from '../../workloads/load.js';
import { row } from './synthetic-rows.js';

const busy = (shares: Partial<SweepRow>, set: Parameters<typeof row>[0] = { clients: 16 }): SweepRow =>
  row(set, { host_cpu_busy: 0.3, lock_log_busy: 0.1, ...shares });

describe('what binds', () => {
  test('is inside the lock that is held for it, as far as that explains the lock', () => {
    const binding = bindingOf(busy({ lock_commit_busy: 0.98, ack_round_trip_busy: 0.94, replica_io_busy: 0.1 }))!;
    expect(binding.binds).toEqual({ place: 'ack_round_trip_busy', busy: 0.94 });
    expect(binding.through).toEqual([{ place: 'lock_commit_busy', busy: 0.98 }]);
    expect(binding.next?.binds.place).toBe('host_cpu_busy');
    expect(binding.full).toBe(true);
  });

  test("is the relay log's disk, three places in, when every ACK waits for it", () => {
    const shares = { lock_commit_busy: 1, ack_round_trip_busy: 0.99, replica_io_busy: 0.94, relay_disk_busy: 0.9 };
    expect(bottleneckText(bindingOf(busy(shares))!)).toBe(
      'relay log fsync 90 % (inside replica I/O thread 94 %, ACK round trip 99 %, LOCK_commit 100 %)',
    );
  });

  test('is the lock itself when little of its time is spent on what is inside', () => {
    expect(bindingOf(busy({ lock_commit_busy: 0.95, ack_round_trip_busy: 0.3 }))!.binds.place).toBe('lock_commit_busy');
  });

  test('the next one is told as far inside as the first', () => {
    const binding = bindingOf(busy({ host_cpu_busy: 0.99, lock_commit_busy: 0.7, ack_round_trip_busy: 0.65 }))!;
    expect(bottleneckText(binding.next!)).toBe('ACK round trip 65 % (inside LOCK_commit 70 %)');
  });

  test("5.7's LOCK_log does not hold the binlog's fsync, 5.6's does", () => {
    const shares = { lock_log_busy: 0.9, binlog_disk_busy: 0.85, lock_sync_busy: 0.86 };
    expect(bindingOf(busy(shares, { clients: 16, profile: 'mysql-5.6' }))!.binds.place).toBe('binlog_disk_busy');
    expect(bindingOf(busy(shares, { clients: 16, profile: 'mysql-5.7' }))!.binds.place).toBe('lock_log_busy');
  });

  test('nothing, where nothing is busy for 80 % of the time, or one client has it all to itself', () => {
    expect(bindingOf(busy({ lock_commit_busy: 0.79 }))!.full).toBe(false);
    expect(bindingOf(busy({ lock_commit_busy: 0.99 }, { clients: 1 }))!.full).toBe(false);
  });

  test('is unknown where a runtime does not tell', () => {
    expect(bindingOf(row({ clients: 16 }, { host_cpu_busy: 0.9 }))).toBeNull();
  });
});

describe('in words', () => {
  const at = (clients: number, cpu: number, ack: number) =>
    busy({ host_cpu_busy: cpu, lock_commit_busy: ack, ack_round_trip_busy: ack, tps: clients }, { clients });
  const rows = [at(1, 0.1, 0.9), at(4, 0.3, 0.95), at(16, 0.6, 0.9), at(64, 0.97, 0.7)].map((one, point) => ({
    ...one,
    point,
  }));

  test('along a curve', () => {
    const [curve] = boundCurves(rows, 'clients');
    expect(stretchesText(curve!, 'clients')).toBe('nothing at 1, ACK round trip from 4 to 16, CPU at 64');
  });

  test('over all points', () => {
    expect(bindingFinding(boundCurves(rows, 'clients'))).toBe(
      'ACK round trip binds at 2 of 4 points, CPU at 1; at 1 nothing is full.',
    );
    expect(bindingFinding(boundCurves(rows.slice(0, 1), 'clients'))).toMatch(/^Nothing is full/);
  });
});

describe('in the simulation, what binds is what throughput follows', () => {
  const tpsOf = (...set: readonly string[]) =>
    simulate(resolveSettings(set.map(parseSetOption)), { precision: 0.02 }).observation;

  test.each([
    ['ack_round_trip_busy', ['clients=16', 'rtt=2ms'], 'rtt=1ms'],
    ['host_cpu_busy', ['clients=64', 'rtt=100us'], 'cores=4'],
    ['relay_disk_busy', ['clients=16', 'sync_relay_log=1', 'relay_fsync=1ms'], 'relay_fsync=500us'],
    [
      'link_busy',
      ['clients=32', 'bandwidth=5Mbps', 'rtt=100us', 'hosts=replicas-apart', 'cores=8'],
      'bandwidth=10Mbps',
    ],
  ])('%s: doubled, it gives more than a third more', (place, set, relief) => {
    const before = tpsOf(...set);
    expect(bindingOf({ ...before, point: 0, part: '', variant: '' })!.binds.place).toBe(place);
    expect(tpsOf(...set, relief).tps).toBeGreaterThan(1.33 * before.tps);
  });

  test('canary: relief elsewhere gives next to nothing', () => {
    const set = ['clients=16', 'rtt=2ms'];
    expect(tpsOf(...set, 'cores=4').tps).toBeLessThan(1.1 * tpsOf(...set).tps);
  });
});
