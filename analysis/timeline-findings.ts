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

/** Transactions per second between two instants, by the intervals that lie between them; undefined where none does. */
function meanTps({ result }: TimelineRun, from: number, to: number): number | undefined {
  const inside = result.intervals.filter(({ from_us, to_us }) => from_us >= from && to_us <= to);
  const length = inside.reduce((sum, { from_us, to_us }) => sum + to_us - from_us, 0);
  return length === 0 ? undefined : (inside.reduce((sum, { commits }) => sum + commits, 0) / length) * 1e6;
}

/** A stretch between two events at less than this share of the throughput before the first one is a fall of it. */
const FALL = 0.5;

/** The stretch between two events in which least was committed, where that was a slow-down rather than a stall. */
function slowText(run: TimelineRun): string | undefined {
  const { result, experiment } = run;
  const instants = [...new Set([...experiment.schedule.map(({ at }) => at), experiment.duration])].sort(
    (a, b) => a - b,
  );
  const before = meanTps(run, 0, instants[0] ?? 0);
  if (before === undefined) return undefined;
  const stretches = instants.slice(1).flatMap((to, index) => {
    const from = instants[index]!;
    const tps = meanTps(run, from, to);
    return tps === undefined ? [] : [{ from, to, tps }];
  });
  const slowest = stretches.sort((a, b) => a.tps - b.tps)[0];
  if (slowest === undefined || slowest.tps > FALL * before) return undefined;
  const { from, to, tps } = slowest;
  if (result.longest_stall.duration_us > (to - from) / 4) return undefined;
  const [high, low] = [before, tps].map((value) => numberText(value));
  return `Throughput fell from ${high} to ${low} tx/s from ${timeText(from)} to ${timeText(to)}`;
}

/** Who among several fell behind, and how far. */
function lagText({ settings, result }: TimelineRun): string | undefined {
  if (settings.replicas === 1) return undefined;
  const most = Array.from({ length: settings.replicas }, (_, replica) =>
    result.intervals.reduce((max, { lag_tx }) => Math.max(max, lag_tx[replica] ?? 0), 0),
  );
  const worst = Math.max(...most);
  // As many as are under way at any time are no lag.
  if (worst <= 2 * result.committing_sessions_most) return undefined;
  return `replica ${most.indexOf(worst) + 1} fell up to ${counted(worst, 'transaction')} behind`;
}

const counted = (count: number, one: string): string => `${numberText(count, 7)} ${one}${count === 1 ? '' : 's'}`;

function stallText(run: TimelineRun): string {
  const { duration_us } = run.result.longest_stall;
  if (!hasStall(run)) return 'Nobody stalled';
  const length = timeText(duration_us, 3);
  return stallIsTimeout(run) ? `Clients stalled for ${length}, the timeout` : `Clients stalled for ${length}`;
}

function unprotectedText({ result: { commits, unprotected } }: TimelineRun): string {
  if (commits === 0) return 'nothing was committed';
  if (unprotected === 0) return 'all commits were acknowledged';
  return `${counted(unprotected, 'commit')} of ${numberText(commits, 7)} unprotected`;
}

/** Where semi-sync was ON all the time and nothing went unprotected, the one says the other. */
function protectionText({ result: { commits, unprotected, off_us } }: TimelineRun): string | undefined {
  if (commits === 0 || (unprotected === 0 && off_us === 0)) return undefined;
  return off_us > 0 ? `${timeText(off_us, 3)} with semi-sync OFF` : 'semi-sync ON all the time';
}

function recoveryText({ result }: TimelineRun): string | undefined {
  const { recovery_us, off_us } = result;
  if (off_us === 0) return undefined;
  if (recovery_us === null) return 'protection had not come back when the run ended';
  return recovery_us === 0
    ? 'protection was back before the last event'
    : `protection was back ${timeText(recovery_us, 3)} after the last event`;
}

/** How long clients waited, who fell behind, and what was committed without protection: a heading. */
export function timelineHeadline(run: TimelineRun): string {
  const said = [slowText(run) ?? stallText(run), lagText(run), unprotectedText(run)];
  return said.filter((text) => text !== undefined).join('; ');
}

/** What else there is to say: how long semi-sync was OFF, and the return. Empty where there is nothing. */
export const timelineRemark = (run: TimelineRun): string =>
  [protectionText(run), recoveryText(run)].filter((text) => text !== undefined).join('; ');

/** One sentence about one run. */
export function timelineFinding(run: TimelineRun): string {
  const [protection, recovery] = [protectionText(run), recoveryText(run)];
  const headline = protection === undefined ? timelineHeadline(run) : `${timelineHeadline(run)}, ${protection}`;
  return `${recovery === undefined ? headline : `${headline}; ${recovery}`}.`;
}
