/** Copies of the primitives that are broken on purpose: a race that lets one of them win proves nothing. */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { ENGINE, type Race, race } from './race.js';

/** A line of a compiled file, without its indentation, and what stands in its place. It must be there exactly once. */
export interface Breakage {
  readonly file: string;
  readonly line: string;
  readonly by: string;
}

/**
 * Put where a broken order has its window, this makes it a tenth of a millisecond wide: the other thread gets there also on
 * a machine that has other things to do.
 */
export const NAP = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0.1);';

/** Nobody gets on for so long: taken for a hang. If it were none, a canary would be caught for the wrong reason, no more. */
const PATIENCE_MS = 600;
/** A race ends with the first wrong outcome, so it may be long. */
const ROUNDS_FACTOR = 20;

export function brokenCopy(breakages: readonly Breakage[]): URL {
  const folder = mkdtempSync(join(tmpdir(), 'acklab-canary-'));
  cpSync(fileURLToPath(ENGINE), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const { file, line, by } of breakages) {
    const path = join(folder, file);
    const lines = readFileSync(path, 'utf8').split('\n');
    const found = lines.flatMap((each, index) => (each.trim() === line ? [index] : []));
    if (found.length !== 1) throw new Error(`${file} has ${found.length} lines that read ${line}`);
    lines[found[0]!] = by;
    writeFileSync(path, lines.join('\n'));
  }
  return pathToFileURL(`${folder}/`);
}

/** A test that the race is lost by a copy that is broken like this, in a way that its message says. */
export function canary(name: string, breakages: readonly Breakage[], lost: Race, message: RegExp): void {
  test(`canary: ${name}`, async () => {
    const broken: Race = {
      ...lost,
      rounds: lost.rounds * ROUNDS_FACTOR,
      root: brokenCopy(breakages),
      patienceMs: PATIENCE_MS,
    };
    await expect(race(broken)).rejects.toThrow(message);
  });
}
