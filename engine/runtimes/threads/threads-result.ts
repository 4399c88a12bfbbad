/** What a run on threads tells beyond a point under virtual time: its locks, and how true its delays were. */
import { LatencyHistogram } from '../../measure/histogram.js';
import type { PointResult } from '../../measure/result.js';
import type { Distribution, Settings } from '../../protocol/parameters.js';
import type { LockReport, Report, WaitingFiber } from './job.js';
import { type Placement, placementText } from './placement.js';

export interface LockStatistics {
  /** MySQL's name of the mutex. */
  readonly name: string;
  readonly acquisitions: number;
  /** Fraction of the acquisitions that found it held, 0…1. */
  readonly contended_share: number;
  /** Waits of the contended acquisitions, µs; null where there were none. */
  readonly wait_mean_us: number | null;
  readonly wait_p50_us: number | null;
  readonly wait_p99_us: number | null;
  /** All of those waits together. */
  readonly wait_total_us: number;
  /** How long it was held, µs, from a sample of the acquisitions. */
  readonly held_mean_us: number | null;
  readonly held_p99_us: number | null;
}

/** LOCK_log by who asks for it. */
export interface LockLogShares {
  /** Flush leaders. */
  readonly writers: LockStatistics;
  readonly readers: LockStatistics;
}

export interface ThreadsResult extends PointResult {
  readonly locks: readonly LockStatistics[];
  readonly lock_log: LockLogShares;
  /** Actual less asked delay of emulated round trips and fsyncs, µs; null where there were none. */
  readonly delay_error_p50_us: number | null;
  readonly delay_error_p99_us: number | null;
  readonly placement: string;
}

/** What the process used while the cluster ran. */
export interface ProcessUse {
  readonly elapsedUs: number;
  readonly cpuUs: number;
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
  /** Core time that other processes had meanwhile, µs. */
  readonly othersUs: number;
}

export interface RunFacts {
  readonly settings: Settings;
  readonly placement: Placement;
  readonly cores: number;
  readonly realDisk: boolean;
  readonly use: ProcessUse;
}

/** Adds the reports of all workers up. Exactly one of them has the point. */
export function putTogether(reports: readonly Report[], facts: RunFacts): ThreadsResult {
  const point = reports.find((report) => report.point)?.point;
  if (!point) throw new Error('no worker hosted the clients');
  const delays = new LatencyHistogram();
  for (const { delayErrors } of reports) delays.addState(delayErrors);
  const lockReports = (index: number): LockReport[] => reports.map(({ locks }) => locks[index] as LockReport);
  const [writers, readers] = [lockReports(0), lockReports(1)];
  const others = (reports[0] as Report).locks.slice(2).map((_, index) => lockReports(2 + index));
  const locks = [[...writers, ...readers], ...others].map(lockStatistics);
  const p50 = rounded(delays.quantile(0.5));
  const p99 = rounded(delays.quantile(0.99));
  const ringFullTimes = reports.reduce((sum, report) => sum + report.ringFullTimes, 0);
  const warnings = [
    ...point.warnings,
    ...warningsOf(facts, reports, { mean: rounded(delays.mean), p99, ringFullTimes }, point),
  ];
  const lockLog = locks[0] as LockStatistics;
  const { use, cores } = facts;
  const spunUs = reports.reduce((sum, report) => sum + report.spunUs, 0);
  return {
    ...point,
    warnings,
    observation: {
      ...point.observation,
      ...(facts.realDisk ? { binlog_fsync_us: null, relay_fsync_us: '' } : {}),
      cores,
      hosts: 'one',
      host_cpu_busy: rounded(Math.min(1, Math.max(0, use.cpuUs - spunUs) / use.elapsedUs / cores), 4),
      delay_error_p50_us: p50,
      delay_error_p99_us: p99,
      lock_log_contended: lockLog.contended_share,
      lock_log_wait_p99_us: lockLog.wait_p99_us,
      context_switches: use.voluntarySwitches + use.involuntarySwitches,
      ring_full_times: ringFullTimes,
      warnings: warnings.length > 0 ? warnings.join('; ') : null,
    },
    locks,
    lock_log: { writers: lockStatistics(writers), readers: lockStatistics(readers) },
    delay_error_p50_us: p50,
    delay_error_p99_us: p99,
    placement: placementText(facts.placement),
  };
}

