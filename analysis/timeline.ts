/** A run with a schedule of events, and what it was: what charts and findings of timelines are made of. */
import type { TimelineEvent, TimelineResult } from '../engine/measure/timeline.js';
import { type FaultEvent, isPerReplica } from '../engine/protocol/faults.js';
import type { Settings } from '../engine/protocol/parameters.js';
import { formatValue } from '../workloads/units.js';
import type { TimelineExperiment } from '../workloads/workload.js';

export interface TimelineRun {
  readonly point: number;
  readonly part: string;
  /** What tells it from the other runs of its part; empty where it is the only one. */
  readonly variant: string;
  readonly settings: Settings;
  readonly experiment: TimelineExperiment;
  readonly result: TimelineResult;
}

/** Stem of its chart's file, unique within the run directory. */
export const timelineChartName = ({ part, point }: TimelineRun): string => `${part}-${point}`;

/** Time in which semi-sync was OFF, µs. */
export interface OffSpan {
  readonly from: number;
  readonly to: number;
}

export function offSpans({ switches, intervals }: TimelineResult): OffSpan[] {
  const end = intervals.at(-1)?.to_us ?? 0;
  const on = switches[0] === undefined ? (intervals[0]?.semisync_on ?? 1) > 0.5 : !switches[0].on;
  const spans: OffSpan[] = [];
  let from = on ? undefined : 0;
  for (const { at_us, on: next } of switches) {
    if (!next) from ??= at_us;
    else if (from !== undefined) {
      spans.push({ from, to: at_us });
      from = undefined;
    }
  }
  return from === undefined ? spans : [...spans, { from, to: end }];
}

/** `crash-host`, `rtt=20ms`. */
function faultText(event: FaultEvent): string {
  if (event.kind !== 'set') return event.kind;
  const { parameter, value } = event;
  const list = isPerReplica(parameter) && parameter !== 'sync_relay_log';
  return `${parameter}=${formatValue(parameter, (list ? [value] : value) as never)}`;
}

/** `replica 1: crash-host`; of what nobody scheduled, as the run told it. */
export function eventText({ what, replica, scheduled }: TimelineEvent): string {
  const text = scheduled === undefined ? what : faultText(scheduled.event);
  return replica === undefined ? text : `replica ${replica + 1}: ${text}`;
}

export interface EventLabel {
  readonly at: number;
  readonly text: string;
}

/**
 * What to write beside a time axis: events of one instant together, and no consequences that follow at once, which are
 * for the table.
 */
export function eventLabels({ settings, experiment, result: { events } }: TimelineRun): EventLabel[] {
  const { duration } = experiment;
  const labels: { at: number; text: string; about: string }[] = [];
  for (const event of events) {
    const last = labels.at(-1);
    const near = last !== undefined && event.at_us - last.at < duration / 50;
    if (near && event.scheduled === undefined) continue;
    // Where there is one replica, it is that one.
    const isNamed = settings.replicas > 1 && event.replica !== undefined;
    const about = isNamed ? `replica ${event.replica! + 1}: ` : '';
    const { replica: _, ...alone } = event;
    const text = `${about}${eventText(alone)}`;
    if (near && last.at === event.at_us) {
      last.text += `, ${last.about === about ? text.slice(about.length) : text}`;
      last.about = about;
    } else labels.push({ at: event.at_us, text, about });
  }
  return labels.map(({ at, text }) => ({ at, text }));
}
