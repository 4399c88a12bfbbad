/** From run directories to what is compared, through baselines and back. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../analysis/comparison.js';
import type { RecordedPoint, RecordedRun } from '../../analysis/recorded-run.js';
import { defaultSettings, type Settings } from '../../engine/protocol/parameters.js';
import { formatBaseline, readBaseline, writeBaseline } from '../../results/baseline.js';
import { openRecordedRun } from '../../results/recorded-runs.js';
import { createRun } from '../../results/store.js';
import type { Manifest } from '../../results/store-manifest.js';
import type { Point } from '../../workloads/workload.js';
import { complaint } from '../workloads/workspace.js';
import { DEFAULT_THREADS } from './default-threads.js';
import { someManifest } from './manifests.js';
import { someRow } from './rows.js';

const folder = mkdtempSync(join(tmpdir(), 'acklab-recorded-'));
let runs = 0;

/** A complete run directory of MySQL 5.7 with these settings and throughputs. */
function runDirectory(
  points: readonly { readonly set?: Partial<Settings>; readonly tps: number; readonly profile?: 'mysql-5.6' }[],
  changes: { readonly manifest?: Partial<Manifest>; readonly runtime?: 'virtual' | 'threads' } = {},
): string {
  const all = points.map(({ set, profile }, index): Point => {
    const settings = { ...defaultSettings(profile ?? 'mysql-5.7'), ...set };
    const swept = ['clients', 'seed'] as const;
    const { runtime = 'virtual' } = changes;
    const repetition = runtime === 'threads' ? index + 1 : null;
    return { index, part: 'growth', variant: '', swept, settings, runtime, repetition };
  });
  const path = join(folder, `run-${runs++}`);
  const run = createRun(path, someManifest(all, changes.manifest));
  for (const [index, { tps }] of points.entries()) {
    const { clients, seed } = all[index]!.settings;
    const { runtime = 'virtual' } = changes;
    run.append(someRow(index, { runtime, clients, tps, seed, latency_p95_us: 1e6 / tps, latency_mean_us: 7 }));
  }
  run.finish({ status: changes.manifest?.status ?? 'complete', finished: null, wall_seconds: 0, warnings: [] });
  return path;
}

const few = [4, 8, 16].map((clients) => ({ set: { clients }, tps: 100.123456789123 * clients }));
const repeated = (level: number, count = 8) =>
  Array.from({ length: count }, (_, index) => ({ set: { clients: 4, seed: index }, tps: level + index / 10 }));

describe('a run directory', () => {
  test('becomes points with settings as --set takes them, and the metrics that tell something of their own', () => {
    const { points, machine } = openRecordedRun(runDirectory(few));
    expect(machine).toBeNull();
    expect(points).toHaveLength(3);
    expect(points[0]).toMatchObject({ runtime: 'virtual', part: 'growth', swept: ['clients'], seeds: [42] });
    expect(points[0]!.settings).toMatchObject({ clients: '4', rtt: '1ms', profile: 'mysql-5.7' });
    expect(points[0]!.settings).not.toHaveProperty('seed');
    expect(points[0]!.values).toEqual({ tps: [400.493827], latency_p95_us: [2496.91739] });
  });

  test('of an open loop is judged by its mean latency too', () => {
    const [point] = openRecordedRun(runDirectory([{ set: { arrival_rate: 100 }, tps: 99 }])).points;
    expect(Object.keys(point!.values)).toContain('latency_mean_us');
  });

  test('rows that differ in their seed alone are repetitions of one point', () => {
    const { points } = openRecordedRun(runDirectory(repeated(100)));
    expect(points).toHaveLength(1);
    expect(points[0]).toMatchObject({ seeds: [0, 1, 2, 3, 4, 5, 6, 7] });
    expect(points[0]!.values.tps).toEqual([100, 100.1, 100.2, 100.3, 100.4, 100.5, 100.6, 100.7]);
  });

  test('that was interrupted is refused, with the command that finishes it', () => {
    const path = runDirectory(few, { manifest: { status: 'interrupted' } });
    expect(complaint(() => openRecordedRun(path))).toMatch(/: not complete .*; finish it: acklab sweep --resume /);
  });
});

