/** The wall clock of the threads runtime: µs of one monotonic clock, the same instant in every thread. */
import type { Microseconds } from '../../protocol/parameters.js';

export type ReadClock = () => Microseconds;

/** The instant that all threads of a run count from. */
export const nowEpoch = (): bigint => process.hrtime.bigint();

/** How often the two clocks are compared: an interruption between the two readings spoils a comparison. */
const COMPARISONS = 16;

/**
 * `performance.now()` is the fastest clock there is (40 ns) but begins at another instant in every thread, so its
 * distance from the common monotonic clock is measured once: the largest difference is the one that was not interrupted.
 */
export function startClock(epoch: bigint): ReadClock {
  let offset = Number.NEGATIVE_INFINITY;
  for (let comparison = 0; comparison < COMPARISONS; comparison++) {
    const common = Number(process.hrtime.bigint() - epoch) / 1000;
    offset = Math.max(offset, common - performance.now() * 1000);
  }
  return () => performance.now() * 1000 + offset;
}
