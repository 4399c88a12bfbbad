/** The trace of a commit is that of the run itself: nothing in it contradicts the rules, or the run without a witness. */
import { describe, expect, test } from 'vitest';
import { QUEUE } from '../../../../engine/measure/phases.js';
import type { Settings } from '../../../../engine/protocol/parameters.js';
import { createVirtualCluster } from '../../../../engine/runtimes/virtual/cluster.js';
import { type CommitTrace, TRACED_LOCKS, traceCommit } from '../../../../engine/runtimes/virtual/commit-trace.js';
import { Simulation, simulate } from '../../../../engine/runtimes/virtual/simulate.js';
import { SCENARIOS } from '../../scenarios.js';
import { withDefaults } from '../../settings.js';

/** What must hold of every trace, each in words. */
function contradictions(trace: CommitTrace, settings: Settings): string[] {
  const found: string[] = [];
  const { phases, latency, holds, flights, replicas } = trace;
  let at = 0;
  for (const { from, to } of phases) {
    if (Math.abs(from - at) > 1e-6) found.push(`nothing is told between ${at} and ${from} µs`);
    at = to;
  }
  if (Math.abs(at - latency) > 1e-6) found.push(`the phases end at ${at} µs, the answer comes at ${latency}`);
  for (const lock of TRACED_LOCKS) {
    const own = holds.filter((hold) => hold.lock === lock).sort((a, b) => a.from - b.from);
    for (const [index, hold] of own.entries()) {
      const next = own[index + 1];
      if (next && next.from < hold.to - 1e-6) found.push(`${hold.holder} and ${next.holder} hold ${lock} at once`);
    }
  }
  for (const { from, to, taken } of flights) {
    if (to < from || taken < to) found.push(`a packet sent at ${from} arrives at ${to}, and is taken at ${taken}`);
  }
  const waits = settings.wait_point !== 'ASYNC' && trace.switches.every(({ on }) => on);
  const having = replicas.filter(({ written }) => written !== undefined && written <= latency).length;
  if (waits && having < settings.wait_for_slave_count) found.push(`answered, but only ${having} replicas have it`);
  if (waits && !(trace.acknowledged! <= latency)) found.push('answered before it was acknowledged');
  for (const { replica, read, written } of replicas) {
    if (read && trace.published !== undefined && read.from < trace.published - 1e-6) {
      found.push(`replica ${replica} is sent what is not published`);
    }
    const own = flights.find((flight) => flight.kind === 'events' && flight.ours && flight.replica === replica);
    if (own && written !== undefined && written < own.to - 1e-6)
      found.push(`replica ${replica} writes what has not come`);
  }
  return found;
}

describe.each(SCENARIOS)('%s', (_, settings) => {
  test.each([0.05, 0.5, 1])('a commit at quantile %d contradicts no rule', (quantile) => {
    const trace = traceCommit(settings, quantile)!;
    expect(trace.among).toBe(200);
    expect(contradictions(trace, settings)).toEqual([]);
    // An open loop's transaction begins when it was meant to, and may wait for a connection first.
    if (settings.arrival_rate === 0) expect(trace.phases[0]!.phase).not.toBe(QUEUE);
  });

  test('it is a commit of the run itself: without a witness the same session has it, at the same time', () => {
    const { session, latency } = traceCommit(settings, 0.5)!;
    let met = false;
    let commits = 0;
    const { kernel } = createVirtualCluster(settings, (seen, of) => {
      met ||= of === session && seen === latency;
      if (met || ++commits > 10_000) kernel.stop();
    });
    kernel.run();
    expect(met).toBe(true);
  });

  test('piece by piece a point comes to the same bytes as in one go', () => {
    const options = { precision: 0.05, maxCommits: 3000 };
    const whole = JSON.stringify(simulate(settings, options));
    for (const slice of [1, 37, 2999, 3000, 5000]) {
      const simulation = new Simulation(settings, options);
      let slices = 0;
      while (!simulation.advance(slice)) slices++;
      if (slice === 37) expect(slices).toBeGreaterThan(5);
      expect(JSON.stringify(simulation.result()), `in pieces of ${slice}`).toBe(whole);
    }
  });
});

test('quantiles are ranks: the slow one is slower than the quick one', () => {
  const settings = withDefaults('mysql-5.7', { clients: 32 });
  const [quick, typical, slow] = [0.05, 0.5, 0.95].map((quantile) => traceCommit(settings, quantile)!);
  expect(quick!.latency).toBeLessThan(typical!.latency);
  expect(typical!.latency).toBeLessThan(slow!.latency);
  expect(slow!.quantile).toBeCloseTo(0.95, 1);
});

test('a commit that nobody acknowledged in time says that semi-sync was switched OFF', () => {
  const settings = withDefaults('mysql-5.7', { clients: 4, timeout: 100, rtt: [{ kind: 'constant', mean: 50_000 }] });
  const trace = traceCommit(settings, 0.5)!;
  expect(trace.switches.some(({ on }) => !on)).toBe(true);
  expect(trace.acknowledged).toBeUndefined();
});

test('a herd too large to be warmed up is followed all the same', () => {
  const settings = withDefaults('mysql-5.6', { clients: 512 });
  const trace = traceCommit(settings, 0.5)!;
  expect(trace.among).toBe(200);
  expect(contradictions(trace, settings)).toEqual([]);
});

describe('canary', () => {
  const settings = withDefaults('mysql-5.7', { clients: 8 });
  const trace = traceCommit(settings, 0.5)!;
  test.each<[string, Partial<CommitTrace>]>([
    ['a gap', { phases: trace.phases.slice(1) }],
    ['an early answer', { latency: trace.latency - 1 }],
    ['two holders', { holds: [...trace.holds, { lock: 'LOCK_log', holder: 'x', from: 0, to: 9e9, ours: false }] }],
    ['a replica that has nothing', { replicas: trace.replicas.map((part) => ({ ...part, written: undefined })) }],
    ['no acknowledgement', { acknowledged: undefined }],
    ['a packet from the future', { flights: trace.flights.map((one) => ({ ...one, from: one.to + 1 })) }],
    ['published too late', { published: trace.latency }],
  ])('%s is noticed', (_, wrong) => {
    expect(contradictions({ ...trace, ...wrong }, settings).length).toBeGreaterThan(0);
  });
});
