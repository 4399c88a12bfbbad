/** Crashes counted: for each point of an `experiment: crash`, in which share of them something was lost, and how much. */
import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { CrashResult } from '../engine/measure/crash.js';
import { studentT975 } from '../engine/measure/student-t.js';
import type { ParameterName } from '../engine/protocol/parameters.js';
import { formatValue } from '../workloads/units.js';
import type { CrashExperiment, Point } from '../workloads/workload.js';
import { isColumn, shortPlaceText } from './chart-columns.js';
import { grouped } from './grouped.js';
import { type Proportion, proportion } from './proportion.js';

/** A point, and what its crashes lost. */
export interface CrashRun extends Pick<Point, 'part' | 'variant' | 'swept' | 'settings'> {
  readonly point: number;
  readonly experiment: CrashExperiment;
  readonly results: readonly CrashResult[];
}

/** What a crash can do that somebody notices, by its column. */
export const LOSSES = ['acknowledged_lost', 'phantom', 'extra'] as const satisfies readonly (keyof CrashResult)[];
export type Loss = (typeof LOSSES)[number];

export interface CrashCell {
  readonly run: CrashRun;
  /** What tells it from the others of its variant: `AFTER_SYNC, 2 ACKs, sync_relay_log=1`. */
  readonly label: string;
  /** Crashes that did it to one transaction or more. */
  readonly crashesWith: Readonly<Record<Loss, Proportion>>;
  /** Acknowledged transactions lost per crash. */
  readonly lost: { readonly mean: number; readonly half: number | null; readonly max: number };
  /** Crashes that found semi-sync ON. */
  readonly semisyncOn: Proportion;
}

export const crashCells = (runs: readonly CrashRun[]): CrashCell[] => runs.filter(hasResults).map(cellOf);

const hasResults = ({ results }: CrashRun): boolean => results.length > 0;

function cellOf(run: CrashRun): CrashCell {
  const { results } = run;
  const share = (holds: (result: CrashResult) => boolean): Proportion =>
    proportion(results.filter(holds).length, results.length);
  return {
    run,
    label: labelOf(run),
    crashesWith: {
      acknowledged_lost: share((result) => result.acknowledged_lost > 0),
      phantom: share(({ phantom }) => phantom > 0),
      extra: share(({ extra }) => extra > 0),
    },
    lost: meanOf(results.map((result) => result.acknowledged_lost)),
    semisyncOn: share((result) => result.semisync_on),
  };
}

/** Half the width of the 95 % interval by Student's t; unknown where no spread was seen, since that is not to have none. */
function meanOf(counts: readonly number[]): CrashCell['lost'] {
  const values = [...counts];
  const max = values.reduce((most, value) => Math.max(most, value), 0);
  const spread = values.length > 1 ? sampleStandardDeviation(values) : 0;
  const half = spread > 0 ? (studentT975(values.length - 1) * spread) / Math.sqrt(values.length) : null;
  return { mean: mean(values), half, max };
}

/** ASYNC waits for no number of replicas. */
function labelOf({ swept, settings, part }: CrashRun): string {
  const told = swept.filter((name) => name !== 'wait_for_slave_count' || settings.wait_point !== 'ASYNC');
  return told.map((name) => parameterText(name, settings)).join(', ') || part;
}

function parameterText(name: ParameterName, settings: Point['settings']): string {
  const value = settings[name];
  if (isColumn(name) && (typeof value === 'number' || typeof value === 'string')) return shortPlaceText(name, value);
  return `${name}=${formatValue(name, value)}`;
}

/** A loss over several points together, and at what: empty where that goes without saying. */
export interface PooledLoss {
  readonly at: string;
  readonly share: Proportion;
}

/**
 * The same loss over several points. Where their intervals have nothing in common their mean would hide it: then the
 * points are told apart by the one parameter that explains it, or else the extremes are told.
 */
export function pooled(cells: readonly CrashCell[], loss: Loss): PooledLoss[] {
  if (alike(cells, loss)) return [{ at: '', share: together(cells, loss) }];
  for (const name of cells[0]?.run.swept ?? []) {
    const groups = grouped(cells, (cell) => parameterText(name, cell.run.settings));
    const explained = [...groups].map(([at, own]) => ({ at, own }));
    if (explained.every(({ own }) => alike(own, loss))) {
      return explained.map(({ at, own }) => ({ at, share: together(own, loss) }));
    }
  }
  const ordered = [...cells].sort((a, b) => a.crashesWith[loss].share - b.crashesWith[loss].share);
  return [ordered[0]!, ordered.at(-1)!].map((cell) => ({ at: cell.label, share: cell.crashesWith[loss] }));
}

function alike(cells: readonly CrashCell[], loss: Loss): boolean {
  const shares = cells.map(({ crashesWith }) => crashesWith[loss]);
  return Math.max(...shares.map(({ low }) => low)) <= Math.min(...shares.map(({ high }) => high));
}

function together(cells: readonly CrashCell[], loss: Loss): Proportion {
  const shares = cells.map(({ crashesWith }) => crashesWith[loss]);
  const sum = (of: (share: Proportion) => number): number => shares.reduce((total, share) => total + of(share), 0);
  return proportion(
    sum(({ seen }) => seen),
    sum((share) => share.of),
  );
}
