import type { PointResult } from '../../measure/result.js';
import type { Settings } from '../../protocol/parameters.js';

export interface SimulateOptions {
  /** Stop when the 95 % half-width of throughput is within this fraction of it (0.02 = 2 %). */
  readonly precision: number;
  /** Give up on precision after this many commits, with a warning. */
  readonly maxCommits?: number;
}

/** Runs one point under virtual time. Same settings, same bytes. */
export function simulate(settings: Settings, options: SimulateOptions): PointResult {
  throw new Error(`not built yet: ${settings.profile} ${options.precision}`);
}
