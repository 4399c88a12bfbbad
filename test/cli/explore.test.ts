/** acklab explore: what it writes, what it refuses to write over, and that it takes no scripts of other code. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBundle } from '../../results/explorer/explorer.js';
import type { EmbeddedData } from '../../results/explorer/page-data.js';
import { InputError } from '../../workloads/input-error.js';
import { acklab, ROOT } from './acklab.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'acklab-explore-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function dataOf(file: string): EmbeddedData {
  const html = readFileSync(join(folder, file), 'utf8');
  return JSON.parse(
    /<script type="application\/json" id="explorer-data">(.*)<\/script>/.exec(html)![1]!,
  ) as EmbeddedData;
}

test('writes one file, and writes it anew', async () => {
  const first = await acklab(folder, 'explore');
  expect(first).toEqual({ code: 0, stdout: 'explorer.html\n', stderr: '' });
  const before = readFileSync(join(folder, 'explorer.html'), 'utf8');
  expect((await acklab(folder, 'explore')).code).toBe(0);
  expect(readFileSync(join(folder, 'explorer.html'), 'utf8')).toBe(before);
});

test('does not write over what is no explorer, or where it cannot', async () => {
  writeFileSync(join(folder, 'notes.html'), '<p>mine</p>');
  mkdirSync(join(folder, 'dir'));
  for (const [out, message] of [
    ['notes.html', 'acklab: notes.html: exists, and is no explorer; choose another file with --out\n'],
    ['dir', 'acklab: dir: exists, and is no explorer; choose another file with --out\n'],
  ] as const) {
    expect(await acklab(folder, 'explore', '--out', out)).toEqual({ code: 2, stdout: '', stderr: message });
  }
  expect(readFileSync(join(folder, 'notes.html'), 'utf8')).toBe('<p>mine</p>');
  const { code, stderr } = await acklab(folder, 'explore', '--out', 'nowhere/explorer.html');
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^acklab: nowhere\/explorer.html: cannot be written \(ENOENT.*\); choose another file with --out\n$/,
  );
});

test('a calibration of one’s own is there to choose, beside those shipped', async () => {
  const yaml = 'format: 1\nservers:\n  mysql-5.7:\n    costs:\n      cpu_statement: { value: 99us }\n';
  writeFileSync(join(folder, 'mine.yaml'), yaml);
  const { code } = await acklab(folder, 'explore', '--calibration', 'mine.yaml', '--out', 'own.html');
  expect(code).toBe(0);
  const { costs } = dataOf('own.html');
  expect(costs.map(({ name }) => name)).toEqual(['shipped', 'mine.yaml']);
  const own = costs[1]!.calibrations.find(({ profile }) => profile === 'mysql-5.7')!.settings;
  expect(own.cpu_statement).toEqual({ kind: 'constant', mean: 99 });
  // Versions that the file does not name keep the costs shipped.
  const other = (index: number) => costs[index]!.calibrations.find(({ profile }) => profile === 'mysql-5.6');
  expect(other(1)).toEqual(other(0));
  expect(readFileSync(join(folder, 'own.html'), 'utf8')).toContain('<option value="mine.yaml">mine.yaml</option>');
});

test('what is wrong in a calibration is told with its place', async () => {
  writeFileSync(
    join(folder, 'wrong.yaml'),
    'format: 1\nservers:\n  mysql-5.7:\n    costs:\n      cpu_statement: { value: 99 }\n',
  );
  expect(await acklab(folder, 'explore', '--calibration', 'wrong.yaml')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'acklab: wrong.yaml:5:31: cpu_statement: "99" has no unit; write 99us, 99ms or 99s\n',
  });
});

test('scripts made from other code, or none, are refused with the remedy', () => {
  const root = join(folder, 'package');
  const bundle = 'dist/results/explorer/bundle.json';
  expect(() => readBundle(root)).toThrow(/bundle.json: missing; run npm run build/);
  const { madeFrom } = readBundle(ROOT);
  for (const path of [bundle, ...Object.keys(madeFrom)]) cpSync(join(ROOT, path), join(root, path));
  expect(readBundle(root).madeFrom).toEqual(madeFrom);
  // The canary: a rule changes, and the bundle does not.
  const rule = join(root, 'dist/engine/actors/committer.js');
  writeFileSync(rule, `${readFileSync(rule, 'utf8')}\n// changed`);
  expect(() => readBundle(root)).toThrow(InputError);
  expect(() => readBundle(root)).toThrow(/older than dist\/engine\/actors\/committer.js; run npm run build/);
});
