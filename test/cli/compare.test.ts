/** `compare` and `baseline` as processes: what they print, what they write, how they end. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { acklab, ROOT, writeSmallWorkload } from './acklab.js';

// Sweeps with their charts, and the machine may have more to do.
vi.setConfig({ testTimeout: 300_000 });

let cwd: string;
const PLANTED = ['--set', 'rtt=2ms'];

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'acklab-compare-'));
  const small = writeSmallWorkload(cwd);
  const sweep = (out: string, ...more: string[]) =>
    acklab(cwd, 'sweep', small, '--out', out, '--quiet', '--precision', '10%', ...more);
  await Promise.all([sweep('base'), sweep('slower', ...PLANTED)]);
  await sweep('part', '--set', 'clients=4');
  cpSync(join(cwd, 'base'), join(cwd, 'same'), { recursive: true });
  await acklab(cwd, 'baseline', 'save', 'base', '--out', 'base.json');
}, 300_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** In the order in which they begin; throws where this is no XML. */
function elementsOf(xml: string): Element[] {
  const parser = new SaxesParser();
  const elements: Element[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => elements.push({ name, attributes }));
  parser.write(xml).close();
  return elements;
}

describe.each(['base', 'base.json'])('against %s', (base) => {
  test('the same run ends with 0', async () => {
    const { code, stdout, stderr } = await acklab(cwd, 'compare', base, 'same');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      '0 regressions, 0 improvements, 0 too noisy to tell, 18 no difference\n' +
        '18 comparisons at 6 points, 18 of them identical; worth reporting: 5 % or more\n',
    );
  });

  test('a doubled cost ends with 1, and is named', async () => {
    const { code, stdout } = await acklab(cwd, 'compare', base, 'slower');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^regression +small: profile=mysql-5.7 clients=4 +throughput +[\d,]+ tx\/s +[\d,]+ tx\/s +-/m,
    );
    expect(stdout).toMatch(/^changed: rtt 1ms, now 2ms$/m);
    expect(stdout).toMatch(/^one seed a point: /m);
  });

  test('the cost taken away again is an improvement, and ends with 0', async () => {
    const { code, stdout } = await acklab(cwd, 'compare', 'slower', base);
    expect({ code, first: stdout.split(',')[0] }).toEqual({ code: 0, first: '0 regressions' });
    expect(stdout).toMatch(/^improvement /m);
  });

  test('a threshold above the change ends with 0', async () => {
    const { code, stdout } = await acklab(cwd, 'compare', base, 'slower', '--threshold', '90%');
    expect({ code, first: stdout.split('\n')[0] }).toEqual({
      code: 0,
      first: '0 regressions, 0 improvements, 0 too noisy to tell, 18 no difference',
    });
  });

  test('a run that lacks points ends with 2, after the rest was compared', async () => {
    const { code, stdout, stderr } = await acklab(cwd, 'compare', base, 'part');
    expect(code).toBe(2);
    expect(stdout).toContain('6 comparisons at 2 points, 6 of them identical');
    expect(stderr).toMatch(/^acklab: part: lacks 4 of what base\S* has \(small: .*\n$/);
  });
});

describe('for other programs', () => {
  test('--json has every judgement', async () => {
    const { stdout, code } = await acklab(cwd, 'compare', 'base', 'slower', '--json');
    const { judgements, threshold, missing } = JSON.parse(stdout);
    expect({ code, threshold, missing, count: judgements.length }).toEqual({
      code: 1,
      threshold: 0.05,
      missing: [],
      count: 18,
    });
    for (const { base, current, ratio } of judgements) expect(ratio).toBeCloseTo(current / base, 12);
  });

  test('--junit is XML in which regressions fail, and no other', async () => {
    // A name that XML must not take literally.
    const yaml = readFileSync(join(cwd, 'small.yaml'), 'utf8').replace('profile: [mysql-5.6, mysql-5.7]\n', '');
    const odd = `${yaml.replace('    series: profile\n', '')}variants: [{ name: '<a> & "b"', set: { profile: mysql-5.7 } }]\n`;
    writeFileSync(join(cwd, 'odd.yaml'), odd);
    const sweep = (out: string, ...more: string[]) =>
      acklab(cwd, 'sweep', 'odd.yaml', '--out', out, '--quiet', '--precision', '10%', ...more);
    await Promise.all([sweep('odd'), sweep('odd-slower', ...PLANTED)]);
    const { code } = await acklab(cwd, 'compare', 'odd', 'odd-slower', '--quiet', '--junit', 'gate.xml');
    expect(code).toBe(1);
    const text = readFileSync(join(cwd, 'gate.xml'), 'utf8');
    const elements = elementsOf(text);
    const failures = elements.filter(({ name }) => name === 'failure').map(({ attributes }) => attributes.message);
    expect(elements[0]).toMatchObject({
      name: 'testsuite',
      attributes: { tests: '9', failures: String(failures.length), errors: '0', skipped: '0' },
    });
    expect(failures.length).toBeGreaterThan(3);
    expect(failures[0]).toMatch(/^throughput .*; changed: rtt 1ms, now 2ms$/);
    expect(elements[1]!.attributes.name).toBe('<a> & "b" clients=1 tps');
    expect(() => elementsOf(text.replace('&lt;', '<'))).toThrow();
  });

  test('--github annotates with escaped commands, ten of a kind at most', async () => {
    const { stdout } = await acklab(cwd, 'compare', 'base', 'slower', '--quiet', '--github');
    const lines = stdout.trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) title=[^:,]+::[^\r\n]+$/);
    const errors = lines.filter((line) => line.startsWith('::error'));
    expect(errors[0]).toMatch(/title=regression%3A small%3A profile=\S+ clients=\d::/);
    expect(errors.length).toBeLessThanOrEqual(10);
    expect((await acklab(cwd, 'compare', 'base', 'same', '--quiet', '--github')).stdout).toBe('');
  });

  test('--markdown appends a table', async () => {
    writeFileSync(join(cwd, 'summary.md'), '# Before\n');
    await acklab(cwd, 'compare', 'base', 'slower', '--quiet', '--markdown', 'summary.md');
    const [before, head, , , , titles, rule, first] = readFileSync(join(cwd, 'summary.md'), 'utf8').split('\n');
    expect(before).toBe('# Before');
    expect(head).toMatch(/^### \d+ regressions, /);
    const cells = (line?: string): number => line!.split(/(?<!\\)\|/).length;
    expect([titles, rule, first].map(cells)).toEqual([10, 10, 10]);
    expect(first).toMatch(/^\| regression \| small: /);
  });
});

