/** Copies of the compiled engine into which a fault is planted: does the runtime notice, and say what it is? */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Where the workers are that the tests run: they cannot load TypeScript. */
export const WORKERS = join(ROOT, 'dist/engine/runtimes/threads');

/**
 * The folder of workers of a copy in which `from`, which must stand exactly once in `file` of the threads runtime, reads
 * `to`. It goes when the test ends.
 */
export function plant(file: string, from: string, to: string): string {
  const copy = temporaryFolder();
  cpSync(join(ROOT, 'dist/engine'), join(copy, 'engine'), { recursive: true });
  writeFileSync(join(copy, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const workers = join(copy, 'engine/runtimes/threads');
  const path = join(workers, file);
  const parts = readFileSync(path, 'utf8').split(from);
  if (parts.length !== 2) throw new Error(`${from} stands ${parts.length - 1} times in ${file}: plant it elsewhere`);
  writeFileSync(path, parts.join(to));
  return workers;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'acklab-threads-'));
  mkdirSync(folder, { recursive: true });
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
