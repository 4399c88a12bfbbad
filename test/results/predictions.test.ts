import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chartData } from '../../analysis/chart-marks.js';
import type { SweepRow } from '../../analysis/row.js';
import { validatedRow } from '../../analysis/validation.js';
import { simulate } from '../../engine/runtimes/virtual/simulate.js';
import { formatPredictions, PREDICTIONS_FILE, readPredictions, shippedPredictions } from '../../results/predictions.js';
import { shippedCalibrations } from '../../workloads/calibration-file.js';
import { POINT_COLUMNS, pointCell } from '../../workloads/columns.js';
import { loadWorkload } from '../../workloads/load.js';
import { MEASURED_COLUMNS, readMeasurements, settingsOfRow } from '../../workloads/measurements.js';
import { packageRoot } from '../../workloads/package-root.js';
import { fileWith } from '../workloads/workspace.js';

const measured = readMeasurements(join(packageRoot(), 'workloads/calibrations/training/semisync-2core.csv'));
const shipped = shippedPredictions();

/** As `acklab validate` simulates a row, or with `change`d costs. */
function again(index: number, change = {}) {
  const settings = { ...settingsOfRow(measured[index]!, shippedCalibrations()), ...change };
  const row = validatedRow(measured[index]!, simulate(settings, { precision: 0.01 }).observation);
  return formatPredictions([measured[index]!], [row]).trimEnd().split('\n')[1];
}

const committed = (index: number) =>
  readFileSync(join(packageRoot(), PREDICTIONS_FILE), 'utf8').trimEnd().split('\n')[1 + index];

describe('the committed predictions', () => {
  test('are of the training rows, each with what was measured', () => {
    expect(shipped.map((row) => row.measured)).toEqual(measured.map((row) => row.measured));
    expect(shipped.map((row) => row.tps_range)).toEqual(measured.map((row) => row.tps_range ?? null));
    expect(shipped.map(({ settings }) => settings)).toEqual(
      measured.map((row) => ({ ...settingsOfRow(row, shippedCalibrations()), seed: 42 })),
    );
  });

  test.each([0, 6, 21, 40, 60, 90, 111])(
    'are what the model says today (row %i): else write the file anew',
    (index) => {
      expect(again(index)).toBe(committed(index));
    },
  );

  test('would be seen to be stale: another cost gives another line', () => {
    const { cpu_statement } = shipped[60]!.settings;
    expect(again(60, { cpu_statement: { ...cpu_statement, mean: 1.1 * cpu_statement.mean } })).not.toBe(committed(60));
  });
});

describe('a file of predictions', () => {
  const HEADER = `${MEASURED_COLUMNS.join(',')},tps_min,tps_max,seed,arrival_rate,group_commit_delay_us,group_commit_count,timeout_us,events_per_tx,bytes_per_tx,cores,hosts,think_us`;
  const ROW = 'mysql-5.7,AFTER_SYNC,1,1,1000,100,100,100,1,10000,4,1000,4000,,990,1010,42,0,0,0,10000000,5,480,2,one,0';

  test('gives each row its error in percent: 1,100 for 1,000 is +10, 3,000 for 4,000 is −25', () => {
    const file = fileWith(
      'p.csv',
      `${HEADER},predicted_tps,predicted_latency_mean_us,predicted_latency_p95_us\n${ROW},1100,3000,9000\n`,
    );
    const [row] = readPredictions(file);
    expect(row!.error_pct.tps).toBeCloseTo(10, 9);
    expect(row!.error_pct.latency_mean_us).toBeCloseTo(-25, 9);
    expect(row!.error_pct.latency_p95_us).toBeNull();
    expect(row!.tps_range).toEqual({ low: 990, high: 1010 });
    expect(row!.observation).toMatchObject({ profile: 'mysql-5.7', clients: 4, rtt_us: '1000', cores: 2, tps: 1100 });
  });

  test('is refused without its predictions', () => {
    const file = fileWith('q.csv', `${HEADER}\n${ROW}\n`);
    expect(() => readPredictions(file)).toThrow(/q\.csv:2: row 1: a column of predictions is missing/);
  });
});

test('measured runs whose lowest exceeds their highest are refused', () => {
  const file = fileWith(
    'r.csv',
    `${MEASURED_COLUMNS.join(',')},tps_min,tps_max\nmysql-5.7,AFTER_SYNC,1,1,1000,100,100,100,1,10000,4,1000,,,1010,990\n`,
  );
  expect(() => readMeasurements(file)).toThrow(/r\.csv:2: row 1, column tps_min: 1010 exceeds tps_max, 990/);
});

describe('the built-in sweeps', () => {
  /** What was measured on the curves of a chart, were its sweep run: where each stands, without simulating a point. */
  function measuredOn(sweepName: string, chart: string): string[] {
    const part = loadWorkload(sweepName).parts[0]!;
    const request = part.charts.find(({ name }) => name === chart)!;
    const rows = part.points.map((point) => {
      const cells = POINT_COLUMNS.map((column) => [column, pointCell(point, column)]);
      return { ...Object.fromEntries(cells), tps: 1, point: point.index } as unknown as SweepRow;
    });
    const settings = new Map(part.points.map((point) => [point.index, point.settings]));
    const { measured } = chartData(request, rows, { measured: shipped, settings });
    return measured.map(({ series, facet, x }) => [series, facet, x].join(' ')).sort();
  }

  test('are covered where servers were measured: 5.6 and 5.7 at two round trips by four numbers of clients', () => {
    const expected = ['mysql-5.6', 'mysql-5.7'].flatMap((profile) =>
      [200, 1000].flatMap((rtt) => [1, 4, 16, 64].map((clients) => `${profile} ${rtt} ${clients}`)),
    );
    expect(measuredOn('concurrency', 'concurrency-throughput')).toEqual(expected.sort());
  });

  test('are not where no server was: a relay log fsynced every ten events', () => {
    const found = measuredOn('relay-fsync', 'relay-fsync-throughput');
    expect(found).toContain('1 mysql-5.7 100');
    expect(found.filter((text) => text.startsWith('10 '))).toEqual([]);
  });
});
