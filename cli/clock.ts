/** The wall clock, for file names, rates and records; nothing simulated depends on it. */

export const now = (): Date => new Date();

/** Seconds from the call of `startTimer` to the call of what it returned. */
export function startTimer(): () => number {
  const begin = performance.now();
  return () => (performance.now() - begin) / 1000;
}
