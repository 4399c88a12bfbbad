import type { Settings } from '../../engine/protocol/parameters.js';
import type { Crew } from '../../engine/runtimes/threads/crew.js';
import type { ThreadsResult } from '../../engine/runtimes/threads/threads-result.js';

/** A run that nobody interrupts. */
export async function measured(
  crew: Crew,
  settings: Settings,
  milliseconds: number,
  maxCommits = Number.POSITIVE_INFINITY,
): Promise<ThreadsResult> {
  const result = await crew.run(settings, { milliseconds, maxCommits });
  if (result === 'interrupted') throw new Error('the measurement was interrupted');
  return result;
}
