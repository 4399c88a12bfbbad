/** What the engine does in one thread, timed against a reference loop. */
import { Bench } from 'tinybench';
import { LatencyHistogram } from '../../engine/measure/histogram.js';
import { defaultSettings, type Settings } from '../../engine/protocol/parameters.js';
import { Calendar } from '../../engine/runtimes/virtual/calendar.js';
import { simulate } from '../../engine/runtimes/virtual/simulate.js';
import type { Rate } from './result.js';

export const COMMITS = 100_000;
export const OPERATIONS = 100_000;

/** A fixed piece of floating-point and memory work: its speed stands for the machine's. */
export function reference(): number {
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

export const TASKS: readonly { name: string; unit: string; operations: number; run: () => number }[] = [
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

export async function timeTasks(seconds: number): Promise<Rate[]> {
  const bench = new Bench({ time: seconds * 1000, iterations: 5, warmupIterations: 2, warmupTime: 200 });
  for (const task of TASKS) bench.add(task.name, () => void task.run());
  await bench.run();
  let referenceRate = 0;
  return bench.tasks.map((task, index): Rate => {
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
