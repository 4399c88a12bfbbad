import { describe, expect, test } from 'vitest';
import { Recorder } from '../../../engine/measure/recorder.js';
import { Streams } from '../../../engine/runtimes/virtual/random.js';

/** Feeds answers with exponential gaps of mean 100 µs until the recording is complete, or `most` have been fed. */
function feed(recorder: Recorder<number>, seed: number, most: number, latency: (index: number) => number): number {
  const gap = new Streams(seed).cost({ kind: 'exponential', mean: 100 });
  let time = 0;
  for (let index = 0; index < most; index++) {
    time += gap.draw();
    if (recorder.add(latency(index), time)) return index + 1;
  }
  return most;
}

describe('a recording', () => {
  test('is complete when the interval is as narrow as asked, and tells the mean gap and latency', () => {
    const recorder = new Recorder<number>({ clients: 4, precision: 0.02 }, () => 0);
    const fed = feed(recorder, 1, 1_000_000, () => 250);
    expect(fed).toBeLessThan(100_000);
    expect(recorder.relativeHalfWidth()).toBeLessThanOrEqual(0.02);
    const { mean, halfWidth } = recorder.interval();
    expect(Math.abs(mean - 100)).toBeLessThan(2 * halfWidth);
    expect(recorder.latency()).toEqual({ mean: 250, halfWidth: 0 });
    expect(recorder.commits + recorder.warmupCommits).toBe(fed);
  });

  test('leaves the warm-up out: what the counters stood at when it ended is the baseline', () => {
    let added = 0;
    const recorder = new Recorder<number>({ clients: 10, precision: 0.02 }, () => added);
    const noise = new Streams(7).cost({ kind: 'exponential', mean: 10 });
    const fed = feed(recorder, 2, 1_000_000, (index) => {
      added = index + 1;
      return 100 + 5000 * Math.exp(-index / 40) + noise.draw();
    });
    // 5000 exp(-i / 40) falls below the noise of 10 after 40 ln 500 = 249.
    expect(recorder.settled).toBe(true);
    expect(recorder.warmupCommits).toBeGreaterThan(120);
    expect(recorder.warmupCommits).toBeLessThan(fed / 4);
    expect(recorder.baseline).toBe(recorder.warmupCommits);
    expect(recorder.latency().mean).toBeLessThan(112);
  });

  test('ends unsettled where latency never stops drifting', () => {
    const recorder = new Recorder<number>({ clients: 1, precision: 0 }, () => 0);
    feed(recorder, 3, 400_000, (index) => index);
    expect(recorder.settled).toBe(false);
    expect(recorder.commits).toBeGreaterThan(0);
  });

  test('cut short, still tells what it can', () => {
    const recorder = new Recorder<number>({ clients: 1, precision: 0.01 }, () => 0);
    feed(recorder, 4, 200, () => 100);
    recorder.finish();
    expect(recorder.commits).toBeGreaterThan(0);
    expect(recorder.commits + recorder.warmupCommits).toBe(200);
    expect(recorder.relativeHalfWidth()).not.toBeLessThanOrEqual(0.01);
  });

  test('the silence at the end of a run that the clock ends is no throughput', () => {
    const cut = (endedAt?: number): number => {
      const recorder = new Recorder<number>({ clients: 8, precision: 0 }, () => 0);
      for (let n = 1; n <= 1000; n++) recorder.add(100, n);
      recorder.finish(endedAt);
      return recorder.interval().mean * recorder.commits;
    };
    expect(cut(9000) - cut()).toBeCloseTo(8000, 6);
    expect(cut(1000)).toBeCloseTo(cut(), 6);
  });

  test('of nothing knows nothing', () => {
    const recorder = new Recorder<number>({ clients: 1, precision: 0.01 }, () => 0);
    recorder.finish();
    expect(recorder.commits).toBe(0);
    expect(recorder.baseline).toBeUndefined();
  });
});

