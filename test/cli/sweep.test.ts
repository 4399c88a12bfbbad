import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvHeader } from '../../results/csv.js';
import { acklab, ended, SMALL_SWEEP, start, writeLongWorkload, writeSmallWorkload } from './acklab.js';

let cwd: string;
let small: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'acklab-sweep-'));
  small = writeSmallWorkload(cwd);
  const first = await acklab(cwd, 'sweep', small, '--jobs', '1', '--out', 'one');
  expect(first.code, first.stderr).toBe(0);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const rows = (directory: string) => readFileSync(join(cwd, directory, 'observations.csv'), 'utf8');
const record = (directory: string) => JSON.parse(readFileSync(join(cwd, directory, 'run.json'), 'utf8'));
const ESCAPE = '\u001b';
/** Of the sweep that is interrupted. */
const POINTS = 60;

test('a run directory holds rows, record, charts and report', () => {
  expect(readdirSync(join(cwd, 'one'), { recursive: true }).sort()).toEqual([
    'charts',
    'charts/small-throughput.png',
    'charts/small-throughput.svg',
    'charts/small-throughput.vl.json',
    'observations.csv',
    'report.html',
    'run.json',
  ]);
  const lines = rows('one').split('\n');
  expect(`${lines[0]}\n`).toBe(csvHeader());
  expect(lines).toHaveLength(1 + 6 + 1);
  expect(record('one')).toMatchObject({
    status: 'complete',
    request: {
      workloads: ['small.yaml'],
      set: [],
      calibrations: [],
      seed: null,
      precision: 0.02,
      runtime: null,
      threads: { repetitions: 5, milliseconds: 80, placement: null, disk: null },
    },
    parts: [{ name: 'small', points: [{ index: 0, set: { clients: 1, profile: 'mysql-5.6' } }, {}, {}, {}, {}, {}] }],
  });
});

test('the same seed gives the same bytes, whatever the number of jobs; another seed does not', async () => {
  const quiet = await acklab(cwd, 'sweep', small, '--jobs', '2', '--out', 'two', '--quiet');
  expect(quiet).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(rows('two')).toBe(rows('one'));
  await acklab(cwd, 'sweep', small, '--seed', '7', '--out', 'seven', '--quiet');
  expect(rows('seven')).not.toBe(rows('one'));
});

test('Ctrl-C keeps the rows within a second, and a resumed run ends with the bytes of an uninterrupted one', {
  // Two sweeps, on a machine that may have more to do.
  timeout: 180_000,
}, async () => {
  const long = writeLongWorkload(cwd, POINTS);
  const whole = acklab(cwd, 'sweep', long, '--precision', '5%', '--out', 'whole', '--quiet');
  expect((await whole).code).toBe(0);

  // By one worker, so that it takes as long as it can.
  const child = start(cwd, ['sweep', long, '--precision', '5%', '--jobs', '1', '--out', 'cut']);
  const end = ended(child);
  // The header alone is there before the first point is.
  while (!existsSync(join(cwd, 'cut/observations.csv')) || rows('cut').length < 2 * csvHeader().length) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const asked = performance.now();
  child.kill('SIGINT');
  const { code, stderr } = await end;
  expect(performance.now() - asked).toBeLessThan(1000);
  expect(code).toBe(130);
  const said =
    /interrupted; (\d+) points are kept, (\d+) missing; go on with: node \S+main\.js sweep --resume cut\n$/.exec(
      stderr,
    );
  const [kept, missing] = [Number(said?.[1]), Number(said?.[2])];
  expect(kept).toBeGreaterThan(0);
  expect(missing).toBe(POINTS - kept);
  expect(record('cut').status).toBe('interrupted');
  expect(existsSync(join(cwd, 'cut/report.html'))).toBe(false);

  const resumed = await acklab(cwd, 'sweep', '--resume', 'cut', '--json', '--quiet');
  expect(JSON.parse(resumed.stdout)).toMatchObject({ points: POINTS, points_run_now: missing });
  expect(rows('cut')).toBe(rows('whole'));
  expect(record('cut').status).toBe('complete');
});

