/**
 * Why dump readers that take LOCK_log for every event lose against those that take no lock: who waits for it, how often,
 * and for how long.
 */
import type { Crew } from '../../engine/runtimes/threads/crew.js';
import type { LockLogShares } from '../../engine/runtimes/threads/threads-result.js';
import { measured } from './runs.js';
import { constant, nothingCosts } from './settings.js';

export interface ReaderLock {
  readonly reader: 'mutexed' | 'lock-free';
  readonly fsync_us: number;
  readonly replicas: number;
  readonly tps: number;
  readonly lock_log: LockLogShares;
}

/** Besides the reader everything is MySQL 5.7's, so that nothing else makes a difference. */
export async function measureReaderLock(crew: Crew, milliseconds: number): Promise<ReaderLock[]> {
  const found: ReaderLock[] = [];
  for (const fsync_us of [0, 500]) {
    for (const replicas of [1, 2, 4]) {
      for (const reader of ['mutexed', 'lock-free'] as const) {
        const settings = nothingCosts('mysql-5.6', {
          wait_point: 'ASYNC',
          clients: 32,
          replicas,
          rtt: [constant(200)],
          binlog_fsync: constant(fsync_us),
          binlog_reader: reader,
        });
        const { observation, lock_log } = await measured(crew, settings, milliseconds);
        found.push({ reader, fsync_us, replicas, tps: observation.tps, lock_log });
      }
    }
  }
  return found;
}
