import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Distribution,
  PARAMETER_NAMES,
  PARAMETERS,
  type ParameterName,
} from '../../engine/protocol/parameters.js';
import { formatValue, parseValue } from '../../workloads/units.js';

const SAMPLES = new Map<string, readonly number[]>();
const readSamples = (source: string): readonly number[] => SAMPLES.get(source)!;

const time = (max: number) => fc.oneof(fc.constant(0), fc.double({ min: 0, max, noNaN: true }), fc.nat({ max }));

function cost(max: number): fc.Arbitrary<Distribution> {
  const mean = time(max);
  return fc.oneof(
    mean.map((m): Distribution => ({ kind: 'constant', mean: m })),
    mean.map((m): Distribution => ({ kind: 'exponential', mean: m })),
    fc
      .tuple(mean, fc.double({ min: 0, max: 3, noNaN: true }))
      .map(([m, sigma]): Distribution => ({ kind: 'lognormal', mean: m, sigma: sigma + 0 })),
    fc
      .tuple(fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8})?\.csv$/), fc.nat({ max }))
      .map(([source, m]): Distribution => {
        SAMPLES.set(source, [m]);
        return { kind: 'empirical', mean: m, source, samples: [m] };
      }),
  );
}

/** Any value that a parameter may have, by its kind and range in the table of parameters. */
function anyValue(name: ParameterName): fc.Arbitrary<unknown> {
  const info = PARAMETERS[name];
  const { min = 0, max = 1 } = info;
  const one: Record<typeof info.kind, () => fc.Arbitrary<unknown>> = {
    choice: () => fc.constantFrom(...info.values!),
    switch: () => fc.boolean(),
    count: () => fc.integer({ min, max }),
    bytes: () => fc.integer({ min, max }),
    number: () => fc.double({ min, max, noNaN: true }).map((x) => x + 0),
    bandwidth: () => fc.double({ min, max, noNaN: true }).map((x) => x + 0),
    time: () => time(max).map((x) => x + 0),
    cost: () => cost(Math.floor(max)),
  };
  const scalar = one[info.kind]();
  return info.perReplica ? fc.array(scalar, { minLength: 1, maxLength: 4 }) : scalar;
}

/** -0 and 0 are the same time; `toEqual` tells them apart. */
const positiveZero = (_key: string, value: unknown): unknown => (value === 0 ? 0 : value);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, positiveZero));

test.each(PARAMETER_NAMES)('%s: what is formatted parses to the same value', (name) => {
  fc.assert(
    fc.property(anyValue(name), (value) => {
      // Samples are remembered by file name, so a name drawn twice in one list means its last samples.
      const sources = [value]
        .flat()
        .map((item) =>
          (item as Distribution | undefined)?.kind === 'empirical' ? (item as { source: string }).source : '',
        );
      fc.pre(new Set(sources.filter(Boolean)).size === sources.filter(Boolean).length);
      const text = formatValue(name, value as never);
      expect(plain(parseValue(name, text, readSamples))).toEqual(plain(value));
      expect(formatValue(name, parseValue(name, text, readSamples))).toBe(text);
    }),
    { numRuns: 60 },
  );
});

test('a value out of its range never gets through', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), (beyond) => {
      for (const name of ['clients', 'wait_for_slave_count', 'seed'] as const) {
        const { min, max } = PARAMETERS[name];
        expect(() => parseValue(name, max! + beyond, readSamples)).toThrow('too large');
        expect(() => parseValue(name, min! - beyond, readSamples)).toThrow(/too small|negative/);
      }
    }),
    { numRuns: 30 },
  );
});
