import { Command, Option } from 'commander';
import { summarizeByProfile, type ValidatedRow, type ValidationSummary, worstRows } from '../analysis/validation.js';
import { defaultJobs } from '../engine/runtimes/pool/run-points.js';
import { formatPredictions, PARAMETER_COLUMNS } from '../results/predictions.js';
import { runValidation } from '../results/run-validation.js';
import { calibrationsWith } from '../workloads/calibration-file.js';
import { InputError } from '../workloads/input-error.js';
import { parseSetOption } from '../workloads/load.js';
import { readMeasurements } from '../workloads/measurements.js';
import { errorTable } from './error-table.js';
import { EXIT_ANSWER_IS_NO, EXIT_DONE, EXIT_INTERRUPTED } from './exit-code.js';
import { withInterrupt } from './interrupt.js';
import type { Io } from './io.js';
import { calibrationOption, jobsOption, parsePercent, precisionOption, seedOption, setOption } from './options.js';
import { startProgress } from './progress.js';
import type { RunWork } from './run-work.js';
import { plainTable } from './table.js';

interface ValidateOptions {
  readonly calibration: readonly string[];
  readonly set: readonly string[];
  readonly seed?: number;
  readonly jobs?: number;
  readonly precision?: number;
  readonly maxMedianError?: number;
  readonly csv?: true;
  readonly json?: true;
  readonly quiet?: true;
}

/** Finer than a sweep's: what the simulation leaves open must not pass for an error of the model. */
const PRECISION = 0.01;

const WORST_ROWS = 10;

const EXAMPLES = `
Examples:
  acklab validate measured.csv                              the shipped calibrations against your rows
  acklab validate measured.csv --calibration mine.yaml --max-median-error 5
  acklab validate measured.csv --set cores=8 --set hosts=replicas-apart
  acklab validate measured.csv --csv > predictions.csv      parameters, measured and predicted, row by row
  acklab validate measured.csv --json | jq .summary.overall.tps`;

export const validateCommand = (io: Io, run: RunWork): Command =>
  new Command('validate')
    .description('hold the model against measured rows: simulate each, and print how far off it is')
    .argument('<measured.csv...>', 'measured rows, with the columns of observations')
    .addOption(calibrationOption())
    .addOption(setOption())
    .addOption(seedOption())
    .addOption(jobsOption())
    .addOption(precisionOption(PRECISION))
    .addOption(
      new Option(
        '--max-median-error <percent>',
        'exit with 1 when the median error of throughput, over all rows, is larger',
      ).argParser(parsePercent),
    )
    .addOption(new Option('--csv', 'print one line for each row: parameters, measured, predicted').conflicts('json'))
    .option('--json', 'print one JSON object')
    .option('--quiet', 'print no progress')
    .addHelpText('after', EXAMPLES)
    .action((files: string[], options: ValidateOptions) => run(() => validate(io, files, options)));

async function validate(io: Io, files: readonly string[], options: ValidateOptions): Promise<number> {
  const calibrations = calibrationsWith(options.calibration);
  const seed = options.seed === undefined ? [] : [`seed=${options.seed}`];
  const overrides = [...options.set, ...seed].map(parseSetOption);
  const measured = files.flatMap(readMeasurements);
  const rows = await withInterrupt(async (signal) => {
    const progress = startProgress(
      io,
      { total: measured.length, measured: 0, milliseconds: 0 },
      options.quiet === true,
    );
    return runValidation(measured, {
      calibrations,
      overrides,
      jobs: options.jobs ?? defaultJobs(),
      precision: options.precision ?? PRECISION,
      signal,
      onRow: () => progress.step(),
    }).finally(() => progress.stop());
  });
  if (rows === 'interrupted') {
    io.stderr.write('acklab: interrupted; nothing is kept\n');
    return EXIT_INTERRUPTED;
  }
  const summary = summarizeByProfile(rows);
  if (options.csv) io.stdout.write(formatPredictions(measured, rows));
  else if (options.json) io.stdout.write(`${JSON.stringify({ rows: rows.map(jsonRow), summary }, null, 2)}\n`);
  else io.stdout.write(describe(rows, summary));
  return options.maxMedianError === undefined ? EXIT_DONE : judge(io, summary, options.maxMedianError);
}

function judge(io: Io, summary: ValidationSummary, bound: number): number {
  const { tps } = summary.overall;
  if (tps === null) throw new InputError('--max-median-error: no row has a measured tps to be judged by');
  if (tps.median <= bound) return EXIT_DONE;
  io.stderr.write(`acklab: the median error of tps is ${tps.median.toFixed(1)} %, more than ${bound} %\n`);
  return EXIT_ANSWER_IS_NO;
}

const jsonRow = ({ observation, measured, predicted, error_pct }: ValidatedRow): object => ({
  ...Object.fromEntries(PARAMETER_COLUMNS.map((column) => [column, observation[column]])),
  measured,
  predicted,
  error_pct,
});

const describe = (rows: readonly ValidatedRow[], summary: ValidationSummary): string =>
  [
    `${rows.length} measured rows against the model; errors in percent, positive where the model says more\n`,
    errorTable(Object.entries(summary)),
    `the ${Math.min(WORST_ROWS, rows.length)} rows furthest off\n${describeWorst(worstRows(rows, WORST_ROWS))}`,
  ].join('\n');

function describeWorst(rows: readonly ValidatedRow[]): string {
  const head = [
    'profile',
    'wait point',
    'clients',
    'rtt',
    'fsync',
    'replicas',
    'row',
    'tps',
    'predicted',
    'error',
    'p95 error',
  ];
  const whole = (value: number | null): string => (value === null ? '' : value.toFixed(0));
  const signed = (value: number | null): string =>
    value === null ? '' : `${value < 0 ? '' : '+'}${value.toFixed(1)} %`;
  return plainTable(
    head,
    rows.map(({ place, observation: at, measured, predicted, error_pct }) => [
      at.profile,
      at.wait_point,
      at.clients,
      at.rtt_us,
      at.binlog_fsync_us,
      at.replicas,
      place.replace(/: row.*/, ''),
      whole(measured.tps),
      whole(predicted.tps),
      signed(error_pct.tps),
      signed(error_pct.latency_p95_us),
    ]),
  );
}
