/** The rules of the semi-sync module, one by one, as MySQL's are (waiting, falling back, coming back). */
import { describe, expect, test } from 'vitest';
import { statusCounters } from '../../../engine/protocol/counters.js';
import { NONE, SemiSync, type SemiSyncOptions } from '../../../engine/protocol/semi-sync.js';

function module(overrides: Partial<SemiSyncOptions> = {}): SemiSync {
  const options = { enabled: true, waitForSlaveCount: 1, waitNoSlave: true, timeout: 1000, replicas: 3, marks: 16 };
  return new SemiSync({ ...options, ...overrides });
}

/** A module with replicas connected from the binlog's beginning and these positions flushed. */
function flushed(ends: readonly number[], overrides: Partial<SemiSyncOptions> = {}): SemiSync {
  const semisync = module(overrides);
  for (let replica = 0; replica < (overrides.replicas ?? 3); replica++) semisync.addReplica(replica, 154);
  for (const end of ends) semisync.reportFlush(end);
  return semisync;
}

const sleep = (semisync: SemiSync, position: number): void => {
  semisync.rememberWaiter(position);
  semisync.waitSessions++;
};

describe('the flag that asks for an ACK', () => {
  test('is set at reported ends only, and only beyond what is acknowledged', () => {
    const semisync = flushed([300, 500, 700]);
    expect([200, 300, 400, 500, 700, 900].filter((end) => semisync.asksForAck(end))).toEqual([300, 500, 700]);
    semisync.acknowledge(0, 500);
    expect([300, 500, 700].filter((end) => semisync.asksForAck(end))).toEqual([700]);
  });

  test('is not set before the earliest position waited for: that ACK covers it', () => {
    const semisync = flushed([300, 500, 700]);
    sleep(semisync, 500);
    expect([300, 500, 700].filter((end) => semisync.asksForAck(end))).toEqual([500, 700]);
    sleep(semisync, 300);
    expect(semisync.asksForAck(300)).toBe(true);
  });

  test('while OFF: only once the event has reached the last committed position', () => {
    const semisync = flushed([300]);
    semisync.switchOff();
    semisync.reportFlush(500);
    expect([300, 499, 500].map((end) => semisync.asksForAck(end))).toEqual([false, false, true]);
  });

  test('is never set where the plugin is not enabled', () => {
    const semisync = flushed([300], { enabled: false });
    expect(semisync.asksForAck(300)).toBe(false);
    expect(semisync.on).toBe(false);
  });
});

describe('the earliest waited-for position', () => {
  test('is set if unset, lowered by an earlier waiter (a backtraverse), and not raised by a later one', () => {
    const semisync = flushed([300, 500, 700]);
    sleep(semisync, 500);
    sleep(semisync, 700);
    expect([semisync.waitPosition, semisync.waitPosBacktraverse]).toEqual([500, 0]);
    sleep(semisync, 300);
    expect([semisync.waitPosition, semisync.waitPosBacktraverse]).toEqual([300, 1]);
  });

  test('an ACK short of it wakes nobody; one that reaches it unsets it and wakes', () => {
    const semisync = flushed([300, 500]);
    sleep(semisync, 500);
    expect(semisync.acknowledge(0, 300)).toBe(false);
    expect(semisync.waitPositionSet).toBe(true);
    expect(semisync.acknowledge(0, 500)).toBe(true);
    expect(semisync.waitPositionSet).toBe(false);
  });

  test('nobody sleeps: an ACK wakes nobody, and moves the acknowledged position all the same', () => {
    const semisync = flushed([300]);
    expect(semisync.acknowledge(0, 300)).toBe(false);
    expect(semisync.acked).toBe(300);
  });

  test('first consequence (5.7 AFTER_COMMIT): a later arrival sets it after an ACK has unset it, and the ACK of who sleeps still wakes nobody', () => {
    const semisync = flushed([300, 500, 700]);
    sleep(semisync, 300);
    sleep(semisync, 500);
    expect(semisync.acknowledge(0, 300)).toBe(true);
    semisync.waitSessions--;
    // The session of 500 sleeps on; one with a later position arrives first.
    sleep(semisync, 700);
    expect(semisync.waitPosition).toBe(700);
    expect(semisync.acknowledge(0, 500)).toBe(false);
    expect(semisync.acknowledge(0, 700)).toBe(true);
  });

  test('second consequence (5.6): a later position got in first, and the reader asks for no ACK before it', () => {
    const semisync = flushed([300, 500, 700]);
    sleep(semisync, 300);
    sleep(semisync, 500);
    semisync.acknowledge(0, 300);
    // The whole herd is awake, and re-registers one by one; the reader decides meanwhile.
    semisync.waitSessions = 0;
    sleep(semisync, 700);
    expect(semisync.asksForAck(500)).toBe(false);
    sleep(semisync, 500);
    expect(semisync.asksForAck(500)).toBe(true);
  });

  test('unset, its old value still counts: the second of two sleepers is woken by its own ACK', () => {
    const semisync = flushed([300, 500]);
    sleep(semisync, 300);
    sleep(semisync, 500);
    expect(semisync.acknowledge(0, 300)).toBe(true);
    semisync.waitSessions--;
    expect(semisync.waitPositionSet).toBe(false);
    expect(semisync.acknowledge(0, 500)).toBe(true);
  });
});

