/** The command line of the fuzzer. */
import { parseArgs } from 'node:util';

export interface FuzzOptions {
  readonly seed: number;
  readonly runs: number;
  readonly minutes: number;
  /** The number of one run. */
  readonly only: string | undefined;
  readonly mutations: boolean;
  readonly list: boolean;
  readonly quiet: boolean;
}

const HELP = `Draws random clusters, settings and faults, runs them, and checks the rules of replication after every event.

  npm run fuzz -- [--seed N] [--runs N | --minutes N] [--only RUN] [--quiet]
  npm run fuzz -- --mutations [--seed N] [--runs N]
  npm run fuzz -- --list

  --seed N       what is drawn (default 1)
  --runs N       scenarios to run (default 10000; with --mutations, at most so many for each: 1000)
  --minutes N    go on for so long instead
  --only RUN     one scenario again, as a failure names it
  --mutations    break the rules on purpose, one at a time, and say which invariant notices
  --list         the invariants
  --quiet        no progress

Exit code 0: every invariant held (every mutation was caught); 1: not; 2: wrong arguments; 130: interrupted.
`;

/** `undefined`: a line on stderr has said why. */
export function parseOptions(argv: readonly string[]): FuzzOptions | undefined {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        seed: { type: 'string', default: '1' },
        runs: { type: 'string' },
        minutes: { type: 'string' },
        only: { type: 'string' },
        mutations: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        quiet: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(HELP);
      process.exit();
    }
    const { mutations, list, quiet, only } = values;
    const runs =
      values.minutes !== undefined ? 2 ** 31 - 1 : number('runs', values.runs ?? (mutations ? '1000' : '10000'), 1);
    const minutes = values.minutes === undefined ? 0 : number('minutes', values.minutes, 0);
    if (only !== undefined && !/^\d+$/.test(only)) {
      throw new Error(`--only ${only}: give the number of a run, as a failure names it`);
    }
    const seed = number('seed', values.seed, -(2 ** 31));
    if (!Number.isInteger(seed) || !Number.isInteger(runs)) throw new Error('--seed and --runs: give whole numbers');
    return { seed, runs, minutes, only, mutations, list, quiet };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}; see npm run fuzz -- --help\n`);
    return undefined;
  }
}

function number(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value < 2 ** 31))
    throw new Error(`--${name} ${text}: give a number from ${least}`);
  return value;
}
