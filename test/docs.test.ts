/**
 * Every command line in the documents is run, in a folder of its own with the files that it names. Where a document shows
 * what a command prints or draws, it must be that.
 */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../workloads/package-root.js';
import { WITH_JOBS } from './cli/acklab.js';
import {
  comparableDrawing,
  differenceOf,
  drawnPicture,
  furnish,
  picturesOf,
  play,
  sessionsOf,
  unfoundFigures,
} from './guides/sessions.js';

const root = packageRoot();
const documents = [
  'README.md',
  ...['docs', 'docs/guides'].flatMap((folder) =>
    readdirSync(join(root, folder)).flatMap((name) => (name.endsWith('.md') ? [`${folder}/${name}`] : [])),
  ),
];

/** Lines of the `sh` blocks that call acklab; what installs and tests the project is run by whoever runs this. */
function commands(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n(.*?)^```/gms)].map((match) => match[1] as string);
  const lines = blocks.flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'));
  return lines.filter((line) => line.startsWith('node dist/cli/main.js'));
}

const JOBS = new RegExp(`main\\.js (${WITH_JOBS.join('|')})\\b`);
/** See `acklab`. */
const alone = (line: string): string => line.replace(JOBS, '$& --jobs 1');

/** Where no document shows what a command finds out, it is run as it stands, but roughly, unless it says how exactly. */
const roughly = (line: string): string => line.replace(/main\.js (sweep|plan|validate)\b/, '$& --precision 20%');

const run = new Set<string>();

/** What stands in several documents is run once. */
function isNew(line: string): boolean {
  const command = line.replace(/\s+#.*/, '');
  if (run.has(command)) return false;
  run.add(command);
  return true;
}

const TRAINING = 'workloads/calibrations/training/semisync-2core.csv';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'acklab-docs-'));
  furnish(folder, root);
  copyFileSync(join(root, 'docs/guides/distance.yaml'), join(folder, 'my.yaml'));
  copyFileSync(join(root, 'test/fixtures/usl-cisco.csv'), join(folder, 'bench.csv'));
  copyFileSync(join(root, 'test/fixtures/sysbench.log'), join(folder, 'sysbench.log'));
  // As few rows as can be fitted, and cheap to simulate, stand for the reader's own measurements.
  const [columns, ...rows] = readFileSync(join(root, TRAINING), 'utf8').trim().split('\n');
  const few = rows.filter((row) => row.includes('mysql-5.7,ASYNC'));
  expect(few).toHaveLength(8);
  writeFileSync(join(folder, 'measured.csv'), [columns, ...few, ''].join('\n'));
  writeFileSync(join(folder, 'pings.csv'), '0.8ms\n1.1ms\n1.4ms\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(documents)('%s', (document) => {
  const markdown = readFileSync(join(root, document), 'utf8');
  test.each(commands(markdown).filter(isNew))('%s', { timeout: 300_000 }, async (line) => {
    expect((await play(folder, alone(roughly(line)))).length).toBeGreaterThan(0);
  });

  test.each(sessionsOf(markdown))(
    '$command prints what is shown',
    { timeout: 300_000 },
    async ({ command, expected }) => {
      expect(differenceOf(expected, await play(folder, alone(command)))).toBeUndefined();
    },
  );

  // Behind the commands that draw them. `npm run guides` draws them anew.
  test.each(picturesOf(markdown))('%s is what was drawn', (picture) => {
    const shown = readFileSync(join(root, document, '../images', picture), 'utf8');
    expect(comparableDrawing(shown) === comparableDrawing(drawnPicture(folder, markdown, picture))).toBe(true);
  });

  test('figures in bold are quoted from what is printed', () => {
    if (document.startsWith('docs/guides/')) expect(unfoundFigures(markdown)).toEqual([]);
  });
});

describe('canaries', () => {
  test('a command that fails is noticed', async () => {
    await expect(play(folder, 'node dist/cli/main.js sweep nowhere')).rejects.toThrow();
  });

  const shown = (lines: string) => sessionsOf(`\`\`\`console\n$ acklab run \\\n  --quiet\n${lines}\`\`\`\n`)[0]!;

  test('a session is its command, in one line, and what it prints', () => {
    expect(shown('a\nb\n')).toEqual({ command: 'acklab run    --quiet', expected: ['a', 'b'] });
  });

  test.each<[string, string, boolean]>([
    ['a\nb\nc\n', 'a\nb\nc\n', true],
    ['a\n…\nc\n', 'a\nb\nc\n', true],
    ['…\nb\n…\n', 'a\nb\nc\n', true],
    ['a\nb …\nc\n', 'a\nb and more\nc\n', true],
    ['a\nb\n', 'a\nb\nc\n', false],
    ['a\nc\n', 'a\nb\nc\n', false],
    ['…\nc\nb\n', 'a\nb\nc\n', false],
    ['…\na 1,235\n…\n', 'a 1,234\n', false],
    ['b …\n', 'a\n', false],
  ])('%j shows %j: %s', (lines, output, same) => {
    expect(differenceOf(shown(lines).expected, output) === undefined).toBe(same);
  });

  test('a figure in bold that no command prints', () => {
    const block = '```console\n$ x\n1,330 tx/s at 0.2 ms\n```\n';
    expect(unfoundFigures(`**1330 tx/s** at **0.2 ms**, **so** it is.\n${block}`)).toEqual([]);
    expect(unfoundFigures(`**1,331 tx/s** at **0.20 ms**\n${block}`)).toEqual(['1331', '0.20']);
  });

  test('a drawing that shows another number, not one whose clipping paths are counted otherwise', () => {
    const drawing = (clip: number, text: number) => `<g clip-path="url(#clip${clip})"><text>${text} tx/s</text></g>`;
    expect(comparableDrawing(drawing(3, 1330))).toBe(comparableDrawing(drawing(7, 1330)));
    expect(comparableDrawing(drawing(3, 1331))).not.toBe(comparableDrawing(drawing(3, 1330)));
  });
});

test('the README has commands to run', () => {
  expect(commands(readFileSync(join(root, 'README.md'), 'utf8')).length).toBeGreaterThan(3);
});

test('every guide runs something, and shows a picture of it', () => {
  const guides = documents.filter((document) => /^docs\/guides\/(?!README)/.test(document));
  expect(guides.length).toBeGreaterThanOrEqual(8);
  for (const guide of guides) {
    const markdown = readFileSync(join(root, guide), 'utf8');
    expect(
      [sessionsOf(markdown).length, picturesOf(markdown).length].every((count) => count > 0),
      guide,
    ).toBe(true);
  }
});
