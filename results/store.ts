/**
 * A run directory: `run.json` says what was asked and how far it came, `observations.csv` holds a row per point. Rows are
 * appended as points complete, in whatever order they do, so that whatever ends a run leaves what it had; the last step
 * puts them in point order. Nothing in observations.csv depends on the clock, the machine or the number of jobs.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { SweepRow } from '../analysis/row.js';
import { InputError } from '../workloads/input-error.js';
import { csvHeader, csvRows } from './csv.js';
import { parseCsv } from './parse-csv.js';
import { type Manifest, readManifest } from './store-manifest.js';

export const MANIFEST_FILE = 'run.json';
export const ROWS_FILE = 'observations.csv';

/** What a failed system call means to whoever chose the directory. */
export function storageError(path: string, error: unknown): InputError {
  const { code, message } = error as NodeJS.ErrnoException;
  const meaning: Partial<Record<string, string>> = {
    ENOSPC: 'the disk is full; free some space',
    EDQUOT: 'the disk quota is used up; free some space',
    EACCES: 'no permission to write there; make it writable',
    EPERM: 'no permission to write there; make it writable',
    EROFS: 'the file system is read-only; copy the run to another',
    ENOENT: 'its directory is gone',
  };
  return new InputError(`${path}: ${meaning[code ?? ''] ?? message}`);
}

/** The same for a directory that was to be made, where another one can be chosen. */
function newDirectoryError(path: string, error: unknown): InputError {
  const meaning: Partial<Record<string, string>> = {
    EACCES: 'no permission to write there; choose another directory with --out',
    EPERM: 'no permission to write there; choose another directory with --out',
    EROFS: 'the file system is read-only; choose another directory with --out',
    ENOTDIR: 'a part of this path is a file; choose another directory with --out',
    EEXIST: 'this is a file; choose a directory with --out',
    ENOENT: 'no directory can be made there; choose another with --out',
    ELOOP: 'its symbolic links lead in a circle; choose another directory with --out',
    ENAMETOOLONG: 'this name is too long; choose another directory with --out',
  };
  const known = meaning[(error as NodeJS.ErrnoException).code ?? ''];
  return known === undefined ? storageError(path, error) : new InputError(`${path}: ${known}`);
}

/** Replaces a file in one step: a reader sees the old or the new content, and a full disk leaves the old one. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.tmp`;
  try {
    const file = openSync(temporary, 'w');
    try {
      writeAll(file, Buffer.from(content));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw storageError(path, error);
  }
}

/** A whole line, or several. Throws `InputError`. */
export function appendText(path: string, text: string): void {
  try {
    appendFileSync(path, text);
  } catch (error) {
    throw storageError(path, error);
  }
}