describe('falling back and coming back', () => {
  test('switching OFF counts once, forgets what was asked for, and asks for none while OFF', () => {
    const semisync = flushed([300, 500]);
    sleep(semisync, 300);
    semisync.switchOff();
    semisync.switchOff();
    expect([semisync.on, semisync.noTimes, semisync.waitPositionSet]).toEqual([false, 1, false]);
    expect(semisync.markAtOrAfter(0)).toBe(NONE);
  });

  test('ON again only by an ACK at or beyond the largest committed position', () => {
    const semisync = flushed([300]);
    semisync.switchOff();
    semisync.reportFlush(500);
    semisync.acknowledge(0, 300);
    expect(semisync.on).toBe(false);
    semisync.reportFlush(700);
    semisync.acknowledge(0, 500);
    expect(semisync.on).toBe(false);
    semisync.acknowledge(0, 700);
    expect(semisync.on).toBe(true);
    expect(semisync.acked).toBe(700);
  });

  test('ON again not by an ACK short of it, whatever a replica that has gone acknowledged', () => {
    const semisync = flushed([300, 500], { waitNoSlave: false, replicas: 2 });
    semisync.acknowledge(0, 500);
    semisync.removeReplica();
    semisync.removeReplica();
    semisync.addReplica(1, 300);
    expect(semisync.on).toBe(false);
    semisync.acknowledge(1, 500);
    expect(semisync.on).toBe(true);
  });

  test('a quorum of two comes back with its second replica', () => {
    const semisync = flushed([300], { waitForSlaveCount: 2 });
    semisync.switchOff();
    semisync.acknowledge(0, 300);
    expect(semisync.on).toBe(false);
    semisync.acknowledge(1, 300);
    expect(semisync.on).toBe(true);
  });

  test('flushed while OFF: no mark stands at its end, so when ON again nothing tells it to wait', () => {
    const semisync = flushed([300]);
    semisync.switchOff();
    semisync.reportFlush(500);
    semisync.acknowledge(0, 500);
    expect(semisync.on).toBe(true);
    expect(semisync.markAtOrAfter(500)).toBe(NONE);
    semisync.reportFlush(700);
    expect(semisync.markAtOrAfter(600)).toBe(700);
  });

  test('wait_no_slave=ON: too few replicas change nothing, commits wait for their time-out', () => {
    const semisync = flushed([300], { waitForSlaveCount: 2 });
    expect([0, 1, 2].map(() => semisync.removeReplica())).toEqual([false, false, false]);
    expect([semisync.on, semisync.clients]).toEqual([true, 0]);
  });

  test('wait_no_slave=OFF: switched OFF the moment too few are connected, not before', () => {
    const semisync = flushed([300], { waitForSlaveCount: 2, waitNoSlave: false });
    expect(semisync.removeReplica()).toBe(false);
    expect(semisync.removeReplica()).toBe(true);
    expect([semisync.on, semisync.noTimes]).toEqual([false, 1]);
  });

  test('setting wait_no_slave: OFF with too few switches OFF at once, ON switches ON at once', () => {
    const semisync = flushed([300], { replicas: 1, waitForSlaveCount: 2 });
    expect(semisync.setWaitNoSlave(false)).toBe(true);
    expect(semisync.on).toBe(false);
    expect(semisync.setWaitNoSlave(true)).toBe(false);
    expect(semisync.on).toBe(true);
  });

  test('what a replica acknowledged before it went away counts towards a quorum', () => {
    const semisync = flushed([300, 500], { waitForSlaveCount: 2, replicas: 2 });
    semisync.acknowledge(0, 300);
    semisync.removeReplica();
    semisync.acknowledge(1, 500);
    expect(semisync.acked).toBe(300);
    // Back again, it asks for the binlog from 500: it has everything before that.
    semisync.addReplica(0, 500);
    expect(semisync.acked).toBe(500);
  });
});

