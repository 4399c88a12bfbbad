/** Whole runs on real threads. Each ends after a number of commits, so that no machine is too slow for it. */
import { expect, test } from 'vitest';
import { SettingsError } from '../../../../engine/protocol/check-settings.js';
import type { Settings } from '../../../../engine/protocol/parameters.js';
import type { ProfileName } from '../../../../engine/protocol/profiles.js';
import { parsePlacement } from '../../../../engine/runtimes/threads/placement.js';
import { constant, exponential } from '../../settings.js';
import { hire, instant, run } from './crews.js';

const COMMITS = 1000;

const VARIANTS: readonly [ProfileName, Settings['wait_point']][] = [
  ['mysql-5.6', 'ASYNC'],
  ['mysql-5.6', 'AFTER_COMMIT'],
  ['mysql-5.7', 'ASYNC'],
  ['mysql-5.7', 'AFTER_SYNC'],
  ['mysql-5.7', 'AFTER_COMMIT'],
  ['mariadb-10.11', 'ASYNC'],
  ['mariadb-10.11', 'AFTER_SYNC'],
  ['mariadb-10.11', 'AFTER_COMMIT'],
];

test.each(VARIANTS)('%s %s commits, and its counters add up', async (profile, wait_point) => {
  const settings = instant(profile, { wait_point, replicas: 2 });
  const { observation, counters, simulated_commits, lock_log, locks } = await run(hire(), settings, COMMITS);
  expect(observation).toMatchObject({ runtime: 'threads', profile, wait_point, clients: 8, replicas: 2 });
  expect(simulated_commits).toBeGreaterThanOrEqual(COMMITS);
  expect(Number(observation.commits) + Number(observation.warmup_commits)).toBe(simulated_commits);
  expect(observation.tps).toBeGreaterThan(0);
  // One thread sees at most all of its clients in one group, and at least one of them.
  expect(observation.group_size_mean).toBeGreaterThanOrEqual(0.9);
  expect(observation.group_size_mean).toBeLessThanOrEqual(8.1);

  const waits = Number(counters.Rpl_semi_sync_master_yes_tx) + Number(counters.Rpl_semi_sync_master_no_tx);
  expect(counters.Rpl_semi_sync_master_clients).toBe(wait_point === 'ASYNC' ? 0 : 2);
  expect(counters.Rpl_semi_sync_master_no_tx).toBe(0);
  expect(counters.Rpl_semi_sync_master_no_times).toBe(0);
  // Who has its answer has waited; those under way may have. MySQL waits once for a group under AFTER_SYNC.
  if (wait_point === 'ASYNC') expect(waits).toBe(0);
  else expect(waits).toBeLessThanOrEqual(simulated_commits + 8);
  if (wait_point === 'AFTER_COMMIT') expect(waits).toBeGreaterThanOrEqual(simulated_commits);

  const lockLog = locks.find(({ name }) => name === 'LOCK_log');
  expect(lockLog?.acquisitions).toBe(lock_log.writers.acquisitions + lock_log.readers.acquisitions);
  if (settings.binlog_reader === 'lock-free') expect(lock_log.readers.acquisitions).toBe(0);
  // 5.6: what one replica acknowledged, its dump reader has read under LOCK_log event by event.
  else if (wait_point !== 'ASYNC') expect(lock_log.readers.acquisitions).toBeGreaterThanOrEqual(4 * simulated_commits);
});

test.each([
  ['clients+readers+acks+replicas'],
  ['clients/readers/acks/replicas'],
  ['clients/readers/acks+readers/replicas/replicas'],
])('placed as %s, a quorum of two of three commits', async (text) => {
  const crew = hire({ placement: parsePlacement(text) });
  const settings = instant('mysql-5.7', { replicas: 3, wait_for_slave_count: 2, mutex: 'fifo' });
  const { placement, counters } = await run(crew, settings, 500);
  expect(placement).toBe(text);
  expect(counters.Rpl_semi_sync_master_yes_tx).toBeGreaterThan(0);
});

test('one crew runs one cluster after the other, each from its beginning', async () => {
  const crew = hire();
  for (const profile of ['mysql-5.7', 'mysql-5.6', 'mariadb-10.11'] as const) {
    for (const replicas of [0, 1, 2]) {
      const wait_point = replicas === 0 ? 'ASYNC' : 'AFTER_COMMIT';
      const { counters } = await run(crew, instant(profile, { replicas, wait_point }), 200);
      expect(counters.Rpl_semi_sync_master_clients).toBe(replicas);
    }
  }
});

