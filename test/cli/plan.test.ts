import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlanRecord } from '../../analysis/plan-record.js';
import { acklab, ended, start } from './acklab.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'acklab-plan-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plan = (...args: string[]) => acklab(folder, 'plan', '--quiet', '--precision', '5%', ...args);

async function asked(...args: string[]): Promise<PlanRecord & { readonly code: number | null }> {
  const { code, stdout, stderr } = await plan('--json', ...args);
  if (stdout === '') throw new Error(stderr);
  return { code, ...JSON.parse(stdout) };
}

const SMALL = ['--set', 'clients=16', '--may', 'wait_point'];

describe('the answer and its exit code', () => {
  test('feasible as it is: 0, and the first line says so', async () => {
    const { code, stdout, stderr } = await plan('--tps', '2000', '--p95', '10ms', ...SMALL);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toBe('YES: 2,000 tx/s, p95 ≤ 10 ms, as it is.');
    expect(stdout).toMatch(/^ {2}expected at 16 clients: [\d,]+ tx\/s \([\d,]+ – [\d,]+\), p95 /m);
    expect(stdout).toMatch(/^ {2}LOST {4}all machines die at once/m);
    expect(stdout).toMatch(/^acklab run --set clients=16\n$/m);
  });

  test('feasible with one change: which, what to say to the server, and what it costs', async () => {
    const args = [
      '--tps',
      '2500',
      '--set',
      'clients=16',
      '--set',
      'rtt=200us/1ms/5ms',
      '--set',
      'wait_for_slave_count=3',
    ];
    const { code, answer, answers, best, statements, check } = await asked(...args);
    expect({ code, answer }).toEqual({ code: 0, answer: 'yes' });
    expect(answers[0]!.changes).toEqual([
      { effort: 'weaker setting', set: [{ parameter: 'wait_for_slave_count', from: '3', to: '2' }] },
    ]);
    expect(best.cautions).toEqual(['a crash can lose more']);
    expect(statements).toEqual(['SET GLOBAL rpl_semi_sync_master_wait_for_slave_count = 2;']);
    expect(check).toEqual(['clients=16', 'rtt=200us/1ms/5ms', 'wait_for_slave_count=2']);
  });

  test('not feasible: 1', async () => {
    const { code, answer, text, answers } = await asked('--tps', '90000', ...SMALL);
    expect({ code, answer, answers }).toEqual({ code: 1, answer: 'no', answers: [] });
    expect(text).toBe('NO: 90,000 tx/s is not met with up to 3 changes of those that were allowed.');
  });

  test('within the error of the model: too close to tell, 1', async () => {
    const { base } = await asked('--tps', '1', ...SMALL);
    const { code, answer } = await asked(
      '--tps',
      String(Math.round(base.predicted.tps.value)),
      '--set',
      'clients=16',
      '--changes',
      '0',
    );
    expect({ code, answer }).toEqual({ code: 1, answer: 'open' });
  });

  test('outside of what was measured: no promise, the parameter and the range, 1', async () => {
    const { code, stdout } = await plan('--tps', '100', '--set', 'rtt=80ms', ...SMALL);
    expect(code).toBe(1);
    expect(stdout.split('\n')[0]).toBe(
      'NO PROMISE: 100 tx/s. Nothing was measured there: rtt=80ms; measured: 200us to 5ms.',
    );
    expect(stdout).toContain('(error unknown)');
  });
});

describe('what a crash may lose', () => {
  test('nothing: what that takes is required, and promised', async () => {
    const { code, required, crash, best, statements } = await asked(
      '--tps',
      '500',
      '--lose',
      'nothing',
      '--set',
      'clients=8',
      '--changes',
      '0',
    );
    expect(code).toBe(0);
    expect(required.map(({ parameter, to }) => `${parameter}=${to}`)).toEqual([
      'sync_relay_log=1',
      'timeout=4294967.295s',
    ]);
    expect(crash.fails).toEqual([]);
    expect(best.changes).toEqual([]);
    expect(statements).toContain('SET GLOBAL rpl_semi_sync_master_timeout = 4294967295;');
  });

  test('of MySQL 5.6, the upgrade is required', async () => {
    const { required } = await asked(
      '--tps',
      '500',
      '--lose',
      'nothing-if-source-dies',
      '--set',
      'profile=mysql-5.6',
      '--set',
      'clients=8',
      '--changes',
      '0',
    );
    expect(required.map(({ parameter }) => parameter)).toEqual(['profile', 'timeout']);
  });
});

