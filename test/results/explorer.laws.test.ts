/** Any state of the explorer: its link says it again, and its workload file is read as the very points that it draws. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ParameterName } from '../../engine/protocol/parameters.js';
import { AXES, AXIS_NAMES, choicesOf, FIELDS, MEASURES_SHOWN, SLIDERS } from '../../results/explorer/controls.js';
import { type CostSet, experimentOf } from '../../results/explorer/experiment.js';
import {
  CURVES,
  type ExplorerState,
  fragmentOf,
  INITIAL,
  PRESETS,
  readFragment,
  SHIPPED_COSTS,
} from '../../results/explorer/state.js';
import { workloadText } from '../../results/explorer/workload-text.js';
import { shippedCalibrations } from '../../workloads/calibration-file.js';
import { loadWorkload } from '../../workloads/load.js';

const shipped: CostSet = {
  name: SHIPPED_COSTS,
  title: 'as shipped',
  calibrations: [...shippedCalibrations().values()],
};
/** Every cost twice what it is. */
const doubled: CostSet = {
  name: 'mine.yaml',
  title: 'mine.yaml',
  calibrations: shipped.calibrations.map(({ profile, settings }) => ({
    profile,
    settings: Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [
        name,
        typeof value === 'object' && 'mean' in value ? { ...value, mean: 2 * value.mean } : value,
      ]),
    ),
  })),
};
const COSTS = [shipped, doubled];