describe('in a closed loop', () => {
  const CLIENTS = 8;
  /** Clients that have their answers in two groups, of five and of three, each once in 1000 µs. */
  function feedGroups(recorder: Recorder<number>): number {
    for (let fed = 1; ; fed++) {
      const client = (fed - 1) % CLIENTS;
      const round = Math.floor((fed - 1) / CLIENTS);
      if (recorder.add(1000, 1000 * round + (client < 5 ? 0 : 400), 1000)) return fed;
    }
  }
  const closed = (cycles: boolean) => new Recorder<number>({ clients: CLIENTS, precision: 0.01, cycles }, () => 0);

  test('throughput is what the cycles say, in whatever groups the answers come', () => {
    const recorder = closed(true);
    feedGroups(recorder);
    expect(recorder.interval().mean).toBeCloseTo(1000 / CLIENTS, 9);
    expect(recorder.interval().halfWidth).toBeLessThan(1e-9);
    // Forty batches of one and a half cycles of every client.
    expect(recorder.commits).toBe(40 * 12);
  });

  test('canary: the gaps themselves say in which part of a group each batch ends, and take longer', () => {
    const recorder = closed(false);
    feedGroups(recorder);
    expect(recorder.commits).toBeGreaterThan(40 * 12);
  });
});

describe('in an open loop', () => {
  /** Arrivals with exponential gaps of mean 100 µs, of which every `keep`-th is answered after `latency`. */
  function feedArrivals(recorder: Recorder<number>, latency: (index: number) => number, keep = 1): number {
    const gap = new Streams(5).cost({ kind: 'exponential', mean: 100 });
    const began = 100;
    let arrived = 0;
    for (let index = 0; index < 20_000; index++) {
      arrived += gap.draw();
      if (index % keep === 0 && recorder.add(latency(index / keep), began + arrived + latency(index / keep))) break;
    }
    return arrived;
  }
  const opened = (turnedAway: boolean) =>
    new Recorder<number>(
      { clients: 4, precision: 0.02, latencyPrecision: 0.08, arrivals: { gap: 100, turnedAway: () => turnedAway } },
      () => 0,
    );
  const noise = new Streams(6).cost({ kind: 'exponential', mean: 50 });
  const noisy = Array.from({ length: 20_000 }, () => 250 + noise.draw());

  test('throughput is the rate of arrivals, whatever gaps chance has made', () => {
    const recorder = opened(false);
    feedArrivals(recorder, (index) => noisy[index]!);
    // Forty batches of 100.
    expect(recorder.commits).toBe(4000);
    const { mean, halfWidth } = recorder.interval();
    // What two latencies differ by, over 4000; the gaps themselves are only known to 1.96 × 100 / √4000 = 3.1.
    expect(Math.abs(mean - 100)).toBeLessThan(halfWidth);
    expect(halfWidth).toBeLessThan(0.25);
  });

  test('what has not been answered yet is no throughput: latency that grows by 25 µs each time makes gaps of 125', () => {
    const recorder = opened(false);
    feedArrivals(recorder, (index) => 25 * index);
    recorder.finish();
    const { mean, halfWidth } = recorder.interval();
    expect(mean).toBeCloseTo(125, 9);
    expect(halfWidth).toBeLessThan(1e-6);
  });

  test('once some are turned away, throughput is what is answered, and latency is not waited for', () => {
    const recorder = opened(true);
    feedArrivals(recorder, (index) => noisy[index]!, 2);
    const { mean, halfWidth } = recorder.interval();
    expect(Math.abs(mean - 200)).toBeLessThan(2 * halfWidth);
    expect(recorder.relativeHalfWidth()).toBeLessThanOrEqual(0.02);
  });

  test('canary: taken for answered, those turned away would be counted', () => {
    const recorder = opened(false);
    feedArrivals(recorder, (index) => noisy[index]!, 2);
    const { mean, halfWidth } = recorder.interval();
    expect(Math.abs(mean - 200)).toBeGreaterThan(10 * halfWidth);
  });
});
