/** The search held against brute force: every configuration of a small grid simulated and judged by itself. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Assessed, Plan } from '../../analysis/plan.js';
import { judge, type Target } from '../../analysis/plan-verdict.js';
import type { Observation } from '../../engine/measure/observation.js';
import type { Settings } from '../../engine/protocol/parameters.js';
import { runPoints } from '../../engine/runtimes/pool/run-points.js';
import { type PlanRequest, planQuestion } from '../../results/plan-question.js';
import { runPlan } from '../../results/run-plan.js';
import { parseSetOption, resolveSettings } from '../../workloads/load.js';

const workerFile = fileURLToPath(new URL('../../dist/engine/runtimes/pool/point-worker.js', import.meta.url));
const PRECISION = 0.04;
const PRESENT = [
  'rtt=200us/1ms/1ms',
  'wait_for_slave_count=3',
  'sync_relay_log=1',
  'binlog_fsync=1ms',
  'redo_fsync=1ms',
  'clients=16',
];
const GRID: readonly (readonly string[])[] = [
  ['wait_for_slave_count=3', 'wait_for_slave_count=2', 'wait_for_slave_count=1'],
  ['sync_relay_log=1', 'sync_relay_log=10000'],
  ['wait_point=AFTER_SYNC', 'wait_point=AFTER_COMMIT'],
  ['binlog_fsync=1ms', 'binlog_fsync=200us'],
];

const request = (targets: readonly Target[], changes: Partial<PlanRequest> = {}): PlanRequest => ({
  given: PRESENT.map(parseSetOption),
  calibrations: [],
  predictions: null,
  targets,
  lose: null,
  stall: null,
  may: GRID.map((values) => `${values[0]!.split('=')[0]}=${values.map((value) => value.split('=')[1]).join(',')}`),
  keep: [],
  changes: 4,
  precision: PRECISION,
  ...changes,
});

async function planOf(asked: PlanRequest): Promise<Plan> {
  // For so few points a second worker costs more to start than it spares.
  const plan = await runPlan(planQuestion(asked), { workerFile, jobs: 1 });
  if (plan === 'interrupted') throw new Error('interrupted');
  return plan;
}

interface Cell {
  readonly changes: number;
  readonly settings: Settings;
  readonly observation: Observation;
}

let cells: Cell[];

beforeAll(async () => {
  const product = GRID.reduce<string[][]>(
    (sets, values) => sets.flatMap((set) => values.map((value) => [...set, value])),
    [[]],
  );
  cells = [];
  const points = product.map((values, index) => {
    const settings = resolveSettings([...PRESENT, ...values].map(parseSetOption));
    return { index, part: 'grid', settings, changes: values.filter((value, at) => value !== GRID[at]![0]).length };
  });
  // On the pool, since what vitest loads it transforms, and that is several times slower.
  await runPoints(points, {
    precision: PRECISION,
    workerFile,
    onResult: ({ index, settings, changes }, observation) => {
      cells[index] = { changes, settings, observation };
    },
  });
}, 300_000);

/** With how few changes brute force meets the targets; Infinity where nothing does. */
function fewest(targets: readonly Target[]): number {
  const { error, measured } = planQuestion(request(targets));
  const verdict = ({ settings, observation }: Cell) =>
    judge(observation, targets, error, measured.outsideOf(settings).length === 0).verdict;
  return Math.min(...cells.filter((cell) => verdict(cell) === 'meets').map(({ changes }) => changes));
}

const found = ({ answers }: Plan): number => answers[0]?.changes.length ?? Number.POSITIVE_INFINITY;

const tps = (bound: number): Target => ({ quantity: 'tps', bound });
const p95 = (bound: number): Target => ({ quantity: 'latency_p95_us', bound });

