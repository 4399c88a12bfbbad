import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../workloads/input-error.js';

const folder = mkdtempSync(join(tmpdir(), 'acklab-workloads-'));

/** Writes a file for a test, and gives its path. */
export function fileWith(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The first five lines of a workload, so that what a test adds begins on line 6. */
export const HEAD = `name: mine
title: Mine
question: Why?
charts:
  - { name: mine-tps, subject: Throughput, x: clients, y: tps }
`;

/** The one line that the user sees, without the folder of the file. */
export function complaint(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message.replaceAll(`${folder}/`, '');
  }
  return 'no complaint';
}
