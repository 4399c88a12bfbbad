/** The harness of the races: what it reports when a race does not end well. */
import { expect, test } from 'vitest';
import { brokenCopy } from './race/canary.js';
import { race } from './race/race.js';

test('a player that waits for ever is named, with what it waits for', async () => {
  const lonely = { scenario: 'mpsc', parts: ['producer'], rounds: 1000, options: { start: 0 }, patienceMs: 200 };
  await expect(race(lonely)).rejects.toThrow(/^nobody has got on for \d+ ms: producer \(round 64\) waits for a place$/);
});

test('what a player throws is said with its part', async () => {
  const two = { scenario: 'spsc', parts: ['producer', 'producer'], rounds: 10, options: { start: 0, batch: 1 } };
  await expect(race(two)).rejects.toThrow(/^player [01] \(producer\): the producer of this ring is taken already$/);
});

test('a breakage must apply exactly once', () => {
  const file = 'latch.js';
  expect(() => brokenCopy([{ file, line: 'no such line', by: '' }])).toThrow(
    'latch.js has 0 lines that read no such line',
  );
  expect(() => brokenCopy([{ file, line: '}', by: '' }])).toThrow(/latch.js has \d lines that read \}/);
});
