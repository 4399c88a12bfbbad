import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Command } from 'commander';
import { defaultJobs } from '../engine/runtimes/pool/run-points.js';
import { packageVersion } from '../results/package-version.js';
import { LEAST_ROWS, runCalibration } from '../results/run-calibration.js';
import type { CalibrationDocument, CalibrationRecord, ErrorTable } from '../workloads/calibration.js';
import { formatCalibrations } from '../workloads/calibration-file.js';
import { InputError } from '../workloads/input-error.js';
import { parseSetOption } from '../workloads/load.js';
import { type MeasuredRow, readMeasurements } from '../workloads/measurements.js';
import { errorTable } from './error-table.js';
import { EXIT_DONE, EXIT_INTERRUPTED } from './exit-code.js';
import { withInterrupt } from './interrupt.js';
import type { Io } from './io.js';
import { jobsOption, seedOption, setOption } from './options.js';
import type { RunWork } from './run-work.js';
import { plainTable } from './table.js';

interface CalibrateOptions {
  readonly out: string;
  readonly set: readonly string[];
  readonly seed?: number;
  readonly jobs?: number;
  readonly json?: true;
  readonly quiet?: true;
}

const DEFAULT_SEED = 42;

const EXAMPLES = `
Examples:
  acklab calibrate measured.csv --out mine.yaml
  acklab calibrate measured.csv --out mine.yaml --set cores=8 --set hosts=replicas-apart
  acklab validate measured.csv --calibration mine.yaml`;

export const calibrateCommand = (io: Io, run: RunWork): Command =>
  new Command('calibrate')
    .description('find the costs that make the model repeat measured rows, for each server they tell of')
    .argument('<measured.csv...>', 'measured rows, with the columns of observations')
    .requiredOption('--out <file>', 'the calibration to write; a directory gets one file for each server')
    .addOption(setOption())
    .addOption(seedOption())
    .addOption(jobsOption())
    .option('--json', 'print one JSON object')
    .option('--quiet', 'print no progress')
    .addHelpText('after', EXAMPLES)
    .action((files: string[], options: CalibrateOptions) => run(() => calibrate(io, files, options)));

async function calibrate(io: Io, files: readonly string[], options: CalibrateOptions): Promise<number> {
  const rows = files.flatMap(readMeasurements);
  checkRows(rows);
  checkOut(options.out);
  const overrides = options.set.map(parseSetOption);
  const seed = options.seed ?? DEFAULT_SEED;
  const tell = (line: string): void => {
    if (!options.quiet) io.stderr.write(`${line}\n`);
  };
  const servers = await withInterrupt((signal) =>
    runCalibration(rows, {
      overrides,
      seed,
      jobs: options.jobs ?? defaultJobs(),
      signal,
      onServer: (profile, count) => tell(`${profile}: ${count} measured rows`),
      onIteration: (iteration, iterations, errors) =>
        tell(`  iteration ${iteration} of at most ${iterations}: ${describeErrors(errors)}`),
    }),
  );
  if (servers === 'interrupted') {
    io.stderr.write('acklab: interrupted; nothing is written\n');
    return EXIT_INTERRUPTED;
  }
  const measured = files.map((file) => basename(file));
  const written = writeCalibrations(options.out, { acklab: packageVersion(), seed, measured, servers });
  if (options.json) io.stdout.write(`${JSON.stringify({ seed, measured, servers, written }, null, 2)}\n`);
  else io.stdout.write(`${servers.map(describeServer).join('\n')}\n${written.join('\n')}\n`);
  return EXIT_DONE;
}

function describeErrors({ tps, latency_p95_us }: ErrorTable): string {
  const parts = [
    ...(tps === null
      ? []
      : [`median error of tps ${tps.median.toFixed(1)} %, 90th percentile ${tps.p90.toFixed(1)} %`]),
    ...(latency_p95_us === null ? [] : [`of p95 latency ${latency_p95_us.median.toFixed(1)} %`]),
  ];
  return parts.join('; ');
}

function checkRows(rows: readonly MeasuredRow[]): void {
  const profiles = rows.map(({ given }) => given.find(({ name }) => name === 'profile')?.text ?? '');
  for (const profile of new Set(profiles)) {
    const count = profiles.filter((name) => name === profile).length;
    if (count >= LEAST_ROWS) continue;
    const first = rows[profiles.indexOf(profile)]?.place ?? '';
    throw new InputError(
      `${first}: only ${count} rows of ${profile}, too few to fit its costs; measure at least ${LEAST_ROWS}, or leave them out`,
    );
  }
}

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Before minutes are spent on what then has no place to go. */
function checkOut(out: string): void {
  if (isDirectory(out) || out.endsWith('/')) return;
  if (!/\.ya?ml$/i.test(out)) throw new InputError(`--out ${out}: a file ending in .yaml is wanted, or a directory`);
  if (!existsSync(dirname(out)))
    throw new InputError(`--out ${out}: there is no directory ${dirname(out)}; make it first`);
}

/** The names of the files. */
function writeCalibrations(out: string, document: CalibrationDocument): string[] {
  if (!isDirectory(out) && !out.endsWith('/')) return [writeText(out, formatCalibrations(document))];
  mkdirSync(out, { recursive: true });
  return document.servers.map((server) =>
    writeText(join(out, `${server.profile}.yaml`), formatCalibrations({ ...document, servers: [server] })),
  );
}

function writeText(file: string, text: string): string {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError(`${file}: cannot be written: ${(error as Error).message}`);
  }
  return file;
}

function describeServer({ profile, rows, costs, errors }: CalibrationRecord): string {
  const lines = costs.map(({ name, value, fitted }) => [
    name,
    value,
    fitted === null ? '' : `${fitted.low_us} … ${fitted.high_us} µs`,
    fitted === null ? 'not fitted' : `${(100 * fitted.pinned).toFixed(0)} %`,
  ]);
  return [
    `${profile}, ${rows} measured rows\n`,
    plainTable(['cost', 'value', '95 % interval of its mean', 'pinned by the data'], lines),
    errorTable([
      ['fitted', errors.fitted],
      ['cross-validated', errors.cross_validated],
    ]),
  ].join('\n');
}
