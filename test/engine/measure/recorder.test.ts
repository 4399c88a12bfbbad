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

  test('of nothing knows nothing', () => {
    const recorder = new Recorder<number>({ clients: 1, precision: 0.01 }, () => 0);
    recorder.finish();
    expect(recorder.commits).toBe(0);
    expect(recorder.baseline).toBeUndefined();
  });
});
