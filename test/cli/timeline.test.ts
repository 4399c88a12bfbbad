import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TIMELINE_COLUMNS } from '../../results/timelines.js';
import { acklab } from './acklab.js';

const TEXT = `name: brief
title: Brief
question: What does a second cost?
experiment: timeline
duration: 2s
interval: 250ms
set: { arrival_rate: 200, clients: 200 }
sweep: { timeout: [200ms, 5s] }
schedule:
  - { at: 500ms, event: partition, replica: 1 }
  - { at: 1s, event: heal, replica: 1 }
`;

let cwd: string;
const read = (file: string): string => readFileSync(join(cwd, file), 'utf8');
const FILES = ['timeline.csv', 'timeline-events.csv', 'timelines.jsonl'];

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'acklab-timeline-'));
  writeFileSync(join(cwd, 'brief.yaml'), TEXT);
  const first = await acklab(cwd, 'sweep', 'brief.yaml', '--jobs', '1', '--out', 'one', '--json');
  expect(first.code, first.stderr).toBe(0);
  writeFileSync(join(cwd, 'one.json'), first.stdout);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

test('timeline.csv has a row per run and interval, in these columns', () => {
  expect(TIMELINE_COLUMNS.join()).toBe(
    'point,part,variant,seed,from_us,to_us,commits,tps,latency_mean_us,latency_p50_us,latency_p95_us,latency_p99_us,' +
      'latency_max_us,semisync_on,acknowledged,unprotected,yes_tx,no_tx,wait_sessions,committing_sessions,' +
      'semisync_clients,lag_tx',
  );
  const [header, ...rows] = read('one/timeline.csv').trimEnd().split('\n');
  expect(header).toBe(TIMELINE_COLUMNS.join());
  expect(rows).toHaveLength(2 * 8);
  for (const row of rows) expect(row.split(',')).toHaveLength(TIMELINE_COLUMNS.length);
  expect(read('one/timeline-events.csv')).toContain('0,timeout=200ms,500000,scheduled,replica 1: partition\n');
  expect(read('one/timeline-events.csv')).toMatch(/0,timeout=200ms,7\d{5}(\.\d{1,3})?,semi-sync,semi-sync OFF\n/);
});

test('--json tells a script what happened, and the report shows it', () => {
  const told = JSON.parse(read('one.json'));
  expect(told.points).toBe(2);
  expect(told.findings.map(({ chart }: { chart: string }) => chart)).toEqual(['brief-0', 'brief-1']);
  expect(told.runs[0]).toMatchObject({ variant: 'timeout=200ms', switches: [{ on: false }, { on: true }] });
  expect(told.runs[0].unprotected).toBeGreaterThan(0);
  expect(told.runs[1]).toMatchObject({ unprotected: 0, off_us: 0 });
  expect(read('one/report.html')).toContain('id="chart-brief-1"');
  expect(read('one/charts/brief-0.svg')).toContain('semi-sync OFF');
});

test('the same seed gives the same bytes, whatever the number of jobs; another seed does not', async () => {
  await acklab(cwd, 'sweep', 'brief.yaml', '--jobs', '2', '--out', 'two', '--quiet');
  for (const file of FILES) expect(read(`two/${file}`), file).toBe(read(`one/${file}`));
  await acklab(cwd, 'sweep', 'brief.yaml', '--seed', '7', '--out', 'seven', '--quiet');
  expect(read('seven/timeline.csv')).not.toBe(read('one/timeline.csv'));
});

test('a run that lost its end, torn in the middle of a line, is completed by --resume to the same bytes', async () => {
  const records = read('two/timelines.jsonl');
  writeFileSync(join(cwd, 'two/timelines.jsonl'), records.slice(0, records.indexOf('\n') + 100));
  const resumed = await acklab(cwd, 'sweep', '--resume', 'two');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(resumed.stderr).toContain('1 points of brief');
  for (const file of FILES) expect(read(`two/${file}`), file).toBe(read(`one/${file}`));
});

test('the runtime that timelines do not know, and a comparison of them, are refused in one line', async () => {
  const threads = await acklab(cwd, 'sweep', 'brief.yaml', '--runtime', 'threads');
  expect([threads.code, threads.stderr]).toEqual([
    2,
    'acklab: --runtime threads: brief runs under virtual time only; leave --runtime out\n',
  ]);
  const exported = await acklab(cwd, 'export', 'one');
  expect([exported.code, exported.stderr]).toEqual([
    2,
    'acklab: one: holds no steady points; its timelines are in one/timeline.csv\n',
  ]);
  const compared = await acklab(cwd, 'compare', 'one', 'one');
  expect(compared.code).toBe(2);
  expect(compared.stderr).toMatch(/^acklab: one: has no steady throughput to compare; give a run of a sweep\n$/);
});
