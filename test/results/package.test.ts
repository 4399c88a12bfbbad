/** The package as npm would publish it: packed, unpacked into a project of its own, compiled against, and run. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SWEEP_COLUMNS } from '../../analysis/row.js';
import { packageRoot } from '../../workloads/package-root.js';

const run = promisify(execFile);
const root = packageRoot();

/** Runs a tool of ours; rejects with what it says where it finds something. */
async function tool(path: string, ...args: string[]): Promise<void> {
  await run(process.execPath, [join(root, 'node_modules', path), ...args]).catch(({ stdout, stderr }) => {
    throw new Error(`${stdout}${stderr}`);
  });
}

const publint = (file: string) => tool('publint/src/cli.js', 'run', file, '--strict');

/** Of what it knows, ES modules are excused from what CommonJS would miss. */
const areTheTypesWrong = (file: string) =>
  tool('@arethetypeswrong/cli/dist/index.js', file, '--profile', 'esm-only', '--no-definitely-typed');

interface Example {
  readonly name: string;
  readonly code: string;
  /** What it prints. */
  readonly output: string;
}

/** Every TypeScript block of a document with the text block behind it. */
function examplesOf(markdown: string): Example[] {
  const blocks = [...markdown.matchAll(/^```ts\n(.*?)^```\n\n```text\n(.*?)^```/gms)];
  return blocks.map(([, code = '', output = ''], index) => ({ name: `example-${index + 1}`, code, output }));
}

const guide = readFileSync(join(root, 'docs/library.md'), 'utf8');
const examples = examplesOf(guide);

let folder: string;
let tarball: string;
let project: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'acklab-package-'));
  project = join(folder, 'project');
  // The tests run from this dist/: without scripts npm does not build it anew below them.
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: root });
  tarball = join(folder, JSON.parse(packed.stdout)[0].filename);
  await run('tar', ['xzf', tarball, '-C', folder]);
  installFrom(join(folder, 'package'));
  writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
  for (const { name, code } of examples) writeFileSync(join(project, `${name}.ts`), code);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As `npm install acklab.tgz` lays it out, without a registry: dependencies are links to those of this checkout. */
function installFrom(unpacked: string): void {
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, '@types'), { recursive: true });
  cpSync(unpacked, join(modules, 'acklab'), { recursive: true });
  const { dependencies } = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    mkdirSync(join(modules, name, '..'), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  symlinkSync(join(root, 'node_modules/@types/node'), join(modules, '@types/node'));
}

/** As strict as it gets: what the package declares is checked as well. */
const STRICT = { strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, skipLibCheck: false };

/** Compiles files of the project; rejects with the compiler's complaints. */
async function compile(files: readonly string[], module: string, moduleResolution = module): Promise<void> {
  const compilerOptions = { ...STRICT, target: 'es2023', lib: ['es2023'], types: ['node'], module, moduleResolution };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  await tool('typescript/bin/tsc', '-p', project);
}

describe('what is packed', () => {
  test('publint finds nothing', { timeout: 120_000 }, () => publint(tarball));

  test('arethetypeswrong finds nothing', { timeout: 120_000 }, () => areTheTypesWrong(tarball));

  test('canary: an export without its types is noticed by both', { timeout: 120_000 }, async () => {
    const broken = join(folder, 'broken');
    cpSync(join(folder, 'package'), join(broken, 'package'), { recursive: true });
    rmSync(join(broken, 'package/dist/results/library.d.ts'));
    const tgz = join(broken, 'broken.tgz');
    await run('tar', ['czf', tgz, '-C', broken, 'package']);
    await expect(publint(tgz)).rejects.toThrow('library.d.ts');
    await expect(areTheTypesWrong(tgz)).rejects.toThrow('No types');
  });

  test('the command line runs from it', async () => {
    const main = join(project, 'node_modules/acklab/dist/cli/main.js');
    const { stdout } = await run(process.execPath, [main, 'workloads'], { cwd: project });
    expect(stdout).toContain('latency');
  });
});

describe('a project that installs it', () => {
  const files = examples.map(({ name }) => `${name}.ts`);

  test.each([
    ['esnext', 'bundler'],
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
  ])('compiles under module %s, resolution %s', { timeout: 120_000 }, async (module, resolution) => {
    await compile(files, module, resolution);
    expect(readdirSync(project).filter((name) => name.endsWith('.js')).length).toBe(examples.length);
  });

  test.each(examples)('$name of the guide prints what stands there', { timeout: 60_000 }, async ({ name, output }) => {
    const { stdout } = await run(process.execPath, [`${name}.js`], { cwd: project });
    expect(stdout).toBe(output);
  });

  test('canary: a parameter that is misspelled does not compile', { timeout: 120_000 }, async () => {
    writeFileSync(join(project, 'wrong.ts'), "import { simulate } from 'acklab';\nsimulate({ rttt: '1ms' });\n");
    await expect(compile(['wrong.ts'], 'nodenext')).rejects.toThrow("'rttt' does not exist");
  });

  test('cannot reach into it', async () => {
    writeFileSync(join(project, 'deep.js'), "import 'acklab/dist/results/store.js';\n");
    await expect(run(process.execPath, ['deep.js'], { cwd: project })).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});

test('the guide has an output for each of its examples, and names every export and every column', async () => {
  expect(examples.length).toBe([...guide.matchAll(/^```ts$/gm)].length);
  const names = Object.keys(await import('../../results/library.js'));
  expect(names.filter((name) => !guide.includes(`\`${name}`))).toEqual([]);
  expect(SWEEP_COLUMNS.filter((column) => !guide.includes(`\`${column}\``))).toEqual([]);
});
