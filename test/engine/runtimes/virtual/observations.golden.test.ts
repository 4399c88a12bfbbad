/**
 * Frozen observations and random draws: a JavaScript engine whose Math.log rounds differently, or a change of a rule
 * that nobody meant, shows here first. After a change that was meant, freeze anew, and read the difference:
 *
 *     npx vitest run test/engine/runtimes/virtual/observations.golden.test.ts -u
 */
import { expect, test } from 'vitest';
import type { Distribution } from '../../../../engine/protocol/parameters.js';
import { Streams } from '../../../../engine/runtimes/virtual/random.js';
import { simulate } from '../../../../engine/runtimes/virtual/simulate.js';
import { SCENARIOS } from '../../scenarios.js';

test('observations of the scenarios are the frozen ones', async () => {
  const pages = SCENARIOS.map(([name, settings]) => {
    const { observation, counters } = simulate(settings, { precision: 0.05, maxCommits: 4000 });
    const lines = Object.entries({ ...observation, ...counters }).map(
      ([column, value]) => `  ${column}: ${value ?? ''}`,
    );
    return [name, ...lines].map((line) => line.trimEnd()).join('\n');
  });
  await expect(`${pages.join('\n\n')}\n`).toMatchFileSnapshot('./observations.golden.txt');
});

test('draws of seed 42 are the frozen ones, to the last digit', async () => {
  const distributions: Distribution[] = [
    { kind: 'exponential', mean: 100 },
    { kind: 'lognormal', mean: 100, sigma: 0.5 },
    { kind: 'empirical', mean: 2, source: 'three', samples: [1, 2, 3] },
  ];
  const streams = new Streams(42);
  const uniform = streams.uniform();
  const lines = [`uniform: ${Array.from({ length: 8 }, () => uniform()).join(' ')}`];
  for (const distribution of distributions) {
    const cost = streams.cost(distribution);
    lines.push(`${distribution.kind}: ${Array.from({ length: 8 }, () => cost.draw()).join(' ')}`);
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('./draws.golden.txt');
});
