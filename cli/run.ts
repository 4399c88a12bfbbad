import { Command } from 'commander';
import type { LatencyShare, PointResult } from '../engine/measure/result.js';
import { simulate } from '../engine/runtimes/virtual/simulate.js';
import { calibrationsWith } from '../workloads/calibration-file.js';
import { parseSetOption, resolveSettings } from '../workloads/load.js';
import { startTimer } from './clock.js';
import { EXIT_DONE } from './exit-code.js';
import type { Io } from './io.js';
import {
  calibrationOption,
  DEFAULT_PRECISION,
  precisionOption,
  runtimeOption,
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
  readonly json?: true;
  readonly quiet?: true;
}

const EXAMPLES = `
Examples:
  acklab run --set profile=mysql-5.6 --set rtt=5ms --set clients=64
  acklab run --set replicas=3 --set rtt=200us/1ms/5ms --set wait_for_slave_count=2
  acklab run --set binlog_reader=mutexed      mysql-5.7 with one choice of 5.6
  acklab run --json | jq .breakdown`;

export const runCommand = (io: Io, run: RunWork): Command =>
  new Command('run')
    .description("simulate one point: its observation, MySQL's counters, and where the time went")
    .addOption(setOption())
    .addOption(calibrationOption())
    .addOption(seedOption())
    .addOption(precisionOption())
    .addOption(runtimeOption())
    .option('--json', 'print one JSON object')
    .option('--quiet', 'print no warnings')
    .addHelpText('after', () => `${EXAMPLES}\n${parameterHelp()}`)
    .action((options: RunOptions) => run(() => runOnePoint(io, options)));

function runOnePoint(io: Io, options: RunOptions): number {
  const seed = options.seed === undefined ? [] : [`seed=${options.seed}`];
  const overrides = [...options.set, ...seed].map(parseSetOption);
  const settings = resolveSettings(overrides, calibrationsWith(options.calibration));
  const elapsed = startTimer();
  const result = simulate(settings, { precision: options.precision ?? DEFAULT_PRECISION });
  const wall_seconds = elapsed();
  if (options.json) io.stdout.write(`${JSON.stringify({ ...result, wall_seconds, settings }, null, 2)}\n`);
  else io.stdout.write(describePoint(result, wall_seconds));
  if (!options.quiet) for (const warning of result.warnings) io.stderr.write(`acklab: warning: ${warning}\n`);
  return EXIT_DONE;
}

function describePoint(result: PointResult, wallSeconds: number): string {
  const { observation, counters, breakdown, simulated_commits, virtual_seconds } = result;
  const known = Object.entries(observation).filter(([name, value]) => value !== null && name !== 'warnings');
  const speed = `${simulated_commits} commits, ${virtual_seconds.toFixed(3)} s of virtual time, in ${wallSeconds.toFixed(3)} s`;
  return [
    plainTable(
      ['observation', ''],
      known.map(([name, value]) => [name, typeof value === 'number' ? shorten(value) : value]),
    ),
    mysqlTable(['Variable_name', 'Value'], Object.entries(counters)),
    `where a commit's ${shorten(observation.latency_mean_us ?? 0)} µs go\n${describeBreakdown(breakdown)}`,
    `simulated ${speed}\n`,
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
