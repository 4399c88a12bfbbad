import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acklab, ended, start, writeSmallWorkload } from './acklab.js';

let cwd: string;
let small: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'acklab-threads-'));
  small = writeSmallWorkload(cwd);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const table = (file: string): Record<string, string>[] =>
  parse(readFileSync(join(cwd, file), 'utf8'), { columns: true });
const MEASURED = ['--repetitions', '2', '--duration', '40ms', '--precision', '20%'] as const;

test('both: every point once under virtual time, then on threads, in turns', async () => {
  const { code, stdout, stderr } = await acklab(cwd, 'sweep', small, '--runtime', 'both', ...MEASURED, '--out', 'both');
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('On this machine ');
  const rows = table('both/observations.csv');
  expect(rows.map(({ runtime, profile, clients, repetition }) => [runtime, profile, clients, repetition])).toEqual([
    ...combinations('virtual', ''),
    ...combinations('threads', '1'),
    ...combinations('threads', '2'),
  ]);
  // How much threads got done in 40 ms is the machine's affair.
  expect(rows.every(({ runtime, tps }) => runtime === 'threads' || Number(tps) > 0)).toBe(true);
  expect(rows.every(({ tps }) => Number(tps) >= 0)).toBe(true);
  const locks = table('both/locks.csv');
  expect(new Set(locks.map(({ point }) => point)).size).toBe(12);
  expect([...new Set(locks.map(({ mutex }) => mutex))]).toContain('LOCK_log');
  expect(readFileSync(join(cwd, 'both/charts/small-throughput.svg'), 'utf8')).toContain('measured on this machine');
});

const combinations = (runtime: string, repetition: string): string[][] =>
  ['mysql-5.6', 'mysql-5.7'].flatMap((profile) =>
    ['1', '2', '4'].map((clients) => [runtime, profile, clients, repetition]),
  );

test('Ctrl-C in the middle of measuring leaves no thread, and the run can be finished', async () => {
  const args = ['sweep', small, '--runtime', 'threads', '--repetitions', '3', '--duration', '500ms', '--out', 'cut'];
  const child = start(cwd, args);
  const end = ended(child);
  while (!existsSync(join(cwd, 'cut/locks.csv'))) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGINT');
  // The process is gone, so its threads are.
  const { code, stderr } = await end;
  expect(code).toBe(130);
  expect(stderr).toMatch(/interrupted; \d+ points are kept, \d+ missing; go on with: /);
  expect(table('cut/observations.csv').length).toBeGreaterThan(0);
  const other = await acklab(cwd, 'sweep', '--resume', 'cut', '--duration', '40ms');
  expect(other).toMatchObject({ code: 2 });
  expect(other.stderr).toContain('measured as');
});

test('a real disk that fills up is one line that names the file, and the run says what it keeps', async (context) => {
  const disk = join(cwd, 'disk');
  mkdirSync(disk);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'acklab-test', disk]).status !== 0) {
    console.warn('SKIPPED: the test of a full real disk; mounting a small tmpfs needs root');
    return context.skip();
  }
  try {
    const line = /^acklab: real disk disk\/acklab-\d+-\S+: the disk is full; free some space, or name another folder/;
    const one = await acklab(cwd, 'run', '--runtime', 'threads', '--disk', 'real:disk', '--duration', '5s');
    expect(one).toMatchObject({ code: 2, stdout: '' });
    expect(one.stderr).toMatch(new RegExp(`${line.source}\\n$`));
    const onDisk = ['--runtime', 'threads', '--disk', 'real:disk', '--duration', '5s', '--out', 'full'];
    const swept = await acklab(cwd, 'sweep', small, ...onDisk, '--quiet');
    expect(swept).toMatchObject({ code: 2, stdout: '' });
    expect(swept.stderr).toMatch(new RegExp(`${line.source}; (nothing is|\\d+ points are) kept, [^\\n]*\\n$`));
    expect(readdirSync(disk)).toEqual([]);
  } finally {
    spawnSync('umount', [disk]);
  }
});

test('a point on threads shows its locks', async () => {
  const point = ['--set', 'clients=4', '--set', 'rtt=200us'];
  const { code, stdout } = await acklab(cwd, 'run', '--runtime', 'threads', '--duration', '200ms', ...point);
  expect(code).toBe(0);
  expect(stdout).toMatch(/mutex +acquired +found held/);
  expect(stdout).toContain('LOCK_binlog_');
});

test.each([
  [['--duration', '1ms'], /Give a time from 10ms to 3600s/],
  [['--repetitions', '0'], /Give a whole number from 1 to 10000/],
  [['--placement', 'clients/readers'], /nobody hosts the acks/],
  [['--placement', 'clients/clients+readers+acks+replicas'], /the clients are one worker's/],
  [['--disk', 'fast'], /Write real:DIR/],
  [['--runtime', 'real'], /virtual, threads, both/],
  [['--runtime', 'threads', '--set', 'bytes_per_tx=64'], /bytes_per_tx/],
])('bad input: %j', async (args, said) => {
  const { code, stderr } = await acklab(cwd, 'sweep', small, ...args, '--out', 'bad');
  expect(stderr).toMatch(said);
  expect(code).toBe(2);
});
