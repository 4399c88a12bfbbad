/** Does a 95 % interval mean what it says where it is used: closed loops, whose commits come in bursts of a group? */
import { expect, test } from 'vitest';
import { simulate } from '../../../engine/runtimes/virtual/simulate.js';
import { judge, replicate } from '../intervals.js';
import { constant, withDefaults } from '../settings.js';

const SEEDS = 60;
const PRECISION = 0.02;

const burst = withDefaults('mysql-5.7', { clients: 16, rtt: [constant(5000)] });
// One run, forty times as long and with a seed of its own, stands for the truth: its own interval is a fifth of a percent.
const truth = simulate({ ...burst, seed: 999 }, { precision: 0.0005, maxCommits: 60_000 }).observation;
const runs = replicate(burst, PRECISION, SEEDS);

test('latency', () => {
  const verdict = judge(
    runs.map((run) => run.latency),
    truth.latency_mean_us!,
  );
  expect(verdict.held, JSON.stringify(verdict)).toBeGreaterThanOrEqual(verdict.least);
});

// The canary of the batch length: with one transaction per client and batch only 24 of 60 hold it, with three all do.
test('throughput', () => {
  const verdict = judge(
    runs.map((run) => run.tps),
    truth.tps,
  );
  expect(verdict.held, JSON.stringify(verdict)).toBeGreaterThanOrEqual(verdict.least);
});
