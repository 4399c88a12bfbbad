/** Allowed: what a latch guards is never seen half-written, every round is counted once, and nobody sleeps for ever. */
import { expect, test } from 'vitest';
import { canary, NAP } from './race/canary.js';
import { FACTOR, type Race, race } from './race/race.js';

const parts = ['holder', 'holder', 'holder'];
const three: Race = { scenario: 'latch', parts, rounds: 100_000, options: { together: 0 } };
/** Nobody comes by later who would wake one left behind. */
const pair: Race = { ...three, parts: ['holder', 'holder'], rounds: 10_000, options: { together: 1 } };

test.each([
  ['three threads', three, 200_000],
  ['two in step', pair, 20_000],
])('%s exclude each other, and all of them get on', async (_, each, base) => {
  const rounds = base * FACTOR;
  const ends = await race({ ...each, rounds });
  expect(Math.max(...ends.map(({ last }) => last!))).toBe(each.parts.length * rounds);
});

const file = 'latch.js';

canary(
  'taken with a load and a store',
  [
    {
      file,
      line: 'if (Atomics.load(words, index) === FREE && Atomics.compareExchange(words, index, FREE, HELD) === FREE)',
      by: `if (Atomics.load(words, index) === FREE) ${NAP} else continue; Atomics.store(words, index, HELD);`,
    },
  ],
  pair,
  /torn/,
);

canary(
  'not marked as contended before sleeping',
  [
    {
      file,
      line: 'while (Atomics.exchange(words, index, CONTENDED) !== FREE)',
      by: 'while (Atomics.exchange(words, index, HELD) !== FREE)',
    },
    { file, line: 'Atomics.wait(words, index, CONTENDED);', by: 'Atomics.wait(words, index, HELD);' },
  ],
  pair,
  /nobody has got on.*waits for the latch/,
);

canary(
  'unlocked with a load and a store',
  [
    {
      file,
      line: 'if (Atomics.exchange(words, index, FREE) === CONTENDED)',
      by: `const was = Atomics.load(words, index); ${NAP} Atomics.store(words, index, FREE); if (was === CONTENDED)`,
    },
  ],
  pair,
  /nobody has got on.*waits for the latch/,
);
