import { describe, expect, test } from 'vitest';
import { MEASURED_COLUMNS, readMeasurements, settingsOfRow } from '../../workloads/measurements.js';
import { complaint, fileWith } from './workspace.js';

const HEADER = MEASURED_COLUMNS.join(',');
const ROW = 'mysql-5.7,AFTER_SYNC,1,3,200/1000/5000,100,300,50,1,10000,16,7000,2285,3000';

const read = (...lines: string[]) => readMeasurements(fileWith('m.csv', `${lines.join('\n')}\n`));
/** What is said of a second row in which one column holds `cell`. */
const saidOf = (column: (typeof MEASURED_COLUMNS)[number], cell: string): string => {
  const cells = ROW.split(',');
  cells[MEASURED_COLUMNS.indexOf(column)] = cell;
  return complaint(() => read(HEADER, ROW, cells.join(',')));
};

describe('a measured row', () => {
  test('sets what its columns say, in µs, and the defaults elsewhere', () => {
    const [row] = read(HEADER, ROW);
    expect(row!.measured).toEqual({ tps: 7000, latency_mean_us: 2285, latency_p95_us: 3000 });
    expect(settingsOfRow(row!, new Map())).toMatchObject({
      profile: 'mysql-5.7',
      wait_point: 'AFTER_SYNC',
      replicas: 3,
      rtt: [200, 1000, 5000].map((mean) => ({ kind: 'constant', mean })),
      redo_fsync: { kind: 'constant', mean: 300 },
      relay_fsync: [{ kind: 'constant', mean: 50 }],
      clients: 16,
      bytes_per_tx: 480,
    });
  });

  test('may have unknown cells, further columns in any order, and blank lines around it', () => {
    const [row] = read(`note,${HEADER},cores`, '', 'a note,mysql-5.6,,,,,,,,,,4,500,,,8', '');
    expect(row!.place).toBe(`${row!.place.split(':')[0]}:3: row 1`);
    expect(row!.measured).toEqual({ tps: 500, latency_mean_us: null, latency_p95_us: null });
    expect(settingsOfRow(row!, new Map())).toMatchObject({ wait_point: 'AFTER_COMMIT', clients: 4, cores: 8 });
  });
});

describe('a malformed file is refused with its place and a remedy', () => {
  test.each([
    ['tps', '-5', 'm.csv:3: row 2, column tps: -5 is negative; it must exceed 0'],
    ['tps', '0', 'm.csv:3: row 2, column tps: 0 is nothing to compare with; it must exceed 0'],
    ['tps', 'fast', 'm.csv:3: row 2, column tps: "fast" is not a number; leave the cell empty where it is unknown'],
    ['tps', '1e999', 'm.csv:3: row 2, column tps: "1e999" is not a number; leave the cell empty where it is unknown'],
    ['latency_p95_us', '3ms', 'm.csv:3: row 2, column latency_p95_us: "3ms" is not a number; leave'],
    ['rtt_us', '200/far', 'm.csv:3: row 2, column rtt_us: "far" is not a number; times are plain µs'],
    ['rtt_us', '-200', 'm.csv:3: row 2, column rtt_us: -200us is negative'],
    ['clients', '', 'm.csv:3: row 2, column clients: the cell is empty, and must be known'],
    ['clients', '1.5', 'm.csv:3: row 2, column clients: "1.5" is not a whole number'],
    ['profile', 'mysql-8', 'm.csv:3: row 2, column profile: "mysql-8" is none of mysql-5.6, mysql-5.7'],
    ['wait_point', 'NEVER', 'm.csv:3: row 2, column wait_point: "NEVER" is none of ASYNC'],
    ['replicas', '2', 'm.csv:3: row 2, column rtt_us: rtt: 3 values for replicas=2'],
  ] as const)('%s = %s', (column, cell, said) => {
    const text = column === 'replicas' ? contradiction(column, cell) : saidOf(column, cell);
    expect(text).toContain(said);
    expect(text).not.toContain('\n');
  });

  function contradiction(column: (typeof MEASURED_COLUMNS)[number], cell: string): string {
    const cells = ROW.split(',');
    cells[MEASURED_COLUMNS.indexOf(column)] = cell;
    return complaint(() => {
      for (const row of read(HEADER, ROW, cells.join(','))) settingsOfRow(row, new Map());
    });
  }

  test.each(MEASURED_COLUMNS)('without the column %s', (column) => {
    const header = HEADER.split(',').filter((name) => name !== column);
    expect(complaint(() => read(header.join(','), ROW))).toContain(`m.csv:1: the column ${column} is missing`);
  });

  test('a misspelled column is recognised', () => {
    expect(complaint(() => read(HEADER.replace('tps', 'tsp'), ROW))).toBe(
      'm.csv:1: the column tps is missing; is "tsp" what it should be?',
    );
  });

  test.each([
    [[], 'm.csv: the file is empty'],
    [[HEADER], 'm.csv: no rows below the header'],
    [[`${HEADER},tps`, `${ROW},1`], 'm.csv:1: the column tps stands twice'],
    [[HEADER, `${ROW},1`], 'm.csv:2: row 1: 15 cells, but the header names 14 columns'],
    [[HEADER, `mysql-5.7${','.repeat(9)},4,,,`], 'm.csv:2: row 1: nothing was measured'],
    [[HEADER, `"mysql`], 'm.csv: not a CSV file'],
  ])('%j', (lines, said) => {
    const text = complaint(() => readMeasurements(fileWith('m.csv', lines.join('\n'))));
    expect(text).toContain(said);
  });

  test('a file that is not there', () => {
    expect(complaint(() => readMeasurements('/nowhere/m.csv'))).toBe('/nowhere/m.csv: there is no such file');
  });
});
