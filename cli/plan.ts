import { Command, InvalidArgumentError, Option } from 'commander';
import { LOSE_CHOICES, type Lose } from '../analysis/crash-claims.js';
import type { Plan } from '../analysis/plan.js';
import { type PlanRecord, planRecord } from '../analysis/plan-record.js';
import { defaultJobs } from '../engine/runtimes/pool/run-points.js';
import { packageVersion } from '../results/package-version.js';
import { MOST_CHANGES, planQuestion, targetsOf } from '../results/plan-question.js';
import { writePlan } from '../results/plan-run.js';
import { runPlan } from '../results/run-plan.js';
import { checkRunPath } from '../results/store.js';
import {
  beginManifest,
  DEFAULT_MILLISECONDS,
  DEFAULT_PRECISION,
  DEFAULT_REPETITIONS,
} from '../results/store-manifest.js';
import { parseSetOption } from '../workloads/load.js';
import { readOptionFile } from '../workloads/option-file.js';
import { serverSettings } from '../workloads/server-settings.js';
import { mergeSettings, type Setting } from '../workloads/setting.js';
import { formatTime, parseTime, ValueError } from '../workloads/units.js';
import type { Workload } from '../workloads/workload.js';
import { now, startTimer } from './clock.js';
import { EXIT_ANSWER_IS_NO, EXIT_DONE, EXIT_INTERRUPTED } from './exit-code.js';
import { withInterrupt } from './interrupt.js';
import type { Io } from './io.js';
import {
  calibrationOption,
  collect,
  jobsOption,
  precisionOption,
  seedOption,
  setOption,
  wholeNumber,
} from './options.js';
import { describePlan } from './plan-summary.js';
import { programName } from './program-name.js';
import { startProgress } from './progress.js';
import type { RunWork } from './run-work.js';

interface PlanOptions {
  readonly tps?: number;
  readonly p99?: number;
  readonly p95?: number;
  readonly mean?: number;
  readonly lose?: Lose;
  readonly stall?: number;
  readonly set: readonly string[];
  readonly defaultsFile?: string;
  readonly may: readonly string[];
  readonly keep: readonly string[];
  readonly changes: number;
  readonly calibration: readonly string[];
  readonly predictions?: string;
  readonly seed?: number;
  readonly precision?: number;
  readonly jobs?: number;
  readonly out?: string;
  readonly json?: true;
  readonly quiet?: true;
}

const EXAMPLES = `
Examples:
  acklab plan --tps 3000 --p99 5ms                          of a source with a replica 1 ms away, is it feasible, and how?
  acklab plan --tps 2000 --set profile=mysql-5.6            what the upgrade buys, and what would do as well
  acklab plan --tps 1200 --p95 8ms --lose nothing           which settings lose nothing, and whether they are affordable
  acklab plan --tps 3000 --set rtt=200us/1ms/5ms --may wait_for_slave_count --may semisync
  acklab plan --tps 3000 --stall 2s                         which time-out
  acklab plan --tps 3000 --may replicas=1,2,3               how many replicas
  acklab plan --tps 3000 --defaults-file my.cnf --set rtt=2ms   of servers as they are configured
  acklab plan --tps 3000 --p99 5ms --json | jq .answers[0].changes

Exit code 0: feasible, as it is or with the changes that are named; 1: not, or not to be told; 2: wrong input.`;

export const planCommand = (io: Io, run: RunWork): Command =>
  new Command('plan')
    .description(
      'is a target feasible, with which fewest changes, and how much margin is left within the error of the model',
    )
    .addOption(new Option('--tps <n>', 'transactions per second, at least').argParser(positive))
    .addOption(new Option('--p99 <time>', '99th percentile of commit latency, at most').argParser(time))
    .addOption(new Option('--p95 <time>', '95th percentile of commit latency, at most').argParser(time))
    .addOption(new Option('--mean <time>', 'mean commit latency, at most').argParser(time))
    .addOption(
      new Option(
        '--lose <what>',
        'what a crash may lose: nothing, whichever machines die, all at once included; or nothing-if-source-dies',
      ).choices(LOSE_CHOICES),
    )
    .addOption(
      new Option(
        '--stall <time>',
        'how long commits may stand still when too few replicas answer; sets timeout',
      ).argParser(time),
    )
    .addOption(setOption())
    .option(
      '--defaults-file <my.cnf>',
      'the present settings: [mysqld] for all, [mysqld1] the source, [mysqld2] the replicas',
    )
    .addOption(
      new Option('--may <name[=value,…]>', 'what may change, and to what; repeatable')
        .argParser(collect)
        .default([], 'settings, version, and the disks and distances that --set does not name'),
    )
    .addOption(
      new Option('--keep <name>', 'what must not change; repeatable').argParser(collect).default([], 'nothing'),
    )
    .addOption(
      new Option('--changes <n>', 'how many changes at once, at most')
        .argParser((text) => wholeNumber(text, 0, 8))
        .default(MOST_CHANGES),
    )
    .addOption(calibrationOption())
    .option(
      '--predictions <file>',
      'measured rows with what the model says of them, from acklab validate --csv: its error',
    )
    .addOption(seedOption())
    .addOption(precisionOption())
    .addOption(jobsOption())
    .option('--out <dir>', 'keep points, chart and report in a run directory; must be new or empty')
    .option('--json', 'print one JSON object')
    .option('--quiet', 'print no progress')
    .addHelpText('after', EXAMPLES)
    .action((options: PlanOptions) => run(() => plan(io, options)));

