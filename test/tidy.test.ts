/** The rooms and who may import whom, one clock, one source of randomness, nothing dead, nothing that no screen holds. */
import { describe, expect, test } from 'vitest';
import {
  barrels,
  deadFiles,
  defaultExports,
  longFiles,
  longFunctions,
  makesRandomness,
  needsNode,
  readsClock,
  wrongDirections,
} from './tidy/rules.js';
import { importsOf, ROOMS, readPages, readSources, type Source } from './tidy/sources.js';

const sources = ROOMS.flatMap(readSources);
const tests = readSources('test');
/** What is started by its name: the commands, what npm calls, and nothing else. Workers are named by who starts them. */
const ENTRIES = [
  'cli/main.ts',
  'cli/setup.mjs',
  'cli/reference.ts',
  'notebooks/build.ts',
  'results/library.ts',
  // Until the commands for timelines and crashes are there.
  'engine/runtimes/virtual/timeline.ts',
];

const file = (path: string, ...lines: string[]): Source => ({ path, text: `${lines.join('\n')}\n` });

test('the sources are found', () => {
  for (const room of ROOMS)
    expect(
      sources.some(({ path }) => path.startsWith(`${room}/`)),
      room,
    ).toBe(true);
  expect(sources.map(({ path }) => path)).toContain('engine/runtimes/virtual/kernel.ts');
  expect(tests.map(({ path }) => path)).toContain('test/tidy.test.ts');
});

test('imports are found in every form', () => {
  const source = file(
    'cli/a.ts',
    "import './side-effect.js';",
    "import { b } from './b.js';",
    'import type {',
    '  C,',
    "} from '../c.js';",
    "export { d } from './d.js';",
    "const e = await import('./e.js');",
    "import f, { type G } from 'package/f';",
  );
  expect(importsOf(source).sort()).toEqual(['../c.js', './b.js', './d.js', './e.js', './side-effect.js', 'package/f']);
});

describe('rooms import in one direction', () => {
  test('here', () => expect(wrongDirections(sources)).toEqual([]));

  test.each([
    ['engine/a.ts', '../workloads/b.js'],
    ['workloads/a.ts', '../analysis/b.js'],
    ['analysis/deep/a.ts', '../../results/b.js'],
    ['results/a.ts', '../cli/b.js'],
    ['cli/a.ts', '../notebooks/b.js'],
    ['engine/a.ts', '../test/b.js'],
  ])('canary: %s may not import %s', (path, specifier) => {
    expect(wrongDirections([file(path, `import { b } from '${specifier}';`)]).length).toBe(1);
  });

  test('a room may import itself and those behind it', () => {
    expect(wrongDirections([file('results/a.ts', "import { b } from '../engine/b.js';")])).toEqual([]);
    expect(wrongDirections([file('engine/a.ts', "import { b } from './b.js';", "import c from 'c';")])).toEqual([]);
  });
});

describe('what runs in a browser too needs nothing of Node', () => {
  test('here', () => expect(needsNode(sources)).toEqual([]));

  test.each([
    ["import { readFileSync } from 'node:fs';"],
    ["import { readFileSync } from 'fs';"],
    ["import { run } from '../runtimes/pool/run-points.js';"],
    ['const memory = process.memoryUsage();'],
    ['const bytes = Buffer.alloc(8);'],
    ['const here = import.meta.url;'],
  ])('canary: %s', (line) => {
    expect(needsNode([file('engine/actors/a.ts', line)]).length).toBe(1);
    expect(needsNode([file('engine/runtimes/pool/a.ts', line)])).toEqual([]);
  });
});

describe('one file makes randomness', () => {
  test('here', () => expect(makesRandomness(sources)).toEqual([]));

  test.each([
    ['const chance = Math.random();'],
    ["import { randomNormal } from 'd3-random';"],
    ["import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';"],
    ['const name = crypto.randomUUID();'],
  ])('canary: %s', (line) => {
    expect(makesRandomness([file('results/a.ts', line)]).length).toBe(1);
    expect(makesRandomness([file('engine/runtimes/virtual/random.ts', line)])).toEqual([]);
  });

  test('talking about it is allowed', () => {
    expect(makesRandomness([file('results/a.ts', '// Math.random() would not do.')])).toEqual([]);
  });
});

