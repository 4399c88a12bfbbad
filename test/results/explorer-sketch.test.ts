/** How far sketches are off: they are deterministic, so this is no matter of luck. The guide says what comes out here. */
import { expect, test } from 'vitest';
import type { Settings } from '../../engine/protocol/parameters.js';
import { type SimulateOptions, simulate } from '../../engine/runtimes/virtual/simulate.js';
import { type CostSet, experimentOf } from '../../results/explorer/experiment.js';
import { sketchOptions } from '../../results/explorer/sketch.js';
import { CURVES, type ExplorerState, INITIAL, PRESETS, SHIPPED_COSTS } from '../../results/explorer/state.js';
import { shippedCalibrations } from '../../workloads/calibration-file.js';

const shipped: CostSet = { name: SHIPPED_COSTS, title: '', calibrations: [...shippedCalibrations().values()] };
const states: readonly ExplorerState[] = [
  { ...INITIAL, curves: CURVES },
  ...PRESETS.slice(5).map(({ state }) => state),
];
const points = states.flatMap((state) => experimentOf(state, [shipped]).part!.points.map(({ settings }) => settings));
const exact = points.map((settings) => simulate(settings, { precision: 0.02 }).observation.tps);

/** Relative errors of throughput, smallest first. */
const errors = (optionsOf: (settings: Settings) => SimulateOptions): number[] =>
  points
    .map((settings, index) => Math.abs(simulate(settings, optionsOf(settings)).observation.tps / exact[index]! - 1))
    .sort((a, b) => a - b);

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.round(q * (sorted.length - 1))]!;

test('half of the sketches are within 1 %, nine of ten within 5 %, and 99 of a hundred within 20 %', {
  timeout: 300_000,
}, () => {
  const sorted = errors(sketchOptions);
  expect(sorted.length).toBeGreaterThan(100);
  console.info(
    `sketches of ${sorted.length} points are off by ${[0.5, 0.9, 0.99, 1].map((q) => `${(100 * quantile(sorted, q)).toFixed(1)} %`).join(', ')} (median, 90th, 99th percentile, most)`,
  );
  expect(quantile(sorted, 0.5)).toBeLessThan(0.01);
  expect(quantile(sorted, 0.9)).toBeLessThan(0.05);
  expect(quantile(sorted, 0.99)).toBeLessThan(0.2);
});

test('canary: of a start-up alone, the tenth part of that, some are wholly off', { timeout: 300_000 }, () => {
  const sorted = errors(({ clients }) => ({ precision: 0.1, maxCommits: Math.max(50, 3 * clients) }));
  expect(quantile(sorted, 0.9)).toBeGreaterThan(0.2);
});
