import { describe, expect, test } from 'vitest';
import { ackRoundTrip, MeasuredRange } from '../../analysis/calibrated-range.js';
import { shippedPredictions } from '../../results/predictions.js';
import { parseSetOption, resolveSettings } from '../../workloads/load.js';

const settings = (...set: string[]) => resolveSettings(set.map(parseSetOption));
const rows = shippedPredictions().map((row) => row.settings);
const measured = new MeasuredRange(rows);

describe('what the shipped rows cover', () => {
  test.each([
    [[]],
    [['clients=64', 'rtt=300us', 'binlog_fsync=500us']],
    [['rtt=200us/1ms/5ms', 'wait_for_slave_count=2']],
    [['wait_point=ASYNC', 'rtt=1ms/5ms']],
    [['profile=mysql-5.6', 'sync_relay_log=1', 'timeout=1s', 'seed=7', 'wait_no_slave=OFF']],
    [['profile=mariadb-10.11', 'wait_point=AFTER_SYNC', 'redo_fsync=0']],
    [['rtt=200us/1ms/5ms', 'semisync=ON/ON/OFF']],
  ])('%j', (set) => {
    expect(measured.outsideOf(settings(...set))).toEqual([]);
  });

  test('every row covers itself', () => {
    for (const own of rows) expect(measured.outsideOf(own)).toEqual([]);
  });
});

describe('outside, each by its parameter and what was measured', () => {
  test.each<[string[], string]>([
    [['clients=200'], 'clients=200; measured: 1 to 64'],
    [['rtt=80ms'], 'rtt=80ms; measured: 200us to 5ms'],
    [['rtt=exponential(1ms)'], 'rtt=exponential(1ms); measured: fixed times only'],
    [['binlog_fsync=5ms'], 'binlog_fsync=5ms; measured: 100us to 1ms'],
    [['replicas=8'], 'replicas=8; measured: 1 to 3'],
    [['profile=mysql-5.6', 'replicas=2'], 'replicas=2; measured: 1 only'],
    [['cores=8'], 'cores=8; measured: 2 only'],
    [['hosts=replicas-apart'], 'hosts=replicas-apart; measured: one only'],
    [['sync_binlog=100'], 'sync_binlog=100; measured: 1, 0'],
    [['bytes_per_tx=4KB'], 'bytes_per_tx=4000; measured: 480 only'],
    [['group_commit_delay=1ms'], 'group_commit_delay=1ms; measured: 0 only'],
    [['profile=mariadb-10.11', 'redo_fsync=0'], 'wait_point=AFTER_COMMIT; measured: AFTER_SYNC only'],
    [
      ['rtt=200us/1ms/5ms', 'wait_for_slave_count=3'],
      'the ACK that is waited for comes from 5ms away; measured: 200us to 1ms',
    ],
    [['rtt=200us/5ms', 'semisync=OFF/ON'], 'the ACK that is waited for comes from 5ms away; measured: 200us to 1ms'],
  ])('%j', (set, reason) => {
    expect(measured.outsideOf(settings(...set))).toEqual([reason]);
  });

  test('another cost than the rows were predicted with', () => {
    const [reason = ''] = measured.outsideOf(settings('cpu_commit=33us'));
    expect(reason).toMatch(/^cpu_commit=33us; measured: .* only$/);
  });

  test('a version that nobody measured', () => {
    expect(new MeasuredRange([]).outsideOf(settings())).toEqual(['profile=mysql-5.7; measured: nothing']);
  });
});

test('the ACK comes from the k-th nearest of those that may acknowledge', () => {
  expect(ackRoundTrip(settings('rtt=5ms/200us/1ms', 'wait_for_slave_count=2'))).toBe(1000);
  expect(ackRoundTrip(settings('rtt=5ms/200us/1ms', 'semisync=ON/OFF/ON'))).toBe(1000);
  expect(ackRoundTrip(settings('wait_point=ASYNC'))).toBeUndefined();
});
