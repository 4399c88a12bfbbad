/** Timelines: what an outage costs, by figures that can be told beforehand, and from the counters alone. */
import { describe, expect, test } from 'vitest';
import type { TimelineResult } from '../../../../engine/measure/timeline.js';
import type { FaultEvent, ReplicaEventKind, Schedule } from '../../../../engine/protocol/faults.js';
import type { Settings } from '../../../../engine/protocol/parameters.js';
import { createVirtualCluster } from '../../../../engine/runtimes/virtual/cluster.js';
import { sabotage } from '../../../../engine/runtimes/virtual/faults.js';
import { simulateTimeline } from '../../../../engine/runtimes/virtual/timeline.js';
import { constant, exponential, freeOfCost, withDefaults } from '../../settings.js';

interface Answer {
  readonly at: number;
  readonly latency: number;
}

/** One replica, 100 µs away, one client that pauses for 1,000 µs: a commit takes 100 of fsync and 200 of network. */
const single = (overrides: Partial<Settings> = {}): Settings =>
  freeOfCost({
    wait_point: 'AFTER_SYNC',
    clients: 1,
    think: constant(1000),
    replicas: 1,
    rtt: [constant(200)],
    binlog_fsync: constant(100),
    events_per_tx: 1,
    timeout: 20_000,
    ...overrides,
  });

const replica = (at: number, kind: ReplicaEventKind, index = 0): Schedule[number] => ({
  at,
  event: { kind, replica: index },
});
const happens = (at: number, event: FaultEvent): Schedule[number] => ({ at, event });

/** The same run, watched by somebody else. */
function answersOf(settings: Settings, schedule: Schedule, duration: number): Answer[] {
  const answers: Answer[] = [];
  const cluster = createVirtualCluster(settings, (latency) => answers.push({ at: cluster.kernel.time, latency }));
  sabotage(cluster, schedule, () => {});
  const { kernel } = cluster;
  kernel.at(duration, kernel.happening({ happen: () => kernel.stop() }));
  kernel.run();
  return answers;
}

function timeline(settings: Settings, schedule: Schedule, duration: number, interval = duration / 10): TimelineResult {
  return simulateTimeline(settings, schedule, { interval, duration });
}

test('the same arguments, the same bytes', () => {
  const settings = withDefaults('mysql-5.7', { clients: 8, replicas: 2, timeout: 20_000 });
  const schedule = [replica(50_000, 'crash-host'), replica(50_000, 'stall', 1), replica(150_000, 'restart')];
  const run = (seed: number): string => JSON.stringify(timeline({ ...settings, seed }, schedule, 300_000));
  expect(run(1)).toBe(run(1));
  expect(run(1)).not.toBe(run(2));
});

describe.each([20_000, 100_000])('time-out of %i µs', (timeout) => {
  const settings = single({ timeout });
  const outage = (length: number): Schedule => [replica(50_000, 'stall'), replica(50_000 + length, 'resume')];

  test('an outage shorter than that: the commit under way waits it out, and nobody is unprotected', () => {
    const result = timeline(settings, outage(timeout / 2), 300_000);
    expect(result.latency_max_us).toBeGreaterThan(timeout / 2 - 1300);
    expect(result.latency_max_us).toBeLessThanOrEqual(timeout / 2 + 300);
    expect(result).toMatchObject({ unprotected: 0, switches: [], off_us: 0, recovery_us: 0 });
  });

  test.each([1.1, 1.5, 2])('an outage %f times as long: one commit waits for the time-out, none after it', (times) => {
    const schedule = outage(times * timeout);
    const result = timeline(settings, schedule, 400_000);
    const answers = answersOf(settings, schedule, 400_000);
    // 100 of fsync, then the time-out, whatever the outage is.
    expect(result.latency_max_us).toBeCloseTo(timeout + 100, 6);
    expect(result.longest_stall.duration_us).toBeCloseTo(timeout + 100, 6);
    const slow = answers.filter(({ latency }) => latency > 300.001);
    expect(slow.map(({ latency }) => Math.round(latency))).toEqual([timeout + 100]);
    expect(result.counters).toMatchObject({ Rpl_semi_sync_master_no_times: 1, Rpl_semi_sync_master_status: 'ON' });
  });

  test('unprotected are those between the fall-back and the return; the counters say the same', () => {
    const schedule = outage(2 * timeout);
    const { switches, ...result } = timeline(settings, schedule, 400_000);
    const answers = answersOf(settings, schedule, 400_000);
    expect(switches.map(({ on }) => on)).toEqual([false, true]);
    const [off, on] = switches.map(({ at_us }) => at_us) as [number, number];
    const between = answers.filter(({ at }) => at >= off && at < on).length;
    expect(between).toBeGreaterThan(5);
    expect(result.unprotected).toBe(between);
    expect(result.counters.Rpl_semi_sync_master_no_tx).toBe(between);
    expect(result.counters.Rpl_semi_sync_master_yes_tx).toBe(result.acknowledged);
    expect(result.off_us).toBeCloseTo(on - off, 2);
    expect(result.recovery_us).toBeCloseTo(on - (50_000 + 2 * timeout), 2);
  });
});

