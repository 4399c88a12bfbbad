/** What is said of a configuration's crashes, held against simulated ones. */
import { describe, expect, test } from 'vitest';
import { changesToLoseNothing, crashClaims, isWeaker } from '../../analysis/crash-claims.js';
import type { CrashResult } from '../../engine/measure/crash.js';
import { crashSeeds, simulateCrash } from '../../engine/runtimes/virtual/crash.js';
import { parseSetOption, resolveSettings } from '../../workloads/load.js';

const settings = (...set: string[]) => resolveSettings(set.map(parseSetOption));

const CRASHES = 150;

/** In how many crashes something of the kind was lost. */
function crashesWith(set: readonly string[], lost: (result: CrashResult) => number, replicasCrash = false): number {
  const own = settings('clients=8', 'replicas=2', ...set);
  const results = crashSeeds(3, CRASHES).map((seed) => simulateCrash(own, { seed, replicasCrash }));
  return results.filter((result) => lost(result) > 0).length;
}

const acknowledged = (result: CrashResult): number => result.acknowledged_lost;
const phantom = (result: CrashResult): number => result.phantom;

describe.each([
  [['wait_point=ASYNC']],
  [['wait_point=AFTER_COMMIT']],
  [['wait_point=AFTER_SYNC']],
  [['wait_point=AFTER_SYNC', 'sync_relay_log=1']],
  [['wait_point=AFTER_COMMIT', 'sync_relay_log=1', 'wait_for_slave_count=2']],
  [['profile=mysql-5.6']],
  [['profile=mariadb-10.11', 'wait_point=AFTER_SYNC']],
])('%j: what is claimed is what crashes show', (set) => {
  const claims = crashClaims(settings('replicas=2', ...set));

  test('acknowledged', () => expect(crashesWith(set, acknowledged) === 0).toBe(claims.acknowledged));
  test('seen', () => expect(crashesWith(set, phantom) + crashesWith(set, acknowledged) === 0).toBe(claims.seen));
  test('together', () => expect(crashesWith(set, acknowledged, true) === 0).toBe(claims.together));
});

describe('what is lacking for nothing to be lost', () => {
  test('by default: a relay log that survives, and a time-out that waits for people', () => {
    expect(changesToLoseNothing(settings(), 'nothing')).toEqual(['sync_relay_log=1', 'timeout=4294967295ms']);
    expect(changesToLoseNothing(settings(), 'nothing-if-source-dies')).toEqual(['timeout=4294967295ms']);
  });

  test('MySQL 5.6 lacks AFTER_SYNC, and so itself', () => {
    expect(changesToLoseNothing(settings('profile=mysql-5.6'), 'nothing')[0]).toBe('profile=mysql-5.7');
  });

  test('of each promise that is not kept, one change', () => {
    const own = settings('wait_point=AFTER_COMMIT', 'sync_binlog=0', 'wait_no_slave=OFF', 'timeout=90000s');
    expect(changesToLoseNothing(own, 'nothing-if-source-dies')).toEqual([
      'wait_point=AFTER_SYNC',
      'sync_binlog=1',
      'wait_no_slave=ON',
    ]);
  });
});

test('weaker is whatever keeps a promise less', () => {
  const claims = (...set: string[]) => crashClaims(settings('replicas=2', ...set));
  expect(isWeaker(claims(), claims('wait_point=AFTER_COMMIT'))).toBe(true);
  expect(isWeaker(claims('wait_point=AFTER_COMMIT'), claims())).toBe(false);
  expect(isWeaker(claims('wait_for_slave_count=2'), claims())).toBe(true);
  expect(isWeaker(claims('sync_relay_log=1'), claims())).toBe(true);
  expect(isWeaker(claims(), claims())).toBe(false);
});