describe('a baseline', () => {
  const mixed = [...few, { profile: 'mysql-5.6' as const, set: { clients: 4 }, tps: 50 }];
  const nameless = ({ name: _, ...rest }: RecordedRun): object => rest;

  test('gives back what was saved', () => {
    const run = openRecordedRun(runDirectory(mixed));
    const path = join(folder, 'mixed.json');
    writeBaseline(path, run);
    expect(nameless(openRecordedRun(path))).toEqual(nameless(run));
  });

  test('has a line for each point, and says once what points share', () => {
    const lines = formatBaseline(openRecordedRun(runDirectory(mixed))).split('\n');
    expect(lines.filter((line) => line.includes('"tps"'))).toHaveLength(4);
    expect(lines.filter((line) => line.includes('"binlog_fsync"'))).toHaveLength(1);
    expect(lines.find((line) => line.includes('"tps"'))!.length).toBeLessThan(200);
  });

  test('canary: a point that moved, and a parameter that changed, show as lines of a diff', () => {
    const text = (points: Parameters<typeof runDirectory>[0]) => formatBaseline(openRecordedRun(runDirectory(points)));
    const differing = (a: string, b: string): number => {
      const others = b.split('\n');
      return a.split('\n').filter((line, index) => line !== others[index]).length;
    };
    const before = text(few);
    expect(differing(before, text(few))).toBe(0);
    expect(differing(before, text([...few.slice(0, 2), { ...few[2]!, tps: 7 }]))).toBe(1);
    expect(differing(before, text(few.map((point) => ({ ...point, set: { ...point.set, cores: 8 } }))))).toBe(1);
  });

  test.each([
    ['{', /neither a run directory nor a baseline/],
    ['{"format": 2}', /format: .*; make it anew with acklab baseline save$/],
    ['[]', /content: .*; make it anew/],
  ])('%s is refused in one line', (text, message) => {
    const path = join(folder, 'broken.json');
    writeFileSync(path, text);
    expect(complaint(() => readBaseline(path))).toMatch(message);
  });

  test('whose values are gone is refused with the place', () => {
    const path = join(folder, 'emptied.json');
    writeBaseline(path, openRecordedRun(runDirectory(few)));
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"tps":\[[^\]]*\]/, '"tps":[]'));
    expect(complaint(() => readBaseline(path))).toMatch(/parts\.0\.points\.0\.values\.tps: /);
  });
});

