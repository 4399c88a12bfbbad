/** What a script may do with the package's entry; its guide's examples are run by package.test.ts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { simulate as simulatePoint } from '../../engine/runtimes/virtual/simulate.js';
import type * as acklab from '../../results/library.js';
import { createRun } from '../../results/store.js';
import { packParts } from '../../results/store-manifest.js';
import { resolveSettings as resolve } from '../../workloads/load.js';
import { packageRoot } from '../../workloads/package-root.js';
import { acklab as program } from '../cli/acklab.js';
import { someManifest } from './manifests.js';

// Compiled: its workers cannot load TypeScript.
const library: typeof acklab = await import(pathToFileURL(join(packageRoot(), 'dist/results/library.js')).href);
const { compare, fitScalability, fromCsv, InputError, loadWorkload, plan, resolveSettings, simulate, sweep, toCsv } =
  library;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'acklab-library-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SMALL: acklab.SweepInput = { sweep: { profile: ['mysql-5.6', 'mysql-5.7'], clients: [1, 2, 4, 8] } };
/** Where it does not matter what the numbers are. */
const ROUGH = { precision: 0.1, jobs: 1 } as const;

describe('settings', () => {
  test('what is not given is the calibrated default, as on the command line', () => {
    expect(resolveSettings()).toEqual(resolve([]));
  });

  test('a list is one value for each replica; switches are ON or true', () => {
    const given = resolveSettings({
      rtt: ['200us', '1ms'],
      semisync: [true, 'OFF'],
      order_commits: false,
      timeout: '1s',
    });
    expect(given).toMatchObject({ replicas: 2, semisync: [true, false], order_commits: false, timeout: 1e6 });
    expect(given.rtt.map(({ mean }) => mean)).toEqual([200, 1000]);
  });

  test('a point is what the engine makes of these settings', () => {
    const settings = { profile: 'mysql-5.6', clients: 4, seed: 7 } as const;
    expect(simulate(settings, { precision: 0.05 })).toEqual(
      simulatePoint(resolveSettings(settings), { precision: 0.05 }),
    );
  });

  test('costs can come from a file', () => {
    const file = join(folder, 'costs.yaml');
    writeFileSync(file, 'format: 1\nservers: { mysql-5.7: { costs: { cpu_statement: { value: 777us } } } }\n');
    expect(resolveSettings({}, { calibrations: [file] }).cpu_statement.mean).toBe(777);
  });
});

describe('a sweep', () => {
  test('has its rows in the order of its points, whatever the number of jobs', { timeout: 120_000 }, async () => {
    const [one, three] = [await sweep(SMALL, ROUGH), await sweep(SMALL, { ...ROUGH, jobs: 3 })];
    expect(three).toEqual(one);
    expect(one.rows.map(({ profile, clients }) => `${profile} ${clients}`)).toEqual(
      one.points.map(({ settings }) => `${settings.profile} ${settings.clients}`),
    );
    expect(one.rows[5]?.tps).toBe(simulate({ profile: 'mysql-5.7', clients: 2 }, ROUGH).observation.tps);
  });

  test('tells each row as it comes, and ends when it is told to', async () => {
    const seen: string[] = [];
    const stop = new AbortController();
    const onRow = (_: acklab.SweepRow, done: number, points: number) => {
      seen.push(`${done}/${points}`);
      if (done === 2) stop.abort(new Error('enough'));
    };
    await expect(sweep(SMALL, { jobs: 1, onRow, signal: stop.signal })).rejects.toThrow('enough');
    expect(seen).toEqual(['1/8', '2/8']);
  });

  test('of a built-in workload, narrowed', async () => {
    const { name, rows } = await sweep('latency', { ...ROUGH, set: { clients: 1, rtt: '1ms' } });
    expect(name).toBe('latency');
    expect(new Set(rows.map(({ clients, rtt_us }) => `${clients} ${rtt_us}`))).toEqual(new Set(['1 1000']));
  });

  test('variants, skip and shifts are those of a file', () => {
    const { parts } = loadWorkload({
      set: { clients: 4 },
      sweep: { sync_binlog: [0, 1] },
      variants: [{ name: 'as it is' }, { name: 'farther', scale: { rtt: 3 } }],
      skip: [{ sync_binlog: 0, rtt: '3ms' }],
    });
    const shown = parts[0]?.points.map(({ variant, settings }) => [
      variant,
      settings.sync_binlog,
      settings.rtt[0]?.mean,
    ]);
    expect(shown).toEqual([
      ['as it is', 0, 1000],
      ['as it is', 1, 1000],
      ['farther', 1, 3000],
    ]);
  });
});

