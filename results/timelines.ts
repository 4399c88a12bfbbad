/**
 * Timelines of a run directory: `timelines.jsonl` holds all that a run told, a line per run, appended as runs complete;
 * `timeline.csv` is its intervals and `timeline-events.csv` what happened when, made from it for spreadsheets.
 */
import { existsSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { eventText, type TimelineRun } from '../analysis/timeline.js';
import type { TimelineInterval, TimelineResult } from '../engine/measure/timeline.js';
import { InputError } from '../workloads/input-error.js';
import { appendText, type RunDirectory, writeWhole } from './store.js';
import { unpackWorkload } from './store-manifest.js';

const RECORDS_FILE = 'timelines.jsonl';
export const TIMELINE_FILE = 'timeline.csv';
const EVENTS_FILE = 'timeline-events.csv';

interface TimelineRecord {
  readonly point: number;
  readonly result: TimelineResult;
}

const recordText = (record: TimelineRecord): string => `${JSON.stringify(record)}\n`;

/** A last line without its line feed was torn by a crash: it is cut off, or the next one would be appended to it. */
function records(run: RunDirectory): TimelineRecord[] {
  const file = join(run.path, RECORDS_FILE);
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  return whole
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      try {
        return JSON.parse(line) as TimelineRecord;
      } catch (error) {
        throw new InputError(
          `${file}:${index + 1}: not JSON (${(error as Error).message}); remove the line and resume`,
        );
      }
    });
}

export const timelinePoints = (run: RunDirectory): ReadonlySet<number> =>
  new Set(records(run).map(({ point }) => point));

/** In point order. */
export function timelines(run: RunDirectory): TimelineRun[] {
  const found = new Map(records(run).map(({ point, result }) => [point, result]));
  if (found.size === 0) return [];
  const points = unpackWorkload(run.manifest).parts.flatMap((part) => part.points);
  return points.flatMap(({ index, part, variant, settings, experiment }) => {
    const result = found.get(index);
    if (result === undefined || experiment?.kind !== 'timeline') return [];
    return [{ point: index, part, variant, settings, experiment, result }];
  });
}

export const appendTimeline = (run: RunDirectory, record: TimelineRecord): void =>
  appendText(join(run.path, RECORDS_FILE), recordText(record));

/** At the end of a session: what it has, in point order, and the tables of it. */
export function finishTimelines(run: RunDirectory): void {
  const runs = timelines(run);
  if (runs.length === 0) return;
  writeWhole(join(run.path, RECORDS_FILE), runs.map(({ point, result }) => recordText({ point, result })).join(''));
  writeWhole(join(run.path, TIMELINE_FILE), timelineCsv(runs));
  writeWhole(join(run.path, EVENTS_FILE), eventsCsv(runs));
}

const INTERVAL_COLUMNS = [
  'from_us',
  'to_us',
  'commits',
  'tps',
  'latency_mean_us',
  'latency_p50_us',
  'latency_p95_us',
  'latency_p99_us',
  'latency_max_us',
  'semisync_on',
  'acknowledged',
  'unprotected',
  'yes_tx',
  'no_tx',
  'wait_sessions',
  'committing_sessions',
  'semisync_clients',
  'lag_tx',
] as const satisfies readonly (keyof TimelineInterval)[];

export const TIMELINE_COLUMNS = ['point', 'part', 'variant', 'seed', ...INTERVAL_COLUMNS] as const;

/** A row per run and interval. Empty: unknown. `lag_tx` is one number per replica, joined by `/`. */
export const timelineCsv = (runs: readonly TimelineRun[]): string =>
  stringify(
    runs.flatMap(({ point, part, variant, settings: { seed }, result }) =>
      result.intervals.map((row) => ({ point, part, variant, seed, ...row, lag_tx: row.lag_tx.join('/') })),
    ),
    { header: true, columns: [...TIMELINE_COLUMNS] },
  );

/** A row per event, consequence and switch of semi-sync. */
const eventsCsv = (runs: readonly TimelineRun[]): string =>
  stringify(
    runs.flatMap((run) => happenings(run).map((row) => ({ point: run.point, variant: run.variant, ...row }))),
    { header: true, columns: ['point', 'variant', 'at_us', 'kind', 'event'] },
  );

export interface Happening {
  readonly at_us: number;
  readonly kind: 'scheduled' | 'consequence' | 'semi-sync';
  readonly event: string;
}

/** Events and switches of a run in order of time. */
export function happenings({ result }: TimelineRun): Happening[] {
  const events = result.events.map((event): Happening => {
    const kind = event.scheduled === undefined ? 'consequence' : 'scheduled';
    return { at_us: event.at_us, kind, event: eventText(event) };
  });
  const switches = result.switches.map(
    ({ at_us, on }): Happening => ({ at_us, kind: 'semi-sync', event: `semi-sync ${on ? 'ON' : 'OFF'}` }),
  );
  return [...events, ...switches]
    .map((row) => ({ ...row, at_us: Math.round(row.at_us * 1000) / 1000 }))
    .sort((a, b) => a.at_us - b.at_us);
}
