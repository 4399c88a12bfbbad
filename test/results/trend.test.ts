/** Histories of runs: what changed when, what moved it; as sentence, chart and table. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { type Trend, trendOf } from '../../analysis/trend.js';
import { levelsOf, trendFinding, trendSpec } from '../../analysis/trend-chart.js';
import { openRecordedRun } from '../../results/recorded-runs.js';
import { compileChart, renderPng, renderSvg } from '../../results/render.js';
import { TREND_COLUMNS, trendCsv } from '../../results/trend-files.js';
import { noiseSource } from '../analysis/noise.js';
import { acklab } from '../cli/acklab.js';
import { complaint } from '../workloads/workspace.js';
import { type HistoryRun, writeHistoryRun } from './histories.js';

vi.setConfig({ testTimeout: 300_000 });

const root = mkdtempSync(join(tmpdir(), 'acklab-trend-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let histories = 0;

/** Directories of runs, last day first: nothing may depend on the order in which they are named. */
function directories(runs: readonly HistoryRun[], runtime: 'virtual' | 'threads' = 'virtual'): string[] {
  const folder = join(root, `history-${histories++}`);
  return runs.map((run) => writeHistoryRun(folder, run, runtime)).reverse();
}

const trend = (paths: readonly string[], threshold = 0.05): Trend => trendOf(paths.map(openRecordedRun), { threshold });

const days = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Four clients lose a tenth on day 4, when the code changes; 16 clients stay as they are. */
const step = days(6).map(
  (day): HistoryRun => ({
    day,
    code: day < 4 ? 'a' : 'b',
    tps: { 4: [day < 4 ? 1000 : 900], 16: [2000] },
  }),
);

describe('exact histories', () => {
  test('a step is found at its run, with the code that changed there', () => {
    const { series, runs } = trend(directories(step));
    expect(runs.map(({ started }) => started.slice(8, 10))).toEqual(['01', '02', '03', '04', '05', '06']);
    const [changed, ...others] = series.filter(({ metric }) => metric === 'tps');
    expect(changed).toMatchObject({ point: 'clients=4', values: [1000, 1000, 1000, 900, 900, 900], intervals: null });
    expect(changed!.changes).toEqual([
      {
        at: 3,
        answer: 'regression',
        before: 1000,
        after: 900,
        ratio: 0.9,
        p: null,
        because: ['code: engine/actors/committer'],
      },
    ]);
    expect(others.map(({ changes }) => changes)).toEqual([[]]);
    expect(levelsOf(changed!)).toEqual([1000, 1000, 1000, 900, 900, 900]);
  });

  test('a drift is a change once it has led as far away as a step', () => {
    const drift = days(6).map((day): HistoryRun => ({ day, tps: { 4: [1000 - 20 * day] } }));
    const [tps] = trend(directories(drift)).series;
    // 980, 960, 940 and 920: the fourth lies 6.1 % below the first; 900 and 880 lie 4.3 % below that.
    expect(tps!.changes.map(({ at }) => at)).toEqual([3]);
  });

  test('canary: a changed parameter in the last run is found, and named', () => {
    const last: HistoryRun = { day: 7, code: 'b', set: { sync_relay_log: 1 }, tps: { 4: [400], 16: [2000] } };
    const [tps] = trend(directories([...step, last])).series;
    expect(tps!.changes.map(({ at }) => at)).toEqual([3, 6]);
    expect(tps!.changes[1]).toMatchObject({ answer: 'regression', because: ['sync_relay_log 10000, now 1'] });
  });

  test('steps below the threshold are none', () => {
    expect(trend(directories(step), 0.2).series.every(({ changes }) => changes.length === 0)).toBe(true);
  });

  test('a point that some runs lack has a shorter history', () => {
    const less = step.map((run, index) => (index === 1 ? { ...run, tps: { 16: [2000] } } : run));
    const [tps] = trend(directories(less)).series.filter(({ point }) => point === 'clients=4');
    expect(tps).toMatchObject({ runs: [0, 2, 3, 4, 5], changes: [{ at: 2 }] });
  });
});

