import { describe, expect, test } from 'vitest';
import { eventLabels, offSpans, type TimelineRun } from '../../analysis/timeline.js';
import { placeLabels, timelineSpec } from '../../analysis/timeline-chart.js';
import { stallIsTimeout, timelineFinding, timelineHeadline, timelineRemark } from '../../analysis/timeline-findings.js';
import { simulateTimeline } from '../../engine/runtimes/virtual/timeline.js';
import { compileChart, renderSvg } from '../../results/render.js';
import { loadWorkload, parseSetOption } from '../../workloads/load.js';

function runsOf(workload: string, ...set: string[]): TimelineRun[] {
  const { points } = loadWorkload(workload, set.map(parseSetOption)).parts[0]!;
  return points.flatMap(({ index, part, variant, settings, experiment }) => {
    if (experiment?.kind !== 'timeline') return [];
    const result = simulateTimeline(settings, experiment.schedule, experiment);
    return [{ point: index, part, variant, settings, experiment, result }];
  });
}

/** AFTER_COMMIT counts each transaction's wait by itself, where AFTER_SYNC counts one for a group. */
const timeout = runsOf('timeout', 'wait_point=AFTER_COMMIT');
const [briefShort, briefLong, longShort, longLong] = timeout as [TimelineRun, TimelineRun, TimelineRun, TimelineRun];

describe('timeout', () => {
  const fellBack = [briefShort, longShort, longLong];

  test.each(fellBack)('$variant: the first commit stalls for the timeout, whatever the outage', (run) => {
    const { timeout } = run.settings;
    const { longest_stall, switches, latency_max_us } = run.result;
    // The crash is at 3 s: the first commit after it begins to wait soon, and its timeout ends the stall.
    expect(longest_stall.from_us).toBeGreaterThan(2_990_000);
    expect(longest_stall.from_us).toBeLessThan(3_010_000);
    expect(Math.abs(longest_stall.duration_us - timeout)).toBeLessThan(0.01 * timeout);
    expect(latency_max_us).toBeLessThan(1.01 * timeout);
    expect(switches.map(({ on }) => on)).toEqual([false, true]);
    expect(stallIsTimeout(run)).toBe(true);
  });

  test.each(fellBack)(
    '$variant: unprotected are those between the fall-back and the return, by the counters',
    (run) => {
      const { result } = run;
      const { intervals, counters, unprotected, acknowledged } = result;
      const [{ from, to }] = offSpans(result) as [{ from: number; to: number }];
      expect(counters.Rpl_semi_sync_master_no_tx).toBe(unprotected);
      expect(counters.Rpl_semi_sync_master_yes_tx).toBe(acknowledged);
      expect(counters.Rpl_semi_sync_master_no_times).toBe(1);
      const within = intervals.filter(({ from_us, to_us }) => from_us >= from && to_us <= to);
      expect(within.length).toBeGreaterThan(0);
      for (const row of within) expect([row.unprotected, row.no_tx, row.yes_tx]).toEqual([row.commits, row.commits, 0]);
      const outside = intervals.filter(({ from_us, to_us }) => to_us <= from || from_us >= to);
      for (const row of outside) expect([row.unprotected, row.no_tx, row.yes_tx]).toEqual([0, 0, row.commits]);
    },
  );

  test('an outage shorter than the timeout stalls as long as it lasts, and nothing is unprotected', () => {
    const { result } = briefLong;
    expect(result.switches).toEqual([]);
    expect(result.unprotected).toBe(0);
    // 1 s, and what reconnecting and catching up take.
    expect(result.longest_stall.duration_us).toBeGreaterThan(990_000);
    expect(result.longest_stall.duration_us).toBeLessThan(1_100_000);
    expect(stallIsTimeout(briefLong)).toBe(false);
  });

  test('canary: a stall of another length, or one that no switch ended, is not the timeout', () => {
    const twice = { ...longShort.settings, timeout: 2 * longShort.settings.timeout };
    expect(stallIsTimeout({ ...longShort, settings: twice })).toBe(false);
    expect(stallIsTimeout({ ...longShort, result: { ...longShort.result, switches: [] } })).toBe(false);
  });
});

