import { Command } from 'commander';
import type { ResourceUse } from '../engine/measure/resources.js';
import type { LatencyShare, PointResult } from '../engine/measure/result.js';
import type { Settings } from '../engine/protocol/parameters.js';
import { parsePlacement } from '../engine/runtimes/threads/placement.js';
import type { ThreadsResult } from '../engine/runtimes/threads/threads-result.js';
import { simulate } from '../engine/runtimes/virtual/simulate.js';
import { DEFAULT_PRECISION } from '../results/store-manifest.js';
import { calibrationsWith } from '../workloads/calibration-file.js';
import { parseSetOption, resolveSettings } from '../workloads/load.js';
import { startTimer } from './clock.js';
import { EXIT_DONE, EXIT_INTERRUPTED } from './exit-code.js';
import { withInterrupt } from './interrupt.js';
import type { Io } from './io.js';
import {
  calibrationOption,
  diskOption,
  durationOption,
  oneRuntimeOption,
  placementOption,
  precisionOption,
  seedOption,
  setOption,
} from './options.js';
import { parameterHelp } from './parameter-help.js';
import type { RunWork } from './run-work.js';
import { mysqlTable, plainTable } from './table.js';

interface RunOptions {
  readonly set: readonly string[];
  readonly calibration: readonly string[];
  readonly seed?: number;
  readonly precision?: number;
  readonly runtime: 'virtual' | 'threads';
  readonly duration?: number;
  readonly placement?: string;
  readonly disk?: string;
  readonly json?: true;
  readonly quiet?: true;
}

const EXAMPLES = `
Examples:
  acklab run --set profile=mysql-5.6 --set rtt=5ms --set clients=64
  acklab run --set replicas=3 --set rtt=200us/1ms/5ms --set wait_for_slave_count=2
  acklab run --set binlog_reader=mutexed      mysql-5.7 with one choice of 5.6
  acklab run --runtime threads --set clients=64   on this machine's cores, with its locks
  acklab run --runtime threads --disk real:/var/tmp --duration 5s
  acklab run --json | jq .breakdown`;

/** A single point has the time to be measured well. */
const SECONDS_ON_THREADS = 2;

export const runCommand = (io: Io, run: RunWork): Command =>
  new Command('run')
    .description("one point: its observation, MySQL's counters, and where the time went")
    .addOption(setOption())
    .addOption(calibrationOption())
    .addOption(seedOption())
    .addOption(precisionOption())
    .addOption(oneRuntimeOption())
    .addOption(durationOption(SECONDS_ON_THREADS * 1000))
    .addOption(placementOption())
    .addOption(diskOption())
    .option('--json', 'print one JSON object')
    .option('--quiet', 'print no warnings')
    .addHelpText('after', () => `${EXAMPLES}\n${parameterHelp()}`)
    .action((options: RunOptions) => run(() => runOnePoint(io, options)));

async function runOnePoint(io: Io, options: RunOptions): Promise<number> {
  const seed = options.seed === undefined ? [] : [`seed=${options.seed}`];
  const overrides = [...options.set, ...seed].map(parseSetOption);
  const settings = resolveSettings(overrides, calibrationsWith(options.calibration));
  const elapsed = startTimer();
  const result =
    options.runtime === 'threads'
      ? await withInterrupt((signal) => measure(settings, options, signal))
      : simulate(settings, { precision: options.precision ?? DEFAULT_PRECISION });
  if (result === 'interrupted') {
    io.stderr.write('acklab: interrupted\n');
    return EXIT_INTERRUPTED;
  }
  const wall_seconds = elapsed();
  if (options.json) io.stdout.write(`${JSON.stringify({ ...result, wall_seconds, settings }, null, 2)}\n`);
  else io.stdout.write(describePoint(result, wall_seconds));
  if (!options.quiet) for (const warning of result.warnings) io.stderr.write(`acklab: warning: ${warning}\n`);
  return EXIT_DONE;
}

