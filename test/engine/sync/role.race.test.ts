/** Allowed: of two threads that take a role at the same time, exactly one gets it. */
import { expect, test } from 'vitest';
import { brokenCopy, NAP } from './race/canary.js';
import { ENGINE, race } from './race/race.js';

const ROUNDS = 5_000;

async function taken(root: URL): Promise<number> {
  const [one, other] = await race({ scenario: 'role', parts: ['taker', 'taker'], rounds: ROUNDS, root });
  return one!.taken! + other!.taken!;
}

test('one of two', async () => expect(await taken(ENGINE)).toBe(ROUNDS));

test('canary: a load and a store let both in', async () => {
  const broken = brokenCopy([
    {
      file: 'role.js',
      line: 'if (Atomics.exchange(words, index, 1) !== 0)',
      by: `const was = Atomics.load(words, index); ${NAP} Atomics.store(words, index, 1); if (was !== 0)`,
    },
  ]);
  expect(await taken(broken)).toBeGreaterThan(ROUNDS);
});