test('canary: of a time-out that nobody obeys, the stall is the outage', () => {
  const schedule = [replica(50_000, 'stall'), replica(150_000, 'resume')];
  const disobeyed = timeline(single({ timeout: 10_000_000 }), schedule, 300_000);
  expect(disobeyed.latency_max_us).toBeGreaterThan(98_000);
});

test('16 clients: all that were committing are stalled once, by the time-out at most; no later commit is', () => {
  const settings = withDefaults('mysql-5.7', { clients: 16, think: exponential(2000), timeout: 50_000 });
  const schedule = [replica(100_000, 'stall'), replica(400_000, 'resume')];
  const answers = answersOf(settings, schedule, 800_000);
  const result = timeline(settings, schedule, 800_000, 10_000);
  const slow = answers.filter(({ latency }) => latency > 20_000);
  expect(slow.length).toBeLessThanOrEqual(16);
  expect(Math.max(...slow.map(({ latency }) => latency))).toBeLessThan(50_000 + 5_000);
  expect(new Set(slow.map(({ at }) => Math.round(at / 2000))).size).toBeLessThanOrEqual(2);
  expect(result.committing_sessions_most).toBe(16);
  expect(result.counters).toMatchObject({ Rpl_semi_sync_master_no_times: 1 });
});

test('a partition loses nothing: what it held back arrives when it heals', () => {
  // Every 1,300 a commit; the fourth is sent at 5,000. Healed at 8,000, it arrives at 8,100 and its ACK at 8,200.
  const settings = single();
  const answers = answersOf(settings, [replica(5050, 'partition'), replica(8000, 'heal')], 20_000);
  expect(answers.slice(0, 5).map(({ latency }) => Math.round(latency))).toEqual([300, 300, 300, 3300, 300]);
  const result = timeline(settings, [replica(5050, 'partition'), replica(8000, 'heal')], 20_000);
  expect(result).toMatchObject({ unprotected: 0, off_us: 0 });
});

test('the other way round: an ACK that is held back', () => {
  const answers = answersOf(single(), [replica(5150, 'partition'), replica(8000, 'heal')], 20_000);
  // In the relay log at 5,100; its ACK is under way at 5,150 and arrives at 8,100.
  expect(Math.round(answers[3]!.latency)).toBe(8100 - 4900);
});