describe('measured histories', () => {
  const measured = (level: (day: number) => number, count = 14): HistoryRun[] => {
    const { sample } = noiseSource(21);
    return days(count).map((day) => ({
      day,
      tps: { 4: sample(6, level(day), 0.03), 16: sample(6, 2000, 0.03) },
    }));
  };

  test('a step of 12 % is found among noise, and the runs have intervals', () => {
    const { series } = trend(
      directories(
        measured((day) => (day < 9 ? 1000 : 880)),
        'threads',
      ),
    );
    const [four, sixteen] = ['clients=4', 'clients=16'].map((point) => series.find((one) => one.point === point)!);
    expect(four!.changes.map(({ at, answer }) => [at, answer])).toEqual([[8, 'regression']]);
    expect(four!.changes[0]!.p).toBeLessThan(0.01);
    expect(sixteen!.changes).toEqual([]);
    for (const [index, [low, high]] of four!.intervals!.entries()) {
      expect(low).toBeLessThanOrEqual(four!.values[index]!);
      expect(high).toBeGreaterThanOrEqual(four!.values[index]!);
    }
  });

  test('too few runs are refused, as no change could be significant', () => {
    expect(
      complaint(() =>
        trend(
          directories(
            measured(() => 1000, 7),
            'threads',
          ),
        ),
      ),
    ).toMatch(/7 are too few runs to show a change; give 8 at least$/);
  });
});

describe('told', () => {
  const trends: [string, Trend][] = [
    ['exact', trend(directories(step))],
    ['none', trend(directories(step.slice(0, 2)))],
  ];

  test('in a sentence that states the largest change, or that there is none', () => {
    expect(trendFinding(trends[0]![1])).toBe(
      'The 95th percentile of latency, growth: clients=4, rose by 11 % with the run of 2026-03-04 02:00; ' +
        '2 of 4 quantities changed over 6 runs.',
    );
    expect(trendFinding(trends[1]![1])).toBe('No change of 5 % or more in 4 quantities over 2 runs.');
  });

  test.each(trends)('as a chart that Vega-Lite takes without a warning: %s', async (_, told) => {
    compileChart(trendSpec(told));
    expect(renderPng(await renderSvg(trendSpec(told))).length).toBeGreaterThan(10_000);
  });

  test('as a table with a row for each run of each quantity', () => {
    const rows: Record<string, string>[] = parse(trendCsv(trends[0]![1]), { columns: true });
    expect(rows).toHaveLength(6 * 4);
    expect(Object.keys(rows[0]!)).toEqual([...TREND_COLUMNS]);
    const changed = rows.filter(({ change }) => change !== '');
    expect(changed).toHaveLength(2);
    expect(changed[0]).toMatchObject({
      quantity: 'tps',
      value: '900',
      level: '900',
      change: 'regression',
      ratio: '0.9',
    });
  });
});

describe('acklab trend', () => {
  test('prints the changes and their causes, and writes table and chart', async () => {
    const paths = directories(step);
    const { code, stdout } = await acklab(root, 'trend', ...paths, '--out', 'told');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^regression +throughput, growth: clients=4 +2026-03-04 02:00 +1,000 tx\/s +900 tx\/s +-10\.0 %$/m,
    );
    expect(stdout).toMatch(/^2026-03-04 02:00 \(.*04-nightly\): changed: code: engine\/actors\/committer$/m);
    expect(readdirSync(join(root, 'told')).sort()).toEqual(['trend.csv', 'trend.png', 'trend.svg', 'trend.vl.json']);
    expect(readFileSync(join(root, 'told/trend.csv'), 'utf8')).toBe(trendCsv(trend(paths)));
  });

  test('--json has every series', async () => {
    const { stdout } = await acklab(root, 'trend', ...directories(step), '--json');
    expect(JSON.parse(stdout).series).toHaveLength(4);
  });

  test('help has examples; one run is no history', async () => {
    expect((await acklab(root, 'trend', '--help')).stdout).toMatch(/Examples:\n {2}acklab trend/);
    const { code, stderr } = await acklab(root, 'trend', directories(step)[0]!);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^acklab: .*: 1 are too few runs to show a change; give 2 at least\n$/),
    });
  });
});
