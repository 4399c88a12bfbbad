/**
 * The simulation against queueing theory: settings that make the model degenerate to a system with a known answer. The
 * interval which a run states about itself must hold the textbook value, in as many of twelve replications as a true
 * 95 % allows, and the mean of all twelve must lie near it.
 *
 * GH: D. Gross, J. F. Shortle, J. M. Thompson, C. M. Harris, "Fundamentals of Queueing Theory", 4th ed., 2008, by section.
 */
import { describe, expect, test } from 'vitest';
import { type Interval, judge, leastPlausible, replicate } from '../../intervals.js';
import { constant, exponential, freeOfCost } from '../../settings.js';

const SEEDS = 12;
/** 0.9995 quantile of Student's t with 11 degrees of freedom: missed by chance once in a thousand. */
const ERRORS_MOST = 4.44;

function expectHeld(intervals: readonly Interval[], value: number): void {
  const verdict = judge(intervals, value);
  expect(verdict.held, `intervals that hold ${value}: ${JSON.stringify(verdict)}`).toBeGreaterThanOrEqual(
    verdict.least,
  );
  expect(verdict.errors, `grand mean against ${value}: ${JSON.stringify(verdict)}`).toBeLessThan(ERRORS_MOST);
}

/** Erlang's C formula: the chance that all `servers` are busy at `offered` erlangs (GH 2.3). */
function erlangC(servers: number, offered: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < servers; n++) {
    term *= offered / n;
    sum += term;
  }
  const last = (term * offered) / servers / (1 - offered / servers);
  return last / (sum + last);
}

describe('open loop: Poisson arrivals at cores', () => {
  const serve = (cpu_statement: ReturnType<typeof constant>, rate: number, cores = 1) =>
    replicate(freeOfCost({ clients: 64, arrival_rate: rate, cores, cpu_statement }), 0.02, SEEDS);

  test('M/M/1: 5,000/s at 100 µs each take 1 / (µ − λ) = 200 µs (GH 2.2)', () => {
    const runs = serve(exponential(100), 5000);
    expectHeld(
      runs.map((run) => run.latency),
      200,
    );
    expectHeld(
      runs.map((run) => run.tps),
      5000,
    );
  });

  test('M/M/1 with one connection is the same queue, standing elsewhere', () => {
    const runs = replicate(
      freeOfCost({ clients: 1, arrival_rate: 5000, cpu_statement: exponential(100) }),
      0.02,
      SEEDS,
    );
    expectHeld(
      runs.map((run) => run.latency),
      200,
    );
  });

  test('M/D/1: 7,000/s at 100 µs each take s + ρs / 2(1 − ρ) = 216.7 µs (Pollaczek-Khinchine, GH 5.1)', () => {
    expectHeld(
      serve(constant(100), 7000).map((run) => run.latency),
      100 + (0.7 * 100) / (2 * 0.3),
    );
  });

  test('M/G/1: lognormal service, s + λ E[S²] / 2(1 − ρ) with E[S²] = s² exp(σ²) (Pollaczek-Khinchine, GH 5.1)', () => {
    const sigma = 0.5;
    const runs = serve({ kind: 'lognormal', mean: 100, sigma }, 5000);
    expectHeld(
      runs.map((run) => run.latency),
      100 + (0.005 * 100 * 100 * Math.exp(sigma * sigma)) / (2 * 0.5),
    );
  });

  test('M/M/c: 21,000/s on 3 cores at 100 µs each take s + C(3, 2.1) s / (3 − 2.1) (Erlang C, GH 2.3)', () => {
    expectHeld(
      serve(exponential(100), 21_000, 3).map((run) => run.latency),
      100 + (erlangC(3, 2.1) * 100) / 0.9,
    );
  });
});

