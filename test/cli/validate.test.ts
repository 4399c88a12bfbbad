/** `validate` and `calibrate` as processes: what they print, how they end, what they refuse. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCalibrations } from '../../workloads/calibration-file.js';
import { acklab, ROOT } from './acklab.js';

const folder = mkdtempSync(join(tmpdir(), 'acklab-validate-'));
const TRAINING = join(ROOT, 'workloads', 'calibrations', 'training', 'semisync-2core.csv');
const SHIPPED = join(ROOT, 'workloads', 'calibrations', 'mysql-5.7.yaml');

/** Rows of MySQL 5.7 that are quick to simulate: one replica, AFTER_SYNC. */
function fewRows(): string {
  const [header, ...rows] = readFileSync(TRAINING, 'utf8').trim().split('\n');
  const few = rows.filter((row) => /mysql-5\.7,AFTER_SYNC,1,1,(200|1000),100,100,100,1,10000,/.test(row));
  expect(few).toHaveLength(8);
  const file = join(folder, 'few.csv');
  writeFileSync(file, `${[header, ...few].join('\n')}\n`);
  return file;
}

/** The shipped calibration with one cost three times what it is. */
function tripled(cost: string): string {
  const text = readFileSync(SHIPPED, 'utf8');
  const pattern = new RegExp(`(${cost}:\\s+value: (?:\\w+\\()?)([\\d.]+)us`);
  expect(text).toMatch(pattern);
  const file = join(folder, `${cost}.yaml`);
  writeFileSync(
    file,
    text.replace(pattern, (_, before: string, value: string) => `${before}${3 * Number(value)}us`),
  );
  return file;
}

test('the shipped calibration meets a bound that a tripled cost misses', async () => {
  const validate = (...more: string[]) =>
    acklab(folder, 'validate', fewRows(), '--quiet', '--precision', '0.05', '--max-median-error', '8', ...more);
  const good = await validate();
  expect(good).toMatchObject({ code: 0, stderr: '' });
  expect(good.stdout).toMatch(/^mysql-5\.7\s+tps\s+[\d.]+\s+[\d.]+\s+[\d.]+\s+[+-][\d.]+$/m);
  expect(good.stdout).toContain('rows furthest off');
  const bad = await validate('--calibration', tripled('cpu_statement'));
  expect(bad.code).toBe(1);
  expect(bad.stderr).toMatch(/^acklab: the median error of tps is [\d.]+ %, more than 8 %\n$/);
});

test('--json has every row and every summary', async () => {
  const { code, stdout } = await acklab(folder, 'validate', fewRows(), '--json', '--quiet', '--precision', '0.1');
  expect(code).toBe(0);
  const { rows, summary } = JSON.parse(stdout);
  expect(rows).toHaveLength(8);
  const [row] = rows;
  expect(row).toMatchObject({
    profile: 'mysql-5.7',
    wait_point: 'AFTER_SYNC',
    rtt_us: '1000',
    binlog_fsync_us: 100,
    clients: 1,
  });
  for (const measure of ['tps', 'latency_mean_us', 'latency_p95_us']) {
    expect(row.error_pct[measure]).toBeCloseTo(100 * (row.predicted[measure] / row.measured[measure] - 1), 9);
    for (const group of ['overall', 'mysql-5.7']) {
      expect(Object.keys(summary[group][measure])).toEqual(['median', 'p90', 'max', 'bias']);
    }
  }
});

test("the model's own observations are repeated without any error", async () => {
  const exactness = ['--precision', '0.1', '--quiet'];
  const swept = await acklab(folder, 'sweep', 'latency', '--set', 'profile=mysql-5.7', '--out', 'own', ...exactness);
  expect(swept.code).toBe(0);
  const bound = [...exactness, '--max-median-error', '0'];
  const own = await acklab(folder, 'validate', join(folder, 'own', 'observations.csv'), ...bound);
  expect(own).toMatchObject({ code: 0, stderr: '' });
});

test.each([
  ['tps', '-1', 'row 1, column tps: -1 is negative; it must exceed 0'],
  ['profile', 'mysql-9', 'row 1, column profile: "mysql-9" is none of mysql-5.6, mysql-5.7, mariadb-10.11'],
  ['clients', 'many', 'row 1, column clients: "many" is not a number'],
])('a row whose %s is %s is refused in one line', async (column, cell, said) => {
  const [header, first] = readFileSync(fewRows(), 'utf8').split('\n');
  const cells = first!.split(',');
  cells[header!.split(',').indexOf(column)] = cell;
  const file = join(folder, 'wrong.csv');
  writeFileSync(file, `${header}\n${cells.join(',')}\n`);
  for (const command of [
    ['validate', file],
    ['calibrate', file, '--out', 'x.yaml'],
  ]) {
    const { code, stderr, stdout } = await acklab(folder, ...command);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`wrong.csv:2: ${said}`);
    expect(stderr.trim()).not.toContain('\n');
  }
});

test.each([
  [['calibrate', 'few.csv', '--out', 'x.txt'], '--out x.txt: a file ending in .yaml is wanted'],
  [['calibrate', 'few.csv', '--out', 'nowhere/x.yaml'], 'there is no directory nowhere'],
  [['calibrate', 'one.csv', '--out', 'x.yaml'], 'only 1 rows of mysql-5.7'],
  [['validate', 'few.csv', '--calibration', 'none.yaml'], 'none.yaml: there is no such file'],
  [['validate', 'few.csv', '--max-median-error', 'low'], 'Give a percentage'],
])('%j is refused', async (args, said) => {
  const [header, first] = readFileSync(fewRows(), 'utf8').split('\n');
  writeFileSync(join(folder, 'one.csv'), `${header}\n${first}\n`);
  const { code, stderr } = await acklab(folder, ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(said);
  expect(stderr.trim()).not.toContain('\n');
});

test('the shipped calibrations tell of every host as it was measured', () => {
  for (const { settings } of readCalibrations(SHIPPED)) expect(settings).toMatchObject({ hosts: 'one', cores: 2 });
});
