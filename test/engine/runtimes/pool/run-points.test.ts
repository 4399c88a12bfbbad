import { expect, test } from 'vitest';
import type { PointResult } from '../../../../engine/measure/result.js';
import { PointError, rehearsalOf, runPoints } from '../../../../engine/runtimes/pool/run-points.js';
import { simulate } from '../../../../engine/runtimes/virtual/simulate.js';
import type { Point } from '../../../../workloads/workload.js';
import { somePoints, WORKER_DOUBLE } from './points.js';

const workerFile = WORKER_DOUBLE;

async function runAll(jobs: number): Promise<string[]> {
  const told: string[] = [];
  const end = await runPoints(somePoints(20), {
    jobs,
    precision: 0.05,
    workerFile,
    onResult: (point, result) => told.push(JSON.stringify([point.index, result])),
  });
  expect(end).toBe('complete');
  return told.sort();
}

test('reports every point once, with the same result whatever the number of jobs', async () => {
  const one = await runAll(1);
  expect(one).toHaveLength(20);
  expect(await runAll(3)).toEqual(one);
});

test('points are begun in their order, so that an interrupted run has whole curves', async () => {
  const told: number[] = [];
  await runPoints(somePoints(40, 2), {
    jobs: 1,
    precision: 0.05,
    workerFile,
    onResult: ({ index }) => told.push(index),
  });
  expect(told).toEqual(Array.from({ length: 40 }, (_, index) => index));
});

test('points with the same settings are simulated once, and each is reported', async () => {
  const points = somePoints(2);
  const again = Array.from({ length: 10 }, (_, index) => ({ ...points[index % 2]!, index: index + 2, part: 'again' }));
  const told: number[] = [];
  const results = new Set<unknown>();
  await runPoints([...points, ...again], {
    jobs: 2,
    precision: 0.05,
    workerFile,
    onResult: ({ index, settings }, observation) => {
      expect(observation.clients).toBe(settings.clients);
      told.push(index);
      // Whatever a worker sends is an object of its own.
      results.add(observation);
    },
  });
  expect(told.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index));
  expect(results.size).toBe(2);
});

const counts = (group_commit_delay: number) =>
  [0, 8, 32].map((group_commit_count, index) => {
    const [point] = somePoints(1) as [Point];
    return { ...point, index, settings: { ...point.settings, group_commit_delay, group_commit_count } };
  });

test('without a delay no group_commit_count differs from another but by its name', async () => {
  const simulated: string[] = [];
  const told: (number | null)[] = [];
  for (const delay of [0, 100]) {
    const seen = new Set<number | null>();
    await runPoints(counts(delay), {
      jobs: 1,
      precision: 0.05,
      workerFile,
      onResult: ({ settings }, observation) => {
        expect(observation.group_commit_count).toBe(settings.group_commit_count);
        told.push(observation.group_commit_count);
        // Unlike its name, the double's throughput says what was simulated.
        seen.add(observation.tps_ci95_high);
      },
    });
    simulated.push(`${seen.size} at ${delay}`);
  }
  expect(told).toEqual([0, 8, 32, 0, 8, 32]);
  expect(simulated).toEqual(['1 at 0', '3 at 100']);
});

test('it is the same to the engine as well', () => {
  const [none, ...others] = counts(0).map(({ settings }) => simulate(settings, { precision: 0.2 })) as [PointResult];
  for (const [index, other] of others.entries()) {
    const group_commit_count = [8, 32][index];
    expect(other).toEqual({ ...none, observation: { ...none.observation, group_commit_count } });
  }
});

test('workers rehearse points from all over a sweep, and none of a handful', () => {
  const clients = (count: number) => rehearsalOf(somePoints(count)).map((settings) => settings.clients);
  expect(clients(7)).toEqual([]);
  expect(clients(24)).toEqual([1, 9, 17]);
  // None that takes long: these have as many clients as there are points before them.
  expect(clients(6000)).toEqual(clients(200));
  const [point] = somePoints(1) as [Point];
  expect(rehearsalOf(Array.from({ length: 6000 }, () => point))).toHaveLength(60);
});

test('behind a long point no other waits while a worker has nothing to do', async () => {
  const [long, ...short] = somePoints(4, 1) as [Point, ...Point[]];
  const after: number[] = [];
  const settings = { ...long.settings, think: { kind: 'constant', mean: 1_000_000 } } as const;
  await runPoints([{ ...long, settings }, ...short], {
    jobs: 2,
    precision: 0.05,
    workerFile,
    onResult: ({ index }) => after.push(index),
  });
  expect(after).toEqual([1, 2, 3, 0]);
});

test('an abort ends busy workers within a second and reports nothing afterwards', async () => {
  const controller = new AbortController();
  const told: number[] = [];
  setTimeout(() => controller.abort(), 300);
  const begin = performance.now();
  const end = await runPoints(somePoints(8, 10_000), {
    jobs: 2,
    precision: 0.05,
    workerFile,
    signal: controller.signal,
    onResult: (point) => told.push(point.index),
  });
  expect(end).toBe('interrupted');
  expect(performance.now() - begin).toBeLessThan(1300);
  expect(told).toEqual([]);
});

test('a signal raised beforehand starts nothing', async () => {
  const options = { precision: 0.05, workerFile, signal: AbortSignal.abort(), onResult: () => expect.unreachable() };
  expect(await runPoints(somePoints(1), options)).toBe('interrupted');
});

test('a worker that breaks names the point and its settings', async () => {
  const [point] = somePoints(1);
  const broken = { ...point!, index: 12, settings: { ...point!.settings, clients: 666 } };
  const failure = await runPoints([...somePoints(3), broken], {
    jobs: 2,
    precision: 0.05,
    workerFile,
    onResult: () => {},
  }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PointError);
  expect(String(failure)).toMatch(/point 12 of growth \(mysql-5\.7 AFTER_SYNC, clients=666.*the engine stumbled/);
  expect(String(failure)).toContain('"clients":666');
});

test('what onResult throws ends the run', async () => {
  const run = runPoints(somePoints(50, 20), {
    jobs: 2,
    precision: 0.05,
    workerFile,
    onResult: () => {
      throw new Error('disk full');
    },
  });
  await expect(run).rejects.toThrow('disk full');
});
