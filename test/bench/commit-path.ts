/** What the emulator itself costs: commits while every emulated delay and cost is nothing. */
import type { Crew } from '../../engine/runtimes/threads/crew.js';
import { nothingCosts } from '../engine/settings.js';
import { measured } from './runs.js';

export interface CommitPath {
  readonly commits: number;
  readonly commits_per_second: number;
  /** Resident memory of the process when a tenth of the commits are done, and at the end, MB. */
  readonly rss_begin_mb: number;
  readonly rss_end_mb: number;
  /** Fractions of all acquisitions that found the mutex held. */
  readonly lock_binlog_contended: number;
}

const SAMPLE_MS = 100;
const rssMegabytes = (): number => process.memoryUsage().rss / 2 ** 20;

/** `mysql-5.7`, one replica, 64 clients: so many commits, however long they take. */
export async function measureCommitPath(crew: Crew, commits: number): Promise<CommitPath> {
  const settings = nothingCosts('mysql-5.7', { clients: 64, replicas: 1 });
  const samples: number[] = [];
  const sampler = setInterval(() => samples.push(rssMegabytes()), SAMPLE_MS);
  try {
    const { observation, simulated_commits, locks } = await measured(crew, settings, 600_000, commits);
    return {
      commits: simulated_commits,
      commits_per_second: observation.tps,
      rss_begin_mb: samples[Math.floor(samples.length / 10)] ?? rssMegabytes(),
      rss_end_mb: rssMegabytes(),
      lock_binlog_contended: locks.find(({ name }) => name === 'LOCK_binlog_')?.contended_share ?? 0,
    };
  } finally {
    clearInterval(sampler);
  }
}
