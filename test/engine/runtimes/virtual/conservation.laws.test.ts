/** What must hold whatever is asked for: any profile, any choices, any costs, open and closed loop. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Script } from '../../../../engine/actors/primitives.js';
import { forReplica, type Settings } from '../../../../engine/protocol/parameters.js';
import { BINLOG_START } from '../../../../engine/protocol/positions.js';
import type { VirtualCluster } from '../../../../engine/runtimes/virtual/cluster.js';
import { simulate } from '../../../../engine/runtimes/virtual/simulate.js';
import { anySettings } from '../../arbitrary-settings.js';
import { withDefaults } from '../../settings.js';
import { type Probe, probe } from './probe.js';

const ANSWERS = 150;

/** How often a client's transaction waits in the semi-sync module, by the version's rules. */
function expectedWaits(settings: Settings, { answers, cluster }: Probe): { least: number; most: number } {
  const { groups } = cluster.source;
  if (settings.wait_point === 'ASYNC') return { least: 0, most: 0 };
  if (settings.wait_point === 'AFTER_SYNC' && settings.after_sync_wait === 'per-group') {
    // One for each group that came to the wait; each has at most all clients in it.
    return { least: answers / settings.clients, most: groups };
  }
  // One for each transaction: those answered, and those under way that are past it.
  return { least: answers, most: answers + settings.clients };
}

describe('conservation', () => {
  test('of transactions, bytes, time and waits, over any settings', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const run = probe(settings, ANSWERS);
        const { source, backlog, kernel } = run.cluster;
        expect(run.advanced, 'every thread waits for another').toBe(true);
        expect(run.violations).toEqual([]);

        // Commits are the clients' OKs: what is in the binlog has been answered or is under way.
        expect((source.binlog.end - BINLOG_START) / source.shape.bytes).toBe(run.answers + run.unanswered);

        // No line carries more bits than it can.
        for (const { index, relayEnd } of run.cluster.replicas) {
          const bitsPerSecond = forReplica(settings.bandwidth, index);
          if (bitsPerSecond === 0) continue;
          expect(8 * (relayEnd - BINLOG_START)).toBeLessThanOrEqual((bitsPerSecond * kernel.time) / 1e6 + 1);
        }

        // Little's law: ∫ N dt is the sum of the times spent in the system, those still under way included.
        const spent = run.latencySum + run.ageSum;
        expect(Math.abs(run.area - spent)).toBeLessThanOrEqual(1e-6 * (1 + spent));
        if (!backlog && settings.think.mean === 0) {
          expect(spent).toBeLessThanOrEqual(settings.clients * kernel.time * (1 + 1e-9));
        }

        // Phases add up to the latencies.
        const phases = source.meter.totals.reduce((sum, each) => sum + each, 0);
        expect(Math.abs(phases - run.latencySum)).toBeLessThanOrEqual(1e-6 * (1 + run.latencySum));

        // Every wait ended acknowledged or not.
        const waits = source.semisync.yesTx + source.semisync.noTx;
        const { least, most } = expectedWaits(settings, run);
        expect(waits).toBeGreaterThanOrEqual(least);
        expect(waits).toBeLessThanOrEqual(most);
        if (source.semisync.noTimes === 0) expect(source.semisync.noTx).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('canaries: the watch sees', () => {
  const settings = withDefaults('mysql-5.7', { clients: 4 });
  const at = (time: number, what: (cluster: VirtualCluster) => void) => (cluster: VirtualCluster) =>
    cluster.kernel.at(time, cluster.kernel.happening({ happen: () => what(cluster) }));

  test('nothing where nothing is wrong', () => {
    expect(probe(settings, 50, () => {}).violations).toEqual([]);
  });

  test('a relay log that runs ahead of the binlog', () => {
    const run = probe(
      settings,
      50,
      at(100, ({ replicas }) => {
        replicas[0]!.relayEnd += 480;
      }),
    );
    expect(run.violations[0]).toContain('beyond the safe end');
  });

  test('a relay log that ends inside an event', () => {
    const run = probe(
      settings,
      50,
      at(5000, ({ replicas }) => {
        replicas[0]!.relayEnd -= 7;
      }),
    );
    expect(run.violations.join()).toContain('ends inside an event');
  });

  test('an OK before its replica has the transaction', () => {
    const run = probe(settings, 50, ({ source }) => {
      source.semisync.asksForAck = () => false;
      source.semisync.acked = 1e12;
    });
    expect(run.violations[0]).toContain('has its OK, but only 0 replicas have');
  });

  test('a fiber that sleeps on past its deadline', () => {
    const run = probe(settings, 5, ({ kernel }) => {
      const late = kernel.spawn('sleeper', undefined, function* (): Script {
        late.deadline = 100;
        yield;
      });
    });
    expect(run.violations[0]).toContain('sleeper sleeps on past its deadline 100');
  });

  test('threads that wait for each other', () => {
    const run = probe({ ...settings, timeout: 0 }, 50, ({ source }) => {
      source.lockCommit.release = () => {};
    });
    expect(run.advanced).toBe(false);
  });
});

describe('what a point reports', () => {
  test('obeys Little’s law and adds up, over any closed loop without pauses', () => {
    const closed = anySettings.map(
      (settings): Settings => ({
        ...settings,
        arrival_rate: 0,
        think: { kind: 'constant', mean: 0 },
        // Something must take time, or there is no rate to speak of.
        cpu_statement: { kind: 'exponential', mean: 50 },
      }),
    );
    fc.assert(
      fc.property(closed, (settings) => {
        const { observation: o, breakdown } = simulate(settings, { precision: 0.05, maxCommits: 3000 });
        // The recording cuts through the transactions under way at both ends: each counts wholly or not at all.
        const elapsed_us = (1e6 * o.commits!) / o.tps;
        const cut = (2 * settings.clients * o.latency_max_us!) / elapsed_us;
        expect(Math.abs((o.tps * o.latency_mean_us!) / 1e6 - settings.clients)).toBeLessThanOrEqual(
          cut + 1e-3 * settings.clients,
        );

        const sum = breakdown.reduce((total, { mean_us }) => total + mean_us, 0);
        // Each phase is rounded to a thousandth.
        expect(Math.abs(sum - o.latency_mean_us!)).toBeLessThanOrEqual(0.001 * (breakdown.length + 1));
        expect(breakdown.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 3);
        expect(o.latency_p50_us!).toBeLessThanOrEqual(o.latency_p95_us!);
        expect(o.latency_p95_us!).toBeLessThanOrEqual(o.latency_p99_us!);
        expect(o.latency_p99_us!).toBeLessThanOrEqual(o.latency_max_us!);
        expect(o.host_cpu_busy!).toBeGreaterThan(0);
        expect(o.host_cpu_busy!).toBeLessThanOrEqual(1.0001);
        expect(o.group_size_mean!).toBeLessThanOrEqual(settings.clients * 1.1);
        if (o.ack_wait_mean_us !== null) expect(o.ack_wait_mean_us).toBeLessThanOrEqual(o.latency_mean_us! + 0.001);
      }),
      { numRuns: 60 },
    );
  });
});
