/**
 * `crashes.csv` of a run directory: a row per crash, those of a point appended together as it completes. The table is all
 * there is; shares and charts are made from it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { CrashRun } from '../analysis/crash-cells.js';
import type { CrashResult } from '../engine/measure/crash.js';
import { InputError } from '../workloads/input-error.js';
import type { CrashExperiment, Point } from '../workloads/workload.js';
import { appendText, type RunDirectory, writeWhole } from './store.js';
import { unpackWorkload } from './store-manifest.js';

export const CRASHES_FILE = 'crashes.csv';

const SETTING_COLUMNS = [
  'profile',
  'wait_point',
  'wait_for_slave_count',
  'replicas',
  'sync_binlog',
  'sync_relay_log',
  'clients',
] as const satisfies readonly (keyof Point['settings'])[];

const SWITCH_COLUMNS = ['semisync_on', 'fallen_back'] as const satisfies readonly (keyof CrashResult)[];
const COUNT_COLUMNS = [
  'written',
  'kept',
  'acknowledged_lost',
  'phantom',
  'unseen_lost',
  'extra',
] as const satisfies readonly (keyof CrashResult)[];

/** `crash` counts the crashes of a point and `promoted` the replicas, both from 1; switches are 1 or 0. */
export const CRASH_COLUMNS = [
  'point',
  'part',
  'variant',
  ...SETTING_COLUMNS,
  'replicas_crash',
  'crash',
  'seed',
  'at_us',
  ...SWITCH_COLUMNS,
  'promoted',
  ...COUNT_COLUMNS,
] as const;

export type CrashPoint = Point & { readonly experiment: CrashExperiment };

export const isCrash = (point: Point): point is CrashPoint => point.experiment?.kind === 'crash';

function rowsText({ point, part, variant, settings, experiment, results }: CrashRun): string {
  const place = { ...settings, point, part, variant, replicas_crash: experiment.replicasCrash };
  const rows = results.map((result, index) => ({
    ...place,
    ...result,
    promoted: result.promoted === null ? null : result.promoted + 1,
    crash: index + 1,
  }));
  return stringify(rows, { columns: [...CRASH_COLUMNS], cast: { boolean: (value) => (value ? '1' : '0') } });
}

export const crashesCsv = (runs: readonly CrashRun[]): string =>
  stringify([[...CRASH_COLUMNS]]) + runs.map(rowsText).join('');

/** The points of which all crashes are there, in point order. */
export function crashRuns(run: RunDirectory): CrashRun[] {
  const file = join(run.path, CRASHES_FILE);
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  const results = parseCrashes(text.slice(0, text.lastIndexOf('\n') + 1), file);
  const points = unpackWorkload(run.manifest).parts.flatMap((part) => part.points.filter(isCrash));
  return points.flatMap((point) => {
    const found = results.get(point.index) ?? [];
    return found.length === point.experiment.crashes ? [crashRun(point, found)] : [];
  });
}

const crashRun = (point: CrashPoint, results: readonly CrashResult[]): CrashRun => {
  const { index, part, variant, swept, settings, experiment } = point;
  return { point: index, part, variant, swept, settings, experiment, results };
};

function parseCrashes(text: string, file: string): Map<number, CrashResult[]> {
  const found = new Map<number, CrashResult[]>();
  let records: Record<string, string>[];
  try {
    records = parse(text, { columns: true });
  } catch (error) {
    throw new InputError(`${file}: ${(error as Error).message}; remove the file, and resume the run`);
  }
  records.forEach((record, index) => {
    const number = (column: (typeof CRASH_COLUMNS)[number]): number => {
      const value = Number(record[column] || Number.NaN);
      if (Number.isFinite(value)) return value;
      throw new InputError(`${file}:${index + 2}: ${column} is no number; remove the file, and resume the run`);
    };
    const counts = Object.fromEntries(COUNT_COLUMNS.map((column) => [column, number(column)]));
    const switches = Object.fromEntries(SWITCH_COLUMNS.map((column) => [column, number(column) === 1]));
    const promoted = record.promoted === '' ? null : number('promoted') - 1;
    const result = { seed: number('seed'), at_us: number('at_us'), promoted, ...switches, ...counts } as CrashResult;
    const point = number('point');
    const own = found.get(point);
    if (own === undefined) found.set(point, [result]);
    else own.push(result);
  });
  return found;
}

export const crashPoints = (run: RunDirectory): ReadonlySet<number> =>
  new Set(crashRuns(run).map(({ point }) => point));

export const appendCrashes = (run: RunDirectory, point: CrashPoint, results: readonly CrashResult[]): void =>
  appendText(join(run.path, CRASHES_FILE), rowsText(crashRun(point, results)));

/** The whole points that are there, in their order: before others are appended, since a crash may have torn the last one. */
export function tidyCrashes(run: RunDirectory): void {
  writeWhole(join(run.path, CRASHES_FILE), crashesCsv(crashRuns(run)));
}