test('delays take at least as long as they are asked to', async () => {
  const delays = { rtt: [constant(2000)], redo_fsync: constant(300), binlog_fsync: constant(700), sync_relay_log: 1 };
  const settings = instant('mysql-5.7', { clients: 1, relay_fsync: [constant(100)], ...delays });
  const { observation, delay_error_p50_us, breakdown } = await run(hire(), settings, 60);
  // One after the other: redo, binlog, there and back, and one relay log fsync for each of 5 events.
  expect(observation.latency_p50_us).toBeGreaterThanOrEqual(0.99 * (300 + 700 + 2000 + 5 * 100));
  expect(delay_error_p50_us).toBeGreaterThanOrEqual(0);
  const phases = Object.fromEntries(breakdown.map(({ phase, mean_us }) => [phase, mean_us]));
  expect(phases['redo fsync']).toBeGreaterThanOrEqual(299);
  expect(phases['binlog fsync']).toBeGreaterThanOrEqual(699);
  expect(phases['ACK: network']).toBeGreaterThanOrEqual(1990);
  expect(phases['ACK: relay log']).toBeGreaterThanOrEqual(499);
});

test('a time-out switches semi-sync OFF, and commits go on without waiting', async () => {
  const settings = instant('mysql-5.7', { clients: 4, timeout: 20_000, rtt: [constant(3600e6)] });
  const { counters } = await run(hire(), settings, 300);
  expect(counters).toMatchObject({
    Rpl_semi_sync_master_status: 'OFF',
    Rpl_semi_sync_master_no_times: 1,
    Rpl_semi_sync_master_yes_tx: 0,
    Rpl_semi_sync_master_tx_waits: 0,
    Rpl_semi_sync_master_wait_sessions: 0,
  });
  expect(counters.Rpl_semi_sync_master_no_tx).toBeGreaterThan(0);
});

test('5.6: everybody who waits is woken when a time-out switches semi-sync OFF', async () => {
  const settings = instant('mysql-5.6', { clients: 16, timeout: 20_000, rtt: [constant(3600e6)] });
  const { counters } = await run(hire(), settings, 300);
  expect(counters).toMatchObject({ Rpl_semi_sync_master_status: 'OFF', Rpl_semi_sync_master_no_times: 1 });
});

test('an open loop commits what arrives, and counts latency from there', async () => {
  const settings = instant('mysql-5.7', { arrival_rate: 2000, think: exponential(50), clients: 32 });
  const { observation } = await run(hire(), settings, 1500);
  expect(observation.arrival_rate).toBe(2000);
  expect(observation.late_share).not.toBeNull();
  expect(observation.dropped_tps).not.toBeNull();
});

test('held back for larger groups, a group goes when all are in it, after a tenth of the delay at least', async () => {
  const delay = { group_commit_delay: 50_000, group_commit_count: 8, order_commits: false };
  const { observation } = await run(hire(), instant('mysql-5.7', delay), 240);
  expect(observation.latency_p50_us).toBeGreaterThanOrEqual(0.99 * 5000);
});

test('a replica behind a thin line holds the writer back when the ring is full, and loses nothing', async () => {
  const thin = { wait_point: 'ASYNC', bytes_per_tx: 100_000, bandwidth: [1e9], clients: 4 } as const;
  const { observation, warnings } = await run(hire(), instant('mysql-5.7', thin), 400);
  // 40 MB through a ring of 8 MiB: every byte has its checksum checked by the replica, in order.
  expect(observation.ring_full_times).toBeGreaterThan(0);
  expect(warnings.join()).toMatch(/the binlog ring was full \d+ times/);
});

test('a reader that wants LOCK_log gets it from a writer that waits for room', async () => {
  const thin = { wait_point: 'ASYNC', bytes_per_tx: 100_000, bandwidth: [1e9], clients: 4 } as const;
  const { observation } = await run(hire(), instant('mysql-5.6', thin), 400);
  expect(observation.ring_full_times).toBeGreaterThan(0);
});

test('ACKs that pile up hold their replica back', async () => {
  // Of 3000 ACKs that take no time one takes 300 ms, and those behind it with it: more than their ring holds.
  const samples = [...new Array<number>(3000).fill(0), 600_000];
  const rtt = { kind: 'empirical', mean: 200, source: 'here', samples } as const;
  const settings = instant('mysql-5.7', {
    replicas: 2,
    clients: 64,
    rtt: [constant(0), rtt],
    wait_point: 'AFTER_COMMIT',
  });
  const { counters } = await run(hire(), settings, 40_000);
  expect(counters.Rpl_semi_sync_master_no_tx).toBe(0);
});

test('settings that make no sense on threads are refused, and the crew goes on', async () => {
  const crew = hire();
  const refused = (overrides: Partial<Settings>) =>
    expect(crew.run(instant('mysql-5.7', overrides), { milliseconds: 1 })).rejects;
  await refused({ bytes_per_tx: 100 }).toThrow(
    /^bytes_per_tx: 100 bytes do not hold 5 events of at least 23 bytes each/,
  );
  await refused({ bytes_per_tx: 2 ** 28, clients: 8 }).toThrow(
    /bytes_per_tx=268435456 with 8 clients.*set it to 8388608 or less/,
  );
  await refused({ rtt: [constant(1), constant(2)] }).toThrow(SettingsError);
  await run(crew, instant('mysql-5.7'), 100);
});