test('a run is resumed only with the options it was started with', async () => {
  const other = await acklab(cwd, 'sweep', '--resume', 'one', '--set', 'cores=4');
  expect(other.stderr).toMatch(/^acklab: one: cannot be resumed.*\(no --set, now --set cores=4\)[^\n]*\n$/);
  expect(other.code).toBe(2);
  const same = await acklab(cwd, 'sweep', small, '--resume', 'one', '--precision', '2%', '--quiet');
  expect(same).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('missing points are not made by other code than those that are there', async () => {
  cpSync(join(cwd, 'one'), join(cwd, 'older'), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(cwd, 'older/run.json'), 'utf8'));
  manifest.code['engine/actors/committer'] = '00000000';
  writeFileSync(join(cwd, 'older/run.json'), JSON.stringify(manifest));
  const complete = await acklab(cwd, 'sweep', '--resume', 'older', '--quiet');
  expect(complete).toEqual({ code: 0, stdout: '', stderr: '' });

  const rows = readFileSync(join(cwd, 'older/observations.csv'), 'utf8').trimEnd().split('\n');
  writeFileSync(join(cwd, 'older/observations.csv'), `${rows.slice(0, -1).join('\n')}\n`);
  const { code, stderr } = await acklab(cwd, 'sweep', '--resume', 'older', '--quiet');
  expect(stderr).toMatch(
    /^acklab: older: its points were made by other code \(engine\/actors\/committer changed since\);/,
  );
  expect(code).toBe(2);
});

test('a report is drawn again from the directory alone', async () => {
  const before = readFileSync(join(cwd, 'one/report.html'), 'utf8');
  const pictures = readFileSync(join(cwd, 'one/charts/small-throughput.svg'), 'utf8');
  rmSync(join(cwd, 'one/charts'), { recursive: true });
  rmSync(join(cwd, 'one/report.html'));
  const drawn = await acklab(cwd, 'report', 'one');
  expect(drawn).toMatchObject({ code: 0, stdout: 'one/report.html\n' });
  expect(readFileSync(join(cwd, 'one/report.html'), 'utf8')).toBe(before);
  expect(readFileSync(join(cwd, 'one/charts/small-throughput.svg'), 'utf8')).toBe(pictures);
});

test('stdout has the summary, stderr the progress, and neither an escape code', async () => {
  const { stdout, stderr } = await acklab(cwd, 'sweep', small, '--out', 'plain', ...SMALL_SWEEP);
  expect(stdout).toContain('MySQL 5.7');
  expect(stdout).toContain('plain/report.html');
  expect(stderr).toMatch(/^6 points of small into plain\n6\/6 points, \d+ points\/s\n$/);
  expect(stdout + stderr).not.toContain(ESCAPE);
});

test('--json prints one object; without --out, a run goes below results/, named by time and workload', async () => {
  const json = await acklab(cwd, 'sweep', small, '--json', ...SMALL_SWEEP);
  const [name] = readdirSync(join(cwd, 'results'));
  expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-small$/);
  expect(JSON.parse(json.stdout)).toMatchObject({
    directory: `results/${name}`,
    report: `results/${name}/report.html`,
    observations: `results/${name}/observations.csv`,
    points: 6,
    findings: [{ part: 'small', chart: 'small-throughput', finding: expect.stringMatching(/^[A-Z].*\.$/) }],
  });
});

test('on a terminal there is a bar; NO_COLOR leaves the colours out', (context) => {
  const onTerminal = (env: string) => {
    const command = `${env} '${process.execPath}' '${join(import.meta.dirname, '../../dist/cli/main.js')}' sweep ${small} ${SMALL_SWEEP.join(' ')} --out tty-${env}`;
    return spawnSync('script', ['-qec', command, '/dev/null'], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm', FORCE_COLOR: undefined, CI: undefined },
    });
  };
  const colored = onTerminal('A=1');
  if (colored.error) {
    console.warn('SKIPPED: the test of a terminal; script(1) of util-linux is missing');
    return context.skip();
  }
  expect(colored.stdout).toContain('6/6 points');
  expect(colored.stdout).toContain(`${ESCAPE}[1m`);
  expect(onTerminal('NO_COLOR=1').stdout).not.toContain(`${ESCAPE}[1m`);
});

test('two workloads make one run, with the charts of both', async () => {
  writeFileSync(
    join(cwd, 'other.yaml'),
    readFileSync(join(cwd, small), 'utf8').replace('name: small\n', 'name: other\n'),
  );
  const both = await acklab(cwd, 'sweep', small, 'other.yaml', '--out', 'both', ...SMALL_SWEEP, '--quiet');
  expect(both).toMatchObject({ code: 0, stderr: '' });
  const charts = readdirSync(join(cwd, 'both/charts')).filter((name) => name.endsWith('.svg'));
  expect(charts).toEqual(['other-small-throughput.svg', 'small-throughput.svg']);
  expect(record('both').parts.map((part: { name: string }) => part.name)).toEqual(['small', 'other']);
});