describe('few files read the clock', () => {
  test('here', () => expect(readsClock(sources)).toEqual([]));

  test.each([
    ['const at = Date.now();'],
    ['const at = new Date();'],
    ['const at = performance.now();'],
    ['const at = process.hrtime.bigint();'],
  ])('canary: %s', (line) => {
    expect(readsClock([file('results/a.ts', line)]).length).toBe(1);
    expect(readsClock([file('cli/clock.ts', line)])).toEqual([]);
  });

  test('a date that is known already, and the type, are allowed', () => {
    expect(readsClock([file('results/a.ts', 'const at = new Date(started);', 'let then: Date;')])).toEqual([]);
  });
});

describe('no file is dead', () => {
  test('here', () => expect(deadFiles([...sources, ...readPages()], ENTRIES)).toEqual([]));

  test('canary: what nobody leads to, even if it leads to others itself', () => {
    const some = [
      file('cli/main.ts', "import { b } from './b.js';"),
      file('cli/b.ts', "const worker = new URL('./worker.js', import.meta.url);", "const page = read('page.css');"),
      file('cli/worker.ts'),
      file('cli/page.css'),
      file('cli/dead.ts', "import { b } from './b.js';", "import { c } from './dead-too.js';"),
      file('cli/dead-too.ts'),
    ];
    expect(deadFiles(some, ['cli/main.ts'])).toEqual(['cli/dead.ts', 'cli/dead-too.ts']);
  });
});

describe('nothing is longer than can be read', () => {
  const body = (lines: number): string[] => Array.from({ length: lines }, () => '  work();');

  test('files here, tests included', () => expect(longFiles([...sources, ...tests, ...readPages()])).toEqual([]));

  test('functions here', () => expect(longFunctions(sources)).toEqual([]));

  test('canary: a file of 501 lines', () => {
    expect(longFiles([file('cli/a.ts', ...body(500))])).toEqual([]);
    expect(longFiles([file('cli/a.ts', ...body(501))]).length).toBe(1);
  });

  test.each([
    ['a function', ['function f(): void {'], '}'],
    ['a generator', ['export function* f(a: number): Script {'], '}'],
    ['an arrow', ['const f = (a: number) => {'], '};'],
    ['a method', ['  async f(a: { b: string }): Promise<void> {'], '  }'],
    ['a private method', ['  #f(): string[] {'], '  }'],
    ['a constructor', ['  constructor(a: number) {'], '  }'],
    ['a callback', ['  run(async (x) => {'], '  });'],
  ])('canary: %s of 71 lines', (_, header, close) => {
    expect(longFunctions([file('cli/a.ts', ...header, ...body(68).map((line) => `  ${line}`), close)])).toEqual([]);
    expect(longFunctions([file('cli/a.ts', ...header, ...body(69).map((line) => `  ${line}`), close)]).length).toBe(1);
  });

  test('canary: parameters on lines of their own count', () => {
    const header = ['function f(', '  a: number,', '  b: number,', '): void {'];
    expect(longFunctions([file('cli/a.ts', ...header, ...body(65), '}')])).toEqual([]);
    expect(longFunctions([file('cli/a.ts', ...header, ...body(66), '}')])).toEqual(['cli/a.ts:1 has 71 lines']);
  });

  test('a long table is not a function, and a class not either', () => {
    const table = ['export const TABLE = {', ...body(90), '};'];
    const klass = ['export class A extends make(B) {', ...body(90), '}'];
    expect(longFunctions([file('cli/a.ts', ...table, ...klass)])).toEqual([]);
  });
});

describe('a thing has one name and one home', () => {
  test('no default exports here', () => expect(defaultExports(sources)).toEqual([]));

  /** What the package exports has to be named in one place. */
  test('no barrels here, but for the entry of the package', () => {
    expect(barrels(sources)).toEqual(['results/library.ts passes on what another file exports']);
  });

  test.each([['export default function f() {}'], ['export { f as default };']])('canary: %s', (line) => {
    expect(defaultExports([file('cli/a.ts', line)]).length).toBe(1);
  });

  test.each([["export * from './b.js';"], ["export { b } from './b.js';"], ["export type { B } from './b.js';"]])(
    'canary: %s',
    (line) => {
      expect(barrels([file('cli/a.ts', line)]).length).toBe(1);
    },
  );

  test('canary: a file called index', () => {
    expect(barrels([file('cli/index.ts', 'export const a = 1;')]).length).toBe(1);
    expect(barrels([file('cli/a.ts', 'export const a = 1;')])).toEqual([]);
  });
});
