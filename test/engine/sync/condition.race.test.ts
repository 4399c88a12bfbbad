/**
 * Allowed: whoever waits for what is published goes on, those who wait for a later position do not; a fiber whose deadline
 * passes while it is woken is either forgotten or woken, never both and never neither.
 */
import { expect, test } from 'vitest';
import { canary, NAP } from './race/canary.js';
import { FACTOR, type Race, race } from './race/race.js';

const GENERATIONS = 10_000 * FACTOR;
const generations: Race = {
  scenario: 'condition',
  parts: ['generationPublisher', 'generationWaiters', 'generationWaiters'],
  rounds: 5000,
};
const positions: Race = {
  scenario: 'condition',
  parts: ['positionPublisher', 'positionWaiters', 'positionWaiters'],
  rounds: 5000,
};
const deadlines: Race = { scenario: 'condition', parts: ['deadlineOwner', 'deadlineWaker'], rounds: 20_000 };

const sum = (numbers: readonly (number | undefined)[]): number => numbers.reduce<number>((a, b) => a + (b ?? 0), 0);

test('published, then woken: nobody misses a generation', async () => {
  const tallies = await race({ ...generations, rounds: GENERATIONS });
  expect(sum(tallies.map(({ seen }) => seen))).toBe(4 * GENERATIONS);
  expect(sum(tallies.map(({ woken }) => woken))).toBe(sum(tallies.map(({ queued }) => queued)));
});

test('positions: exactly those are woken that are covered', async () => {
  const rounds = 5000 * FACTOR;
  const tallies = await race({ ...positions, rounds });
  expect(sum(tallies.map(({ queued }) => queued))).toBe(6 * rounds);
  expect(sum(tallies.map(({ woken }) => woken))).toBe(6 * rounds);
});

test('deadlines: forgotten or woken', async () => {
  const rounds = 5_000 * FACTOR;
  const [tally] = await race({ ...deadlines, rounds });
  expect(tally!.forgotten! + tally!.woken!).toBe(rounds);
});

const file = 'condition.js';

canary(
  'looks before it has the latch',
  [
    {
      file,
      line: 'const unchanged = Atomics.load(words, index) === seen;',
      by: `this.#waiting.unlock(); const unchanged = Atomics.load(words, index) === seen; ${NAP} this.#waiting.lock();`,
    },
  ],
  generations,
  /nobody has got on.*all to see generation.*fiber \d: generation/,
);

canary(
  'one position too few is woken',
  [{ file, line: 'if (positions[each] > position)', by: 'if (positions[each] >= position)' }],
  positions,
  /nobody has got on.*to go on/,
);

canary(
  'one position too many is woken',
  [{ file, line: 'if (positions[each] > position)', by: 'if (positions[each] > position + 1)' }],
  positions,
  /is woken at \d+ and waits for \d+/,
);

canary(
  'the link is read after the fiber has been woken',
  [
    { file, line: 'const following = next[fiber];', by: '' },
    { file, line: 'fiber = following;', by: `${NAP} fiber = next[fiber];` },
  ],
  positions,
  /nobody has got on|woken/,
);

canary(
  'forgotten although somebody wakes it',
  [{ file, line: 'return found;', by: 'return true;' }],
  deadlines,
  /taken out 2 times/,
);

canary(
  'taken out of the queue without the latch',
  [
    { file: 'wait-queue.js', line: 'let each = this.takeAll();', by: `let each = this.takeAll(); ${NAP}` },
    {
      file,
      line: 'const found = this.#waiting.remove(fiber);',
      by: 'this.#waiting.unlock(); const found = this.#waiting.remove(fiber); this.#waiting.lock();',
    },
  ],
  deadlines,
  /taken out \d times|nobody has got on|woken in the order/,
);
