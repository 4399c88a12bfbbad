/** Crews for tests, and what they are to run: as many commits as are asked for, however long that takes. */
import type { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import type { Settings } from '../../../../engine/protocol/parameters.js';
import { PROFILES, type ProfileName } from '../../../../engine/protocol/profiles.js';
import { Crew, type CrewOptions } from '../../../../engine/runtimes/threads/crew.js';
import type { ThreadsResult } from '../../../../engine/runtimes/threads/threads-result.js';
import { freeOfCost } from '../../settings.js';
import { WORKERS } from './planted.js';

/** Far longer than anything here takes on a busy machine. */
export const LONG_MS = 50_000;

/** A crew that goes when the test ends. */
export function hire(options: CrewOptions = {}): Crew {
  const crew = new Crew({ workerFolder: WORKERS, ...options });
  onTestFinished(() => crew.close());
  return crew;
}

export async function run(crew: Crew, settings: Settings, maxCommits: number): Promise<ThreadsResult> {
  const result = await crew.run(settings, { milliseconds: LONG_MS, maxCommits });
  if (result === 'interrupted') throw new Error('the run was interrupted');
  return result;
}

/** A cluster of that version in which nothing takes any time but what the machine itself needs. */
export function instant(profile: ProfileName, overrides: Partial<Settings> = {}): Settings {
  const { choices, defaults } = PROFILES[profile];
  return freeOfCost({ profile, ...choices, ...defaults, replicas: 1, clients: 8, hosts: 'one', ...overrides });
}

const alive = new Set<Worker>();
process.on('worker', (worker) => {
  alive.add(worker);
  worker.once('exit', () => alive.delete(worker));
});

/** Worker threads that have been started here and have not ended. */
export const threads = (): number => alive.size;
