/** Allowed: a fiber that is woken is found once, in its sender's order; a worker that sleeps is woken by whoever rings. */
import { expect, test } from 'vitest';
import { Arena } from '../../../engine/sync/arena.js';
import { takeWakeMemory, WakeReceiver, WakeSender } from '../../../engine/sync/wake-ring.js';
import { canary, NAP } from './race/canary.js';
import { FACTOR, type Race, race } from './race/race.js';

/** With one sender, which wakes one fiber, nobody rings later who would make up for a lost wake-up. */
const pair: Race = {
  scenario: 'wake',
  parts: ['sleeper', 'sender'],
  rounds: 20_000,
  options: { share: 1, timeouts: 0 },
};
const parts = ['sleeper', 'sender', 'sender', 'sender'];

test.each([
  ['one sender of one fiber', pair],
  ['three senders of four each', { ...pair, parts, options: { share: 4, timeouts: 0 } }],
  ['three senders of four each, and sleep that ends', { ...pair, parts, options: { share: 4, timeouts: 1 } }],
])('nobody is woken twice, or never: %s', async (_, each) => {
  const rounds = 30_000 * FACTOR;
  const [tally] = await race({ ...each, rounds });
  expect(tally?.woken).toBe((each.parts.length - 1) * rounds);
});

const file = 'wake-ring.js';
const hangs = /nobody has got on.*sleeper.*waits for somebody to ring/;

canary(
  'looks whether the worker sleeps before it rings',
  [
    {
      file,
      line: 'Atomics.add(bell, RINGS, 1);',
      by: `const asleep = Atomics.load(bell, ASLEEP); ${NAP} Atomics.add(bell, RINGS, 1);`,
    },
    { file, line: 'if (Atomics.load(bell, ASLEEP) === 1)', by: 'if (asleep === 1)' },
  ],
  pair,
  hangs,
);

canary(
  'sleeps without comparing',
  [
    {
      file,
      line: 'Atomics.wait(this.#bell, RINGS, rings, milliseconds);',
      by: `${NAP} Atomics.wait(this.#bell, RINGS, Atomics.load(this.#bell, RINGS), milliseconds);`,
    },
  ],
  pair,
  hangs,
);

canary(
  'says that it sleeps after it has compared',
  [
    {
      file,
      line: 'Atomics.store(this.#bell, ASLEEP, 1);',
      by: `if (this.rangSince(rings)) return; ${NAP} rings = this.rings(); Atomics.store(this.#bell, ASLEEP, 1);`,
    },
  ],
  pair,
  hangs,
);

canary(
  'rings before the fiber is in the ring',
  [
    { file, line: 'this.#ring.publish();', by: `ringBell(this.#bell); ${NAP}` },
    { file, line: 'ringBell(this.#bell);', by: 'this.#ring.publish();' },
  ],
  pair,
  hangs,
);

test('a fiber that is woken twice fills the ring, which throws', () => {
  const memory = takeWakeMemory(new Arena(), 2);
  const sender = new WakeSender(memory);
  sender.wake(0);
  sender.wake(1);
  expect(() => sender.wake(1)).toThrow(/fiber 1 .*somebody wakes twice/);
});

test('a second receiver throws', () => {
  const memory = takeWakeMemory(new Arena(), 2);
  new WakeReceiver(memory);
  expect(() => new WakeReceiver(memory)).toThrow(/consumer.*taken already/);
});