const values = fc.record(
  {
    ...Object.fromEntries(SLIDERS.map(({ name, steps }) => [name, fc.constantFrom(...steps)])),
    ...Object.fromEntries(
      FIELDS.flatMap((name) => {
        const choices = choicesOf(name);
        return choices ? [[name, fc.constantFrom(...choices)]] : [];
      }),
    ),
    cpu_statement: fc.constantFrom('20us', 'lognormal(40us, 0.3)', 'exponential(7.25us)'),
    rtt: fc.constantFrom('0', '333us', 'lognormal(1ms, 0.4)', '200us/1ms/5ms'),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<ExplorerState['values']>;

const states: fc.Arbitrary<ExplorerState> = fc
  .record({
    curves: fc.subarray([...CURVES], { minLength: 1 }),
    along: fc.constantFrom(...AXIS_NAMES),
    measure: fc.constantFrom(...MEASURES_SHOWN),
    costs: fc.constantFrom(...COSTS.map(({ name }) => name)),
    values,
  })
  .chain((rest) => fc.subarray([...AXES[rest.along]!], { minLength: 1 }).map((at): ExplorerState => ({ ...rest, at })));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'acklab-explored-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a link says the state again', () => {
  fc.assert(
    fc.property(states, (state) => {
      const read = readFragment(
        `#${fragmentOf(state)}`,
        COSTS.map(({ name }) => name),
      );
      expect(read).toEqual({ state, problems: [] });
    }),
  );
});

test('the initial state needs no link, and a preset a short one', () => {
  expect(fragmentOf(INITIAL)).toBe('');
  for (const { title, state } of PRESETS) expect(fragmentOf(state).length, title).toBeLessThan(160);
});

test.each([
  ['curves=mysql-4.1:ASYNC', /curves that there are none of: mysql-4.1:ASYNC/],
  ['curves=mysql-5.6:AFTER_SYNC,mysql-5.7:ASYNC', /none of: mysql-5.6:AFTER_SYNC/],
  ['along=colour', /along=colour, which is none of clients, rtt/],
  ['measure=joy', /measure=joy/],
  ['costs=other.yaml', /costs=other.yaml, which is none of shipped/],
  ['rtd=1ms', /"rtd", which is no parameter/],
])('a link that says %s is told so, and the rest of it counts', (part, problem) => {
  const { state, problems } = readFragment(`#${part}&replicas=2`, [SHIPPED_COSTS]);
  expect(problems).toEqual([expect.stringMatching(problem)]);
  expect(state.values).toEqual({ replicas: '2' });
});

describe('the workload file', () => {
  test('is read as the very points and charts that the page has', { timeout: 120_000 }, () => {
    let compared = 0;
    fc.assert(
      fc.property(states, (state) => {
        const { source, part } = experimentOf(state, COSTS);
        if (source === undefined) return;
        const file = join(folder, 'explored.yaml');
        writeFileSync(file, workloadText(source, { acklab: '0', precision: 0.02 }));
        const [read] = loadWorkload(file).parts;
        expect(read!.points).toEqual(part!.points);
        expect(read!.charts).toEqual(part!.charts);
        compared++;
      }),
      { numRuns: 200 },
    );
    expect(compared).toBeGreaterThan(50);
  });

  test.each(PRESETS.map(({ title, state }) => [title, state] as const))('preset %s', (_, state) => {
    const { source, part, problems } = experimentOf(state, COSTS);
    expect(problems).toEqual([]);
    const file = join(folder, 'preset.yaml');
    writeFileSync(file, workloadText(source!, { acklab: '0', precision: 0.02 }));
    expect(loadWorkload(file).parts[0]!.points).toEqual(part!.points);
  });

  test('canary: a file that says something else is told from it', () => {
    const { source, part } = experimentOf(INITIAL, COSTS);
    const file = join(folder, 'other.yaml');
    writeFileSync(file, workloadText(source!, { acklab: '0', precision: 0.02 }).replace('- 128', '- 127'));
    expect(loadWorkload(file).parts[0]!.points).not.toEqual(part!.points);
  });
});

describe('what cannot be is told at its control', () => {
  const problemsOf = (changes: Partial<ExplorerState>) => experimentOf({ ...INITIAL, ...changes }, COSTS);

  test.each<[Partial<ExplorerState>, string, RegExp]>([
    [{ values: { rtt: '5' } }, 'rtt', /"5" has no unit; write 5us, 5ms or 5s/],
    [{ values: { rtt: 'empirical(pings.csv)' } }, 'rtt', /a page reads no files/],
    [{ values: { clients: '0' }, along: 'rtt', at: ['1ms'] }, 'clients', /the least is 1/],
    [{ at: [] }, 'at', /no value/],
    [{ at: ['4', '4'] }, 'at', /4 stands twice/],
    [{ at: ['1', 'x'] }, 'at', /not a whole number/],
    [{ along: 'rtt', at: ['1ms', 'lognormal(1ms, 0.4)'] }, 'at', /no single time/],
    [{ along: 'rtt', at: ['1ms/2ms'] }, 'at', /no single time/],
    [{ at: Array.from({ length: 300 }, (_, n) => String(n + 1)) }, 'at', /more than 400 points/],
  ])('%j', (changes, at, message) => {
    const { part, problems } = problemsOf(changes);
    expect(part).toBeUndefined();
    expect(problems).toEqual([{ at, message: expect.stringMatching(message) }]);
  });

  test('a curve that its version does not allow is left out, and the others stay', () => {
    const { part, problems } = problemsOf({ values: { wait_for_slave_count: '2', replicas: '2' } });
    expect(problems).toEqual([
      {
        at: 'wait_for_slave_count',
        message: expect.stringMatching(/^MySQL 5.6, AFTER_COMMIT is left out: 2 was asked/),
      },
    ]);
    expect(new Set(part!.points.map(({ settings }) => settings.profile))).toEqual(new Set(['mysql-5.7']));
  });

  test('where none is possible nothing is drawn', () => {
    const { part, problems } = problemsOf({ values: { wait_for_slave_count: '3' } });
    expect(part).toBeUndefined();
    expect(problems).toHaveLength(2);
  });
});

test('costs of one’s own stand in the file, but for those that were set by hand', () => {
  const { source } = experimentOf({ ...INITIAL, costs: 'mine.yaml', values: { cpu_flush: '9us' } }, COSTS);
  const names = source!.variants[0]!.set.map(({ name }): ParameterName => name);
  expect(names).toContain('cpu_statement');
  expect(names).not.toContain('cpu_flush');
  expect(experimentOf(INITIAL, COSTS).source!.variants[0]!.set.map(({ name }) => name)).toEqual([
    'profile',
    'wait_point',
  ]);
});