describe('no cheaper answer exists', () => {
  const cases: readonly (readonly [string, readonly Target[]])[] = [
    ['100 tx/s', [tps(100)]],
    ['1,000 tx/s', [tps(1000)]],
    ['2,500 tx/s', [tps(2500)]],
    ['2,900 tx/s', [tps(2900)]],
    ['3,500 tx/s', [tps(3500)]],
    ['2,400 tx/s within 8 ms', [tps(2400), p95(8000)]],
    ['3 ms', [p95(3000)]],
    ['20,000 tx/s', [tps(20_000)]],
  ];

  test('the cases take everything from no change to more than there are', () => {
    const counts = new Set(cases.map(([, targets]) => fewest(targets)));
    expect([...counts].sort()).toEqual([0, 1, 2, 3, Number.POSITIVE_INFINITY]);
  });

  test.each(cases)('%s', { timeout: 300_000 }, async (_, targets) => {
    const plan = await planOf(request(targets));
    expect(found(plan)).toBe(fewest(targets));
    // The answer is what brute force says of the same configuration.
    for (const answer of plan.answers) expect(answer.observation.tps).toBe(cellOf(answer).observation.tps);
  });

  const cellOf = ({ settings }: Assessed): Cell =>
    cells.find(
      (cell) =>
        (['wait_for_slave_count', 'sync_relay_log', 'wait_point'] as const).every(
          (name) => cell.settings[name] === settings[name],
        ) && cell.settings.binlog_fsync.mean === settings.binlog_fsync.mean,
    )!;

  test('canary: a search that may not change what matters is caught', { timeout: 300_000 }, async () => {
    const targets = [tps(2500)];
    const plan = await planOf(request(targets, { may: ['wait_point'] }));
    expect(found(plan)).not.toBe(fewest(targets));
  });
});

describe('what is required comes first', () => {
  test('nothing to lose: its changes are no part of the search, and none of its promises is given up', async () => {
    const plan = await planOf(
      request([tps(300)], { given: ['clients=8'].map(parseSetOption), may: [], lose: 'nothing' }),
    );
    expect(plan.base.settings).toMatchObject({ sync_relay_log: 1, wait_point: 'AFTER_SYNC', sync_binlog: 1 });
    expect(plan.answers[0]!.changes).toEqual([]);
    expect(
      plan.alone.every(({ settings }) => settings.wait_point === 'AFTER_SYNC' && settings.sync_relay_log === 1),
    ).toBe(true);
    expect(plan.outage).toBeNull();
  });

  test('a stall of 2 s at most: the time-out is shorter by the longest commit, and simulated to keep it', async () => {
    const plan = await planOf(
      request([tps(300)], { given: ['clients=8'].map(parseSetOption), may: [], stall: 2_000_000 }),
    );
    const { timeout, observation } = plan.answers[0]!;
    expect(timeout).toBe(Math.floor((2_000_000 - observation.latency_max_us!) / 1000) * 1000);
    expect(plan.outage!.stall_us).toBeLessThanOrEqual(2_000_000);
    expect(plan.outage!.stall_us).toBeGreaterThan(1_900_000);
  });

  test('a stall shorter than healthy commits take is met by nothing', async () => {
    const plan = await planOf(request([tps(300)], { given: ['clients=8'].map(parseSetOption), may: [], stall: 2_000 }));
    expect(plan.answers).toEqual([]);
    expect(plan.base).toMatchObject({ fallsBack: true, verdict: 'misses' });
  });
});

test('outside of what was measured nothing is promised, and no search goes there', async () => {
  const plan = await planOf(
    request([tps(10)], { given: ['clients=8', 'cores=4'].map(parseSetOption), may: ['wait_point', 'sync_relay_log'] }),
  );
  expect(plan.base).toMatchObject({ verdict: 'uncalibrated', outside: ['cores=4; measured: 2 only'] });
  expect(plan.answers).toEqual([]);
});

test('the same question has the same answer, whatever the number of workers', async () => {
  const question = planQuestion(request([tps(1000)], { changes: 1 }));
  const [one, two] = [
    await runPlan(question, { workerFile, jobs: 1 }),
    await runPlan(question, { workerFile, jobs: 2 }),
  ];
  expect(JSON.stringify(one)).toBe(JSON.stringify(two));
});

test('an abort ends the search', async () => {
  const controller = new AbortController();
  const question = planQuestion(request([tps(20_000)]));
  const onPoint = () => controller.abort();
  expect(await runPlan(question, { workerFile, jobs: 2, signal: controller.signal, onPoint })).toBe('interrupted');
});
