/** The threads runtime: how true its delays are, what it costs by itself, why mutexed reading loses, and its agreement. */
import Table from 'cli-table3';
import { Crew } from '../../engine/runtimes/threads/crew.js';
import type { LockStatistics } from '../../engine/runtimes/threads/threads-result.js';
import {
  AGREEMENT_HEAD,
  agreementGrid,
  agreementRow,
  measureAgreement,
  measureWakeCosts,
  medianDifference,
} from './agreement.js';
import { measureCommitPath } from './commit-path.js';
import { measureDelays } from './delays.js';
import { measureReaderLock } from './reader-lock.js';

export interface ThreadsBench {
  readonly delays: Awaited<ReturnType<typeof measureDelays>>;
  readonly commit_path: Awaited<ReturnType<typeof measureCommitPath>>;
  readonly reader_lock: Awaited<ReturnType<typeof measureReaderLock>>;
  readonly wake_latency_us: number;
  readonly agreement: readonly { readonly point: string; readonly virtual_tps: number; readonly threads_tps: number }[];
  readonly agreement_median: number;
}

/** Of what `--seconds` says, for one point; the commit path takes as many as it takes. */
const POINT_PART = 0.3;
const COMMITS_PER_SECOND_ASKED = 5_000_000;

/** Measures and prints. With the two seconds that are the default: 10 million commits, and some three minutes in all. */
export async function benchThreads(seconds: number): Promise<ThreadsBench> {
  const crew = new Crew();
  try {
    const delays = await measureDelays(crew);
    print(
      ['delay asked, us', 'error p50, us', 'error p99, us'],
      delays.map(({ asked_us, error_p50_us, error_p99_us }) => [asked_us, error_p50_us, error_p99_us]),
    );
    const path = await measureCommitPath(crew, COMMITS_PER_SECOND_ASKED * seconds);
    print(
      ['nothing costs anything: commits', 'commits/s', 'RSS at 10 %, MB', 'RSS at the end, MB'],
      [[path.commits, Math.round(path.commits_per_second), path.rss_begin_mb.toFixed(0), path.rss_end_mb.toFixed(0)]],
    );
    const milliseconds = POINT_PART * seconds * 1000;
    const readerLock = await measureReaderLock(crew, milliseconds);
    print(
      [
        'readers',
        '',
        'fsync us',
        'replicas',
        'tx/s',
        'writers: LOCK_log contended; wait mean, p99 us',
        'readers: the same',
        'of their time',
        'ring full',
      ],
      readerLock.map((each) => [
        each.reader,
        each.wait_point,
        each.fsync_us,
        each.replicas,
        Math.round(each.tps),
        lockText(each.lock_log.writers),
        lockText(each.lock_log.readers),
        percent(each.reader_waits),
        each.ring_full_times,
      ]),
    );
    const wakeCosts = await measureWakeCosts(crew, 2 * milliseconds);
    const agreement = await measureAgreement(crew, agreementGrid(), wakeCosts, milliseconds);
    print(AGREEMENT_HEAD, agreement.map(agreementRow));
    const median = medianDifference(agreement);
    const wakeUs = wakeCosts.wake_latency.mean;
    console.log(
      `virtual time and threads differ by ${percent(median)} in the median of ${agreement.length} points; waking takes ${wakeUs.toFixed(1)} us here`,
    );
    return {
      delays,
      commit_path: path,
      reader_lock: readerLock,
      wake_latency_us: wakeUs,
      agreement: agreement.map((each) => ({
        point: agreementRow(each).slice(0, 5).join(' '),
        virtual_tps: each.virtualTps,
        threads_tps: each.threadsTps,
      })),
      agreement_median: median,
    };
  } finally {
    await crew.close();
  }
}

function lockText({ acquisitions, contended_share, wait_mean_us, wait_p99_us }: LockStatistics): string {
  if (acquisitions === 0) return 'take none';
  return `${percent(contended_share)}; ${wait_mean_us?.toFixed(0) ?? '-'}, ${wait_p99_us?.toFixed(0) ?? '-'}`;
}

const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;

function print(head: string[], rows: readonly (readonly (string | number | null)[])[]): void {
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const row of rows) table.push(row.map((cell) => cell ?? ''));
  console.log(table.toString());
}
