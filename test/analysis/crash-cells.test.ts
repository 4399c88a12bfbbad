/** Crashes counted and put in words: made-up ones whose shares are known, and real ones of the built-in workload. */
import { describe, expect, test } from 'vitest';
import { type CrashRun, crashCells, pooled } from '../../analysis/crash-cells.js';
import { crashSpec } from '../../analysis/crash-chart.js';
import { crashFindings, crashHeadline, crashSummaries, shareText } from '../../analysis/crash-findings.js';
import { proportion } from '../../analysis/proportion.js';
import type { CrashResult } from '../../engine/measure/crash.js';
import { runCrashes } from '../../engine/runtimes/pool/crash-worker.js';
import { compileChart, renderSvg } from '../../results/render.js';
import { loadWorkload } from '../../workloads/load.js';
import type { Point } from '../../workloads/workload.js';

const { points } = loadWorkload('durability').parts[0]!;

const runOf = ({ index, part, variant, swept, settings, experiment }: Point, results: CrashResult[]): CrashRun => {
  if (experiment?.kind !== 'crash') throw new Error(`${part} is no experiment: crash`);
  return { point: index, part, variant, swept, settings, experiment, results };
};

const NOTHING: CrashResult = {
  seed: 1,
  at_us: 1000,
  semisync_on: true,
  fallen_back: false,
  promoted: 0,
  written: 100,
  kept: 100,
  acknowledged_lost: 0,
  phantom: 0,
  unseen_lost: 0,
  extra: 0,
};

/** `lost` of `of` crashes lose three acknowledged transactions, and show as many phantoms as they are told. */
const made = (point: Point, of: number, lost: number, phantoms = 0): CrashRun =>
  runOf(
    point,
    Array.from({ length: of }, (_, n) => ({
      ...NOTHING,
      acknowledged_lost: n < lost ? 3 : 0,
      phantom: n < phantoms ? 1 : 0,
    })),
  );

const at = (wait_point: string, sync_relay_log: number, count = 1): Point =>
  points.find(
    ({ settings }) =>
      settings.wait_point === wait_point &&
      settings.sync_relay_log === sync_relay_log &&
      settings.wait_for_slave_count === count,
  )!;

describe('made-up crashes', () => {
  test('are counted, and their losses averaged', () => {
    const [cell] = crashCells([made(at('AFTER_SYNC', 1), 300, 100, 30)]);
    expect(cell!.crashesWith.acknowledged_lost).toEqual(proportion(100, 300));
    expect(cell!.crashesWith.phantom).toEqual(proportion(30, 300));
    expect(cell!.lost.mean).toBeCloseTo(1, 12);
    // 3 in a third of the crashes: a standard deviation of √2, about 1.96/√300 of it on either side.
    expect(cell!.lost.half).toBeCloseTo((Math.SQRT2 * 1.97) / Math.sqrt(300), 2);
    expect(cell!.lost.max).toBe(3);
    expect(cell!.label).toBe('AFTER_SYNC, 1 ACK, sync_relay_log=1');
  });

  test('where none was lost, no interval of the mean is claimed', () => {
    expect(crashCells([made(at('ASYNC', 1), 50, 0)])[0]!.lost).toEqual({ mean: 0, half: null, max: 0 });
  });

  test('the finding pools what does not differ, and names the setting that explains what does', () => {
    const none = [at('AFTER_SYNC', 1), at('AFTER_SYNC', 1, 2)].map((point) => made(point, 300, 0));
    const all = [at('AFTER_SYNC', 10000), at('AFTER_SYNC', 10000, 2)].map((point) => made(point, 300, 300));
    expect(pooled(crashCells(none), 'acknowledged_lost')).toEqual([{ at: '', share: proportion(0, 600) }]);
    expect(crashFindings(crashCells(none))).toEqual([
      'No fall-back: AFTER_SYNC lost none and showed no phantom in 600 crashes (each below 0.5 %).',
    ]);
    expect(crashFindings(crashCells([...none, ...all]))).toEqual([
      'No fall-back: AFTER_SYNC lost acknowledged transactions in none of 600 (below 0.5 %) at sync_relay_log=1 but 100 % (99.4 to 100 %) at sync_relay_log=10000, and showed phantoms in none of 1,200 (below 0.25 %).',
    ]);
  });

  test('the headline says which wait point lost what in the first case, and the summary how often in each', () => {
    const cells = crashCells([
      made(at('ASYNC', 1), 300, 3),
      made(at('AFTER_COMMIT', 1), 300, 0),
      made(at('AFTER_SYNC', 1), 300, 0),
      made(at('AFTER_SYNC', 10000), 300, 0),
    ]);
    expect(crashHeadline(cells)).toBe(
      'No fall-back: ASYNC lost acknowledged transactions, AFTER_COMMIT and AFTER_SYNC lost and showed none in 900 crashes.',
    );
    expect(crashSummaries(cells).map(({ waitPoint, lost }) => [waitPoint, lost])).toEqual([
      ['ASYNC', '1 % (0.21 to 2.9 %)'],
      ['AFTER_COMMIT', 'none of 300 (below 0.99 %)'],
      ['AFTER_SYNC', 'none of 600 (below 0.5 %)'],
    ]);
  });

  test('canary: one loss in a thousand crashes is not called none', () => {
    expect(crashHeadline(crashCells([made(at('AFTER_SYNC', 1), 1000, 1)]))).toBe(
      'No fall-back: AFTER_SYNC lost acknowledged transactions.',
    );
    expect(crashFindings(crashCells([made(at('AFTER_SYNC', 1), 1000, 1)]))[0]).toContain(
      'lost acknowledged transactions in 0.1 % (0.0025 to 0.56 %)',
    );
  });

  test('a share is written with its interval', () => {
    expect(shareText(proportion(81, 263))).toBe('31 % (25 to 37 %)');
    expect(shareText(proportion(0, 300))).toBe('none of 300 (below 0.99 %)');
  });
});

