import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CRASH_COLUMNS } from '../../results/crashes.js';
import { acklab } from './acklab.js';

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'acklab-crash-'));
  writeFileSync(
    join(cwd, 'crashes.yaml'),
    `name: crashes
title: Crashes
question: What is lost?
experiment: crash
crashes: 12
set: { clients: 2, replicas: 1 }
sweep:
  wait_point: [ASYNC, AFTER_COMMIT, AFTER_SYNC]
variants:
  - { name: source alone }
  - { name: both, replicas_crash: host }
`,
  );
  const first = await acklab(cwd, 'sweep', 'crashes.yaml', '--jobs', '1', '--out', 'one', '--json');
  expect(first.code, first.stderr).toBe(0);
  summary = JSON.parse(first.stdout);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

let summary: Record<string, unknown>;
const crashes = (directory: string) => readFileSync(join(cwd, directory, 'crashes.csv'), 'utf8');

test('crashes.csv has a row for each crash, with plain numbers', () => {
  const lines = crashes('one').trim().split('\n');
  expect(lines[0]).toBe(CRASH_COLUMNS.join(','));
  expect(lines).toHaveLength(1 + 6 * 12);
  expect(lines[1]).toMatch(/^0,crashes,source alone,mysql-5\.7,ASYNC,1,1,1,\d+,2,none,1,\d+,[\d.]+,0,0,1(,\d+){6}$/);
});

test('the summary for machines has each cell with its intervals', () => {
  expect(summary).toMatchObject({ points: 6, crashes: 'one/crashes.csv' });
  const { cells, findings } = summary as { cells: object[]; findings: { finding: string }[] };
  expect(cells).toHaveLength(6);
  expect(cells[2]).toMatchObject({ variant: 'source alone', crashes: 12, crashes_with: { phantom: { of: 12 } } });
  expect(findings).toHaveLength(1);
  expect(findings[0]!.finding).toMatch(/^Source alone: ASYNC lost /);
  expect(readFileSync(join(cwd, 'one', 'report.html'), 'utf8')).toContain('id="chart-crashes-crashes"');
});

test('the same seed gives the same bytes, whatever the number of jobs; another seed does not', async () => {
  await acklab(cwd, 'sweep', 'crashes.yaml', '--jobs', '2', '--out', 'two', '--quiet');
  expect(crashes('two')).toBe(crashes('one'));
  await acklab(cwd, 'sweep', 'crashes.yaml', '--seed', '7', '--out', 'seven', '--quiet');
  expect(crashes('seven')).not.toBe(crashes('one'));
});

test('a run torn in the middle of a row is resumed to the same bytes', async () => {
  cpSync(join(cwd, 'one'), join(cwd, 'torn'), { recursive: true });
  const whole = crashes('torn');
  truncateSync(join(cwd, 'torn', 'crashes.csv'), Math.floor(whole.length / 2));
  const resumed = await acklab(cwd, 'sweep', '--resume', 'torn');
  expect(resumed.stderr).toMatch(/^[34] points of crashes/);
  expect(crashes('torn')).toBe(whole);
});

test('a cell that is no number is named by file and line', async () => {
  cpSync(join(cwd, 'one'), join(cwd, 'wrong'), { recursive: true });
  writeFileSync(join(cwd, 'wrong', 'crashes.csv'), crashes('wrong').replace(/,2,none,1,\d+/, ',2,none,1,x'));
  const { code, stderr } = await acklab(cwd, 'sweep', '--resume', 'wrong');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^acklab: .*wrong\/crashes\.csv:2: seed is no number; /);
});
