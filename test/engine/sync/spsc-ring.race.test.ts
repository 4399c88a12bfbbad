/** Allowed: every message once, whole, in the order sent; a second producer or consumer throws. */
import { describe, expect, test } from 'vitest';
import { Arena } from '../../../engine/sync/arena.js';
import { SpscConsumer, SpscProducer, takeSpscMemory } from '../../../engine/sync/spsc-ring.js';
import { canary, NAP } from './race/canary.js';
import { FACTOR, type Race, race } from './race/race.js';

const parts = ['producer', 'consumer'];
const single: Race = { scenario: 'spsc', parts, rounds: 100_000, options: { batch: 1, start: 0 } };
const batched: Race = { ...single, options: { batch: 8, start: 0 } };
const runs: Race = { ...batched, parts: ['runProducer', 'runConsumer'] };

describe('no message is lost, doubled, torn or out of order', () => {
  test.each([
    ['one by one', single, 200_000, 0],
    ['batched', batched, 500_000, 0],
    ['in runs', runs, 500_000, 0],
    ['one by one, over 2³¹', single, 100_000, 2 ** 31 - 5000],
    ['batched, over 2³²', batched, 500_000, 2 ** 32 - 5000],
    ['in runs, over 2³¹', runs, 500_000, 2 ** 31 - 5000],
    ['in runs, over 2³²', runs, 500_000, 2 ** 32 - 5000],
  ])('%s', async (_, each, messages, start) => {
    const rounds = messages * FACTOR;
    const [, received] = await race({ ...each, rounds, options: { ...each.options, start } });
    expect(received?.messages).toBe(rounds);
  });
});

const file = 'spsc-ring.js';
const wrong = /onsumer.*word \d of message \d+ says/;

canary(
  'published before the words are written',
  [
    {
      file,
      line: 'this.tail = (tail + 1) | 0;',
      by: `this.tail = (tail + 1) | 0; Atomics.store(this.control, TAIL, this.tail); ${NAP}`,
    },
  ],
  single,
  wrong,
);

canary(
  'a place is claimed without looking at HEAD',
  [
    {
      file,
      line: 'if (((tail - this.headSeen) | 0) < capacity)',
      by: 'this.headSeen = tail; if (((tail - this.headSeen) | 0) < capacity)',
    },
  ],
  single,
  wrong,
);

canary(
  'released before it is read',
  [
    {
      file,
      line: 'return Math.imul(head & (this.capacity - 1), this.width);',
      by: `Atomics.store(this.control, HEAD, (head + 1) | 0); ${NAP} return Math.imul(head & (this.capacity - 1), this.width);`,
    },
  ],
  batched,
  wrong,
);

canary(
  'indices that count on over 2³¹',
  [
    {
      file,
      line: 'if (((tail - this.headSeen) | 0) < capacity)',
      by: 'if (tail - this.headSeen < capacity)',
    },
  ],
  { ...batched, options: { batch: 8, start: 2 ** 31 - 5000 } },
  wrong,
);

canary(
  'a run is published before its words are written',
  [
    {
      file,
      line: 'this.tail = (tail + count) | 0;',
      by: `this.tail = (tail + count) | 0; Atomics.store(this.control, TAIL, this.tail); ${NAP}`,
    },
  ],
  runs,
  wrong,
);

canary(
  'a run that goes over what the consumer has not read',
  [
    {
      file,
      line: 'const count = Math.min(most, free, capacity - slot);',
      by: 'const count = Math.min(most, capacity - slot);',
    },
  ],
  runs,
  wrong,
);

canary(
  'a run that goes over the end of the ring',
  [
    {
      file,
      line: 'const count = Math.min(most, free, capacity - slot);',
      by: 'const count = Math.min(most, free);',
    },
  ],
  runs,
  wrong,
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