describe('the chart', () => {
  const cells = crashCells(points.map((point, index) => made(point, 300, (index * 37) % 301, index)));

  test.each(['wide', 'narrow'] as const)('%s: compiles without a warning and is drawn', async (layout) => {
    const spec = crashSpec(cells, { layout });
    expect(() => compileChart(spec)).not.toThrow();
    expect(await renderSvg(spec)).toContain('AFTER_SYNC, 2 ACKs, sync_relay_log=10000');
  });

  test('has a mark for each cell and kind of loss, and none at zero, which a logarithmic axis lacks', () => {
    const { values } = crashSpec(cells).data as { values: { share?: number; none?: number; low?: number }[] };
    expect(values).toHaveLength(2 * cells.length);
    for (const { share, none, low } of values) {
      expect([share, none].filter((value) => value !== undefined)).toHaveLength(1);
      expect(share ?? none).toBeGreaterThan(0);
      if (share !== undefined) expect(low).toBeGreaterThanOrEqual(0.1);
    }
  });
});

/** As many as make chance no excuse: where a share is 2 %, not to see it in 120 crashes has a probability of 9 %. */
const CRASHES = 40;

describe('durability', () => {
  const runs = points.map((point) => {
    const { experiment } = runOf(point, []);
    const { from, schedule, replicasCrash } = experiment;
    const task = { settings: point.settings, crashes: CRASHES, from, schedule };
    return runOf(point, runCrashes({ ...task, replicasCrash: replicasCrash === 'host' }));
  });
  const seen = (variant: RegExp, wait: string, holds: (result: CrashResult) => boolean): number =>
    runs
      .filter((run) => variant.test(run.variant) && run.settings.wait_point === wait)
      .flatMap(({ results }) => results)
      .filter(holds).length;
  const loses = ({ acknowledged_lost }: CrashResult) => acknowledged_lost > 0;
  const shows = ({ phantom }: CrashResult) => phantom > 0;

  test('has 10,000 crashes or more', () => {
    const planned = points.map(({ experiment }) => (experiment?.kind === 'crash' ? experiment.crashes : 0));
    expect(planned.reduce((sum, crashes) => sum + crashes, 0)).toBeGreaterThanOrEqual(10_000);
  });

  test('every transaction is in one class', () => {
    for (const { written, kept, acknowledged_lost, phantom, unseen_lost } of runs.flatMap(({ results }) => results)) {
      expect(kept + acknowledged_lost + phantom + unseen_lost).toBe(written);
    }
  });

  test('AFTER_SYNC without a fall-back loses and shows none; AFTER_COMMIT shows phantoms; ASYNC loses', () => {
    const never = /^no fall-back$/;
    expect(seen(never, 'AFTER_SYNC', (result) => loses(result) || shows(result))).toBe(0);
    expect(seen(never, 'AFTER_SYNC', ({ fallen_back }) => fallen_back)).toBe(0);
    expect(seen(never, 'AFTER_COMMIT', shows)).toBeGreaterThan(0);
    expect(seen(never, 'AFTER_COMMIT', loses)).toBe(0);
    expect(seen(never, 'ASYNC', loses)).toBeGreaterThan(0);
  });

  test("with the replicas' machines, an ACK is worth what the relay log had flushed", () => {
    const hosts = runs.filter(
      ({ variant, settings }) => /machines/.test(variant) && settings.wait_point === 'AFTER_SYNC',
    );
    expect(hosts).toHaveLength(4);
    for (const { settings, results } of hosts) {
      expect(results.filter(loses).length > 0).toBe(settings.sync_relay_log !== 1);
    }
  });

  test.each(['ASYNC', 'AFTER_COMMIT', 'AFTER_SYNC'])('%s loses after a fall-back', (wait) => {
    expect(seen(/^after a fall-back$/, wait, loses)).toBeGreaterThan(0);
    expect(seen(/^after a fall-back$/, wait, ({ semisync_on }) => semisync_on)).toBe(0);
  });
});