describe('variables set on a running source', () => {
  test('enabled=OFF switches OFF, counts it, and wakes everybody; only where it was ON', () => {
    const semisync = flushed([300]);
    expect(semisync.setEnabled(false)).toBe(true);
    expect([semisync.enabled, semisync.on, semisync.noTimes]).toEqual([false, false, 1]);
    expect(semisync.setEnabled(false)).toBe(false);
    expect(semisync.noTimes).toBe(1);
  });

  test('enabled=ON is ON at once, with what is flushed from then on; who is connected counts', () => {
    const semisync = flushed([300], { enabled: false });
    expect(semisync.setEnabled(true)).toBe(false);
    expect([semisync.on, semisync.clients]).toEqual([true, 3]);
    expect(semisync.markAtOrAfter(300)).toBe(NONE);
    semisync.reportFlush(500);
    expect([300, 500].map((end) => semisync.asksForAck(end))).toEqual([false, true]);
    expect(semisync.acknowledge(0, 500)).toBe(false);
    expect(semisync.acked).toBe(500);
  });

  test('wait_for_slave_count lowered: the ACKs that have come count; raised: the next must be more', () => {
    const semisync = flushed([300, 500], { waitForSlaveCount: 3 });
    sleep(semisync, 300);
    for (const replica of [0, 1]) expect(semisync.acknowledge(replica, 300)).toBe(false);
    expect(semisync.setWaitForSlaveCount(2)).toBe(true);
    expect(semisync.acked).toBe(300);
    semisync.waitSessions--;
    expect(semisync.setWaitForSlaveCount(3)).toBe(false);
    expect(semisync.acked).toBe(300);
    for (const replica of [0, 1]) semisync.acknowledge(replica, 500);
    expect(semisync.acked).toBe(300);
  });

  test('wait_for_slave_count lowered while OFF: ON, if that many have caught up', () => {
    const semisync = flushed([300], { waitForSlaveCount: 2 });
    semisync.switchOff();
    semisync.acknowledge(0, 300);
    expect(semisync.on).toBe(false);
    semisync.setWaitForSlaveCount(1);
    expect(semisync.on).toBe(true);
  });

  test('another server as the source: nobody has acknowledged anything to it; counters go on', () => {
    const semisync = flushed([300]);
    semisync.acknowledge(0, 300);
    semisync.switchOff();
    semisync.beginAnew(true);
    expect([semisync.on, semisync.acked, semisync.committed, semisync.noTimes]).toEqual([true, 0, 0, 1]);
    expect([...semisync.ackedBy]).toEqual([-1, -1, -1]);
  });

  test('every switch is told, once', () => {
    const semisync = flushed([300]);
    const told: boolean[] = [];
    semisync.switched = (on) => told.push(on);
    semisync.switchOff();
    semisync.switchOff();
    semisync.acknowledge(0, 300);
    semisync.acknowledge(1, 300);
    semisync.setEnabled(false);
    expect(told).toEqual([false, true, false]);
  });

  test('a wait point that changes lets some go without waiting: more marks than sessions drop the oldest', () => {
    const semisync = flushed([], { marks: 2 });
    const ends = Array.from({ length: 20 }, (_, index) => 300 + index);
    for (const end of ends) semisync.reportFlush(end);
    expect(semisync.markAtOrAfter(319)).toBe(319);
    expect(semisync.markAtOrAfter(300)).toBeGreaterThan(300);
    semisync.acknowledge(0, 319);
    expect(semisync.markAtOrAfter(300)).toBe(NONE);
  });
});

test('the counters carry the names and the order of SHOW GLOBAL STATUS, averages as whole µs', () => {
  const semisync = flushed([300]);
  for (const waited of [10, 11]) semisync.countWait(waited);
  semisync.yesTx = 2;
  const counters = statusCounters({ source: semisync });
  const names = Object.keys(counters);
  expect(names).toEqual([...names].sort());
  expect(names.length).toBe(14);
  expect(counters).toMatchObject({
    Rpl_semi_sync_master_clients: 3,
    Rpl_semi_sync_master_status: 'ON',
    Rpl_semi_sync_master_tx_waits: 2,
    Rpl_semi_sync_master_tx_wait_time: 21,
    Rpl_semi_sync_master_tx_avg_wait_time: 11,
    Rpl_semi_sync_master_yes_tx: 2,
    Rpl_semi_sync_master_net_avg_wait_time: 0,
  });
});
