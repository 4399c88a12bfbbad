/**
 * The sequence that real servers were taken through, MySQL 5.7.18 and 5.6.21 alike: seven inserts, STOP SLAVE IO_THREAD,
 * an insert that times out, three more, START SLAVE IO_THREAD, and then the same with wait_no_slave=OFF. The figures are
 * those of SHOW GLOBAL STATUS at each step; times are left out, as they were measured on another clock.
 */
import { describe, expect, test } from 'vitest';
import { setParameter } from '../../../engine/actors/saboteur.js';
import { statusCounters } from '../../../engine/protocol/counters.js';
import type { FaultEvent, Schedule } from '../../../engine/protocol/faults.js';
import type { Settings } from '../../../engine/protocol/parameters.js';
import { createVirtualCluster, type VirtualCluster } from '../../../engine/runtimes/virtual/cluster.js';
import { sabotage, type VirtualFaults } from '../../../engine/runtimes/virtual/faults.js';
import { constant, withDefaults } from '../settings.js';

const SECOND = 1e6;
/** One client, which inserts once a second, a little after the full second. */
const inserting = { clients: 1, think: constant(SECOND), timeout: SECOND };

interface Session {
  readonly cluster: VirtualCluster;
  readonly faults: VirtualFaults;
  readonly latencies: number[];
  readonly switches: boolean[];
  /** The named counters when so many seconds have passed. */
  at(seconds: number, ...names: string[]): (number | string)[];
}

function session(settings: Settings, schedule: Schedule): Session {
  const latencies: number[] = [];
  const switches: boolean[] = [];
  const cluster = createVirtualCluster(settings, (latency) => latencies.push(latency));
  const { kernel, source } = cluster;
  source.semisync.switched = (on) => switches.push(on);
  const faults = sabotage(cluster, schedule, () => {});
  const pause = kernel.happening({ happen: () => kernel.stop() });
  return {
    cluster,
    faults,
    latencies,
    switches,
    at(seconds, ...names) {
      kernel.at(seconds * SECOND, pause);
      kernel.run();
      const counters = statusCounters({ source: source.semisync });
      return names.map((name) => counters[`Rpl_semi_sync_master_${name}`]!);
    },
  };
}

const at = (seconds: number, event: FaultEvent): Schedule[number] => ({ at: seconds * SECOND, event });
const stop: FaultEvent = { kind: 'stop-io', replica: 0 };
const start: FaultEvent = { kind: 'start-io', replica: 0 };
const waitNoSlaveOff: FaultEvent = { kind: 'set', parameter: 'wait_no_slave', value: false };
const STATUS = ['clients', 'net_waits', 'no_times', 'no_tx', 'status', 'tx_waits', 'wait_sessions', 'yes_tx'];

describe.each(['mysql-5.7', 'mysql-5.6'] as const)('the walk through fall-back and return, %s', (profile) => {
  // Inserts at 1 … 7; one at 8, which ends at 9; then at 10, 11 and 12.
  const walk = session(withDefaults(profile, inserting), [
    at(7.5, stop),
    at(12.5, start),
    at(12.7, waitNoSlaveOff),
    at(12.75, stop),
    at(12.85, start),
  ]);

  test('seven inserts, each acknowledged', () => {
    expect(walk.at(7.4, ...STATUS)).toEqual([1, 7, 0, 0, 'ON', 7, 0, 7]);
  });

  test('STOP SLAVE IO_THREAD: the source still counts the replica, and the next insert waits for it', () => {
    expect(walk.at(7.6, 'clients')).toEqual([1]);
    expect(walk.at(8.5, 'clients', 'status', 'wait_sessions')).toEqual([1, 'ON', 1]);
  });

  test('it returns after one second, and semi-sync is OFF; the ACK asked for in vain is counted', () => {
    expect(walk.at(9.5, ...STATUS)).toEqual([1, 8, 1, 1, 'OFF', 7, 0, 7]);
    expect(walk.latencies[7]! / SECOND).toBeCloseTo(1, 2);
  });

  test('three inserts that wait for nobody; the first finds out that the replica is gone', () => {
    expect(walk.at(10.5, 'clients', 'net_waits')).toEqual([0, 8]);
    expect(walk.at(12.4, 'no_times', 'no_tx', 'net_waits')).toEqual([1, 4, 8]);
    for (const latency of walk.latencies.slice(8)) expect(latency).toBeLessThan(2000);
  });

  test('START SLAVE IO_THREAD: one ACK, at the last committed position, and semi-sync is ON', () => {
    expect(walk.at(12.65, ...STATUS)).toEqual([1, 9, 1, 4, 'ON', 7, 0, 7]);
    expect(walk.switches).toEqual([false, true]);
    const { source, replicas } = walk.cluster;
    expect(replicas[0]!.relayEnd).toBe(source.binlog.end);
  });

  test('wait_no_slave=OFF: a replica that is gone and not missed yet changes nothing', () => {
    expect(walk.at(12.8, 'clients', 'status')).toEqual([1, 'ON']);
  });

  test('nor does its return, before anything was sent: the old connection is given up after the new one counts', () => {
    expect(walk.at(12.95, 'clients', 'status', 'no_times')).toEqual([1, 'ON', 1]);
    expect(walk.at(13.5, 'status', 'yes_tx', 'no_tx')).toEqual(['ON', 8, 4]);
  });
});