function lockStatistics(reports: readonly LockReport[]): LockStatistics {
  const waits = new LatencyHistogram();
  const held = new LatencyHistogram();
  let acquisitions = 0;
  let contended = 0;
  for (const report of reports) {
    acquisitions += report.acquisitions;
    contended += report.contended;
    waits.addState(report.waits);
    held.addState(report.held);
  }
  return {
    name: (reports[0] as LockReport).name,
    acquisitions,
    contended_share: acquisitions === 0 ? 0 : (rounded(contended / acquisitions, 4) as number),
    wait_mean_us: rounded(waits.mean),
    wait_p50_us: rounded(waits.quantile(0.5)),
    wait_p99_us: rounded(waits.quantile(0.99)),
    wait_total_us: rounded(waits.sum) as number,
    held_mean_us: rounded(held.mean),
    held_p99_us: rounded(held.quantile(0.99)),
  };
}

/** Emulated delays that take this much longer in the mean than the shortest of them should mislead: throughput feels the mean. */
const DELAY_ERROR_MOST = 0.1;
/** The part of all core time that others may have. */
const OTHERS_MOST = 0.2;

/** The part of a run at its end that may pass without an answer. */
const SILENCE_MOST = 0.5;

function warningsOf(
  { settings, placement, cores, realDisk, use }: RunFacts,
  reports: readonly Report[],
  errors: { readonly mean: number | null; readonly p99: number | null; readonly ringFullTimes: number },
  { observation }: PointResult,
): string[] {
  const warnings: string[] = [];
  const shortest = shortestDelay(settings, realDisk);
  if (errors.mean !== null && errors.mean > DELAY_ERROR_MOST * shortest) {
    warnings.push(
      `emulated delays ended late, by ${errors.mean} us in the mean and ${errors.p99} us in 1 of 100, where the shortest is ${shortest} us`,
    );
  }
  if (placement.length > cores) {
    warnings.push(`${placement.length} workers share ${cores} cores: waits include waits for a core`);
  }
  const others = use.othersUs / cores / use.elapsedUs;
  if (others > OTHERS_MOST) warnings.push(`other processes had ${Math.round(100 * others)} % of the cores' time`);
  if (errors.ringFullTimes > 0) {
    warnings.push(
      `the binlog ring was full ${errors.ringFullTimes} times: a dump reader could not keep up, and commits waited for it`,
    );
  }
  const silentUs = reports.reduce((most, report) => Math.max(most, report.silentUs), 0);
  if (silentUs > SILENCE_MOST * use.elapsedUs) {
    const waits = waitsText(reports.flatMap(({ waiting }) => waiting));
    warnings.push(`no client had an answer in the last ${Math.round(silentUs / 1000)} ms: ${waits}`);
  }
  if (observation.commits === 0) warnings.push('too few commits to tell the warm-up: let it run longer');
  else if ((observation.commits ?? 0) < settings.clients)
    warnings.push('fewer commits than clients: let it run longer');
  return warnings;
}

/** As many as fit a line; at the end are those on whom the clients depend. */
const TOLD = 12;

export function waitsText(waiting: readonly WaitingFiber[]): string {
  const told = waiting.length > TOLD ? [...waiting.slice(0, TOLD / 2), ...waiting.slice(-TOLD / 2)] : waiting;
  const texts = told.map(({ name, waitsFor }) => `${name} waits for ${waitsFor || 'its first turn'}`);
  return `${texts.join(', ')}${waiting.length > TOLD ? `, and ${waiting.length - TOLD} more` : ''}`;
}

/** The shortest delay of those that are emulated, µs; Infinity when there are none. */
function shortestDelay(settings: Settings, realDisk: boolean): number {
  const half = ({ mean }: Distribution): number => (mean + settings.net_overhead.mean) / 2;
  const fsync = ({ mean }: Distribution): number => (mean > 0 ? mean + settings.fsync_overhead.mean : 0);
  const disks = realDisk
    ? [settings.redo_fsync]
    : [settings.redo_fsync, settings.binlog_fsync, ...settings.relay_fsync];
  const delays = [...settings.rtt.map(half), ...disks.map(fsync)].filter((delay) => delay > 0);
  return Math.min(...delays);
}

/** `null` for what is not a number. */
function rounded(value: number, digits = 3): number | null {
  if (!Number.isFinite(value)) return null;
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
