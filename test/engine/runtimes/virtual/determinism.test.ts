/** The same seed gives the same run, event by event, and the same bytes in the end. */
import { describe, expect, test } from 'vitest';
import { simulate } from '../../../../engine/runtimes/virtual/simulate.js';
import { SCENARIOS } from '../../scenarios.js';
import { withDefaults } from '../../settings.js';
import { firstDivergence, traceOf } from './trace.js';

describe.each(SCENARIOS)('%s', (_, settings) => {
  test('twice with one seed: no event differs', () => {
    const [first, second] = [traceOf(settings, 1500), traceOf(settings, 1500)];
    expect(first.times.length).toBeGreaterThan(3000);
    expect(firstDivergence(first, second)).toBeUndefined();
  });

  test('twice with one seed: the same observation, and being watched changes nothing', () => {
    const options = { precision: 0.05, maxCommits: 3000 };
    const first = simulate(settings, options);
    traceOf({ ...settings, seed: 7 }, 100);
    expect(JSON.stringify(simulate(settings, options))).toBe(JSON.stringify(first));
  });

  test('another seed is another run', () => {
    expect(firstDivergence(traceOf(settings, 200), traceOf({ ...settings, seed: 43 }, 200))).toBeDefined();
  });
});

describe('canary', () => {
  test('the first diverging event is named', () => {
    const settings = withDefaults('mysql-5.7', { clients: 4 });
    const [first, second] = [traceOf(settings, 50), traceOf(settings, 50)];
    second.times[100]! += 1e-9;
    expect(firstDivergence(first, second)).toMatch(/^event 100 of \d+: [\d.]+ µs, .+ against [\d.]+ µs, .+$/);
  });

  test('a run that ends earlier is noticed', () => {
    const settings = withDefaults('mysql-5.7', { clients: 4 });
    expect(firstDivergence(traceOf(settings, 50), traceOf(settings, 51))).toMatch(/the end against/);
  });
});
