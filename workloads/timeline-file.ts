/** The part of a workload file that says what happens during its runs. */
import { SettingsError } from '../engine/protocol/check-settings.js';
import {
  checkEvent,
  type DynamicParameter,
  type FaultEvent,
  type ReplicaEventKind,
  type ScheduledEvent,
  type SetEvent,
} from '../engine/protocol/faults.js';
import type { Microseconds, Settings } from '../engine/protocol/parameters.js';
import type { Path } from './document.js';
import { InputError } from './input-error.js';
import type { EventContent, TimelineContent } from './schema.js';
import { formatTime, parseTime, ValueError } from './units.js';
import type { TimelineExperiment } from './workload.js';
import type { ValueReader, VariantSource } from './workload-file.js';

export interface ScheduledSource extends ScheduledEvent {
  readonly place: string;
}

export interface TimelineSource {
  readonly kind: 'timeline';
  readonly duration: Microseconds;
  readonly interval: Microseconds;
  readonly schedule: readonly ScheduledSource[];
  readonly place: string;
}

/** More rows than a chart has pixels for, and than a spreadsheet is read in. */
const MAX_INTERVALS = 10_000;

export function timelineSource(content: TimelineContent, values: ValueReader): TimelineSource {
  const duration = timeAt(content.duration, ['duration'], values);
  const interval = timeAt(content.interval, ['interval'], values);
  const place = values.place(['interval']);
  if (!(duration > 0)) throw new InputError(`${values.place(['duration'])}: duration: a run needs more than no time`);
  if (!(interval > 0 && interval <= duration)) {
    throw new InputError(`${place}: interval: must be above 0 and at most the duration, ${formatTime(duration)}`);
  }
  if (duration / interval > MAX_INTERVALS) {
    throw new InputError(
      `${place}: interval: ${Math.ceil(duration / interval)} rows a run; ${MAX_INTERVALS} at most, take a longer one`,
    );
  }
  const source = { kind: 'timeline', duration, interval, schedule: [], place: values.place(['name']) } as const;
  return { ...source, schedule: scheduleSource(content.schedule ?? [], ['schedule'], source, values) };
}

function timeAt(text: string, path: Path, values: ValueReader): Microseconds {
  try {
    return parseTime(text);
  } catch (error) {
    if (error instanceof ValueError)
      throw new InputError(`${values.place(path)}: ${String(path.at(-1))}: ${error.message}`);
    throw error;
  }
}

export function scheduleSource(
  events: readonly EventContent[],
  path: Path,
  { duration }: Pick<TimelineSource, 'duration'>,
  values: ValueReader,
): ScheduledSource[] {
  return events.flatMap((content, index) => {
    const here = [...path, index];
    const at = timeAt(content.at, [...here, 'at'], values);
    if (at >= duration) {
      throw new InputError(
        `${values.place([...here, 'at'])}: at: the run ends at ${formatTime(duration)}, before this`,
      );
    }
    return eventsOf(content, here, values).map(({ event, place }) => ({ at, event, place }));
  });
}

/** A `set` of several parameters is as many events of one instant. */
function eventsOf(content: EventContent, path: Path, values: ValueReader): { event: FaultEvent; place: string }[] {
  const place = values.place(path);
  const { event, set } = content;
  if ((event === undefined) === (set === undefined)) {
    throw new InputError(`${place}: say what happens, either as "event: crash-host" or as "set: {rtt: 20ms}"`);
  }
  const about = content.replica === undefined ? {} : { replica: content.replica - 1 };
  if (event !== undefined) {
    if (about.replica === undefined) throw new InputError(`${place}: ${event} of which replica? add "replica: 1"`);
    return [{ event: { kind: event as ReplicaEventKind | 'switchover', replica: about.replica }, place }];
  }
  return values.settings(set, [...path, 'set']).map(({ name, value, place }) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (list.length !== 1) {
      throw new InputError(`${place}: ${name}: one value is wanted; give each replica an event with "replica:"`);
    }
    return { event: { kind: 'set', parameter: name as DynamicParameter, value: list[0], ...about } as SetEvent, place };
  });
}

/** What is done with a point of this variant. Throws `InputError` for events that its settings do not allow. */
export function experimentOf(
  source: TimelineSource,
  variant: VariantSource | undefined,
  settings: Settings,
): TimelineExperiment {
  const { kind, duration, interval } = source;
  const schedule = (variant?.schedule ?? source.schedule).map(({ at, event, place }) => {
    try {
      checkEvent(settings, { at, event });
    } catch (error) {
      if (error instanceof SettingsError) throw new InputError(`${place}: ${error.message}`);
      throw error;
    }
    return { at, event };
  });
  if (schedule.length === 0) throw new InputError(`${source.place}: nothing happens; add a "schedule" with an event`);
  return { kind, schedule, duration, interval };
}
