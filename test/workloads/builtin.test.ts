import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkSettings } from '../../engine/protocol/check-settings.js';
import { defaultSettings, type ParameterName } from '../../engine/protocol/parameters.js';
import { CHOICE_VALUES, type ChoiceName } from '../../engine/protocol/profiles.js';
import { shippedCalibrations } from '../../workloads/calibration-file.js';
import { pointCell } from '../../workloads/columns.js';
import { listWorkloads, loadWorkload } from '../../workloads/load.js';
import { packageRoot } from '../../workloads/package-root.js';
import { formatValue } from '../../workloads/units.js';
import type { Part, Point } from '../../workloads/workload.js';

const summaries = listWorkloads();
const names = summaries.map(({ name }) => name).filter((name) => name !== 'default');
const partOf = (name: string): Part => loadWorkload(name).parts[0]!;
const TIMELINES = ['catch-up', 'flapping', 'no-slave', 'slow-replica', 'switchover', 'timeout'];
const contentOf = (name: string) =>
  parse(readFileSync(join(packageRoot(), 'workloads/builtin', `${name}.yaml`), 'utf8'));

test('the built-in workloads are these, default first', () => {
  expect(summaries.map(({ name }) => name)).toEqual([
    'default',
    'catch-up',
    'concurrency',
    'durability',
    'elasticity',
    'flapping',
    'fsync',
    'group-commit',
    'latency',
    'no-slave',
    'open-loop',
    'quorum',
    'reader-lock',
    'relay-fsync',
    'replicas',
    'slow-replica',
    'switchover',
    'threads-reader-lock',
    'threads-wait-mode',
    'timeout',
    'upgrade',
    'wait-mode',
  ]);
});

describe.each(names)('%s', (name) => {
  const part = partOf(name);
  const isTimeline = TIMELINES.includes(name);
  const isSweep = !isTimeline && name !== 'durability';

  test('is a timeline in all of its points, or in none', () => {
    for (const { experiment } of part.points) expect(experiment?.kind === 'timeline').toBe(isTimeline);
  });

  test('is named as its file, asks a question and holds together at every point', () => {
    expect(part.name).toBe(name);
    expect(part.question).toMatch(/\?$/);
    for (const { settings } of part.points) checkSettings(settings);
    expect(part.points.length).toBeLessThanOrEqual(400);
  });

  test('skips only combinations that occur', () => {
    const { sweep = {}, variants = [], skip = [] } = contentOf(name);
    const lists: unknown[][] = Object.values(sweep);
    const product = lists.reduce((size, list) => size * list.length, Math.max(1, variants.length));
    if (skip.length === 0) expect(part.points).toHaveLength(product);
    else expect(part.points.length).toBeLessThan(product);
  });

  test('draws charts that can be read: at most 4 panels of 6 lines', () => {
    expect(part.charts.length).toBeGreaterThanOrEqual(isSweep ? 2 : 0);
    for (const chart of part.charts) {
      const kept = part.points.filter((point) =>
        Object.entries(chart.where ?? {}).every(([column, wanted]) =>
          [wanted].flat().map(String).includes(pointCell(point, column)),
        ),
      );
      const count = (column: string | undefined): number =>
        column === undefined ? 1 : new Set(kept.map((point) => pointCell(point, column))).size;
      expect(count(chart.facet), chart.name).toBeLessThanOrEqual(4);
      expect(count(chart.series), chart.name).toBeLessThanOrEqual(6);
      expect(chart.name.startsWith(name)).toBe(true);
      // Zero has no place on a logarithmic axis.
      if (chart.x_scale === 'log') expect(kept.every((point) => Number(pointCell(point, chart.x)) > 0)).toBe(true);
    }
  });
});

