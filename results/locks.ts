/** `locks.csv` of a run directory: what each mutex of the points that threads ran has seen, a row per point and mutex. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { LockStatistics } from '../engine/runtimes/threads/threads-result.js';
import { appendText, type RunDirectory } from './store.js';

export const LOCKS_FILE = 'locks.csv';

const COLUMNS = [
  'point',
  'mutex',
  'acquisitions',
  'contended_share',
  'wait_mean_us',
  'wait_p50_us',
  'wait_p99_us',
  'held_mean_us',
  'held_p99_us',
] as const;

export function appendLocks(run: RunDirectory, point: number, locks: readonly LockStatistics[]): void {
  const file = join(run.path, LOCKS_FILE);
  const rows = locks.map(({ name, ...statistics }) => ({ point, mutex: name, ...statistics }));
  appendText(file, stringify(rows, { header: !existsSync(file), columns: [...COLUMNS] }));
}
