/** What a timeline shows, in words: the stall, what was committed without protection, and the return. */
import { numberText, timeText } from './chart-columns.js';
import type { TimelineRun } from './timeline.js';

/** A stall is one when it is this many times what half of all commits take in an ordinary interval. */
const STALL_FACTOR = 10;

/** As near to the timeout as it is the timeout: waking up and answering take their time, too. */
const AS_LONG_AS = 0.02;

function ordinaryLatency({ result }: TimelineRun): number {
  const known = result.intervals.flatMap(({ latency_p50_us }) => (latency_p50_us === null ? [] : [latency_p50_us]));
  return known.sort((a, b) => a - b)[Math.floor(known.length / 2)] ?? 0;
}

/** Did clients wait far longer than they ordinarily do, all of them? */
const hasStall = (run: TimelineRun): boolean =>
  run.result.longest_stall.duration_us > STALL_FACTOR * ordinaryLatency(run);

/** Was it the timeout that ended the longest stall, rather than the end of what caused it? */
export function stallIsTimeout({ settings, result, experiment }: TimelineRun): boolean {
  const { from_us, duration_us } = result.longest_stall;
  const changed = experiment.schedule.flatMap(({ at, event }) =>
    event.kind === 'set' && event.parameter === 'timeout' && at <= from_us ? [event.value] : [],
  );
  const timeout = changed.at(-1) ?? settings.timeout;
  const end = from_us + duration_us;
  const switched = result.switches.some(({ at_us, on }) => !on && Math.abs(at_us - end) <= AS_LONG_AS * timeout);
  return switched && Math.abs(duration_us - timeout) <= AS_LONG_AS * timeout;
}

function stallText(run: TimelineRun): string {
  const { duration_us } = run.result.longest_stall;
  if (!hasStall(run)) return 'Nobody stalled';
  const length = timeText(duration_us, 3);
  return stallIsTimeout(run) ? `Clients stalled for ${length}, the timeout` : `Clients stalled for ${length}`;
}

const counted = (count: number, one: string): string => `${numberText(count, 7)} ${one}${count === 1 ? '' : 's'}`;

function protectionText({ result }: TimelineRun): string {
  const { commits, unprotected, off_us } = result;
  if (commits === 0) return 'nothing was committed';
  const off = off_us > 0 ? `${timeText(off_us, 3)} with semi-sync OFF` : 'semi-sync ON all the time';
  if (unprotected === 0) return off_us > 0 ? `all commits were acknowledged, ${off}` : `all commits were acknowledged`;
  return `${counted(unprotected, 'commit')} of ${numberText(commits, 7)} unprotected, ${off}`;
}

function recoveryText({ result }: TimelineRun): string | undefined {
  const { recovery_us, off_us } = result;
  if (off_us === 0) return undefined;
  if (recovery_us === null) return 'protection had not come back when the run ended';
  return recovery_us === 0
    ? 'protection was back before the last event'
    : `protection was back ${timeText(recovery_us, 3)} after the last event`;
}

/** One sentence about one run. */
export function timelineFinding(run: TimelineRun): string {
  const said = [stallText(run), protectionText(run), recoveryText(run)];
  return `${said.filter((text) => text !== undefined).join('; ')}.`;
}