describe('two runs', () => {
  const compare = (base: string, current: string, threshold = 0.05) =>
    compareRuns(openRecordedRun(base), openRecordedRun(current), threshold);
  const slower = few.map(({ set, tps }) => ({
    set: { ...set, cpu_flush: { kind: 'constant', mean: 50 } as const },
    tps: tps * 0.9,
  }));

  test('alike: everything identical', () => {
    const { judgements, changes, missing, added } = compare(runDirectory(few), runDirectory(few));
    expect(judgements.every(({ answer, identical }) => answer === 'no difference' && identical)).toBe(true);
    expect({ changes, missing, added }).toEqual({ changes: [], missing: [], added: [] });
  });

  test('a changed parameter is named at every point that it moved', () => {
    const { judgements, changes } = compare(runDirectory(few), runDirectory(slower));
    expect(judgements.every(({ answer }) => answer === 'regression')).toBe(true);
    expect(judgements[0]!.because).toEqual(['cpu_flush 2.5us, now 50us']);
    expect(changes).toEqual([{ text: 'cpu_flush 2.5us, now 50us', points: 3 }]);
  });

  test('changed code is named file by file', () => {
    const base = runDirectory(few, { manifest: { code: { 'engine/a': '1', 'engine/b': '1' } } });
    const current = runDirectory([{ ...few[0]!, tps: 1 }, ...few.slice(1)], {
      manifest: { acklab: '9.9.9', code: { 'engine/a': '1', 'engine/b': '2' } },
    });
    const { judgements } = compare(base, current);
    expect(judgements[0]).toMatchObject({ because: ['acklab 0.0.0-test, now 9.9.9', 'code: engine/b'] });
    expect(judgements[2]).toMatchObject({ metric: 'tps', because: [], identical: true });
  });

  test('a point that one run lacks is told, and so is one that is new', () => {
    const both = compare(runDirectory(few), runDirectory([...few.slice(1), { set: { clients: 32 }, tps: 9 }]));
    expect(both).toMatchObject({ missing: ['growth: clients=4'], added: ['growth: clients=32'], points: 2 });
  });

  test('measured: a loss of a tenth in eight repetitions is a regression with its interval', () => {
    const { judgements } = compare(
      runDirectory(repeated(100), { runtime: 'threads' }),
      runDirectory(repeated(90), { runtime: 'threads' }),
    );
    expect(judgements[0]).toMatchObject({ metric: 'tps', answer: 'regression', repetitions: [8, 8] });
    const [low, high] = judgements[0]!.interval!;
    expect(low).toBeGreaterThan(0.89);
    expect(high).toBeLessThan(0.91);
  });

  const point = (changes: Partial<RecordedPoint> = {}): RecordedPoint => ({
    ...openRecordedRun(runDirectory(few)).points[0]!,
    ...changes,
  });
  test.each<[string, Partial<RecordedRun>, RegExp]>([
    ['runtimes', { points: [point({ runtime: 'threads' })] }, /no point of .* on threads, there growth on virtual\)/],
    ['precisions', { precision: 0.5 }, /--precision 0.5, but .*: 0.05; simulate both to the same precision/],
    ['seeds', { points: [point({ seeds: [7] })] }, /seed 7, but .*: 42; simulate both with --seed 42/],
    ['points', { points: [point({ part: 'other' })] }, /no point of .*run the same: acklab sweep growth/],
  ])('of different %s are not compared, and the message says why', (_, changes, message) => {
    const run = openRecordedRun(runDirectory(few));
    expect(complaint(() => compareRuns(run, { ...run, name: 'other', ...changes }, 0.05))).toMatch(message);
  });

  test('measured on different machines, or too seldom, are not compared either', () => {
    const measured = openRecordedRun(runDirectory(repeated(100), { runtime: 'threads' }));
    const refusal = (base: RecordedRun, current: RecordedRun) => complaint(() => compareRuns(base, current, 0.05));
    expect(refusal(measured, { ...measured, machine: 'loom, 4 cores' })).toMatch(/measured on loom, 4 cores, but /);
    const [seldom, other] = [100, 90].map((level) =>
      openRecordedRun(runDirectory(repeated(level, 3), { runtime: 'threads' })),
    );
    expect(refusal(seldom!, other!)).toMatch(/too few repetitions .*; take at least 5 of each point/);
  });

  test('simulated and measured together: each in its way, and none is taken for the other', () => {
    const [virtual, other] = [few, slower].map((points) => openRecordedRun(runDirectory(points)));
    const [threads, seldom] = [8, 3].map((count) =>
      openRecordedRun(runDirectory(repeated(100, count), { runtime: 'threads' })),
    );
    const both = (a: RecordedRun, b: RecordedRun): RecordedRun => ({
      ...a,
      machine: b.machine,
      points: [...a.points, ...b.points],
    });
    const { judgements, points, missing } = compareRuns(both(virtual!, threads!), both(other!, threads!), 0.05);
    expect({ points, missing }).toEqual({ points: 4, missing: [] });
    const told = judgements.filter(({ point, metric }) => point.startsWith('clients=4') && metric === 'tps');
    expect(told).toMatchObject([
      { point: 'clients=4 (virtual)', answer: 'regression', p: null },
      { point: 'clients=4 (threads)', answer: 'no difference', repetitions: [8, 8] },
    ]);
    const slow = { ...seldom!, points: seldom!.points.map((point) => ({ ...point, values: { tps: [90, 91, 92] } })) };
    expect(compareRuns(both(virtual!, seldom!), both(virtual!, slow), 0.05)).toMatchObject({
      repetitions_wanted: 4,
      missing: ['growth: clients=4 (threads): latency_p95_us'],
    });
  });

  test('how points were measured is one of the things that can have changed', () => {
    const request = (milliseconds: number) => ({
      ...someManifest([]).request,
      threads: { ...DEFAULT_THREADS, milliseconds },
    });
    const [short, long] = [80, 500].map((milliseconds) =>
      runDirectory(repeated(100), { runtime: 'threads', manifest: { request: request(milliseconds) } }),
    );
    expect(compare(short!, long!).changes).toEqual([{ text: '--duration 80ms, now 500ms', points: 1 }]);
  });
});
