import { workerData } from 'piscina';
import type { Observation } from '../../measure/observation.js';
import type { Settings } from '../../protocol/parameters.js';
import { simulate } from '../virtual/simulate.js';

/** What a worker is sent: one point, and how exactly to measure it. */
export interface PointTask {
  readonly settings: Settings;
  readonly precision: number;
  /** See SimulateOptions. */
  readonly maxCommits?: number;
}

/** What a worker is started with. */
export interface PointWorkerData {
  readonly rehearsal: readonly Settings[];
}

/** Runs in a worker thread of the pool. Points share nothing, so the order in which workers take them cannot matter. */
export function runPoint({ settings, ...options }: PointTask): Observation {
  return simulate(settings, options).observation;
}

/** Of each settings. */
const REHEARSAL_COMMITS = 10;

/**
 * The compiler makes fast code for what it has seen. Shown one kind of cluster after another it makes it anew for each;
 * shown a little of every kind first, once. That spares the default sweep a tenth of its computing.
 */
function rehearse({ rehearsal }: PointWorkerData): void {
  for (const settings of rehearsal) {
    try {
      simulate(settings, { precision: 1, maxCommits: REHEARSAL_COMMITS });
    } catch {
      // It will fail again as a point, and be named.
    }
  }
}

rehearse(workerData as PointWorkerData);