describe('what changes takes effect', () => {
  const earlier = (result: TimelineResult): number => Math.round(result.intervals[3]!.latency_max_us!);
  const later = (result: TimelineResult): number => Math.round(result.intervals[8]!.latency_max_us!);
  const run = (event: FaultEvent, overrides: Partial<Settings> = {}): TimelineResult =>
    timeline(single(overrides), [happens(50_000, event)], 100_000);

  test('rtt', () => {
    const result = run({ kind: 'set', parameter: 'rtt', value: constant(2200) });
    expect([earlier(result), later(result)]).toEqual([300, 2300]);
  });

  test('binlog_fsync and redo_fsync', () => {
    const binlog = run({ kind: 'set', parameter: 'binlog_fsync', value: constant(1100) });
    expect([earlier(binlog), later(binlog)]).toEqual([300, 1300]);
    const redo = run({ kind: 'set', parameter: 'redo_fsync', value: constant(500) });
    expect([earlier(redo), later(redo)]).toEqual([300, 800]);
  });

  test('relay_fsync, where the relay log is flushed; sync_relay_log makes it so', () => {
    const fsync = run({ kind: 'set', parameter: 'relay_fsync', value: constant(700) }, { sync_relay_log: 1 });
    expect([earlier(fsync), later(fsync)]).toEqual([300, 1000]);
    const settings = { relay_fsync: [constant(700)], sync_relay_log: 0 };
    const sync = run({ kind: 'set', parameter: 'sync_relay_log', value: 1 }, settings);
    expect([earlier(sync), later(sync)]).toEqual([300, 1000]);
  });

  test('bandwidth: 482 bytes at 1 Mbit/s take 3,856 µs', () => {
    const result = run({ kind: 'set', parameter: 'bandwidth', value: 1e6 });
    expect([earlier(result), later(result)]).toEqual([300, 300 + 3856]);
  });

  test('sync_binlog=0: no fsync; back to 1: again', () => {
    const schedule = [
      happens(50_000, { kind: 'set', parameter: 'sync_binlog', value: 0 }),
      happens(70_000, { kind: 'set', parameter: 'sync_binlog', value: 1 }),
    ];
    const { intervals } = timeline(single(), schedule, 100_000);
    expect([3, 6, 8].map((row) => Math.round(intervals[row]!.latency_max_us!))).toEqual([300, 200, 300]);
  });

  test('group_commit_delay', () => {
    const result = run({ kind: 'set', parameter: 'group_commit_delay', value: 1000 });
    expect([earlier(result), later(result)]).toEqual([300, 1300]);
  });

  test('wait_point: ASYNC waits for nobody', () => {
    const result = run({ kind: 'set', parameter: 'wait_point', value: 'ASYNC' });
    expect([earlier(result), later(result)]).toEqual([300, 100]);
    expect(result.intervals.map(({ semisync_on }) => semisync_on)).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
  });

  test('wait_for_slave_count: the slower of two decides', () => {
    const result = run(
      { kind: 'set', parameter: 'wait_for_slave_count', value: 2 },
      { replicas: 2, rtt: [constant(200), constant(5200)] },
    );
    expect([earlier(result), later(result)]).toEqual([300, 5300]);
  });

  test('clients: as many as are active commit', () => {
    const schedule = [
      happens(30_000, { kind: 'set', parameter: 'clients', value: 4 }),
      happens(60_000, { kind: 'set', parameter: 'clients', value: 1 }),
    ];
    const { intervals } = timeline(single({ cores: 8 }), schedule, 100_000);
    // One client: 10,000 / 1,300. Four: four times that, in groups of their own.
    expect(intervals[1]!.commits).toBeLessThanOrEqual(8);
    expect(intervals[4]!.commits).toBeGreaterThanOrEqual(24);
    expect(intervals[8]!.commits).toBeLessThanOrEqual(8);
  });

  test('arrival_rate', () => {
    const settings = single({ clients: 8, arrival_rate: 100, cores: 8, think: constant(0) });
    const schedule = [happens(1e6, { kind: 'set', parameter: 'arrival_rate', value: 1000 })];
    const { intervals } = timeline(settings, schedule, 2e6, 1e6);
    // Poisson: 100 ± 5 × 10, and 1,000 ± 5 × 32.
    expect(Math.abs(intervals[0]!.commits - 100)).toBeLessThan(50);
    expect(Math.abs(intervals[1]!.commits - 1000)).toBeLessThan(160);
  });
});

