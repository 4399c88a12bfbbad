import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SWEEP_COLUMNS, type SweepRow } from '../../analysis/row.js';
import { CsvError, csvHeader, csvRows } from '../../results/csv.js';
import { parseCsv } from '../../results/parse-csv.js';
import { someRow } from './rows.js';

const TEXT = new Set(['runtime', 'profile', 'wait_point', 'rtt_us', 'relay_fsync_us', 'part', 'variant']);
const TEXT_OR_NULL = new Set(['hosts', 'warnings']);
const NEVER_NULL = new Set(['replicas', 'clients', 'tps', 'point']);

/** -0 is written as 0: no spreadsheet knows it, and no column can mean it. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const line = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text));

const row = fc.record(
  Object.fromEntries(
    SWEEP_COLUMNS.map((name) => {
      if (TEXT.has(name)) return [name, line];
      if (TEXT_OR_NULL.has(name)) return [name, fc.option(line.filter((text) => text !== ''))];
      return [name, NEVER_NULL.has(name) ? number : fc.option(number)];
    }),
  ),
) as unknown as fc.Arbitrary<SweepRow>;

const written = (rows: readonly SweepRow[]) => csvHeader() + csvRows(rows);

test('what is written reads back the same', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
      expect(parseCsv(written(rows), 'x.csv').rows).toEqual(rows);
    }),
  );
});

test('what is read back writes the same bytes', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
      expect(written(parseCsv(written(rows), 'x.csv').rows)).toBe(written(rows));
    }),
  );
});

test('whatever a crash leaves of the file gives a prefix of the rows', () => {
  const rows = [0, 1, 2].map((point) => someRow(point, { warnings: 'capped, "for now"; ½ done' }));
  const bytes = Buffer.from(written(rows));
  for (let length = 0; length <= bytes.length; length++) {
    const kept = bytes.subarray(0, length).toString('utf8');
    const parsed = parseCsv(kept, 'x.csv');
    expect(parsed.rows).toEqual(rows.slice(0, parsed.rows.length));
    expect(parsed.wholeBytes).toBeLessThanOrEqual(length);
  }
  expect(parseCsv(bytes.toString('utf8'), 'x.csv').rows).toHaveLength(3);
});

test('a warning of several lines becomes one', () => {
  const [read] = parseCsv(written([someRow(0, { warnings: 'one\n two' })]), 'x.csv').rows;
  expect(read?.warnings).toBe('one two');
});

test('numbers that no spreadsheet reads are refused', () => {
  expect(() => csvRows([someRow(7, { tps: Number.NaN })])).toThrow('point 7: tps is NaN');
});

test('a cell that is not a number is refused with its line', () => {
  const broken = written([someRow(0), someRow(1, { clients: 17 })]).replace(',17,1234', ',many,1234');
  expect(() => parseCsv(broken, 'x.csv')).toThrow(/^x\.csv:3: clients is "many", and must be a number$/);
});

test('other columns are refused', () => {
  expect(() => parseCsv('a,b\n1,2\n', 'x.csv')).toThrow(CsvError);
});