describe('what comes out goes on', () => {
  test('through CSV and back, losing nothing, with or without the last line feed', async () => {
    const { rows } = await sweep(SMALL, ROUGH);
    expect(fromCsv(toCsv(rows))).toEqual(rows);
    expect(fromCsv(toCsv(rows).trimEnd())).toEqual(rows);
    expect(fromCsv(toCsv([]))).toEqual([]);
  });

  test('into the scalability law, with the intervals of the rows', async () => {
    const { rows } = await sweep({ sweep: { profile: ['mysql-5.6'], clients: [1, 2, 4, 8] } }, ROUGH);
    expect(fitScalability(rows).lambda.value).toBeGreaterThan(0);
    // Falls by more than its intervals are wide, which is seen only by those who look at the intervals.
    const falling = [100, 190, 180, 100].map((tps, index) => ({
      clients: 2 ** index,
      tps,
      tps_ci95_low: tps - 1,
      tps_ci95_high: tps + 1,
    }));
    expect(fitScalability(falling).fall?.to.clients).toBe(8);
    expect(fitScalability(falling.map(({ clients, tps }) => ({ clients, tps }))).fall).toBeNull();
  });

  test('into a comparison, with another sweep or with a run directory', async () => {
    const [base, farther] = [await sweep(SMALL, ROUGH), await sweep(SMALL, { ...ROUGH, set: { rtt: '2ms' } })];
    const { changes, judgements } = compare(base, farther);
    expect(changes).toEqual([{ text: 'rtt 1ms, now 2ms', points: 8 }]);
    expect(judgements.filter(({ metric }) => metric === 'tps').map(({ answer }) => answer)).toEqual(
      Array(8).fill('regression'),
    );
    const recorded = compare(writeRun(base), base);
    expect(recorded.judgements.length).toBe(judgements.length);
    expect(recorded.judgements.every(({ identical }) => identical)).toBe(true);
  });

  /** Gives the directory of a run that had these rows. */
  function writeRun({ name, precision, points, rows }: acklab.Sweep): string {
    const part = { name, title: name, question: '', runtime: 'virtual' as const, points, charts: [] };
    const { request } = someManifest([]);
    const parts = packParts({ name, title: name, description: '', parts: [part] });
    const run = createRun(join(folder, 'run'), someManifest([], { parts, request: { ...request, precision } }));
    for (const row of rows) run.append(row);
    run.finish({ status: 'complete', finished: null, wall_seconds: 1, warnings: [] });
    return run.path;
  }
});

