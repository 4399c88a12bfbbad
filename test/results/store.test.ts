import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { csvHeader, csvRows } from '../../results/csv.js';
import { missingPoints, runSweep } from '../../results/run-sweep.js';
import { createRun, newRunPath, openRun, type RunDirectory } from '../../results/store.js';
import { commandOf, manifestDifference, unpackWorkload } from '../../results/store-manifest.js';
import { somePoints, WORKER_DOUBLE } from '../engine/runtimes/pool/points.js';
import { DEFAULT_THREADS } from './default-threads.js';
import { someManifest } from './manifests.js';
import { someRow } from './rows.js';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'acklab-store-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const rowsFile = (run: RunDirectory) => readFileSync(join(run.path, 'observations.csv'), 'utf8');

function sweep(run: RunDirectory, jobs: number, stopAfter = Number.POSITIVE_INFINITY) {
  const controller = new AbortController();
  let done = 0;
  return runSweep(run, {
    jobs,
    signal: controller.signal,
    onPoint: () => {
      if (++done === stopAfter) controller.abort();
    },
    elapsedSeconds: () => 1.5,
    now: () => new Date(0),
    workerFile: WORKER_DOUBLE,
  });
}

test('a run is appended row by row, and ends in point order', () => {
  const run = createRun(join(scratch, 'run'), someManifest(somePoints(3)));
  for (const point of [2, 0, 1]) run.append(someRow(point));
  expect(rowsFile(run)).toBe(csvHeader() + csvRows([2, 0, 1].map((point) => someRow(point))));
  run.finish({ status: 'complete', finished: '2026-01-02T03:05:00.000Z', wall_seconds: 9, warnings: [] });
  expect(rowsFile(run)).toBe(csvHeader() + csvRows([0, 1, 2].map((point) => someRow(point))));
  const reopened = openRun(run.path);
  expect(reopened.rows()).toEqual([0, 1, 2].map((point) => someRow(point)));
  expect(reopened.manifest).toEqual({ ...run.manifest, status: 'complete', wall_seconds: 9 });
  expect(readdirSync(run.path).sort()).toEqual(['observations.csv', 'run.json']);
});

test('the record gives back every point with all of its settings', () => {
  const points = somePoints(5);
  const run = createRun(join(scratch, 'run'), someManifest(points));
  expect(unpackWorkload(openRun(run.path).manifest).parts[0]?.points).toEqual(points);
});

test('an interrupted run, resumed, ends with the bytes of an uninterrupted one', async () => {
  const whole = createRun(join(scratch, 'whole'), someManifest(somePoints(40)));
  expect(await sweep(whole, 1)).toBe('complete');
  const cut = createRun(join(scratch, 'cut'), someManifest(somePoints(40)));
  expect(await sweep(cut, 2, 13)).toBe('interrupted');
  const resumed = openRun(cut.path);
  expect(resumed.manifest.status).toBe('interrupted');
  expect(missingPoints(resumed)).toHaveLength(40 - resumed.rows().length);
  expect(missingPoints(resumed).length).toBeGreaterThan(0);
  expect(await sweep(resumed, 2)).toBe('complete');
  expect(rowsFile(resumed)).toBe(rowsFile(whole));
  expect(resumed.manifest.wall_seconds).toBe(3);
  expect(resumed.manifest.warnings).toEqual(whole.manifest.warnings);
  expect(resumed.manifest.warnings[0]).toBe('growth, point 6: seven, "as asked"');
});

test('a row torn by a crash is dropped and run again', async () => {
  const whole = createRun(join(scratch, 'whole'), someManifest(somePoints(6)));
  await sweep(whole, 1);
  const torn = createRun(join(scratch, 'torn'), someManifest(somePoints(6)));
  const lines = rowsFile(whole).split('\n');
  appendFileSync(join(torn.path, 'observations.csv'), `${lines[1]}\n${lines[3]?.slice(0, 20)}`);
  const resumed = openRun(torn.path);
  expect(missingPoints(resumed).map((point) => point.index)).toEqual([1, 2, 3, 4, 5]);
  await sweep(resumed, 1);
  expect(rowsFile(resumed)).toBe(rowsFile(whole));
});

test('a header torn by a crash is written anew', async () => {
  const run = createRun(join(scratch, 'run'), someManifest(somePoints(1)));
  writeFileSync(join(run.path, 'observations.csv'), csvHeader().slice(0, 30));
  const resumed = openRun(run.path);
  resumed.append(someRow(0));
  expect(rowsFile(resumed)).toBe(csvHeader() + csvRows([someRow(0)]));
  resumed.close();
});

test('a worker that breaks leaves the rows there were, and the run open for more', async () => {
  const points = somePoints(4).map((point) =>
    point.index === 3 ? { ...point, settings: { ...point.settings, clients: 666 } } : point,
  );
  const run = createRun(join(scratch, 'run'), someManifest(points));
  await expect(sweep(run, 1)).rejects.toThrow('point 3 of growth');
  expect(
    openRun(run.path)
      .rows()
      .map((row) => row.point),
  ).toEqual([0, 1, 2]);
  expect(openRun(run.path).manifest.status).toBe('interrupted');
});

