/**
 * Why dump readers that take LOCK_log for every event lose against those that take no lock: who waits for it, how often,
 * and for how long. Flush leaders hold it through the fsync, and take it again before a woken reader gets there; a
 * reader that falls behind lets the ring fill up, or is late with what commits wait for.
 */
import type { Crew } from '../../engine/runtimes/threads/crew.js';
import type { LockLogShares } from '../../engine/runtimes/threads/threads-result.js';
import { constant, nothingCosts } from '../engine/settings.js';
import { measured } from './runs.js';

export interface ReaderLock {
  readonly reader: 'mutexed' | 'lock-free';
  readonly wait_point: 'ASYNC' | 'AFTER_COMMIT';
  readonly fsync_us: number;
  readonly replicas: number;
  readonly tps: number;
  readonly lock_log: LockLogShares;
  /** Fraction of its time that a reader waits for LOCK_log. */
  readonly reader_waits: number;
  /** How often the ring of binlog events was full because a reader had fallen behind. */
  readonly ring_full_times: number;
}

/** All but the reader is MySQL 5.6's, so that nothing else makes a difference. */
export async function measureReaderLock(crew: Crew, milliseconds: number): Promise<ReaderLock[]> {
  const found: ReaderLock[] = [];
  for (const wait_point of ['ASYNC', 'AFTER_COMMIT'] as const) {
    for (const fsync_us of [0, 500]) {
      for (const replicas of [1, 2, 4]) {
        for (const reader of ['mutexed', 'lock-free'] as const) {
          found.push(await measureOne(crew, { reader, wait_point, fsync_us, replicas }, milliseconds));
        }
      }
    }
  }
  return found;
}

type Point = Pick<ReaderLock, 'reader' | 'wait_point' | 'fsync_us' | 'replicas'>;

async function measureOne(crew: Crew, point: Point, milliseconds: number): Promise<ReaderLock> {
  const settings = nothingCosts('mysql-5.6', {
    wait_point: point.wait_point,
    clients: 32,
    replicas: point.replicas,
    rtt: [constant(200)],
    binlog_fsync: constant(point.fsync_us),
    binlog_reader: point.reader,
  });
  const { observation, lock_log, virtual_seconds } = await measured(crew, settings, milliseconds);
  return {
    ...point,
    tps: observation.tps,
    lock_log,
    reader_waits: lock_log.readers.wait_total_us / (virtual_seconds * 1e6 * point.replicas),
    ring_full_times: observation.ring_full_times ?? 0,
  };
}
