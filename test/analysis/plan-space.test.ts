import { describe, expect, test } from 'vitest';
import {
  candidatesWith,
  compareCost,
  type DefaultDimension,
  defaultDimension,
  dimension,
  type Present,
} from '../../analysis/plan-space.js';
import { shippedCalibrations } from '../../workloads/calibration-file.js';
import { parseSetOption } from '../../workloads/load.js';

const present = (...set: string[]): Present => ({
  given: set.map(parseSetOption),
  calibrations: shippedCalibrations(),
});

const texts = (name: DefaultDimension, own: Present): string[][] =>
  defaultDimension(name, own).map(({ settings }) => settings.map((one) => `${one.name}=${one.text}`));

const sets = (own: Present, names: DefaultDimension[], count: number): string[] =>
  candidatesWith(
    own,
    names.map((name) => defaultDimension(name, own)),
    count,
  ).map(({ changes }) => changes.flatMap(({ settings }) => settings.map((one) => `${one.name}=${one.text}`)).join(' '));

describe('what is proposed', () => {
  test('one fsync for what lies on one disk, none dearer than it is', () => {
    expect(texts('binlog_fsync', present('binlog_fsync=400us', 'redo_fsync=150us'))).toEqual([
      ['binlog_fsync=200us', 'redo_fsync=150us'],
      ['binlog_fsync=100us', 'redo_fsync=100us'],
    ]);
  });

  test('replicas that are near stay where they are', () => {
    expect(texts('rtt', present('rtt=200us/1ms/5ms'))[0]).toEqual(['rtt=200us/1ms/1ms']);
  });

  test('nothing for a cost that is spread: how it would be spread then, nobody says', () => {
    expect(texts('rtt', present('rtt=exponential(5ms)'))).toEqual([]);
  });

  test('quorums, the nearest first', () => {
    expect(texts('wait_for_slave_count', present('replicas=3', 'wait_for_slave_count=3'))).toEqual([
      ['wait_for_slave_count=3'],
      ['wait_for_slave_count=2'],
      ['wait_for_slave_count=1'],
    ]);
  });
});

describe('sets of changes', () => {
  test('without those that change nothing, contradict each other, or take two values of one thing', () => {
    const own = present('replicas=2');
    expect(sets(own, ['wait_point', 'wait_for_slave_count'], 1)).toEqual([
      'wait_point=AFTER_COMMIT',
      'wait_for_slave_count=2',
    ]);
    expect(sets(own, ['wait_point', 'wait_for_slave_count'], 2)).toEqual([
      'wait_point=AFTER_COMMIT wait_for_slave_count=2',
    ]);
    expect(sets(own, ['wait_point', 'wait_for_slave_count'], 3)).toEqual([]);
  });

  test('AFTER_SYNC comes with the upgrade: alone it is impossible, beside it idle', () => {
    const own = present('profile=mysql-5.6');
    expect(sets(own, ['wait_point', 'profile'], 1)).toEqual(['profile=mysql-5.7']);
    expect(sets(own, ['wait_point', 'profile'], 2)).toEqual(['wait_point=AFTER_COMMIT profile=mysql-5.7']);
  });

  test('a list of equal values is no change', () => {
    const own = present('replicas=2');
    const both = dimension([[parseSetOption('semisync=ON/ON')], [parseSetOption('semisync=ON/OFF')]], own);
    expect(candidatesWith(own, [both], 1).map(({ settings }) => settings.semisync)).toEqual([[true, false]]);
  });
});

describe('what is smaller', () => {
  const own = present('profile=mysql-5.7', 'replicas=2', 'rtt=1ms', 'binlog_fsync=1ms', 'redo_fsync=1ms');
  const change = (...set: string[]) => dimension([set.map(parseSetOption)], own)[0]!;
  const [count, commit, disk, near, cores] = [
    change('wait_for_slave_count=2'),
    change('wait_point=AFTER_COMMIT'),
    change('binlog_fsync=100us', 'redo_fsync=100us'),
    change('rtt=200us'),
    change('cores=4'),
  ];
  const upgrade = dimension([[parseSetOption('profile=mysql-5.7')]], present('profile=mysql-5.6'))[0]!;

  test('a setting, a setting that loses more, a machine, a disk, a distance, a version', () => {
    const inOrder = [count, commit, cores, disk, near, upgrade];
    expect(inOrder.map(({ effort }) => effort)).toEqual([
      'setting',
      'weaker setting',
      'machines',
      'disk',
      'distance',
      'version',
    ]);
    expect([...inOrder].reverse().sort((a, b) => compareCost([a], [b]))).toEqual(inOrder);
  });

  test('fewest changes come before all else, then the hardest, then the steps', () => {
    expect(compareCost([upgrade], [count, commit])).toBeLessThan(0);
    expect(compareCost([count, commit], [count, disk])).toBeLessThan(0);
    expect(compareCost([disk, count], [count, disk])).toBe(0);
    const steps = dimension([[parseSetOption('rtt=500us')], [parseSetOption('rtt=200us')]], own);
    expect(compareCost([steps[0]!], [steps[1]!])).toBeLessThan(0);
  });
});
