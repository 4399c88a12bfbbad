/** Runs points on threads, one after the other: each of them has all the cores. */
import { Crew, type CrewOptions } from '../engine/runtimes/threads/crew.js';
import { parsePlacement } from '../engine/runtimes/threads/placement.js';
import type { ThreadsResult } from '../engine/runtimes/threads/threads-result.js';
import type { Point } from '../workloads/workload.js';
import type { ThreadsRequest } from './store-manifest.js';

export interface MeasureOptions {
  readonly request: ThreadsRequest;
  readonly signal: AbortSignal;
  readonly onResult: (point: Point, result: ThreadsResult) => void;
  /** For tests: see CrewOptions. */
  readonly workerFolder?: string;
}

/** Long enough for the compiler to have seen every path of a profile, ms. */
const WARM_UP_MS = 300;

/** Rejects with what ended the threads: `CrewError`, `SettingsError`. */
export async function measurePoints(
  points: readonly Point[],
  { request, signal, onResult, workerFolder }: MeasureOptions,
): Promise<'complete' | 'interrupted'> {
  const crew = new Crew(crewOptions(request, signal, workerFolder));
  const warm = new Set<string>();
  try {
    for (const point of points) {
      const { settings } = point;
      if (!warm.has(settings.profile)) {
        warm.add(settings.profile);
        await crew.run(settings, { milliseconds: WARM_UP_MS });
      }
      const result = await crew.run(settings, { milliseconds: request.milliseconds });
      if (result === 'interrupted') return 'interrupted';
      onResult(point, result);
    }
    return 'complete';
  } finally {
    await crew.close();
  }
}

const crewOptions = ({ placement, disk }: ThreadsRequest, signal: AbortSignal, workerFolder?: string): CrewOptions => ({
  signal,
  ...(placement === null ? {} : { placement: parsePlacement(placement) }),
  ...(disk === null ? {} : { realDisk: disk }),
  ...(workerFolder === undefined ? {} : { workerFolder }),
});
