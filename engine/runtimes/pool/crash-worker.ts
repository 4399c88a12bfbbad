import type { CrashResult } from '../../measure/crash.js';
import type { Settings } from '../../protocol/parameters.js';
import { type CrashOptions, crashSeeds, simulateCrash } from '../virtual/crash.js';

/** What a worker is sent: one point, and how often and how to crash it. */
export interface CrashTask extends Omit<CrashOptions, 'seed'> {
  readonly settings: Settings;
  readonly crashes: number;
}

/** Runs in a worker thread of the pool. */
export const runCrashes = ({ settings, crashes, ...options }: CrashTask): CrashResult[] =>
  crashSeeds(settings.seed, crashes).map((seed) => simulateCrash(settings, { ...options, seed }));
