/**
 * `npm run bench`: how fast the engine is, printed as a table and written as JSON (`--json FILE`). Figures depend on the
 * machine; the ratios against the reference loop, taken in the same run, are what can be compared between machines.
 * `--record FILE` writes those ratios, ten rounds of them, as a baseline for `acklab compare`.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { Bench } from 'tinybench';
import { type RecordedRun, recordedValue } from '../../analysis/recorded-run.js';
import { LatencyHistogram } from '../../engine/measure/histogram.js';
import { defaultSettings, type Settings } from '../../engine/protocol/parameters.js';
import { Calendar } from '../../engine/runtimes/virtual/calendar.js';
import { simulate } from '../../engine/runtimes/virtual/simulate.js';
import { writeBaseline } from '../../results/baseline.js';

const COMMITS = 100_000;
const OPERATIONS = 100_000;

interface Result {
  readonly name: string;
  readonly unit: string;
  /** Operations per second: median over the runs, and the range that the middle half of them spans. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Against the reference loop of the same run. */
  readonly ratio: number;
}

/** A fixed piece of floating-point and memory work: its speed stands for the machine's. */
function reference(): number {
  const values = new Float64Array(1024);
  let sum = 0;
  for (let i = 0; i < OPERATIONS; i++) {
    const slot = (i * 7) & 1023;
    values[slot] = (values[slot] as number) * 0.5 + i;
    sum += values[(slot + 511) & 1023] as number;
  }
  return sum;
}

function calendarTurns(): number {
  const calendar = new Calendar();
  for (let i = 0; i < 64; i++) calendar.push(i, i);
  let time = 0;
  for (let i = 0; i < OPERATIONS; i++) {
    time = calendar.nextTime();
    const item = calendar.nextItem();
    calendar.pop();
    calendar.push(time + 1 + ((i * 37) & 63), item);
  }
  return time;
}

function histogramRecords(): number {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < OPERATIONS; i++) histogram.record(50 + ((i * 7919) & 16383));
  return histogram.count;
}

/** One point of so many commits; the answer is checked, so that what is timed is known to have happened. */
function commits(changes: Partial<Settings>): number {
  const settings: Settings = { ...defaultSettings(changes.profile ?? 'mysql-5.7'), ...changes };
  const result = simulate(settings, { precision: 1e-9, maxCommits: COMMITS });
  if (result.simulated_commits !== COMMITS) throw new Error(`${result.simulated_commits} commits, not ${COMMITS}`);
  return result.observation.tps;
}

const TASKS: readonly { name: string; unit: string; operations: number; run: () => number }[] = [
  { name: 'reference loop', unit: 'steps/s', operations: OPERATIONS, run: reference },
  { name: 'calendar: pop and push, 64 events', unit: 'turns/s', operations: OPERATIONS, run: calendarTurns },
  { name: 'histogram: record', unit: 'values/s', operations: OPERATIONS, run: histogramRecords },
  {
    name: 'mysql-5.7 AFTER_SYNC, 64 clients, 1 replica',
    unit: 'commits/s',
    operations: COMMITS,
    run: () => commits({ clients: 64 }),
  },
  {
    name: 'mysql-5.7 AFTER_SYNC, 64 clients, 3 replicas',
    unit: 'commits/s',
    operations: COMMITS,
    run: () => commits({ clients: 64, replicas: 3 }),
  },
  {
    name: 'mysql-5.7 AFTER_COMMIT, 64 clients, 1 replica',
    unit: 'commits/s',
    operations: COMMITS,
    run: () => commits({ clients: 64, wait_point: 'AFTER_COMMIT' }),
  },
  {
    name: 'mysql-5.6, 16 clients, 1 replica',
    unit: 'commits/s',
    operations: COMMITS,
    run: () => commits({ profile: 'mysql-5.6', clients: 16 }),
  },
  {
    name: 'mariadb-10.11 AFTER_SYNC, 64 clients, 1 replica',
    unit: 'commits/s',
    operations: COMMITS,
    run: () => commits({ profile: 'mariadb-10.11', wait_point: 'AFTER_SYNC', clients: 64 }),
  },
];

async function measure(seconds: number): Promise<Result[]> {
  const bench = new Bench({ time: seconds * 1000, iterations: 5, warmupIterations: 2, warmupTime: 200 });
  for (const task of TASKS) bench.add(task.name, () => void task.run());
  await bench.run();
  let referenceRate = 0;
  return bench.tasks.map((task, index): Result => {
    const { result } = task;
    if (!('latency' in result)) throw new Error(`${task.name}: ${result.state}`);
    const { operations, name, unit } = TASKS[index]!;
    const rate = (milliseconds: number): number => (operations / milliseconds) * 1000;
    const median = rate(result.latency.p50);
    if (index === 0) referenceRate = median;
    return {
      name,
      unit,
      median,
      low: rate(result.latency.p75),
      high: rate(result.latency.min),
      ratio: median / referenceRate,
    };
  });
}

/** Rounds of `--record`: enough for a difference to be significant over all tasks. */
const ROUNDS = 10;
/** Of the reference loop before each task: some 20 ms, so that the clock's grain does not show. */
const REFERENCE_RUNS = 50;

/** Every task once in each round, against the reference loop run just before it, as a baseline for `acklab compare`. */
function recordRounds(): RecordedRun {
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
    runtime: 'benchmark',
    workload: 'bench',
    command: 'npm run gate',
    precision: 0,
    machine: null,
    started: new Date().toISOString(),
    points: tasks.map(({ name }, index) => {
      return { part: 'bench', variant: name, swept: [], settings: {}, seeds: [], values: { ratio: ratios[index]! } };
    }),
  };
}

const options = {
  json: { type: 'string' },
  record: { type: 'string' },
  seconds: { type: 'string', default: '2' },
} as const;
const { values } = parseArgs({ options });
if (values.record !== undefined) {
  writeBaseline(values.record, recordRounds());
  process.exit();
}
const results = await measure(Number(values.seconds));
const table = new Table({
  head: ['', 'median', 'p25', 'best', 'unit', 'ratio to reference'],
  style: { head: [], border: [] },
});
const number = (value: number): string => Math.round(value).toLocaleString('en');
for (const { name, unit, median, low, high, ratio } of results) {
  table.push([name, number(median), number(low), number(high), unit, ratio.toPrecision(3)]);
}
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`);
console.log(table.toString());
if (values.json) writeFileSync(values.json, `${JSON.stringify({ node: process.version, results }, null, 2)}\n`);
