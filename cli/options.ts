/** Options that several commands share, and how their arguments are read. */
import { InvalidArgumentError, Option } from 'commander';
import { PARAMETERS } from '../engine/protocol/parameters.js';

/** 2 % of throughput, at 95 % confidence. */
export const DEFAULT_PRECISION = 0.02;

const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value];

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
  new Option('--runtime <name>', 'what gives the actors time').choices(['virtual']).default('virtual');

export function wholeNumber(text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  }
  return value;
}

function parsePrecision(text: string): number {
  const share = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  // Below a tenth of a percent a point needs millions of commits; above a half its interval says nothing.
  if (text.trim() === '' || !(share >= 0.001 && share <= 0.5)) {
    throw new InvalidArgumentError('Give a share from 0.001 to 0.5, or 0.1% to 50%.');
  }
  return share;
}

export function parsePercent(text: string): number {
  const percent = Number(text.replace(/%$/, ''));
  if (text.trim() === '' || !(percent >= 0)) throw new InvalidArgumentError('Give a percentage, such as 5.');
  return percent;
}