describe('a plan', () => {
  const QUESTION = {
    tps: 2000,
    set: { profile: 'mysql-5.6', clients: 16 },
    may: ['profile', 'sync_relay_log'],
  } as const;

  test('is the record that the command prints', { timeout: 120_000 }, async () => {
    const found = await plan(QUESTION);
    const options = ['--tps', '2000', '--set', 'profile=mysql-5.6', '--set', 'clients=16'];
    const may = ['--may', 'profile', '--may', 'sync_relay_log'];
    const { stdout } = await program(folder, 'plan', ...options, ...may, '--json', '--quiet');
    expect(JSON.parse(JSON.stringify(found))).toEqual(JSON.parse(stdout));
    expect(found.answer).toBe('yes');
  });

  test('ends when it is told to', async () => {
    await expect(plan(QUESTION, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });

  test.each<[acklab.PlanInput, string]>([
    [{}, 'no target; say what is wanted'],
    [{ tps: -1 }, 'tps: -1 is no target; give more than 0'],
    [{ p99: '5' }, 'p99: "5" has no unit; write 5us, 5ms or 5s'],
    [{ tps: 1, lose: 'all' as never }, 'lose: unknown choice "all"; use one of nothing, nothing-if-source-dies'],
    [{ tps: 1, changes: 99 }, 'changes: 99 cannot be looked for at once; give a whole number from 0 to 8'],
    [{ tps: 1, may: ['tiemout'] }, '--may tiemout: unknown parameter "tiemout"; did you mean "timeout"?'],
  ])('of %j says what is wrong', async (question, message) => {
    await expect(plan(question)).rejects.toThrow(message);
    await expect(plan(question)).rejects.toBeInstanceOf(InputError);
  });
});

describe('what is wrong is said in one line, with the place and the remedy', () => {
  const wrong = (input: unknown) => input as never;
  test.each<[string, () => unknown, string]>([
    ['no unit', () => simulate({ rtt: '5' }), 'settings: rtt: "5" has no unit; write 5us, 5ms or 5s'],
    ['a typo', () => simulate(wrong({ rt: '5ms' })), 'settings: unknown parameter "rt"; did you mean "rtt"?'],
    ['no object', () => simulate(wrong('rtt=5ms')), 'settings: an object is wanted, such as { clients: 16 }'],
    [
      'a contradiction',
      () => resolveSettings({ profile: 'mysql-5.6', wait_point: 'AFTER_SYNC' }),
      'settings: wait_point: mysql-5.6 knows AFTER_COMMIT only; AFTER_SYNC came with MySQL 5.7',
    ],
    ['precision', () => simulate({}, { precision: 2 }), 'precision: 2 is out of range; give a share from 0.001 to 0.5'],
    [
      'a value of an axis',
      () => loadWorkload({ sweep: { clients: [1], rtt: ['1ms', '5'] } }),
      'workload.sweep.rtt[1]: rtt: "5" has no unit; write 5us, 5ms or 5s',
    ],
    [
      'a key',
      () => loadWorkload(wrong({ sweeps: {} })),
      'workload.sweeps: unknown key "sweeps"; did you mean "sweep"?',
    ],
    [
      'a variant',
      () => loadWorkload({ variants: [{ name: 'a' }, { name: 'a' }] }),
      'workload.variants[1].name: the variant "a" stands twice; give it a name of its own',
    ],
    ['no workload', () => loadWorkload(wrong(7)), 'workload: give a name, a path that ends in .yaml, or an object'],
    ['an unknown one', () => loadWorkload('latenzy'), 'unknown workload "latenzy"; did you mean "latency"?'],
    ['CSV', () => fromCsv('a,b\n', 'mine.csv'), 'mine.csv:1: these are not the columns of this version of acklab'],
    ['few loads', () => fitScalability([{ clients: 1, tps: 1 }]), '1 load (1), and the law has three parameters'],
    ['a run', () => compare('nowhere', 'nowhere'), 'nowhere/run.json: not found; is this a run directory?'],
    ['a threshold', () => compare('a', 'b', { threshold: 5 }), 'threshold: 5 is not a share between 0 and 1'],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(InputError);
    expect(act).toThrow(message);
    try {
      act();
    } catch (error) {
      expect((error as Error).message).not.toContain('\n');
    }
  });

  test('of sweeps too', async () => {
    await expect(sweep('latency', { jobs: 0 })).rejects.toThrow(
      'jobs: 0 worker threads cannot be; give a whole number',
    );
    await expect(sweep('timeout')).rejects.toThrow('run it with: acklab sweep timeout');
    const { rows } = await sweep(SMALL, ROUGH);
    expect(() => fitScalability(rows)).toThrow('rows: 2 curves (MySQL 5.6; MySQL 5.7); filter the rows');
  });
});