describe('default', () => {
  const tour = loadWorkload('default');
  const points = tour.parts.flatMap((part) => part.points);

  test('has 500 to 850 points, numbered through', () => {
    expect(points.length).toBeGreaterThanOrEqual(500);
    expect(points.length).toBeLessThanOrEqual(850);
    expect(points.map(({ index }) => index)).toEqual([...points.keys()]);
  });

  test('goes through every sweep, and shows one timeline', () => {
    const sweeps = names.filter((name) => !TIMELINES.includes(name) && name !== 'durability');
    expect(tour.parts.map(({ name }) => name).sort()).toEqual([...sweeps, 'timeout'].sort());
  });

  test.each<[ParameterName, number]>([
    ['profile', 3],
    ['wait_point', 3],
    ['wait_for_slave_count', 5],
    ['sync_binlog', 2],
    ['sync_relay_log', 3],
    ['group_commit_delay', 5],
    ['group_commit_count', 3],
    ['clients', 5],
    ['arrival_rate', 10],
    ['replicas', 6],
    ['rtt', 8],
    ['relay_fsync', 7],
    ['binlog_fsync', 5],
    ['redo_fsync', 5],
    ['hosts', 2],
    ['events_per_tx', 2],
  ])('has %s at %i values or more', (name, atLeast) => {
    const texts = new Set(points.map(({ settings }) => formatValue(name, settings[name])));
    expect(texts.size).toBeGreaterThanOrEqual(atLeast);
  });
});

describe('upgrade', () => {
  const first = (variant: string): Point => part.points.find((point) => point.variant === variant)!;
  const part = partOf('upgrade');
  const variants = [...new Set(part.points.map(({ variant }) => variant))];

  /** Parameters in which two points differ. */
  const difference = (a: Point, b: Point): string[] =>
    (Object.keys(a.settings) as ParameterName[])
      .filter((name) => formatValue(name, a.settings[name]) !== formatValue(name, b.settings[name]))
      .sort();

  test('begins at MySQL 5.6, makes it MySQL 5.7 but for the name of the profile and what 5.6 costs, and ends at that', () => {
    const { clients, rtt } = part.points[0]!.settings;
    const costs = shippedCalibrations().get('mysql-5.6')!.settings;
    expect(first(variants[0]!).settings).toEqual({ ...defaultSettings('mysql-5.6'), ...costs, clients, rtt });
    const mysql57 = { ...defaultSettings('mysql-5.7'), clients, rtt };
    expect({ ...first(variants.at(-2)!).settings, profile: 'mysql-5.7' }).toEqual({ ...mysql57, ...costs });
    const own = shippedCalibrations().get('mysql-5.7')!.settings;
    expect(first(variants.at(-1)!).settings).toEqual({ ...mysql57, ...own });
  });

  test('has both logs on one disk', () => {
    for (const { settings } of part.points) expect(settings.redo_fsync).toEqual(settings.binlog_fsync);
    expect(new Set(part.points.map(({ settings }) => settings.redo_fsync.mean))).toEqual(new Set([100, 1000]));
  });

  test('makes one change alone in each of seven variants, and adds the same one in the cumulative variants', () => {
    const alone = variants.slice(1, 8).map((variant) => difference(first(variants[0]!), first(variant)));
    expect(alone).toEqual([
      ['log_lock_in_fsync'],
      ['binlog_reader'],
      ['ack_collector', 'ack_quorum'],
      ['waiter_wakeup'],
      ['redo_flush'],
      ['wait_point', 'wait_points'],
      ['events_per_tx'],
    ]);
    const cumulative = [variants[1]!, ...variants.slice(8)];
    for (let step = 1; step < 7; step++) {
      expect(difference(first(cumulative[step - 1]!), first(cumulative[step]!))).toEqual(alone[step]);
    }
  });
});

test('reader-lock switches nothing but the reader within each version', () => {
  const points = partOf('reader-lock').points;
  const choices = (variant: string): Record<string, unknown> => {
    const { settings } = points.find((point) => point.variant === variant)!;
    return Object.fromEntries((Object.keys(CHOICE_VALUES) as ChoiceName[]).map((choice) => [choice, settings[choice]]));
  };
  expect(choices('5.6, lock-free reader')).toEqual({ ...choices('MySQL 5.6'), binlog_reader: 'lock-free' });
  expect(choices('5.7, mutexed reader')).toEqual({ ...choices('MySQL 5.7'), binlog_reader: 'mutexed' });
});