/** A full disk first shows as a short write, which is not an error yet. */
function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 1)}\n`;

/** Makes the directory of a new run; when that fails, nothing is left behind. */
export function createRun(path: string, manifest: Manifest): RunDirectory {
  const firstMade = makeEmptyDirectory(path);
  try {
    writeWhole(join(path, MANIFEST_FILE), manifestText(manifest));
    writeWhole(join(path, ROWS_FILE), csvHeader());
  } catch (error) {
    for (const name of [MANIFEST_FILE, ROWS_FILE]) rmSync(join(path, name), { force: true });
    if (firstMade) rmSync(firstMade, { recursive: true, force: true });
    throw error;
  }
  return new RunDirectory(path, manifest, []);
}

/** Returns the outermost directory that had to be made, if any. */
function makeEmptyDirectory(path: string): string | undefined {
  try {
    const firstMade = makeDirectories(resolve(path));
    if (firstMade === undefined) refuseFull(path);
    return firstMade;
  } catch (error) {
    throw error instanceof InputError ? error : newDirectoryError(path, error);
  }
}

function refuseFull(path: string): void {
  if (readdirSync(path).length === 0) return;
  const remedy = existsSync(join(path, MANIFEST_FILE)) ? `, or go on with it: --resume ${path}` : '';
  throw new InputError(`${path}: not empty; choose another directory with --out${remedy}`);
}

/** For who makes the directory when all is done, and should not find out then that he cannot. Throws `InputError`. */
export function checkRunPath(path: string): void {
  if (!existsSync(path)) return;
  try {
    refuseFull(path);
  } catch (error) {
    throw error instanceof InputError ? error : newDirectoryError(path, error);
  }
}

/** Node's own recursive mkdir never returns where a parent exists but takes no directories, such as /proc. */
function makeDirectories(path: string): string | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const madeAbove = makeDirectories(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (madeAbove) rmSync(madeAbove, { recursive: true });
    throw error;
  }
  return madeAbove ?? path;
}

/** `2026-03-01T09-30-05Z-default`, with a number behind it when two runs start within a second. */
export function newRunPath(parent: string, startedAt: Date, workload: string): string {
  const time = startedAt.toISOString().slice(0, 19).replaceAll(':', '-');
  const path = join(parent, `${time}Z-${workload}`);
  for (let n = 2; ; n++) {
    const candidate = n === 2 ? path : `${path}-${n - 1}`;
    if (!existsSync(candidate)) return candidate;
  }
}

/** Opens a run that exists, complete or not, and drops a row that a crash tore. */
export function openRun(path: string): RunDirectory {
  const manifest = readManifest(join(path, MANIFEST_FILE));
  const file = join(path, ROWS_FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`${file}: cannot be read (${(error as Error).message}); the run has lost its rows`);
  }
  return new RunDirectory(path, manifest, parseCsv(text, file).rows);
}

export class RunDirectory {
  readonly path: string;
  #manifest: Manifest;
  readonly #rows = new Map<number, SweepRow>();
  #file: number | undefined;

  constructor(path: string, manifest: Manifest, rows: readonly SweepRow[]) {
    this.path = path;
    this.#manifest = manifest;
    for (const row of rows) this.#rows.set(row.point, row);
  }

  get name(): string {
    return basename(this.path);
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  /** Somebody may have removed it while points were running. */
  get isThere(): boolean {
    return existsSync(join(this.path, MANIFEST_FILE));
  }

  has(point: number): boolean {
    return this.#rows.has(point);
  }

  /** In point order, whatever order they came in. */
  rows(): SweepRow[] {
    return [...this.#rows.values()].sort((a, b) => a.point - b.point);
  }

  /** Adds a row to the file at once. On a full disk the file is left ending with its last whole row. */
  append(row: SweepRow): void {
    const file = this.#openRows();
    const before = fstatSync(file).size;
    try {
      writeAll(file, Buffer.from(csvRows([row])));
    } catch (error) {
      ftruncateSync(file, before);
      throw storageError(join(this.path, ROWS_FILE), error);
    }
    this.#rows.set(row.point, row);
  }

  #openRows(): number {
    if (this.#file !== undefined) return this.#file;
    const path = join(this.path, ROWS_FILE);
    try {
      this.#file = openSync(path, 'a');
      // A torn last line would run into the next row.
      ftruncateSync(this.#file, parseCsv(readFileSync(path, 'utf8'), path).wholeBytes);
      if (fstatSync(this.#file).size === 0) writeAll(this.#file, Buffer.from(csvHeader()));
    } catch (error) {
      throw storageError(path, error);
    }
    return this.#file;
  }

  /** Records how a session ended; a complete run gets its rows in point order. */
  finish(end: Pick<Manifest, 'status' | 'finished' | 'wall_seconds' | 'warnings'>): void {
    this.close();
    if (end.status === 'complete') writeWhole(join(this.path, ROWS_FILE), csvHeader() + csvRows(this.rows()));
    this.updateManifest(end);
  }

  updateManifest(changes: Partial<Manifest>): void {
    this.#manifest = { ...this.#manifest, ...changes };
    writeWhole(join(this.path, MANIFEST_FILE), manifestText(this.#manifest));
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
