import { describe, expect, test } from 'vitest';
import { loadWorkload, parseSetOption } from '../../workloads/load.js';
import { fileWith } from './workspace.js';

function load(variant: string, overrides: readonly string[] = [], rest = '') {
  const file = fileWith(
    'shift.yaml',
    `name: shift
title: Shift
question: What moves?
set: { rtt: 200us/1ms, replicas: 2 }
variants:
  - { name: as it is }
  - { name: moved, ${variant} }
${rest}charts: [{ name: c, subject: s, x: variant, y: tps }]
`,
  );
  const { points } = loadWorkload(file, overrides.map(parseSetOption)).parts[0]!;
  return points.map(({ settings }) => settings);
}

const means = (costs: readonly { mean: number }[]): number[] => costs.map(({ mean }) => mean);

describe('a variant', () => {
  test('scales what a point would have, of every replica', () => {
    const [base, moved] = load('scale: { rtt: 0.9, binlog_fsync: 0.5 }');
    expect(means(base!.rtt)).toEqual([200, 1000]);
    expect(means(moved!.rtt)).toEqual([180, 900]);
    expect(moved!.binlog_fsync.mean).toBe(base!.binlog_fsync.mean / 2);
  });

  test('what --set says is what is scaled', () => {
    const [base, moved] = load('scale: { rtt: 0.9 }', ['rtt=5ms']);
    expect(means(base!.rtt)).toEqual([5000]);
    expect(means(moved!.rtt)).toEqual([4500]);
  });

  test('a distribution keeps its shape', () => {
    const [, moved] = load('scale: { binlog_fsync: 2 }', ['binlog_fsync=lognormal(1ms, 0.4)']);
    expect(moved!.binlog_fsync).toEqual({ kind: 'lognormal', mean: 2000, sigma: 0.4 });
  });

  test('one replica more is like the first, where each has values of its own', () => {
    const [base, moved] = load('add: { replicas: 1 }');
    expect([base!.replicas, moved!.replicas]).toEqual([2, 3]);
    expect(means(moved!.rtt)).toEqual([200, 1000, 200]);
  });

  test('may set something besides', () => {
    const [, moved] = load('set: { clients: 7 }, add: { clients: 1 }');
    expect(moved!.clients).toBe(8);
  });
});

test.each([
  ['scale: { profile: 2 }', /shift\.yaml:7:38: profile has no multiples; give its values under "set" or "sweep"$/],
  ['scale: { clients: 2 }', /clients has no multiples/],
  ['scale: { rtt: 0 }', /rtt times 0; a factor above 0 is wanted, such as 0\.9$/],
  ['add: { rtt: 2 }', /rtt is not a count, so nothing can be added; use "scale"$/],
  ['add: { replicas: 0.5 }', /replicas and 0\.5 more; a whole number is wanted$/],
  ['scale: { rt: 2 }', /unknown parameter "rt"; did you mean "rtt"\?$/],
  ['scale: { rtt: fast }', /scale\.rtt|rtt/],
])('refused: %s', (variant, message) => {
  expect(() => load(variant)).toThrow(message);
});

describe('a tornado', () => {
  const pairs = (chart: string, rest = 'sweep: { seed: [1, 2, 3] }\n') => {
    const variants = 'variants: [{ name: a }, { name: b, scale: { rtt: 2 } }]\n';
    const file = fileWith(
      'pairs.yaml',
      `name: pairs\ntitle: t\nquestion: q\n${rest}${variants}charts: [{ name: c, subject: s, y: tps, ${chart} }]\n`,
    );
    return loadWorkload(file);
  };

  test('wants variants along x, no facet, and three seeds', () => {
    expect(pairs('x: variant, pairs: seed').parts[0]!.points).toHaveLength(6);
    expect(() => pairs('x: rtt_us, pairs: seed, series: variant')).toThrow(/its x is variant, and it has no facet/);
    expect(() => pairs('x: variant, pairs: seed', 'sweep: { seed: [1, 2] }\n')).toThrow(
      /two variants and three values of seed/,
    );
  });

  test('canary: without pairs the seeds fall on one place', () => {
    expect(() => pairs('x: variant')).toThrow(/several points at one place, which differ in seed/);
  });
});
