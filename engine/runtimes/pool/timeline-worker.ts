import type { TimelineResult } from '../../measure/timeline.js';
import type { Schedule } from '../../protocol/faults.js';
import type { Settings } from '../../protocol/parameters.js';
import { simulateTimeline, type TimelineOptions } from '../virtual/timeline.js';

export interface TimelineTask extends TimelineOptions {
  readonly settings: Settings;
  readonly schedule: Schedule;
}

/** Runs in a worker thread of the pool. */
export function runTimeline({ settings, schedule, ...options }: TimelineTask): TimelineResult {
  return simulateTimeline(settings, schedule, options);
}
