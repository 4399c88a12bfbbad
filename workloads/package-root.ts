import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PACKAGE_NAME = 'acklab';

function packageNameIn(folder: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string }).name;
  } catch {
    return undefined;
  }
}

let found: string | undefined;

/** The folder of acklab's package.json, whether this runs as source or compiled below `dist/`. */
export function packageRoot(): string {
  if (found !== undefined) return found;
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (packageNameIn(folder) === PACKAGE_NAME) {
      found = folder;
      return folder;
    }
    if (dirname(folder) === folder) {
      throw new Error(`no package.json of ${PACKAGE_NAME} above ${import.meta.dirname}; install the package anew`);
    }
  }
}