test("errors of one's own: measured rows with predictions widen and narrow what is promised", async () => {
  const own = 'mine.csv';
  const shipped = readFileSync(new URL('../../workloads/calibrations/predictions.csv', import.meta.url), 'utf8');
  // As if the servers had been measured at 16 clients at least.
  const [columns, ...rows] = shipped.trim().split('\n');
  const at = columns!.split(',').indexOf('clients');
  writeFileSync(join(folder, own), [columns, ...rows.filter((row) => Number(row.split(',')[at]) >= 16), ''].join('\n'));
  const { base } = await asked('--tps', '100', '--set', 'clients=4', '--predictions', own, '--changes', '0');
  expect(base.outside).toEqual(['clients=4; measured: 16 to 64']);
});

describe('a run directory', () => {
  test('rows, verdicts, frontier, chart and report, and the report again from the directory alone', async () => {
    const args = [
      '--tps',
      '3000',
      '--p99',
      '5ms',
      '--set',
      'rtt=1ms/1ms',
      '--may',
      'wait_for_slave_count',
      '--out',
      'kept',
    ];
    const { code, stderr } = await plan(...args);
    expect(code).toBe(0);
    expect(stderr).toBe('kept/report.html\n');
    const file = (name: string): string => readFileSync(join(folder, 'kept', name), 'utf8');
    expect(JSON.parse(file('plan.json'))).toMatchObject({ answer: 'yes' });
    const run = JSON.parse(file('run.json'));
    expect(run).toMatchObject({ status: 'complete', workload: { name: 'plan' } });
    const points = run.parts.flatMap((part: { points: unknown[] }) => part.points).length;
    expect(file('observations.csv').trim().split('\n')).toHaveLength(1 + points);
    // ASYNC, and two wait points with quorums of 1 and 2, at 1 to 64 clients.
    expect(file('frontier.csv').trim().split('\n')).toHaveLength(1 + 5 * 7);
    expect(existsSync(join(folder, 'kept/charts/frontier.svg'))).toBe(true);
    const report = file('report.html');
    expect(report).toContain('YES: 3,000 tx/s');
    expect(report).toContain('acklab plan --tps 3000 --p99 5ms --set rtt=1ms/1ms --may wait_for_slave_count');
    expect((await acklab(folder, 'report', 'kept')).code).toBe(0);
    expect(file('report.html')).toBe(report);
  });

  test('a directory in use is refused before anything is simulated', async () => {
    // Not quietly: how many points there are to look at would be told first.
    const { code, stdout, stderr } = await acklab(folder, 'plan', '--tps', '3000', '--out', '.');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^acklab: \.: not empty; choose another directory with --out[^\n]*\n$/);
  });
});

test('Ctrl-C ends it with 130', async () => {
  const child = start(folder, ['plan', '--tps', '50000', '--set', 'replicas=3', '--precision', '0.5%']);
  child.stderr?.once('data', () => child.kill('SIGINT'));
  const { code, stderr } = await ended(child);
  expect(code).toBe(130);
  expect(stderr).toContain('acklab: interrupted; nothing is kept\n');
});

describe('what is wrong is said in one line', () => {
  test.each<[string[], RegExp]>([
    [[], /no target; say what is wanted: --tps 3000/],
    [['--tps', '0'], /--tps <n>' argument '0' is invalid\. Give a number above 0/],
    [['--p99', '5'], /"5" has no unit; write 5us, 5ms or 5s/],
    [['--tps', '1', '--set', 'wait_for_slave_count=2'], /--set wait_for_slave_count=2: .* more than the 1 semi-sync/],
    [['--tps', '1', '--lose', 'all'], /Allowed choices are nothing, nothing-if-source-dies/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await acklab(folder, 'plan', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('costs of which nobody knows how far off they are', async () => {
    const calibration = new URL('../../workloads/calibrations/mysql-5.7.yaml', import.meta.url).pathname;
    const { code, stderr } = await plan('--tps', '1', '--calibration', calibration);
    expect(code).toBe(2);
    expect(stderr).toMatch(/how far off it is has to be known; add --predictions FILE, made by: acklab validate/);
  });
});
