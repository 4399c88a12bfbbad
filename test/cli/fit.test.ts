/** `fit` as a process: what it reads, prints, draws and refuses. */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { acklab, ROOT, writeSmallWorkload } from './acklab.js';

const folder = mkdtempSync(join(tmpdir(), 'acklab-fit-'));
for (const name of ['usl-cisco.csv', 'usl-specsdm91.csv', 'sysbench.log']) {
  copyFileSync(join(ROOT, 'test', 'fixtures', name), join(folder, name));
}
function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const OLTP = (threads: number, tps: number, ms: number): string => `sysbench 1.0.20 (using bundled LuaJIT 2.1.0-beta2)

Running the test with following options:
Number of threads: ${threads}
Report intermediate results every 10 second(s)

[ 10s ] thds: ${threads} tps: ${tps + 7}.00 qps: 1.00 (r/w/o: 1.00/1.00/1.00) lat (ms,95%): 9.99 err/s: 0.00 reconn/s: 0.00
SQL statistics:
    queries performed:
        read:                            140000
        total:                           200000
    transactions:                        ${tps * 10}  (${tps.toFixed(2)} per sec.)
    queries:                             200000 (20000.00 per sec.)

Latency (ms):
         min:                                    0.10
         avg:                                  ${ms.toFixed(2)}
         max:                                   99.99
`;

describe('a CSV file', () => {
  test('gives parameters, peak and knee in words, and a picture', async () => {
    const { code, stdout, stderr } = await acklab(folder, 'fit', 'usl-specsdm91.csv', '--out', 'drawn');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'drawn/fit.svg\n' });
    expect(stdout).toMatch(/σ contention\s+0\.02772848\s+0\.00912\s/);
    expect(stdout).toContain('Throughput peaks at 96.5 clients (77.9 to 157), where it is 1,884 tx/s.');
    expect(stdout).toContain("Little's law: not checked");
    for (const end of ['svg', 'png', 'vl.json']) expect(existsSync(join(folder, 'drawn', `fit.${end}`))).toBe(true);
    expect(readFileSync(join(folder, 'drawn', 'fit.svg'), 'utf8')).toContain('peak 96.5');
  });

  test('other columns, as JSON', async () => {
    const text = readFileSync(join(folder, 'usl-cisco.csv'), 'utf8').replace('clients,tps', 'routers,pps');
    const { code, stdout } = await acklab(
      folder,
      'fit',
      file('other.csv', text),
      '--x',
      'routers',
      '--y',
      'pps',
      '--json',
    );
    expect(code).toBe(0);
    const { curves } = JSON.parse(stdout);
    expect(curves).toHaveLength(1);
    expect(curves[0].law.sigma.value).toBeCloseTo(0.026716, 6);
    expect(curves[0].law.peak).toMatchObject({ kind: 'extrapolated' });
    expect(curves[0].points).toHaveLength(32);
  });

  test('one curve too short costs only itself', async () => {
    const rows = [1, 2, 4, 8, 16].map((n) => `new,${n},${100 * n}`);
    const name = file('by.csv', ['version,clients,tps', 'old,1,90', 'old,2,170', ...rows, ''].join('\n'));
    const { code, stdout, stderr } = await acklab(folder, 'fit', name, '--by', 'version');
    expect(code).toBe(0);
    expect(stdout).toContain('version=new: 5 points');
    expect(stderr).toBe(
      'acklab: warning: not fitted: version=old: 2 different loads (1, 2), and the law has three parameters; measure at 4 loads or more, better six\n',
    );
  });
});

describe("sysbench's own text", () => {
  test('of the real CPU test on two cores: the second thread adds, the others hardly do', async () => {
    const { code, stdout } = await acklab(folder, 'fit', 'sysbench.log', '--json');
    expect(code).toBe(0);
    const [{ points }] = JSON.parse(stdout).curves;
    expect(points.map(({ clients }: { clients: number }) => clients)).toEqual([1, 2, 3, 4, 6, 8]);
    expect(points[0].tps).toBeGreaterThan(1000);
  });

  test('of a database: transactions and mean latency, which Little confirms', async () => {
    const reports = [1, 2, 4, 8].map((n) => OLTP(n, 100 * n - n * n, (1000 * n) / (100 * n - n * n)));
    const { code, stdout } = await acklab(folder, 'fit', file('oltp.log', reports.join('\nsome shell output\n')));
    expect(code).toBe(0);
    expect(stdout).toContain("Little's law holds");
    expect(stdout).toMatch(/^ +8 +736 /m);
  });

  test('a report cut short is named by its line', async () => {
    const cut = OLTP(1, 100, 10) + OLTP(2, 190, 10).split('SQL statistics')[0];
    const { code, stderr } = await acklab(folder, 'fit', file('cut.log', cut));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^acklab: cut\.log:22: the report that begins here has no line "transactions: .*\n$/);
  });
});

test('a run directory: one curve for each version', async () => {
  const workload = writeSmallWorkload(folder);
  const text = readFileSync(join(folder, workload), 'utf8').replace('[1, 2, 4]', '[1, 2, 4, 8]');
  writeFileSync(join(folder, workload), text);
  await acklab(folder, 'sweep', workload, '--quiet', '--precision', '10%', '--out', 'run');
  const { code, stdout } = await acklab(folder, 'fit', 'run');
  expect(code).toBe(0);
  expect(stdout).toContain('MySQL 5.6: 4 points');
  expect(stdout).toContain('MySQL 5.7: 4 points');
  expect(stdout).toContain("Little's law holds");
});

describe('what is wrong is said in one line', () => {
  test.each<[string, string, readonly string[], RegExp]>([
    ['no-column.csv', 'N,X\n1,2\n', [], /no-column\.csv:1: unknown column "clients".*--x says which it is$/],
    ['near.csv', 'client,tps\n1,2\n', [], /near\.csv:1: unknown column "clients"; did you mean "client"\?; --x/],
    ['text.csv', 'clients,tps\n1,fast\n', [], /text\.csv:2: row 1, column tps: "fast" is not a number/],
    ['comma.csv', 'clients,tps\n1,10\n2,1,234\n', [], /comma\.csv:3: row 2: 3 cells, but the header names 2 columns$/],
    [
      'blank.csv',
      'clients,tps\n,10\n',
      [],
      /blank\.csv:2: row 1, column clients: the cell is empty, and must be known$/,
    ],
    ['few.csv', 'clients,tps\n1,10\n2,19\n4,35\n', [], /few\.csv: 3 different loads \(1, 2, 4\), .* better six$/],
    ['zero.csv', 'clients,tps\n0,10\n', [], /zero\.csv:2: row 1, column clients: 0 is nothing to compare with/],
    ['by.csv2', 'clients,tps\n1,10\n', ['--by', 'verison'], /unknown column "verison"/],
    ['empty.csv', '', [], /empty\.csv: the file is empty/],
  ])('%s', async (name, text, args, message) => {
    const { code, stdout, stderr } = await acklab(folder, 'fit', file(name, text), ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('a file that is not there, a directory that is no run', async () => {
    expect((await acklab(folder, 'fit', 'nowhere.csv')).stderr).toBe('acklab: nowhere.csv: there is no such file\n');
    const { code, stderr } = await acklab(folder, 'fit', '.');
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('without run.json, so no run') });
  });
});
