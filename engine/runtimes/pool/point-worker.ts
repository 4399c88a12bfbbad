import type { PointResult } from '../../measure/result.js';
import type { Settings } from '../../protocol/parameters.js';
import { simulate } from '../virtual/simulate.js';

/** What a worker is sent: one point, and how exactly to measure it. */
export interface PointTask {
  readonly settings: Settings;
  readonly precision: number;
  /** See SimulateOptions. */
  readonly maxCommits?: number;
}

/** Runs in a worker thread of the pool. Points share nothing, so the order in which workers take them cannot matter. */
export function runPoint({ settings, ...options }: PointTask): PointResult {
  return simulate(settings, options);
}
