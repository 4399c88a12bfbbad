/** Options that several commands share, and how their arguments are read. */
import { InvalidArgumentError, Option } from 'commander';
import { DEFAULT_THRESHOLD } from '../analysis/comparison.js';
import { PARAMETERS } from '../engine/protocol/parameters.js';
import { PlacementError, parsePlacement, placementText } from '../engine/runtimes/threads/placement.js';
import {
  DEFAULT_MILLISECONDS,
  DEFAULT_PRECISION,
  DEFAULT_REPETITIONS,
  PRECISION_RANGE,
} from '../results/store-manifest.js';
import { RUNTIME_CHOICES } from '../workloads/workload.js';

export const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value];

export const setOption = (): Option =>
  new Option(
    '--set <name=value>',
    'set a parameter for every point (rtt=1ms, replicas=3, rtt=200us/1ms/5ms); repeatable; see acklab run --help for all names',
  )
    .argParser(collect)
    .default([], 'none');

export const seedOption = (): Option =>
  new Option('--seed <n>', 'seed of every random stream; the same seed gives the same bytes').argParser((text) =>
    wholeNumber(text, 0, PARAMETERS.seed.max ?? Number.MAX_SAFE_INTEGER),
  );

/** A file is read when the command runs, so that what is wrong in it is told as of any other input. */
export const calibrationOption = (): Option =>
  new Option(
    '--calibration <file>',
    'costs made by acklab calibrate, instead of those shipped for its servers; repeatable',
  )
    .argParser(collect)
    .default([], 'none');

export const precisionOption = (precision = DEFAULT_PRECISION): Option =>
  new Option(
    '--precision <share>',
    `how near the true throughput a point must be known, at 95 % confidence, as 0.02 or 2% (default: ${precision})`,
  ).argParser(parsePrecision);

export const jobsOption = (): Option =>
  new Option('--jobs <n>', 'points that run at the same time (default: as many as there are cores)').argParser((text) =>
    wholeNumber(text, 1, 1024),
  );

export const outOption = (runsFolder: string): Option =>
  new Option(
    '--out <dir>',
    `the run directory; must be new or empty (default: ${runsFolder}/<UTC time>-<workload>)`,
  ).argParser((text) => {
    if (text === '') throw new InvalidArgumentError('Give a directory.');
    return text;
  });

export const runtimeOption = (): Option =>
  new Option(
    '--runtime <name>',
    'virtual time, threads on the cores of this machine, or both, measured dots over virtual curves (default: as the workload says)',
  ).choices(RUNTIME_CHOICES);

export const oneRuntimeOption = (): Option =>
  new Option('--runtime <name>', 'virtual time, or threads on the cores of this machine')
    .choices(['virtual', 'threads'])
    .default('virtual');

export const repetitionsOption = (): Option =>
  new Option(
    '--repetitions <n>',
    `how often threads measure each point, in turns (default: ${DEFAULT_REPETITIONS})`,
  ).argParser((text) => wholeNumber(text, 1, 10_000));

export const durationOption = (milliseconds = DEFAULT_MILLISECONDS): Option =>
  new Option(
    '--duration <time>',
    `how long threads run a point each time, warm-up included, such as 200ms or 2s (default: ${milliseconds}ms)`,
  ).argParser(parseMilliseconds);

/** From a hundredth of a second to an hour. */
function parseMilliseconds(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text.trim()) ?? [];
  const milliseconds = Number(number) * (unit === 's' ? 1000 : 1);
  if (!(milliseconds >= 10 && milliseconds <= 3_600_000)) {
    throw new InvalidArgumentError('Give a time from 10ms to 3600s.');
  }
  return milliseconds;
}

export const placementOption = (): Option =>
  new Option(
    '--placement <workers>',
    'what each worker thread hosts, such as clients/readers+acks/replicas (default: as many workers as fit the cores)',
  ).argParser((text) => {
    try {
      return placementText(parsePlacement(text));
    } catch (error) {
      throw error instanceof PlacementError ? new InvalidArgumentError(`${error.message}.`) : error;
    }
  });

export const diskOption = (): Option =>
  new Option(
    '--disk <kind>',
    'real:DIR writes binlog and relay logs to files in DIR and calls fdatasync; otherwise an fsync is a delay',
  ).argParser((text) => {
    if (!/^real:./.test(text))
      throw new InvalidArgumentError('Write real:DIR, with a directory on the disk to measure.');
    return text.slice('real:'.length);
  });

export function wholeNumber(text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  }
  return value;
}

function parsePrecision(text: string): number {
  const share = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  const [least, most] = PRECISION_RANGE;
  if (text.trim() === '' || !(share >= least && share <= most)) {
    throw new InvalidArgumentError(`Give a share from ${least} to ${most}, or ${100 * least}% to ${100 * most}%.`);
  }
  return share;
}

export function parsePercent(text: string): number {
  const percent = Number(text.replace(/%$/, ''));
  if (text.trim() === '' || !(percent >= 0)) throw new InvalidArgumentError('Give a percentage, such as 5.');
  return percent;
}

/** A share of 1. */
export const thresholdOption = (): Option =>
  new Option('--threshold <percent>', 'the smallest change worth reporting')
    .argParser(parseThreshold)
    .default(DEFAULT_THRESHOLD, String(100 * DEFAULT_THRESHOLD));

function parseThreshold(text: string): number {
  const percent = Number(text.replace(/%$/, ''));
  if (text.trim() === '' || !(percent > 0 && percent < 100)) {
    throw new InvalidArgumentError('Give a percentage above 0 and below 100, such as 5.');
  }
  return percent / 100;
}
