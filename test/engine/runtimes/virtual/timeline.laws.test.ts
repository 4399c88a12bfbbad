/** What holds whatever happens to a cluster. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TimelineResult } from '../../../../engine/measure/timeline.js';
import type { ReplicaEventKind, Schedule } from '../../../../engine/protocol/faults.js';
import type { Settings } from '../../../../engine/protocol/parameters.js';
import { simulateTimeline } from '../../../../engine/runtimes/virtual/timeline.js';
import { anySchedule } from '../../arbitrary-schedule.js';
import { anySettings } from '../../arbitrary-settings.js';

const OVER = 60_000;
/** Long enough for the time-outs of before, for connecting, and for catching up. */
const DURATION = 500_000;

/** Nothing waits for longer than the run is, and no line is too slow for what it is to carry. */
const scenarios = anySettings
  .map((settings): Settings => ({ ...settings, timeout: Math.min(settings.timeout, 5000), bandwidth: [0] }))
  .chain((settings) =>
    anySchedule(settings, OVER).map((drawn) => {
      const schedule = drawn.filter(
        ({ event }) =>
          event.kind !== 'set' ||
          (event.parameter !== 'bandwidth' && !(event.parameter === 'timeout' && event.value > 5000)),
      );
      return { settings, schedule };
    }),
  );

/** Everything broken is mended again. */
function mended(settings: Settings, schedule: Schedule): Schedule {
  const repairs = ['heal', 'resume', 'restart', 'start-io'] satisfies ReplicaEventKind[];
  const replicas = Array.from({ length: settings.replicas }, (_, replica) => replica);
  return [
    ...schedule,
    { at: OVER, event: { kind: 'set', parameter: 'timeout', value: 500 } },
    { at: OVER, event: { kind: 'set', parameter: 'clients', value: 4 } },
    ...replicas.flatMap((replica) => repairs.map((kind) => ({ at: OVER, event: { kind, replica } }))),
  ];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function violations({ intervals, switches, ...result }: TimelineResult): string[] {
  const found: string[] = [];
  const holds = (what: string, fact: boolean): void => {
    if (!fact) found.push(what);
  };
  const last = intervals.at(-1)!;
  // A switchover keeps the source read-only for as long as its replica has something to catch up.
  const catchesUp = intervals.at(-2)!.lag_tx.some((lag) => lag > 0);
  holds('commits are acknowledged or unprotected', result.acknowledged + result.unprotected === result.commits);
  holds('yes_tx adds up', sum(intervals.map((row) => row.yes_tx)) === result.counters.Rpl_semi_sync_master_yes_tx);
  holds('no_tx adds up', sum(intervals.map((row) => row.no_tx)) === result.counters.Rpl_semi_sync_master_no_tx);
  holds(
    'it is switched as often as it is counted',
    switches.filter(({ on }) => !on).length === result.counters.Rpl_semi_sync_master_no_times,
  );
  holds(
    'OFF and ON alternate',
    switches.every(({ on }, index) => index === 0 || on !== switches[index - 1]!.on),
  );
  const off = sum(intervals.map((row) => (1 - row.semisync_on) * (row.to_us - row.from_us)));
  holds('time OFF adds up', Math.abs(off - result.off_us) < 1);
  holds(
    'no relay log is ahead of the binlog',
    intervals.every(({ lag_tx }) => lag_tx.every((lag) => lag >= 0)),
  );
  holds('commits go on in the end', last.commits > 0 || catchesUp);
  holds('the last row ends with the run', last.to_us === DURATION);
  return found;
}

test('over any schedule: sums agree, and when all is mended commits go on', () => {
  fc.assert(
    fc.property(scenarios, ({ settings, schedule }) => {
      const result = simulateTimeline(settings, mended(settings, schedule), { interval: 100_000, duration: DURATION });
      expect(violations(result)).toEqual([]);
      const { semisync_clients } = result.intervals.at(-1)!;
      expect(semisync_clients).toBeGreaterThanOrEqual(0);
      expect(semisync_clients).toBeLessThanOrEqual(settings.replicas);
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('canary: a row that was counted twice, a switch that was not', () => {
  const { settings, schedule } = fc.sample(scenarios, { numRuns: 1, seed: 1 })[0]!;
  const result = simulateTimeline(settings, mended(settings, schedule), { interval: 100_000, duration: DURATION });
  expect(violations(result)).toEqual([]);
  expect(violations({ ...result, commits: result.commits + 1 })).not.toEqual([]);
  expect(violations({ ...result, switches: [...result.switches, { at_us: 1, on: false }] })).not.toEqual([]);
  expect(violations({ ...result, off_us: result.off_us + 10 })).not.toEqual([]);
  const idle = result.intervals.map((row) => ({ ...row, commits: 0, lag_tx: row.lag_tx.map(() => 0) }));
  expect(violations({ ...result, intervals: idle })).not.toEqual([]);
  const [first, ...others] = result.intervals;
  expect(violations({ ...result, intervals: [{ ...first!, yes_tx: first!.yes_tx + 1 }, ...others] })).not.toEqual([]);
});
