/** CSV opens in a spreadsheet as it was meant: numbers as numbers, text as text, to the last digit. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SweepRow } from '../../analysis/row.js';
import { trendOf } from '../../analysis/trend.js';
import { defaultSettings } from '../../engine/protocol/parameters.js';
import { simulate } from '../../engine/runtimes/virtual/simulate.js';
import { csvHeader, csvRows } from '../../results/csv.js';
import { PREDICTIONS_FILE } from '../../results/predictions.js';
import { openRecordedRun } from '../../results/recorded-runs.js';
import { trendCsv } from '../../results/trend-files.js';
import { packageRoot } from '../../workloads/package-root.js';
import { writeHistoryRun } from './histories.js';
import { someRow } from './rows.js';
import { LIBREOFFICE, openInSpreadsheet, type SheetCell } from './spreadsheet.js';

if (LIBREOFFICE === undefined) {
  console.warn('SKIPPED: no CSV was opened in a spreadsheet, as there is none: apt-get install libreoffice-calc-nogui');
}

const folder = mkdtempSync(join(tmpdir(), 'acklab-sheet-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Spreadsheets keep 15 digits. */
const kept = (value: number): number => Number(value.toPrecision(15));

/** What a cell of the file means: a plain decimal is a number, nothing is nothing, anything else is text. */
const meant = (cell: string): SheetCell =>
  cell === '' ? null : /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(cell) ? kept(Number(cell)) : cell;

const keptCell = (cell: SheetCell = null): SheetCell => (typeof cell === 'number' ? kept(cell) : cell);

const written = (csv: string): SheetCell[][] =>
  parse(csv, { relax_column_count: true }).map((row: string[]) => row.map(meant));

// A spreadsheet does not keep empty cells at the end of a row.
const squared = (rows: SheetCell[][]): SheetCell[][] =>
  rows.map((row) => rows[0]!.map((_, index) => keptCell(row[index])));

/** Every version and wait point, unequal replicas, an open loop that warns, tiny and huge numbers, awkward text. */
function rows(): SweepRow[] {
  const simulated = [
    { ...defaultSettings('mysql-5.6') },
    {
      ...defaultSettings('mysql-5.7'),
      replicas: 3,
      rtt: [1, 2, 5].map((mean) => ({ kind: 'constant', mean }) as const),
    },
    { ...defaultSettings('mariadb-10.11'), arrival_rate: 50_000 },
  ].map((settings, point) => {
    const { observation } = simulate(settings, { precision: 0.2 });
    return { ...observation, point, part: 'part', variant: '5.7, "mutexed" reader' };
  });
  return [
    ...simulated,
    someRow(3, { tps: 1.5e-7, latency_max_us: 123456789012345, variant: '1/2' }),
    someRow(4, { variant: 'MySQL 5.7 — µs; 2026-01-02', rtt_us: '200/1000/5000', warnings: 'first; "second", third' }),
  ];
}

function history(): string {
  const runs = [1, 2, 3].map((day) =>
    writeHistoryRun(folder, { day, tps: { 4: [day < 3 ? 1000 : 812.5] } }, 'virtual'),
  );
  return trendCsv(trendOf(runs.map(openRecordedRun), { threshold: 0.05 }));
}

describe.skipIf(LIBREOFFICE === undefined)('in LibreOffice', () => {
  let csv: Readonly<Record<'observations' | 'wrong' | 'trend' | 'predictions', string>>;
  let opened: Readonly<Record<string, SheetCell[][]>>;

  beforeAll(async () => {
    csv = {
      observations: csvHeader() + csvRows(rows()),
      wrong: 'tps,rtt,latency\n"1,234.5x",1ms,"0,5"\n12,1,0.5\n',
      trend: history(),
      predictions: readFileSync(join(packageRoot(), PREDICTIONS_FILE), 'utf8'),
    };
    const files = Object.entries(csv).map(([name, text]) => {
      const file = join(folder, `${name}.csv`);
      writeFileSync(file, text);
      return file;
    });
    const sheets = await openInSpreadsheet(files);
    opened = Object.fromEntries(Object.keys(csv).map((name, index) => [name, squared(sheets[index]!)]));
  }, 180_000);

  test('observations', () => {
    expect(opened.observations).toEqual(written(csv.observations));
    const numbers = opened.observations!.flat().filter((cell) => typeof cell === 'number');
    expect(numbers.length).toBeGreaterThan(100);
  });

  test('canary: a thousands separator, a unit or a decimal comma would not open as a number', () => {
    expect(opened.wrong![1]!.map((cell) => typeof cell)).toEqual(['string', 'string', 'string']);
    expect(opened.wrong![2]).toEqual([12, 1, 0.5]);
  });

  test('a history of runs', () => {
    expect(opened.trend).toEqual(written(csv.trend));
    expect(opened.trend![3]!.slice(8, 14)).toEqual([812.5, null, null, 812.5, 'regression', 0.8125]);
  });

  test('the measured rows and predictions that are shipped', () => {
    expect(opened.predictions).toEqual(written(csv.predictions));
  });
});
