/** Errors of predictions, with the arithmetic shown; files that are none. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { csvOf, type Observed, readRows } from '../../notebooks/rows.js';
import {
  errorsOf,
  FileError,
  factorOfNineInTen,
  type Held,
  readPredictions,
  withBand,
} from '../../notebooks/your-numbers.js';
import { packageRoot } from '../../workloads/package-root.js';

const FILE = `profile,rtt_us,clients,tps,predicted_tps
mysql-5.7,1000,4,1000,1100
mysql-5.7,200/1000/5000,16,2000,1500
mysql-5.6,1000,4,,900
`;

describe('predictions', () => {
  test('are read with their errors; rows without a measurement are left out', () => {
    const rows = readPredictions(FILE, 'mine.csv');
    expect(rows.map(({ error_pct }) => Math.round(error_pct))).toEqual([10, -25]);
    expect(rows.map(({ rtt_us }) => rtt_us)).toEqual([1000, '200/1000/5000']);
  });

  test('have a median, a bias and a worst row', () => {
    const { median, bias, worst } = errorsOf(readPredictions(FILE, 'mine.csv'));
    expect(median).toBeCloseTo((10 + 25) / 2, 10);
    expect(bias).toBeCloseTo((10 - 25) / 2, 10);
    expect(worst.clients).toBe(16);
  });

  test('those that are shipped are read', () => {
    const text = readFileSync(join(packageRoot(), 'workloads/calibrations/predictions.csv'), 'utf8');
    expect(readPredictions(text, 'predictions.csv').length).toBeGreaterThan(100);
  });

  test.each([
    [
      'no such column',
      'profile,clients,tps\nmysql-5.7,4,100\n',
      'mine.csv has no column predicted_tps; make it with: ',
    ],
    ['nothing', '', 'mine.csv has no rows; make it with: '],
    ['a word for a number', FILE.replace('1500', 'many'), 'mine.csv:3: predicted_tps is "many", and must be a number'],
    ['no rate', FILE.replace('1500', '0'), 'mine.csv:3: predicted_tps is "0", and must be a number above 0'],
    ['no CSV', 'profile,clients\n"mysql', 'mine.csv is no CSV file ('],
  ])('canary: a file with %s', (_, text, message) => {
    expect(() => readPredictions(text, 'mine.csv')).toThrow(FileError);
    expect(() => readPredictions(text, 'mine.csv')).toThrow(message);
  });
});

test('a band is as wide as nine of ten errors, by factors', () => {
  // Of errors by 1 % to 10 % the ninth is 9 %; quantiles lie between neighbours, so somewhere up to the tenth.
  const held = Array.from({ length: 10 }, (_, i) => ({ tps: 100, predicted_tps: 101 + i }) as Held);
  const factor = factorOfNineInTen(held);
  expect(factor).toBeGreaterThanOrEqual(1.09);
  expect(factor).toBeLessThanOrEqual(1.1);
  const [forecast] = withBand([{ profile: 'mysql-5.7', tps: 1000 } as Observed], new Map([['mysql-5.7', 1.25]]));
  expect(forecast).toMatchObject({ low: 800, high: 1250 });
});

test('CSV goes out as it came in', () => {
  const text = 'profile,clients,tps\nmysql-5.7,4,1000.5\nmysql-5.6,1,\n';
  expect(csvOf(['profile', 'clients', 'tps'], readRows(text))).toBe(text);
  // Only text can hold what would end a cell: it is quoted then.
  const odd = 'variant\n"a, ""b"""\n';
  expect(csvOf(['variant'], readRows(odd))).toBe(odd);
});
