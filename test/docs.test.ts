/** Every command line in the documents is run, in a folder of its own with the files that it names. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../workloads/package-root.js';

const run = promisify(execFile);
const root = packageRoot();
const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];

/** Lines of the `sh` blocks that call acklab; what installs and tests the project is run by whoever runs this. */
function commands(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n(.*?)^```/gms)].map((match) => match[1] as string);
  const lines = blocks.flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'));
  return lines.filter((line) => line.startsWith('node dist/cli/main.js'));
}

const TRAINING = 'workloads/calibrations/training/semisync-2core.csv';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'acklab-docs-'));
  for (const name of ['dist', 'workloads', 'node_modules', 'notebooks'])
    symlinkSync(join(root, name), join(folder, name));
  copyFileSync(join(root, 'workloads/builtin/wait-mode.yaml'), join(folder, 'my.yaml'));
  copyFileSync(join(root, 'test/fixtures/usl-cisco.csv'), join(folder, 'bench.csv'));
  copyFileSync(join(root, 'test/fixtures/sysbench.log'), join(folder, 'sysbench.log'));
  // A dozen rows that are cheap to simulate stand for the reader's own measurements.
  const [columns, ...rows] = readFileSync(join(root, TRAINING), 'utf8').trim().split('\n');
  const few = rows.filter((row) => row.includes('mysql-5.7') && /,(1|4),[\d.]+,,/.test(row)).slice(0, 12);
  writeFileSync(join(folder, 'measured.csv'), [columns, ...few, ''].join('\n'));
  writeFileSync(join(folder, 'pings.csv'), '0.8ms\n1.1ms\n1.4ms\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(documents)('%s', (document) => {
  const lines = commands(readFileSync(join(root, document), 'utf8'));
  test.each(lines)('%s', { timeout: 300_000 }, async (line) => {
    const { stdout } = await run('bash', ['-c', `set -eu; ${line}`], { cwd: folder, maxBuffer: 1 << 26 });
    expect(stdout.length).toBeGreaterThan(0);
  });
});

test('canary: a command that fails is noticed', async () => {
  await expect(run('bash', ['-c', 'set -eu; node dist/cli/main.js sweep nowhere'], { cwd: folder })).rejects.toThrow();
});

test('the README has commands to run', () => {
  expect(commands(readFileSync(join(root, 'README.md'), 'utf8')).length).toBeGreaterThan(3);
});
