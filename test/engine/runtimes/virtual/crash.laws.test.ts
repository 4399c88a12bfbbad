/** What a crash loses: the promises of each wait point, over thousands of crashes, and the account held against a ledger. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CrashResult } from '../../../../engine/measure/crash.js';
import type { ReplicaEventKind, Schedule } from '../../../../engine/protocol/faults.js';
import type { Settings } from '../../../../engine/protocol/parameters.js';
import { BINLOG_START } from '../../../../engine/protocol/positions.js';
import { createVirtualCluster } from '../../../../engine/runtimes/virtual/cluster.js';
import { type CrashOptions, crashSeeds, lossesOf, simulateCrash } from '../../../../engine/runtimes/virtual/crash.js';
import { sabotage } from '../../../../engine/runtimes/virtual/faults.js';
import { anySchedule } from '../../arbitrary-schedule.js';
import { anySettings } from '../../arbitrary-settings.js';
import { constant, exponential, freeOfCost, withDefaults } from '../../settings.js';

interface Rates {
  readonly acknowledgedLost: number;
  readonly phantom: number;
  readonly extra: number;
}

/** In how many of `count` crashes something was lost. */
function crashes(settings: Settings, count: number, options: Partial<CrashOptions> = {}): Rates {
  const results = crashSeeds(1, count).map((seed) => simulateCrash(settings, { ...options, seed }));
  for (const result of results) expect(sumOf(result)).toBe(result.written);
  const having = (lost: (result: CrashResult) => number): number => results.filter((each) => lost(each) > 0).length;
  return {
    acknowledgedLost: having((each) => each.acknowledged_lost),
    phantom: having((each) => each.phantom),
    extra: having((each) => each.extra),
  };
}

const sumOf = ({ kept, acknowledged_lost, phantom, unseen_lost }: CrashResult): number =>
  kept + acknowledged_lost + phantom + unseen_lost;

const cluster = (overrides: Partial<Settings>): Settings =>
  withDefaults('mysql-5.7', { clients: 8, replicas: 2, ...overrides });

/** Both replicas hang long enough for a time-out of 10 ms, and the crash comes while semi-sync is OFF. */
const fallenBack: Partial<CrashOptions> = {
  schedule: [0, 1].map((replica) => ({ at: 10_000, event: { kind: 'stall', replica } })),
  from: 30_000,
};

describe('AFTER_SYNC without a fall-back', () => {
  const settings = cluster({ wait_point: 'AFTER_SYNC' });

  test('loses nothing that was acknowledged and shows nothing that is lost, in 2,000 crashes', () => {
    expect(crashes(settings, 2000)).toMatchObject({ acknowledgedLost: 0, phantom: 0 });
  });

  test('nor where the replicas crash too, if their relay logs are flushed after every event', () => {
    const flushed = { ...settings, sync_relay_log: 1 };
    expect(crashes(flushed, 1000, { replicasCrash: true })).toMatchObject({ acknowledgedLost: 0, phantom: 0 });
  });

  test('leaves the old source with more than the new one, now and then', () => {
    expect(crashes(settings, 300).extra).toBeGreaterThan(0);
  });

  test('canary: relay logs that are not flushed lose what was acknowledged, when the replicas crash too', () => {
    expect(crashes(settings, 50, { replicasCrash: true }).acknowledgedLost).toBeGreaterThan(0);
  });

  test('canary: after a fall-back it loses, and shows what is lost', () => {
    const lost = crashes(cluster({ wait_point: 'AFTER_SYNC', timeout: 10_000 }), 50, fallenBack);
    expect(lost.acknowledgedLost).toBe(50);
    expect(lost.phantom).toBeGreaterThan(0);
  });
});

test('AFTER_COMMIT shows what is lost, and loses nothing that was acknowledged; after a fall-back it does', () => {
  const settings = cluster({ wait_point: 'AFTER_COMMIT' });
  const lost = crashes(settings, 500);
  expect(lost.phantom).toBeGreaterThan(0);
  expect(lost.acknowledgedLost).toBe(0);
  expect(crashes({ ...settings, timeout: 10_000 }, 50, fallenBack).acknowledgedLost).toBe(50);
});

test('ASYNC loses what was acknowledged', () => {
  const lost = crashes(cluster({ wait_point: 'ASYNC' }), 500);
  expect(lost.acknowledgedLost).toBeGreaterThan(0);
  expect(lost.phantom).toBeGreaterThan(0);
});

test('back after a fall-back, AFTER_SYNC keeps its promise again', () => {
  const stall = (at: number, kind: ReplicaEventKind): Schedule =>
    [0, 1].map((replica) => ({ at, event: { kind, replica } }));
  const settings = cluster({ wait_point: 'AFTER_SYNC', timeout: 5000, clients: 2, think: exponential(5000) });
  const options = { schedule: [...stall(10_000, 'stall'), ...stall(20_000, 'resume')], from: 60_000 };
  const results = crashSeeds(2, 200).map((seed) => simulateCrash(settings, { ...options, seed }));
  const back = results.filter(({ semisync_on, fallen_back }) => semisync_on && fallen_back);
  expect(back.length).toBeGreaterThan(100);
  for (const { acknowledged_lost, phantom } of back) expect([acknowledged_lost, phantom]).toEqual([0, 0]);
});

