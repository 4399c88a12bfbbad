import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadWorkload } from '../../workloads/load.js';
import { formatValue } from '../../workloads/units.js';
import { fileWith, HEAD } from './workspace.js';

const subset = <T>(values: readonly T[]) => fc.shuffledSubarray([...values], { minLength: 1 });

/** Values that hold together in any combination, in their standard spelling. */
const axes = fc.record({
  profile: subset(['mysql-5.6', 'mysql-5.7', 'mariadb-10.11']),
  rtt: subset(['100us', 'exponential(1ms)', '5ms']),
  clients: subset(['1', '4', '64']),
  think: subset(['0', '1ms', '2.5ms']),
});
const AXIS_NAMES = ['profile', 'rtt', 'clients', 'think'] as const;

test('the points are the product of the axes, without those that skip names, each once and in order', () => {
  fc.assert(
    fc.property(axes, fc.integer({ min: 0, max: 3 }), axes, (swept, variants, skipped) => {
      const text = [
        HEAD.replace('x: clients', 'x: tps'),
        'sweep:',
        ...AXIS_NAMES.map((name) => `  ${name}: [${swept[name].join(', ')}]`),
        'skip:',
        `  - { ${AXIS_NAMES.map((name) => `${name}: [${skipped[name].join(', ')}]`).join(', ')} }`,
        variants > 0 ? 'variants:' : '',
        ...Array.from({ length: variants }, (_, n) => `  - { name: v${n}, set: { cores: ${n + 1} } }`),
      ].join('\n');
      const isSkipped = (row: readonly string[]): boolean =>
        AXIS_NAMES.every((name, n) => (skipped[name] as string[]).includes(row[n]!));
      let oracle: string[][] = [[]];
      for (const name of AXIS_NAMES) oracle = oracle.flatMap((row) => swept[name].map((value) => [...row, value]));
      const kept = oracle.filter((row) => !isSkipped(row));
      fc.pre(kept.length > 0);
      const expected = Array.from({ length: Math.max(1, variants) }, () => kept).flat();

      const [part] = loadWorkload(fileWith('law.yaml', text)).parts;
      const rows = part!.points.map(({ settings }) => AXIS_NAMES.map((name) => formatValue(name, settings[name])));
      expect(rows).toEqual(expected);
      expect(part!.points.map(({ index }) => index)).toEqual([...expected.keys()]);
      const told = part!.points.map(({ variant, settings }) => [
        variant,
        settings.profile,
        settings.clients,
        settings.rtt,
        settings.think,
      ]);
      expect(new Set(told.map((cells) => JSON.stringify(cells))).size).toBe(expected.length);
    }),
    { numRuns: 40 },
  );
});
