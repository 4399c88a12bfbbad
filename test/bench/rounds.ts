/**
 * `npm run bench -- --record FILE`: every task against a reference, in rounds, as a baseline for `acklab compare`. Each
 * round is a process of its own, because the compiler may make different code of the same loop in each; and all is timed
 * by the processor's clock, because who else uses the machine must not decide it.
 */
import { spawnSync } from 'node:child_process';
import { deflateSync } from 'node:zlib';
import { type RecordedRun, recordedValue } from '../../analysis/recorded-run.js';
import { COMMITS, TASKS } from './tasks.js';

/** Enough for a difference to be significant over all tasks. */
const ROUNDS = 10;

/** The first is the loop that the table compares with: fast or slow by a factor of two, as the compiler pleases. */
const MEASURED = TASKS.slice(1);

/** Some milliseconds each, so that the clock's grain does not show. */
const REFERENCE_RUNS = 4;
const OPERATIONS_LEAST = 20 * COMMITS;

const TEXT = Uint8Array.from({ length: 1 << 18 }, (_, index) => ((index * 7919) >> (index % 13)) & 63);

/** Native code that is the same in every process, and calls for what any code calls for: memory, branches, integers. */
const reference = (): number => deflateSync(TEXT, { level: 6 }).length;

/** Speed of each task against the reference's. Run twice, as the first time only warms up. */
export function recordRound(): number[] {
  let answers = 0;
  const cpuMicroseconds = (work: () => number, times: number): number => {
    const begin = process.cpuUsage();
    // A result that nobody reads is one that the compiler need not compute.
    for (let n = 0; n < times; n++) answers += work();
    return process.cpuUsage(begin).user / times;
  };
  const round = (): number[] =>
    MEASURED.map(({ operations, unit, run }) => {
      const times = unit === 'commits/s' ? 1 : OPERATIONS_LEAST / operations;
      const each = cpuMicroseconds(reference, REFERENCE_RUNS);
      return each / (cpuMicroseconds(run, times) / operations);
    });
  round();
  const ratios = round();
  if (!(answers > 0)) throw new Error('the tasks gave no answers');
  return ratios;
}

export function recordRounds(): RecordedRun {
  const rounds = Array.from({ length: ROUNDS }, (): number[] => {
    const { stdout, status } = spawnSync(process.execPath, [process.argv[1]!, '--round'], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`a round of the benchmark ended with ${status}`);
    return JSON.parse(stdout);
  });
  return {
    name: 'bench',
    acklab: process.env.npm_package_version ?? '',
    code: {},
    workload: 'bench',
    command: 'npm run gate',
    precision: 0,
    machine: null,
    started: new Date().toISOString(),
    points: MEASURED.map(({ name }, index) => {
      const ratio = rounds.map((round) => recordedValue(round[index]!));
      return {
        runtime: 'benchmark',
        part: 'bench',
        variant: name,
        swept: [],
        settings: {},
        seeds: [],
        values: { ratio },
      };
    }),
  };
}