describe('the promises, over any settings', () => {
  const waiting = anySettings.filter(({ wait_point }) => wait_point !== 'ASYNC');

  test('without a fall-back nothing acknowledged is lost, and under AFTER_SYNC nothing lost was seen', () => {
    fc.assert(
      fc.property(waiting, (given) => {
        const settings = { ...given, timeout: 1e9 };
        const result = simulateCrash(settings, { seed: given.seed });
        expect(result.fallen_back).toBe(false);
        expect(result.acknowledged_lost).toBe(0);
        if (settings.wait_point === 'AFTER_SYNC') expect(result.phantom).toBe(0);
        expect(sumOf(result)).toBe(result.written);
      }),
    );
  });

  test('the same where the replicas crash too and flush after every event', () => {
    fc.assert(
      fc.property(waiting, (given) => {
        const settings = { ...given, timeout: 1e9, sync_relay_log: 1 };
        const result = simulateCrash(settings, { seed: given.seed, replicasCrash: true });
        expect(result.acknowledged_lost).toBe(0);
        if (settings.wait_point === 'AFTER_SYNC') expect(result.phantom).toBe(0);
      }),
    );
  });
});

/** A run in which every transaction is written down when it happens, and the replicas go on alone after the crash. */
function ledgerOf(settings: Settings, schedule: Schedule, at: number) {
  const answered = new Set<number>();
  const seen = new Set<number>();
  const cluster = createVirtualCluster(settings, (_, session) => {
    const position = cluster.source.sessions.position[session]!;
    expect(answered.has(position), 'answered twice').toBe(false);
    answered.add(position);
  });
  const { kernel, source, replicas } = cluster;
  const faults = sabotage(cluster, schedule, () => {});
  kernel.trace = () => {
    for (const position of source.sessions.committed) if (position > 0) seen.add(position);
  };
  kernel.at(at, kernel.happening({ happen: () => kernel.stop() }));
  kernel.run();
  kernel.trace = undefined;
  for (const position of source.sessions.committed) if (position > 0) seen.add(position);
  const losses = lossesOf(cluster, faults, false);

  const { shape, binlog } = source;
  const written: number[] = [];
  for (let end = BINLOG_START + shape.bytes; end <= binlog.end; end += shape.bytes) written.push(end);
  // The source dies; what is on its way to the replicas arrives, and they write it.
  const living = new Set(replicas.filter(({ connected }) => connected).map(({ ioThread }) => ioThread));
  for (const fiber of kernel.fibers) if (!living.has(fiber) && !fiber.name.startsWith('proxy')) kernel.kill(fiber);
  kernel.run(at + 60e6);
  const candidates = replicas.filter(({ index }) => faults.isUp(index)).map(({ relayEnd }) => relayEnd);
  const keptEnd = Math.max(BINLOG_START, ...candidates);
  const lost = written.filter((end) => end > keptEnd);
  return {
    losses,
    ledger: {
      written: written.length,
      kept: written.length - lost.length,
      acknowledged_lost: lost.filter((end) => answered.has(end)).length,
      phantom: lost.filter((end) => seen.has(end) && !answered.has(end)).length,
      unseen_lost: lost.filter((end) => !seen.has(end) && !answered.has(end)).length,
    },
  };
}

test('the account of a crash is that of a ledger, and the replicas do get what was on its way', () => {
  // A slow line has sent only a part of what it was given, and goes on with the rest here.
  const scenarios = anySettings
    .map((settings): Settings => ({ ...settings, bandwidth: [0], timeout: Math.min(settings.timeout, 5000) }))
    .chain((settings) =>
      fc.tuple(fc.constant(settings), anySchedule(settings, 20_000), fc.integer({ min: 1, max: 40_000 })),
    );
  fc.assert(
    fc.property(scenarios, ([settings, drawn, at]) => {
      const schedule = drawn.filter(
        ({ event }) => event.kind !== 'set' || !['clients', 'bandwidth'].includes(event.parameter),
      );
      const { losses, ledger } = ledgerOf(settings, schedule, at);
      expect(losses).toMatchObject(ledger);
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('the same arguments, the same result', () => {
  const settings = cluster({ wait_point: 'AFTER_COMMIT' });
  expect(simulateCrash(settings, { seed: 5 })).toEqual(simulateCrash(settings, { seed: 5 }));
  expect(simulateCrash(settings, { seed: 5 })).not.toEqual(simulateCrash(settings, { seed: 6 }));
});

/** Nothing costs anything but the pause and the binlog's fsync, and the replica is at hand. */
const atRisk = freeOfCost({ clients: 1, think: constant(1000), replicas: 1, binlog_fsync: constant(100) });

test('crash instants are spread evenly over a commit: the share lost is that of the time at risk', () => {
  // 1,000 of pause, 100 of fsync; sent at once, so a crash loses what is in its fsync, 100 of 1,100, and nothing else.
  const results = crashSeeds(3, 2000).map((seed) => simulateCrash(atRisk, { seed }));
  const share = results.filter(({ written, kept }) => written > kept).length / results.length;
  // Binomial, five standard deviations.
  expect(Math.abs(share - 100 / 1100)).toBeLessThan(5 * Math.sqrt((100 / 1100) * (1000 / 1100) * (1 / 2000)));
});