test('rpl_semi_sync_slave_enabled takes effect when the I/O thread next starts', () => {
  const enable: FaultEvent = { kind: 'set', parameter: 'semisync', value: true };
  const walk = session(withDefaults('mysql-5.7', { ...inserting, wait_point: 'ASYNC', semisync: [false] }), [
    at(0.1, { kind: 'set', parameter: 'wait_point', value: 'AFTER_SYNC' }),
    at(0.2, enable),
    at(0.4, stop),
    at(0.5, start),
  ]);
  expect(walk.at(0.3, 'clients', 'status')).toEqual([0, 'ON']);
  expect(walk.at(0.6, 'clients')).toEqual([1]);
  expect(walk.at(1.5, 'yes_tx', 'no_tx', 'status')).toEqual([1, 0, 'ON']);
});

describe('wait_no_slave=OFF', () => {
  const settings = withDefaults('mysql-5.7', { ...inserting, wait_no_slave: false });

  test('the insert that finds the replica gone waits no longer than until it is found out', () => {
    const walk = session(settings, [at(1.5, stop)]);
    // The first to be sent goes into a dead connection and waits for the time-out; the next sending fails.
    expect(walk.at(4.5, 'clients', 'status', 'no_times', 'no_tx')).toEqual([0, 'OFF', 1, 2]);
  });

  test('set to ON it switches semi-sync ON at once, replicas or not', () => {
    const walk = session(settings, [at(1.5, stop), at(4.6, { kind: 'set', parameter: 'wait_no_slave', value: true })]);
    expect(walk.at(4.5, 'status')).toEqual(['OFF']);
    expect(walk.at(4.7, 'status', 'clients')).toEqual(['ON', 0]);
  });

  test('set to OFF while a gone replica is not missed yet, it changes nothing', () => {
    const { latencies, ...walk } = session(withDefaults('mysql-5.7', { ...inserting, timeout: 10 * SECOND }), [
      at(1.5, stop),
      at(2.5, { kind: 'set', parameter: 'wait_no_slave', value: false }),
    ]);
    // The reader has not found out: the replica counts as connected, and the insert of second 2 waits on.
    expect(walk.at(3, 'clients', 'status', 'wait_sessions')).toEqual([1, 'ON', 1]);
    expect(latencies.length).toBe(1);
  });
});

test('enabled=OFF wakes who waits; ON counts the replicas that were there all the time', () => {
  const walk = session(withDefaults('mysql-5.7', { ...inserting, timeout: 10 * SECOND }), [
    at(1.5, { kind: 'stall', replica: 0 }),
    at(2.5, { kind: 'set', parameter: 'wait_point', value: 'ASYNC' }),
    at(2.6, { kind: 'resume', replica: 0 }),
    at(2.7, { kind: 'set', parameter: 'wait_point', value: 'AFTER_SYNC' }),
  ]);
  expect(walk.at(2.55, 'status', 'wait_sessions', 'no_tx', 'no_times')).toEqual(['OFF', 0, 1, 1]);
  expect(walk.latencies[1]! / SECOND).toBeCloseTo(0.5, 2);
  expect(walk.at(3.9, 'status', 'clients', 'yes_tx')).toEqual(['ON', 1, 2]);
});

test('wait_for_slave_count lowered: the ACKs that have come release who waits', () => {
  const settings = withDefaults('mysql-5.7', {
    ...inserting,
    replicas: 2,
    wait_for_slave_count: 2,
    timeout: 10 * SECOND,
  });
  const walk = session(settings, [
    at(1.5, { kind: 'stall', replica: 1 }),
    at(2.5, { kind: 'set', parameter: 'wait_for_slave_count', value: 1 }),
  ]);
  expect(walk.at(2.4, 'wait_sessions')).toEqual([1]);
  expect(walk.at(2.6, 'wait_sessions', 'yes_tx', 'no_times')).toEqual([0, 2, 0]);
  expect(walk.latencies[1]! / SECOND).toBeCloseTo(0.5, 2);
});

test('a time-out that is set holds for waits that begin after it', () => {
  const walk = session(withDefaults('mysql-5.7', { ...inserting, timeout: SECOND / 2 }), [
    at(1.5, { kind: 'stall', replica: 0 }),
    at(2.2, { kind: 'set', parameter: 'timeout', value: 10 * SECOND }),
  ]);
  walk.at(3, 'status');
  expect(walk.latencies[1]! / SECOND).toBeCloseTo(0.5, 2);
});

test('canary: a replica that is noticed at once is another sequence', () => {
  const settings = withDefaults('mysql-5.7', { ...inserting, wait_no_slave: false });
  const walk = session(settings, [at(7.5, stop)]);
  const { kernel, source, replicas } = walk.cluster;
  const noticed = kernel.happening({
    happen: () => {
      replicas[0]!.events.end();
      source.binlog.signal(kernel.fibers[0]!);
    },
  });
  kernel.at(7.55 * SECOND, noticed);
  expect(walk.at(7.6, 'clients', 'status')).toEqual([0, 'OFF']);
});

test('canary: an enabling that starts no ACK receiver leaves everybody waiting', () => {
  const walk = session(withDefaults('mysql-5.7', { ...inserting, wait_point: 'ASYNC' }), []);
  const { kernel } = walk.cluster;
  const deaf = Object.create(walk.faults, {
    startAckReceiver: { value: () => {} },
    source: { value: walk.cluster.source },
    gate: { value: walk.cluster.gate },
  });
  kernel.spawn('administrator', undefined, (self) =>
    setParameter(self, deaf, { kind: 'set', parameter: 'wait_point', value: 'AFTER_SYNC' }),
  );
  expect(walk.at(2.5, 'yes_tx', 'no_tx', 'status')).toEqual([0, 1, 'OFF']);
});
