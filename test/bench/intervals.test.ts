import { expect, test } from 'vitest';
import { defaultSettings } from '../../engine/protocol/parameters.js';
import { constant, nothingCosts } from '../engine/settings.js';
import { coverageOf, sampledPoints } from './intervals.js';

const point = sampledPoints(1)[0]!;

test('points are of virtual time, and of different settings', () => {
  const points = sampledPoints(1);
  expect(points.length).toBeGreaterThan(500);
  expect(new Set(points.map(({ settings }) => JSON.stringify(settings))).size).toBe(points.length);
  expect(sampledPoints(10)).toHaveLength(Math.ceil(points.length / 10));
});

test('where nothing is random, every interval holds the truth, and nothing differs between seeds', () => {
  const settings = nothingCosts('mysql-5.7', { clients: 1, rtt: [constant(1000)] });
  const { held, seeds, spread } = coverageOf({ ...point, settings }, 3);
  expect({ held, seeds }).toEqual({ held: 3, seeds: 3 });
  expect(spread).toBeLessThan(1e-9);
});

test('where much is random, seeds differ by about what the intervals say', () => {
  const settings = { ...defaultSettings('mysql-5.7'), clients: 2 };
  const { held, spread, halfWidth } = coverageOf({ ...point, settings }, 12);
  expect(held).toBeGreaterThan(8);
  expect(spread).toBeGreaterThan(halfWidth / 8);
  expect(spread).toBeLessThan(halfWidth);
});
