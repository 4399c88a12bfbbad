/** How true emulated delays are: a client that does nothing but pause, and by how much it oversleeps. */
import type { Crew } from '../../engine/runtimes/threads/crew.js';
import { constant, nothingCosts } from '../engine/settings.js';
import { measured } from './runs.js';

/** µs. */
export const DELAYS = [50, 200, 1000, 5000];
/** Pauses behind each figure: enough for a 99th percentile. */
const PAUSES = 500;

export interface DelayError {
  readonly asked_us: number;
  readonly error_p50_us: number | null;
  readonly error_p99_us: number | null;
}

export async function measureDelays(crew: Crew, pauses = PAUSES): Promise<DelayError[]> {
  const errors: DelayError[] = [];
  for (const delay of DELAYS) {
    const settings = nothingCosts('mysql-5.7', {
      wait_point: 'ASYNC',
      replicas: 0,
      clients: 1,
      think: constant(delay),
    });
    const result = await measured(crew, settings, (1.2 * pauses * delay) / 1000 + 500);
    errors.push({
      asked_us: delay,
      error_p50_us: result.delay_error_p50_us,
      error_p99_us: result.delay_error_p99_us,
    });
  }
  return errors;
}
