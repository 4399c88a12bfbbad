import { describe, expect, it } from 'vitest';
import { conditionTexts } from '../../analysis/chart-caption.js';
import { chartFields, chartValues } from '../../analysis/chart-fields.js';
import { chartData } from '../../analysis/chart-marks.js';
import { chartSpec } from '../../analysis/chart-spec.js';
import type { MeasuredPoint, Overlay } from '../../analysis/measured-marks.js';
import type { SweepRow } from '../../analysis/row.js';
import { defaultSettings, type Settings } from '../../engine/protocol/parameters.js';
import type { ProfileName } from '../../engine/protocol/profiles.js';
import { compileChart } from '../../results/render.js';
import type { ChartRequest } from '../../workloads/workload.js';
import { row } from './synthetic-rows.js';

const constant = (mean: number) => ({ kind: 'constant', mean }) as const;

function settings(profile: ProfileName, clients: number, change: Partial<Settings> = {}): Settings {
  return { ...defaultSettings(profile), clients, rtt: [constant(1000)], ...change };
}

const server = (of: Settings, tps = 5000): MeasuredPoint => ({
  settings: of,
  measured: { tps, latency_mean_us: 3200, latency_p95_us: 4000 },
  tps_range: { low: 4900, high: 5100 },
});

/** Rows of these settings, numbered, and the settings by those numbers. */
function sweepOf(
  all: readonly Settings[],
  variants: readonly string[] = [],
): { rows: SweepRow[]; known: Overlay['settings'] } {
  const rows = all.map(({ profile, clients }, index) =>
    row({ profile, clients, variant: variants[index] ?? '' }, { point: index }),
  );
  return { rows, known: new Map(all.entries()) };
}

const request: ChartRequest = { name: 'chart', subject: 'subject', x: 'clients', y: 'tps', series: 'profile' };
const curve = (['mysql-5.6', 'mysql-5.7'] as const).flatMap((profile) =>
  [1, 4, 64].map((clients) => settings(profile, clients)),
);

function marks(measured: readonly MeasuredPoint[], of = request, all = curve, variants: readonly string[] = []) {
  const { rows, known } = sweepOf(all, variants);
  return chartData(of, rows, { measured, settings: known }).measured;
}

describe('a measured row', () => {
  it('lies on the curve of the same experiment, at its x, with the runs it is the median of', () => {
    expect(marks([server(settings('mysql-5.7', 4))])).toEqual([
      { by: 'server', x: 4, y: 5000, low: 4900, high: 5100, series: 'mysql-5.7', facet: '' },
    ]);
  });

  it('lies between points of the curve too, but not beyond its ends', () => {
    expect(marks([server(settings('mysql-5.7', 16))]).map(({ x }) => x)).toEqual([16]);
    expect(marks([server(settings('mysql-5.7', 128))])).toEqual([]);
  });

  it.each<[string, Partial<Settings>]>([
    ['another round trip', { rtt: [constant(200)] }],
    ['a faster disk', { binlog_fsync: constant(50) }],
    ['more replicas', { replicas: 3 }],
    ['another wait point', { wait_point: 'ASYNC' }],
    ['more cores', { cores: 8 }],
    ['a choice that no column shows', { binlog_reader: 'mutexed' }],
    ['a time that varies', { redo_fsync: { kind: 'exponential', mean: 100 } }],
  ])('of %s lies on no curve', (_, change) => {
    expect(marks([server(settings('mysql-5.7', 4, change))])).toEqual([]);
  });

  it('may differ in costs, which it is there to judge, and in the seed; and list one value for each replica', () => {
    const three = curve.map((one) => ({ ...one, replicas: 3 }));
    const change = { replicas: 3, rtt: [1000, 1000, 1000].map(constant), cpu_statement: constant(99), seed: 7 };
    expect(marks([server(settings('mysql-5.7', 4, change))], request, three)).toHaveLength(1);
  });

  it('lies on no curve of a variant that no server is, though all columns agree', () => {
    const of = { ...request, series: 'variant' };
    const all = [1, 4].flatMap((clients) => [
      settings('mysql-5.7', clients),
      settings('mysql-5.7', clients, { binlog_reader: 'mutexed' }),
    ]);
    const found = marks([server(settings('mysql-5.7', 4))], of, all, ['5.7', 'mutexed', '5.7', 'mutexed']);
    expect(found.map(({ series }) => series)).toEqual(['5.7']);
  });

  it('lies at a point whose other parameters move along the curve as well, and between such points nowhere', () => {
    const disk = (us: number) => ({ binlog_fsync: constant(us), redo_fsync: constant(us) });
    const { known } = sweepOf([100, 1000].map((us) => settings('mysql-5.7', 4, disk(us))));
    const rows = [100, 1000].map((fsync_us, point) => row({ fsync_us }, { point }));
    const of = { ...request, x: 'binlog_fsync_us' };
    const at = (change: Partial<Settings>) =>
      chartData(of, rows, { measured: [server(settings('mysql-5.7', 4, change))], settings: known }).measured;
    expect(at(disk(1000)).map(({ x }) => x)).toEqual([1000]);
    expect(at({ ...disk(1000), redo_fsync: constant(100) })).toEqual([]);
    expect(at(disk(300))).toEqual([]);
  });

  it('has no place where y was not measured, or x is not a parameter', () => {
    expect(marks([server(settings('mysql-5.7', 4))], { ...request, y: 'latency_p99_us' })).toEqual([]);
    expect(marks([server(settings('mysql-5.7', 4))], { ...request, x: 'tps', y: 'latency_p95_us' })).toEqual([]);
  });

  it('has bars of runs for throughput alone', () => {
    const [mark] = marks([server(settings('mysql-5.7', 4))], { ...request, y: 'latency_p95_us' });
    expect(mark).toMatchObject({ y: 4000, low: null, high: null });
  });
});

describe('a chart with measured rows', () => {
  const { rows, known } = sweepOf(curve);
  const overlay = { measured: [server(settings('mysql-5.7', 4), 50_000)], settings: known };

  it('carries them beside the simulated ones, in fields of their own', () => {
    const data = chartData(request, rows, overlay);
    const values = chartValues(request, data, chartFields(request, data)) as Record<string, unknown>[];
    expect(values).toHaveLength(7);
    expect(values.filter((value) => 'measured' in value)).toEqual([
      {
        profile: 'MySQL 5.7',
        clients: 4,
        measured: 50_000,
        measured_low: 4900,
        measured_high: 5100,
        runs: '4,900 – 5,100 tx/s',
      },
    ]);
  });

  it('draws them hollow, says so, compiles without a warning, and has room for the highest', () => {
    const spec = chartSpec(request, rows, {}, overlay);
    expect(() => compileChart(spec)).not.toThrow();
    const text = JSON.stringify(spec);
    expect(text).toContain('hollow: measured on a server (bar: lowest to highest run)');
    expect(text).toContain('"filled":false');
    const top = Math.max(...[...text.matchAll(/"domain":\[[\d.]+,([\d.]+)\]/g)].map((match) => Number(match[1])));
    expect(top).toBeGreaterThan(50_000);
  });

  it('without any is as it was', () => {
    const none = { measured: [], settings: known };
    expect(chartSpec(request, rows, {}, none)).toEqual(chartSpec(request, rows));
    expect(conditionTexts(request, chartData(request, rows)).join()).not.toContain('hollow');
  });
});