test('a directory that is not empty is left alone', () => {
  writeFileSync(join(scratch, 'thesis.txt'), 'x');
  expect(() => createRun(scratch, someManifest([]))).toThrow(
    `${scratch}: not empty; choose another directory with --out`,
  );
  expect(readdirSync(scratch)).toEqual(['thesis.txt']);
});

test('a run directory that exists can be resumed, and says so', () => {
  const path = join(scratch, 'run');
  createRun(path, someManifest([]));
  expect(() => createRun(path, someManifest([]))).toThrow(`or go on with it: --resume ${path}`);
});

test('a path through a file is refused', () => {
  writeFileSync(join(scratch, 'file'), '');
  expect(() => createRun(join(scratch, 'file', 'run'), someManifest([]))).toThrow('a part of this path is a file');
  expect(() => createRun(join(scratch, 'file'), someManifest([]))).toThrow('this is a file; choose a directory');
});

test('what is no run directory is told apart from a broken one', () => {
  expect(() => openRun(scratch)).toThrow('run.json: not found; is this a run directory?');
  writeFileSync(join(scratch, 'run.json'), '{"format":');
  expect(() => openRun(scratch)).toThrow('run.json: not JSON');
  writeFileSync(join(scratch, 'run.json'), JSON.stringify({ ...someManifest([]), format: 2 }));
  expect(() => openRun(scratch)).toThrow('run.json: format: Invalid input');
});

test('two runs within a second get directories of their own', () => {
  const at = new Date('2026-03-01T09:30:05.999Z');
  const first = newRunPath(scratch, at, 'default');
  expect(first).toBe(join(scratch, '2026-03-01T09-30-05Z-default'));
  mkdirSync(first);
  expect(newRunPath(scratch, at, 'default')).toBe(`${first}-2`);
  mkdirSync(`${first}-2`);
  expect(newRunPath(scratch, at, 'default')).toBe(`${first}-3`);
});

test('differences are named', () => {
  const recorded = someManifest(somePoints(3));
  expect(manifestDifference(recorded, someManifest(somePoints(3)))).toBeUndefined();
  expect(manifestDifference(recorded, someManifest(somePoints(4)))).toBe('the workload had 3 points, now 4');
  const slower = somePoints(3).map((point) => ({
    ...point,
    settings: { ...point.settings, sync_relay_log: 1, cores: 4 },
  }));
  expect(manifestDifference(recorded, someManifest(slower))).toBe(
    'the workload has changed: sync_relay_log 10000, now 1, cores 2, now 4',
  );
  expect(manifestDifference(recorded, { ...recorded, acklab: '9.9.9' })).toBe('acklab 0.0.0-test, now 9.9.9');
  const set = { ...recorded.request, set: ['cores=4'], seed: 3 };
  expect(manifestDifference(recorded, { ...someManifest(slower), request: set })).toBe(
    'no --set, now --set cores=4 --seed 3',
  );
  const request = { ...recorded.request, precision: 0.01 };
  expect(manifestDifference(recorded, { ...recorded, request })).toBe('precision 0.05, now 0.01');
});

test('the command that repeats a run survives a shell', () => {
  const words = ["it's mine.yaml", 'think=exponential(1ms)'];
  const command = commandOf({
    workloads: [words[0]!],
    set: [words[1]!],
    calibrations: [],
    seed: 7,
    precision: 0.02,
    runtime: 'both',
    threads: { ...DEFAULT_THREADS, milliseconds: 200 },
  });
  const heard = spawnSync('sh', ['-c', `acklab() { for word; do echo "$word"; done; }; ${command}`], {
    encoding: 'utf8',
  });
  expect(heard.stdout.trim().split('\n')).toEqual([
    'sweep',
    words[0],
    '--set',
    words[1],
    '--seed',
    '7',
    '--precision',
    '0.02',
    '--runtime',
    'both',
    '--duration',
    '200ms',
  ]);
});

/** A file system of 64 KiB; mounting one needs root. */
function mountSmall(path: string): boolean {
  mkdirSync(path);
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'acklab-test', path]).status === 0;
}

test('a full disk keeps the rows that fit, says so, and the run can be finished elsewhere', (context) => {
  const small = join(scratch, 'small');
  if (!mountSmall(small)) {
    console.warn('SKIPPED: the test of a full disk; mounting a small tmpfs needs root');
    return context.skip();
  }
  try {
    const points = somePoints(300);
    const run = createRun(join(small, 'run'), someManifest(points));
    const appendAll = () => {
      for (const { index } of points) run.append(someRow(index, { warnings: 'x'.repeat(500) }));
    };
    expect(appendAll).toThrow(`${join(run.path, 'observations.csv')}: the disk is full; free some space`);
    run.close();
    const kept = openRun(run.path).rows();
    expect(kept.length).toBeGreaterThan(20);
    expect(kept.length).toBeLessThan(300);
    expect(rowsFile(run).endsWith('\n')).toBe(true);
    expect(() => createRun(join(small, 'a', 'b'), someManifest(points))).toThrow('the disk is full');
    expect(existsSync(join(small, 'a'))).toBe(false);
  } finally {
    spawnSync('umount', [small]);
  }
});