describe('findings', () => {
  test('name the timeout, what was unprotected, and the return', () => {
    expect(timelineFinding(longShort)).toMatch(
      /^Clients stalled for 50\d ms, the timeout; 1,\d{3} commits of 3,\d{3} unprotected, 5\.5\d s with semi-sync OFF; protection was back \d+(\.\d)? ms after the last event\.$/,
    );
    expect(timelineFinding(briefLong)).toMatch(/^Clients stalled for 1\.02 s; all commits were acknowledged\.$/);
    expect(timelineHeadline(longShort)).toMatch(
      /^Clients stalled for 501 ms, the timeout; [\d,]+ commits of [\d,]+ unprotected$/,
    );
    expect(timelineRemark(longShort)).toMatch(
      /^[\d.]+ s with semi-sync OFF; protection was back [\d.]+ ms after the last event$/,
    );
    expect(timelineRemark(briefLong)).toBe('');
  });

  test('say who pays for a slow replica', () => {
    const [one, two] = runsOf('slow-replica') as [TimelineRun, TimelineRun];
    expect(timelineFinding(one)).toMatch(/^Nobody stalled; replica 2 fell up to [\d,]+ transactions behind; all/);
    expect(timelineFinding(two)).toMatch(/^Throughput fell from [\d,]+ to [\d.]+ tx\/s from 3 s to 6 s; all/);
  });

  test('tell a run that ends unprotected', () => {
    const ended = { ...longShort, result: { ...longShort.result, recovery_us: null } };
    expect(timelineFinding(ended)).toContain('protection had not come back when the run ended');
  });
});

test('wait_no_slave=OFF spares the stall when the replica says good-bye, and not when its host dies', () => {
  const [stopOn, stopOff, deadOn, deadOff] = runsOf('no-slave').map(({ result }) => result.longest_stall.duration_us);
  for (const stall of [stopOn!, deadOn!, deadOff!]) expect(Math.abs(stall - 2_000_000)).toBeLessThan(20_000);
  expect(stopOff).toBeLessThan(10_000);
});

describe('the chart', () => {
  test.each([
    ['light', 'wide'],
    ['dark', 'narrow'],
  ] as const)('%s, %s: draws without a warning, four panels under a strip of event names', async (theme, layout) => {
    const spec = timelineSpec(longShort, { theme, layout });
    compileChart(spec);
    expect((spec as unknown as { vconcat: unknown[] }).vconcat).toHaveLength(5);
    const svg = await renderSvg(spec);
    for (const text of ['crash-process', 'restart', 'semi-sync OFF', 'unprotected', 'Lag (transactions)']) {
      expect(svg).toContain(text);
    }
  });

  test('shades each panel where semi-sync was OFF, and only there', () => {
    const shades = (run: TimelineRun) =>
      JSON.stringify(timelineSpec(run)).match(/"data":\{"values":(\[[^\]]*\])\},"mark":\{"type":"rect"/g) ?? [];
    const [{ from, to }] = offSpans(longShort.result) as [{ from: number; to: number }];
    expect(shades(longShort)).toHaveLength(4);
    for (const shade of shades(longShort)) expect(shade).toContain(`[{"from":${from / 1e6},"to":${to / 1e6}}]`);
    // Canary: nothing is shaded where semi-sync was ON all the time.
    for (const shade of shades(briefLong)) expect(shade).toContain('"values":[]');
  });

  test('writes no two event names over each other', () => {
    const labels = [
      { at: 0, text: 'a long name for an event' },
      { at: 10, text: 'another long name' },
      { at: 95, text: 'at the end' },
    ];
    const placed = placeLabels(labels, 100, 300);
    expect(placed.map(({ row, align }) => [row, align])).toEqual([
      [0, 'left'],
      [1, 'left'],
      [0, 'right'],
    ]);
  });

  test('names a replica only where there are several, and events of one instant once', () => {
    expect(eventLabels(longShort).map(({ text }) => text)).toEqual(['crash-process', 'restart']);
    const [, behind] = runsOf('switchover') as [TimelineRun, TimelineRun];
    expect(
      eventLabels(behind)
        .map(({ text }) => text)
        .slice(0, 2),
    ).toEqual(['replica 1: stall', 'replica 1: resume, switchover']);
  });
});
