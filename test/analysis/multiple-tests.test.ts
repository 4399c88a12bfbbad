import fc from 'fast-check';
import { expect, test } from 'vitest';
import { falseDiscoveryRejects, holm } from '../../analysis/multiple-tests.js';

test('Holm: the smallest counts for all, the next for one less, and none falls below the one before', () => {
  // 4 · 0.005; 3 · 0.01; 2 · 0.03; 1 · 0.04 is less than the 0.06 before it.
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
});

/**
 * Benjamini and Hochberg 1995, section 4.1: fifteen tests of a trial of thrombolysis. At 5 % their procedure rejects the
 * four smallest, Holm's the three smallest.
 */
const TRIAL = [
  0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
];

test('the example of Benjamini and Hochberg', () => {
  expect(falseDiscoveryRejects(TRIAL, 0.05).map(Number)).toEqual([...Array(4).fill(1), ...Array(11).fill(0)]);
  expect(holm(TRIAL).filter((p) => p <= 0.05)).toHaveLength(3);
});

test('law: what Holm rejects, false discovery rates reject too, and the order of the tests does not matter', () => {
  const ps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(ps, (all) => {
      const rejected = falseDiscoveryRejects(all, 0.05);
      for (const [index, p] of holm(all).entries()) if (p <= 0.05) expect(rejected[index]).toBe(true);
      expect(falseDiscoveryRejects([...all].reverse(), 0.05)).toEqual([...rejected].reverse());
    }),
  );
});
