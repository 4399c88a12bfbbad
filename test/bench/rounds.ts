/** `npm run bench -- --record FILE`: every task against the reference loop run just before it, in rounds. */
import { type RecordedRun, recordedValue } from '../../analysis/recorded-run.js';
import { COMMITS, OPERATIONS, reference, TASKS } from './tasks.js';

/** Rounds of `--record`: enough for a difference to be significant over all tasks. */
const ROUNDS = 10;
/** Of the reference loop before each task: some 20 ms, so that the clock's grain does not show. */
const REFERENCE_RUNS = 50;

/** Every task once in each round, against the reference loop run just before it, as a baseline for `acklab compare`. */
export function recordRounds(): RecordedRun {
  const seconds = (work: () => void): number => {
    const begin = performance.now();
    work();
    return (performance.now() - begin) / 1000;
  };
  const tasks = TASKS.slice(1);
  const ratios = tasks.map((): number[] => []);
  // The first round only warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, { operations, run }] of tasks.entries()) {
      const loop = seconds(() => {
        for (let i = 0; i < REFERENCE_RUNS; i++) reference();
      });
      const repeats = Math.ceil(COMMITS / operations);
      const task = seconds(() => {
        for (let i = 0; i < repeats; i++) run();
      });
      const ratio = (operations * repeats) / task / ((OPERATIONS * REFERENCE_RUNS) / loop);
      if (round > 0) ratios[index]!.push(recordedValue(ratio));
    }
  }
  return {
    name: 'bench',
    acklab: process.env.npm_package_version ?? 'unknown',
    code: {},
    workload: 'bench',
    command: 'npm run gate',
    precision: 0,
    machine: null,
    started: new Date().toISOString(),
    points: tasks.map(({ name }, index) => {
      return {
        runtime: 'benchmark',
        part: 'bench',
        variant: name,
        swept: [],
        settings: {},
        seeds: [],
        values: { ratio: ratios[index]! },
      };
    }),
  };
}