async function plan(io: Io, options: PlanOptions): Promise<number> {
  const started = now().toISOString();
  const elapsed = startTimer();
  const question = planQuestion({
    given: givenBy(io, options),
    calibrations: options.calibration,
    predictions: options.predictions ?? null,
    targets: targetsOf(options),
    lose: options.lose ?? null,
    stall: options.stall ?? null,
    may: options.may,
    keep: options.keep,
    changes: options.changes,
    precision: options.precision ?? DEFAULT_PRECISION,
  });
  if (options.out !== undefined) checkRunPath(options.out);
  const found = await withInterrupt((signal) => {
    let progress = startProgress(io, { total: 0, measured: 0, milliseconds: 0 }, true);
    return runPlan(question, {
      jobs: options.jobs ?? defaultJobs(),
      signal,
      onTotal: (total) => {
        if (!options.quiet) io.stderr.write(`up to ${total} points to look at\n`);
        progress = startProgress(io, { total, measured: 0, milliseconds: 0 }, options.quiet === true);
      },
      onPoint: () => progress.step(),
    }).finally(() => progress.stop());
  });
  if (found === 'interrupted') {
    io.stderr.write('acklab: interrupted; nothing is kept\n');
    return EXIT_INTERRUPTED;
  }
  const record = planRecord(found, question);
  if (options.out !== undefined) {
    const report = await keep(found, record, { out: options.out, options, started, seconds: elapsed() });
    if (report === 'interrupted') {
      io.stderr.write(`acklab: interrupted; go on with: ${programName()} report ${options.out}\n`);
      return EXIT_INTERRUPTED;
    }
    io.stderr.write(`${report.report}\n`);
  }
  if (options.json) io.stdout.write(`${JSON.stringify(record, null, 2)}\n`);
  else io.stdout.write(describePlan(record));
  return record.answer === 'yes' ? EXIT_DONE : EXIT_ANSWER_IS_NO;
}

/** What --set says counts for more than what a my.cnf does. */
function givenBy(io: Io, { set, seed, defaultsFile, quiet }: PlanOptions): Setting[] {
  const said = [...set, ...(seed === undefined ? [] : [`seed=${seed}`])].map(parseSetOption);
  if (defaultsFile === undefined) return said;
  const { profile } = mergeSettings(said, new Map());
  const { settings, notes } = serverSettings(readOptionFile(defaultsFile), profile, defaultsFile);
  if (!quiet) for (const note of notes) io.stderr.write(`acklab: warning: ${note}\n`);
  return [...settings, ...said];
}

interface Kept {
  readonly out: string;
  readonly options: PlanOptions;
  readonly started: string;
  readonly seconds: number;
}

/** Writes the run directory, its chart and its report. */
async function keep(found: Plan, record: PlanRecord, { out, options, started, seconds }: Kept) {
  const jobs = options.jobs ?? defaultJobs();
  const request = {
    command: commandWords(options),
    workloads: ['plan'],
    set: options.set,
    calibrations: options.calibration,
    seed: options.seed ?? null,
    precision: options.precision ?? DEFAULT_PRECISION,
    runtime: null,
    threads: { repetitions: DEFAULT_REPETITIONS, milliseconds: DEFAULT_MILLISECONDS, placement: null, disk: null },
  };
  const begin = (workload: Workload) => beginManifest(workload, { acklab: packageVersion(), started, request, jobs });
  const run = writePlan(out, found, record, begin, { finished: now().toISOString(), wall_seconds: seconds });
  const { publish } = await import('../results/publish.js');
  return withInterrupt((signal) => publish(run, { jobs, signal }));
}

/** The question as it was asked, for the report. */
function commandWords({
  changes,
  tps,
  p99,
  p95,
  mean,
  lose,
  stall,
  precision,
  seed,
  predictions,
  ...lists
}: PlanOptions) {
  const one = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`--${name}`, String(value)];
  const timed = (name: string, us: number | undefined): string[] => one(name, us && formatTime(us));
  const many = (name: 'set' | 'may' | 'keep' | 'calibration'): string[] =>
    lists[name].flatMap((text) => one(name, text));
  return [
    'plan',
    ...one('tps', tps),
    ...timed('p99', p99),
    ...timed('p95', p95),
    ...timed('mean', mean),
    ...one('lose', lose),
    ...timed('stall', stall),
    ...one('defaults-file', lists.defaultsFile),
    ...(['set', 'may', 'keep', 'calibration'] as const).flatMap(many),
    ...one('predictions', predictions),
    ...one('changes', changes === MOST_CHANGES ? undefined : changes),
    ...one('seed', seed),
    ...one('precision', precision),
  ];
}

function positive(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !(value > 0))
    throw new InvalidArgumentError('Give a number above 0, such as 3000.');
  return value;
}

function time(text: string): number {
  try {
    const us = parseTime(text);
    if (us > 0) return us;
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new InvalidArgumentError(`${error.message}.`);
  }
  throw new InvalidArgumentError('Give a time above 0, such as 5ms.');
}
