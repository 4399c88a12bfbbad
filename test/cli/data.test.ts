/** Commands whose output other programs read. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OBSERVATION_COLUMNS } from '../../engine/measure/observation.js';
import { PARAMETER_NAMES } from '../../engine/protocol/parameters.js';
import { acklab, ROOT, SMALL_SWEEP, writeSmallWorkload } from './acklab.js';

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'acklab-data-'));
  const small = writeSmallWorkload(cwd);
  await acklab(cwd, 'sweep', small, '--out', 'run', '--quiet', ...SMALL_SWEEP);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

test('run --json prints one object', async () => {
  const { stdout, stderr, code } = await acklab(cwd, 'run', '--json', '--set', 'rtt=2ms', '--seed', '5');
  const point = JSON.parse(stdout);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  expect(Object.keys(point.observation)).toEqual([...OBSERVATION_COLUMNS]);
  expect(point.observation).toMatchObject({ rtt_us: '2000', seed: 5, clients: 16 });
  expect(point.settings).toMatchObject({ rtt: [{ kind: 'constant', mean: 2000 }], seed: 5 });
  expect(point.counters).toMatchObject({ Rpl_semi_sync_master_status: 'ON' });
  expect(point.simulated_commits).toBeGreaterThanOrEqual(point.observation.commits);
  expect(point.wall_seconds).toBeGreaterThan(0);
  expect(point.warnings).toEqual([]);
  const total = point.breakdown.reduce((sum: number, phase: { mean_us: number }) => sum + phase.mean_us, 0);
  expect(total / point.observation.latency_mean_us).toBeCloseTo(1, 2);
});

test('run prints the counters as SHOW GLOBAL STATUS does, and the same bytes again, but for how long it took', async () => {
  const { stdout } = await acklab(cwd, 'run');
  const again = await acklab(cwd, 'run');
  const timeless = (text: string) => text.replace(/in [\d.]+ s\n$/, '');
  expect(timeless(again.stdout)).toBe(timeless(stdout));
  const table = stdout.split('\n').filter((line) => /^[+|]/.test(line));
  expect(table[0]).toMatch(/^\+-+\+-+\+$/);
  expect(table[1]).toMatch(/^\| Variable_name +\| Value +\|$/);
  expect(table[2]).toBe(table[0]);
  expect(table[3]).toMatch(/^\| Rpl_semi_sync_master_clients +\| 1 +\|$/);
  expect(table.at(-1)).toBe(table[0]);
  expect(new Set(table.map((line) => line.length)).size).toBe(1);
});

test('export prints a table of some columns, rounded', async () => {
  const { stdout } = await acklab(cwd, 'export', 'run', '--columns', 'profile,clients,tps');
  const rows = JSON.parse((await acklab(cwd, 'export', 'run', '--format', 'json')).stdout);
  const [head, first, ...others] = stdout.trimEnd().split('\n');
  expect(head?.split(/ +/)).toEqual(['profile', 'clients', 'tps']);
  expect(first?.split(/ +/)).toEqual(['mysql-5.6', '1', String(Math.round(rows[0].tps))]);
  expect(others).toHaveLength(5);
  expect(await acklab(cwd, 'export', 'run', '--columns', 'tsp')).toMatchObject({
    code: 2,
    stderr: 'acklab: --columns tsp: unknown column "tsp"; did you mean "tps"?\n',
  });
});

test('export prints the rows as the file has them, as JSON, and as JSON lines', async () => {
  const file = readFileSync(join(cwd, 'run/observations.csv'), 'utf8');
  expect((await acklab(cwd, 'export', 'run')).stdout).toBe(file);
  const array = JSON.parse((await acklab(cwd, 'export', 'run', '--format', 'json')).stdout);
  expect(array).toHaveLength(6);
  expect(array[0]).toMatchObject({ point: 0, profile: 'mysql-5.6', clients: 1, hosts: expect.any(String) });
  const lines = (await acklab(cwd, 'export', 'run', '--format', 'jsonl', '--part', 'small')).stdout;
  expect(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(array);
});

test('a reader that has had enough is no error', () => {
  const main = join(ROOT, 'dist/cli/main.js');
  const command = `'${process.execPath}' '${main}' workloads schema | head -1; echo "\${PIPESTATUS[0]}"`;
  const piped = spawnSync('bash', ['-c', command], { cwd, encoding: 'utf8' });
  expect(piped).toMatchObject({ stderr: '', stdout: '{\n0\n' });
});

test('what workloads show prints is a workload, and schema a JSON Schema', async () => {
  const shown = await acklab(cwd, 'workloads', 'show', 'latency');
  expect(shown.stdout).toBe(readFileSync(join(ROOT, 'workloads/builtin/latency.yaml'), 'utf8'));
  const schema = JSON.parse((await acklab(cwd, 'workloads', 'schema')).stdout);
  expect(schema.$schema).toContain('json-schema.org');
});

test('workloads lists the built-in sweeps, default first', async () => {
  const { stdout } = await acklab(cwd, 'workloads');
  const lines = stdout.trimEnd().split('\n');
  expect(lines[1]).toMatch(/^default +\d+ {2}\S/);
  expect(lines.length).toBeGreaterThan(11);
});

test.each(['', 'sweep', 'run', 'console', 'workloads', 'report', 'export'])(
  'acklab %s --help has examples',
  async (command) => {
    const help = await acklab(cwd, ...command.split(' ').filter(Boolean), '--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: acklab/);
    expect(help.stdout).toMatch(/Examples?:\n {2}acklab/);
  },
);

test('run --help tells every parameter that --set takes', async () => {
  const { stdout } = await acklab(cwd, 'run', '--help');
  const told = [...stdout.matchAll(/^ {2}(\w+)=/gm)].map((match) => match[1]);
  expect(told.sort()).toEqual([...PARAMETER_NAMES].sort());
});