describe('closed loop', () => {
  test('machine repair: 10 clients think 1 ms and need 100 µs of one core (M/M/1//10, GH 2.8)', () => {
    const [clients, think, service] = [10, 1000, 100];
    // p(n) ∝ N! / (N − n)! (S/Z)^n; throughput is (1 − p(0)) / S, and latency N / X − Z by Little's law.
    let term = 1;
    let sum = 1;
    for (let n = 1; n <= clients; n++) {
      term *= ((clients - n + 1) * service) / think;
      sum += term;
    }
    const perMicrosecond = (1 - 1 / sum) / service;
    const runs = replicate(
      freeOfCost({ clients, think: exponential(think), cpu_statement: exponential(service) }),
      0.01,
      SEEDS,
    );
    expectHeld(
      runs.map((run) => run.tps),
      1e6 * perMicrosecond,
    );
    expectHeld(
      runs.map((run) => run.latency),
      clients / perMicrosecond - think,
    );
  });

  // One client that pauses long enough for the slowest replica to be idle again: exp(−2000 / 100) is 2e-9.
  const quorum = (k: number, n: number) =>
    freeOfCost({
      wait_point: 'AFTER_SYNC',
      clients: 1,
      think: constant(2000),
      replicas: n,
      wait_for_slave_count: k,
      sync_relay_log: 1,
      events_per_tx: 1,
      relay_fsync: [exponential(100)],
    });

  test.each([
    [1, 1],
    [1, 3],
    [2, 3],
    [3, 3],
    [2, 5],
  ])('fork-join: the %i. of %i replicas, each exponential, is there after Σ 1/(n − i) (Rényi 1953)', (k, n) => {
    // k-th smallest of n exponentials of mean 100: Σ over i < k of 100 / (n − i). A. Rényi, "On the theory of order
    // statistics", Acta Math. Acad. Sci. Hung. 4 (1953); also H. A. David, "Order Statistics".
    let expected = 0;
    for (let i = 0; i < k; i++) expected += 100 / (n - i);
    const runs = replicate(quorum(k, n), 0.001, SEEDS);
    expectHeld(
      runs.map((run) => run.latency),
      expected,
    );
  });
});

describe('group commit: one flush for all who wait', () => {
  /**
   * Bulk service without a limit (GH 3.2, with K = ∞), rate λ, flush exponential with rate µ. Who arrives while a flush is
   * under way waits for its end, then for the next: W = (1 + busy) / µ. Another flush follows at once if anybody came
   * during this one, q = λ / (λ + µ): a busy period lasts 1 / (µ (1 − q)) = (λ + µ) / µ², an idle one 1 / λ.
   */
  const [rate, mean] = [0.02, 100];
  const busyPeriod = (rate + 1 / mean) * mean * mean;
  const expected = mean * (1 + busyPeriod / (busyPeriod + 1 / rate));

  test.each([
    ['per-group', 'redo_fsync'],
    ['per-transaction', 'redo_fsync'],
    ['per-group', 'binlog_fsync'],
  ] as const)('redo_flush %s, %s exponential of mean 100 µs, 20,000/s', (redo_flush, disk) => {
    const settings = freeOfCost({
      clients: 256,
      arrival_rate: 1e6 * rate,
      redo_flush,
      sync_binlog: disk === 'binlog_fsync' ? 1 : 0,
      [disk]: exponential(mean),
    });
    expectHeld(
      replicate(settings, 0.02, SEEDS).map((run) => run.latency),
      expected,
    );
  });
});

describe('honesty of the interval', () => {
  const runs = replicate(freeOfCost({ clients: 64, arrival_rate: 5000, cpu_statement: exponential(100) }), 0.02, 80);
  const latency = judge(
    runs.map((run) => run.latency),
    200,
  );
  const tps = judge(
    runs.map((run) => run.tps),
    5000,
  );

  test(`of ${latency.of} 95 % intervals of M/M/1 at ρ = 0.5, ${latency.held} hold the latency and ${tps.held} the throughput`, () => {
    expect(latency.held).toBeGreaterThanOrEqual(latency.least);
    expect(tps.held).toBeGreaterThanOrEqual(tps.least);
  });

  test('canary: a value 8 % beside the truth is noticed, by the share and by the grand mean', () => {
    const beside = judge(
      runs.map((run) => run.latency),
      216,
    );
    expect(beside.held).toBeLessThan(beside.least);
    expect(beside.errors).toBeGreaterThan(ERRORS_MOST);
  });

  test('canary: intervals a third as wide as they should be do not pass as 95 %', () => {
    const narrow = runs.map(({ latency: { low, mean, high } }) => ({
      low: mean - (mean - low) / 3,
      mean,
      high: mean + (high - mean) / 3,
    }));
    const verdict = judge(narrow, 200);
    expect(verdict.held).toBeLessThan(verdict.least);
  });

  test('the least plausible count: fewer than 8 of 12 at 95 % happens less than once in a thousand', () => {
    // C(12, 7) 0.95^7 0.05^5 = 0.00017 and C(12, 8) 0.95^8 0.05^4 = 0.0021, which lead their sums.
    expect(leastPlausible(12, 0.95)).toBe(8);
  });
});