describe('what cannot be compared ends with 2 and one line', () => {
  test.each([
    [['compare', 'base', 'nowhere'], /^acklab: nowhere\/run.json: not found; is this a run directory\?\n$/],
    [['compare', 'small.yaml', 'base'], /^acklab: small.yaml: neither a run directory nor a baseline .*\n$/],
    [['compare', 'base', 'same', '--threshold', '0'], /^acklab: .*Give a percentage above 0.*\n$/],
    [['compare', 'base', 'same', '--junit', 'no/where.xml'], /^acklab: no\/where.xml: its directory is gone\n$/],
    [['baseline', 'save', 'base.json'], /^acklab: base.json\/run.json: not found.*\n$/],
    [['baseline', 'save', 'base', '--out', 'base'], /^acklab: --out base: .*name it base.json\n$/],
    [['baseline', 'keep', 'base'], /^acklab: .*\n$/],
  ])('acklab %j', async (args, message) => {
    const { code, stderr } = await acklab(cwd, ...args);
    expect({ code, lines: stderr.split('\n').length }).toEqual({ code: 2, lines: 2 });
    expect(stderr).toMatch(message);
  });
});

test('baseline save names its file after the workload', async () => {
  const { stdout, code } = await acklab(cwd, 'baseline', 'save', 'base');
  expect({ stdout, code }).toEqual({ stdout: 'results/baselines/small.json\n', code: 0 });
  expect(existsSync(join(cwd, 'results/baselines/small.json'))).toBe(true);
});

test.each(['compare', 'baseline', 'baseline save'])('acklab %s --help has examples', async (command) => {
  const { code, stdout } = await acklab(cwd, ...command.split(' '), '--help');
  expect(code).toBe(0);
  expect(stdout).toMatch(/Examples:\n {2}acklab/);
});

test('the workflow of docs/gate.md: its commands do as they are told, here and now', async () => {
  const [, workflow] = /```yaml\n(name: replication gate\n.*?)```/s.exec(
    readFileSync(join(ROOT, 'docs/gate.md'), 'utf8'),
  )!;
  const steps: { run?: string }[] = parse(workflow!).jobs.gate.steps;
  const commands = steps.flatMap(({ run }) => (run?.startsWith('node .acklab/dist/cli/main.js ') ? [run] : []));
  expect(commands).toHaveLength(2);
  const there = join(cwd, 'checkout');
  mkdirSync(there);
  symlinkSync(ROOT, join(there, '.acklab'));
  const yaml = readFileSync(join(cwd, 'small.yaml'), 'utf8').replace('[1, 2, 4]', '[1]');
  writeFileSync(join(there, 'replication.yaml'), yaml);
  await acklab(there, 'sweep', 'replication.yaml', '--quiet', '--out', 'first');
  await acklab(there, 'baseline', 'save', 'first', '--out', 'results/baselines/replication.json');
  const summary = join(there, 'summary.md');
  const options = { cwd: there, encoding: 'utf8', env: { ...process.env, GITHUB_STEP_SUMMARY: summary } } as const;
  for (const command of commands) expect(spawnSync('bash', ['-c', command], options)).toMatchObject({ status: 0 });
  expect(readFileSync(summary, 'utf8')).toMatch(/^### 0 regressions/);
  expect(elementsOf(readFileSync(join(there, 'gate.xml'), 'utf8'))[0]!.attributes.tests).toBe('6');
});
