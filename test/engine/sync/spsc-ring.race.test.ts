/** Allowed: every message once, whole, in the order sent; a second producer or consumer throws. */
import { describe, expect, test } from 'vitest';
import { Arena } from '../../../engine/sync/arena.js';
import { SpscConsumer, SpscProducer, takeSpscMemory } from '../../../engine/sync/spsc-ring.js';
import { canary, NAP } from './race/canary.js';
import { FACTOR, type Race, race } from './race/race.js';

const parts = ['producer', 'consumer'];
const single: Race = { scenario: 'spsc', parts, rounds: 100_000, options: { batch: 1, start: 0 } };
const batched: Race = { ...single, options: { batch: 8, start: 0 } };

describe('no message is lost, doubled, torn or out of order', () => {
  test.each([
    ['one by one', 200_000, 1, 0],
    ['batched', 1_000_000, 8, 0],
    ['one by one, over 2³¹', 100_000, 1, 2 ** 31 - 5000],
    ['batched, over 2³²', 1_000_000, 8, 2 ** 32 - 5000],
  ])('%s', async (_, messages, batch, start) => {
    const rounds = messages * FACTOR;
    const [, received] = await race({ ...single, rounds, options: { batch, start } });
    expect(received?.messages).toBe(rounds);
  });
});

const file = 'spsc-ring.js';

canary(
  'published before the words are written',
  [
    {
      file,
      line: 'this.#tail = (this.#tail + 1) | 0;',
      by: `this.#tail = (this.#tail + 1) | 0; Atomics.store(this.#control, TAIL, this.#tail); ${NAP}`,
    },
  ],
  single,
  /consumer.*word \d of message \d+ says/,
);

canary(
  'a place is claimed without looking at HEAD',
  [{ file, line: 'this.#headSeen = Atomics.load(this.#control, HEAD);', by: 'this.#headSeen = this.#tail;' }],
  single,
  /consumer.*word \d of message \d+ says/,
);

canary(
  'released before it is read',
  [
    {
      file,
      line: 'return (this.#head & this.#mask) * this.#width;',
      by: `Atomics.store(this.#control, HEAD, (this.#head + 1) | 0); ${NAP} return (this.#head & this.#mask) * this.#width;`,
    },
  ],
  batched,
  /consumer.*word \d of message \d+ says/,
);

canary(
  'indices that count on over 2³¹',
  [
    {
      file,
      line: 'if (((this.#tail - this.#headSeen) | 0) >= this.#capacity) {',
      by: 'if (this.#tail - this.#headSeen >= this.#capacity) {',
    },
  ],
  { ...batched, options: { batch: 8, start: 2 ** 31 - 5000 } },
  /consumer.*word \d of message \d+ says/,
);

describe('a role can be taken once', () => {
  const takeTwice = (klass: typeof SpscProducer | typeof SpscConsumer): void => {
    const memory = takeSpscMemory(new Arena(), 8, 1);
    new klass(memory);
    new klass(memory);
  };

  test('a second producer throws', () => expect(() => takeTwice(SpscProducer)).toThrow(/producer.*taken already/));
  test('a second consumer throws', () => expect(() => takeTwice(SpscConsumer)).toThrow(/consumer.*taken already/));
});

test.each([0, 3, 1.5, -8, 2 ** 31, Number.NaN])('a capacity of %d is refused', (capacity) => {
  expect(() => takeSpscMemory(new Arena(), capacity, 1)).toThrow(/power of two from 1/);
});