/** A short run before the one that counts: by then the code is compiled. */
const WARM_UP_MS = 300;

async function measure(
  settings: Settings,
  { placement, disk, duration }: RunOptions,
  signal: AbortSignal,
): Promise<ThreadsResult | 'interrupted'> {
  // A third of what a simulated point has to load, for those that are measured only.
  const { Crew } = await import('../engine/runtimes/threads/crew.js');
  const crew = new Crew({
    signal,
    ...(placement === undefined ? {} : { placement: parsePlacement(placement) }),
    ...(disk === undefined ? {} : { realDisk: disk }),
  });
  try {
    await crew.run(settings, { milliseconds: WARM_UP_MS });
    return await crew.run(settings, { milliseconds: duration ?? SECONDS_ON_THREADS * 1000 });
  } finally {
    await crew.close();
  }
}

const describeLocks = ({ locks, placement }: ThreadsResult): string =>
  `what the threads saw of each mutex (workers: ${placement})\n${plainTable(
    ['mutex', 'acquired', 'found held', 'wait p50 µs', 'wait p99 µs', 'held µs', 'held p99 µs'],
    locks
      .filter(({ acquisitions }) => acquisitions > 0)
      .map((lock) => [
        lock.name,
        lock.acquisitions,
        `${(100 * lock.contended_share).toFixed(2)} %`,
        ...[lock.wait_p50_us, lock.wait_p99_us, lock.held_mean_us, lock.held_p99_us].map((value) => value ?? ''),
      ]),
  )}`;

function describePoint(result: PointResult | ThreadsResult, wallSeconds: number): string {
  const { observation, counters, breakdown, simulated_commits, virtual_seconds } = result;
  const known = Object.entries(observation).filter(([name, value]) => value !== null && name !== 'warnings');
  const onThreads = 'locks' in result;
  const speed = onThreads
    ? `ran ${simulated_commits} commits in ${virtual_seconds.toFixed(3)} s\n`
    : `simulated ${simulated_commits} commits, ${virtual_seconds.toFixed(3)} s of virtual time, in ${wallSeconds.toFixed(3)} s\n`;
  return [
    plainTable(
      ['observation', ''],
      known.map(([name, value]) => [name, typeof value === 'number' ? shorten(value) : value]),
    ),
    mysqlTable(['Variable_name', 'Value'], Object.entries(counters)),
    `where a commit's ${shorten(observation.latency_mean_us ?? 0)} µs go\n${describeBreakdown(breakdown)}`,
    ...(onThreads ? [describeLocks(result)] : []),
    ...(result.resources.length > 0 ? [`how busy\n${describeResources(result.resources)}`] : []),
    speed,
  ].join('\n');
}

/** People compare four digits; `--json` has them all. */
const shorten = (value: number): number =>
  Number.isInteger(value) ? value : Number(value.toPrecision(Math.abs(value) >= 1000 ? 6 : 4));

const BAR_WIDTH = 40;

const describeBreakdown = (breakdown: readonly LatencyShare[]): string =>
  plainTable(
    ['phase', 'µs', 'share', ''],
    breakdown.map(({ phase, mean_us, share }) => [
      phase,
      mean_us.toFixed(1),
      `${(100 * share).toFixed(1)} %`,
      '█'.repeat(Math.max(0, Math.round(BAR_WIDTH * share))),
    ]),
  );

/** The busiest first; what is never busy is left to `--json`. */
const describeResources = (resources: readonly ResourceUse[]): string =>
  plainTable(
    ['resource', 'busy', ''],
    [...resources]
      .filter(({ busy }) => busy > 0)
      .sort((a, b) => b.busy - a.busy)
      .map(({ resource, replica, busy }) => [
        replica === null ? resource : `${resource}, replica ${replica}`,
        `${(100 * busy).toFixed(1)} %`,
        '█'.repeat(Math.round(BAR_WIDTH * busy)),
      ]),
  );