describe('a replica that crashes', () => {
  const crash = (kind: ReplicaEventKind, overrides: Partial<Settings> = {}): TimelineResult =>
    timeline(single(overrides), [replica(50_000, kind), replica(70_500, 'restart')], 100_000);

  test('its process: what the relay log had stays; it lags by what came since', () => {
    const { intervals, events } = crash('crash-process');
    expect(intervals[4]!.lag_tx[0]).toBeLessThanOrEqual(1);
    // One commit waits from about 50,000 to 70,000; then some, each 1,100 apart, until it is back.
    expect(intervals[6]!.lag_tx[0]).toBeLessThanOrEqual(2);
    expect(intervals[9]!.lag_tx[0]).toBeLessThanOrEqual(1);
    expect(events.map(({ what }) => what)).toEqual(['crash-process', 'restart', 'connected']);
    // 15 round trips of 200.
    expect(events[2]!.at_us - events[1]!.at_us).toBe(3000);
  });

  test('its machine: what was not flushed is gone, and sent again', () => {
    const lost = crash('crash-host', { sync_relay_log: 0 });
    expect(lost.intervals[5]!.lag_tx[0]).toBeGreaterThanOrEqual(38);
    expect(lost.intervals[9]!.lag_tx[0]).toBeLessThanOrEqual(1);
    const flushed = crash('crash-host', { sync_relay_log: 1 });
    expect(flushed.intervals[5]!.lag_tx[0]).toBeLessThanOrEqual(2);
  });

  test('the source hears of a dead process when it next sends, of a dead machine only when that is back', () => {
    // At 70,000 the first commit has timed out; the next is sent at about 71,100, and fails.
    const schedule = (kind: ReplicaEventKind): Schedule => [replica(50_000, kind)];
    const clients = (kind: ReplicaEventKind): number =>
      timeline(single(), schedule(kind), 100_000).intervals[9]!.semisync_clients;
    expect([clients('crash-process'), clients('crash-host')]).toEqual([0, 1]);
  });

  test('an event that changes nothing says so', () => {
    const { events } = timeline(
      single(),
      [replica(10, 'resume'), replica(20, 'restart'), replica(30, 'start-io')],
      1000,
    );
    for (const { what } of events) expect(what).toMatch(/, without effect$/);
  });
});

describe('a switchover', () => {
  const settings = withDefaults('mysql-5.7', { clients: 8, replicas: 2, think: exponential(1000) });
  const schedule: Schedule = [happens(100_000, { kind: 'switchover', replica: 1 })];
  const result = timeline(settings, schedule, 300_000);
  const instant = (what: RegExp): number => result.events.find((event) => what.test(event.what))!.at_us;

  test('goes its way: read-only, nothing under way, caught up, promoted, connected', () => {
    expect(result.events.map(({ what }) => what.split(';')[0])).toEqual([
      'switchover',
      'source is read-only',
      'no transaction is under way',
      'has all transactions',
      'promoted',
      'connected',
      'connected',
    ]);
  });

  test('nobody is answered between the last transaction and the promotion', () => {
    const answers = answersOf(settings, schedule, 300_000);
    const [from, to] = [instant(/no transaction/), instant(/promoted/)];
    expect(answers.filter(({ at }) => at > from && at <= to)).toEqual([]);
    expect(answers.filter(({ at }) => at > to).length).toBeGreaterThan(100);
  });

  test('is no fall-back: nothing is unprotected, and the replicas count again', () => {
    expect(result).toMatchObject({ unprotected: 0, switches: [], recovery_us: 0 });
    expect(result.intervals.at(-1)!.semisync_clients).toBe(2);
    expect(result.counters.Rpl_semi_sync_master_no_times).toBe(0);
  });
});

test('a schedule that contradicts its settings is refused, with the number of the event', () => {
  const refused: [FaultEvent, RegExp][] = [
    [{ kind: 'stall', replica: 1 }, /^replicas: event 1 of the schedule: there is no replica 2 among 1$/],
    [{ kind: 'set', parameter: 'timeout', value: -1 }, /timeout: event 1 .*-1 is not between/],
    [{ kind: 'set', parameter: 'timeout', value: 5, replica: 0 }, /timeout: event 1 .*not one that each replica has/],
    [{ kind: 'set', parameter: 'arrival_rate', value: 5 }, /arrival_rate: event 1 .*closed loop/],
  ];
  for (const [event, message] of refused) {
    expect(() => timeline(single(), [happens(0, event)], 1000)).toThrow(message);
  }
  expect(() =>
    timeline(
      withDefaults('mysql-5.6'),
      [happens(0, { kind: 'set', parameter: 'wait_point', value: 'AFTER_SYNC' })],
      1000,
    ),
  ).toThrow(/mysql-5.6 knows AFTER_COMMIT only/);
  expect(() => timeline(single(), [replica(-1, 'stall')], 1000)).toThrow(/must not be negative/);
});
