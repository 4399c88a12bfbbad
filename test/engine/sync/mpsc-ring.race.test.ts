/** Allowed: every producer's messages once, whole, in the order it sent them; a second consumer throws. */
import { describe, expect, test } from 'vitest';
import { Arena } from '../../../engine/sync/arena.js';
import { MpscConsumer, MpscProducer, takeMpscMemory } from '../../../engine/sync/mpsc-ring.js';
import { HEAD, TAIL } from '../../../engine/sync/mpsc-ring.layout.js';
import { canary, NAP } from './race/canary.js';
import { FACTOR, type Race, race } from './race/race.js';

const MESSAGES = 150_000 * FACTOR;
const parts = ['consumer', 'producer', 'producer', 'producer'];
const three: Race = { scenario: 'mpsc', parts, rounds: 50_000, options: { start: 0 } };

describe('no message is lost, doubled, torn or before one that its producer sent earlier', () => {
  test.each([
    ['from 0', 0],
    ['over 2³¹', 2 ** 31 - 4096],
    ['over 2³²', 2 ** 32 - 4096],
  ])('three producers, tickets %s', async (_, start) => {
    const [received] = await race({ ...three, rounds: MESSAGES, options: { start } });
    expect(received?.messages).toBe(3 * MESSAGES);
  });
});

const file = 'mpsc-ring.js';
const wrong = /word \d of message \d+ of player \d says|nobody has got on|of player undefined/;

canary(
  'a ticket drawn with a load and a store',
  [
    {
      file,
      line: 'const drawn = Atomics.compareExchange(control, TAIL, ticket, (ticket + 1) | 0);',
      by: `const drawn = ticket; ${NAP} Atomics.store(control, TAIL, (ticket + 1) | 0);`,
    },
  ],
  three,
  wrong,
);

canary(
  'published before the words are written',
  [{ file, line: 'this.ticket = ticket;', by: `this.ticket = ticket; this.publish(); ${NAP}` }],
  three,
  wrong,
);

canary(
  'a place is claimed without looking at HEAD',
  [
    {
      file,
      line: 'if ((ticket - this.headSeen) >>> 0 >= capacity) {',
      by: 'this.headSeen = ticket; if ((ticket - this.headSeen) >>> 0 >= capacity) {',
    },
  ],
  three,
  wrong,
);

canary(
  'released before it is read',
  [
    {
      file,
      line: 'return Math.imul(slot, this.width);',
      by: `Atomics.store(this.control, HEAD, (head + 1) | 0); ${NAP} return Math.imul(slot, this.width);`,
    },
  ],
  three,
  wrong,
);

canary(
  'indices that count on over 2³¹',
  [
    {
      file,
      line: 'if ((ticket - this.headSeen) >>> 0 >= capacity) {',
      by: 'if (ticket - this.headSeen >= capacity) {',
    },
  ],
  { ...three, options: { start: 2 ** 31 - 4096 } },
  wrong,
);

test('a second consumer throws', () => {
  const memory = takeMpscMemory(new Arena(), 8, 1);
  new MpscConsumer(memory);
  expect(() => new MpscConsumer(memory)).toThrow(/consumer.*taken already/);
});

test('a producer that was idle while others sent 2³¹ messages sees that the ring is full', () => {
  const memory = takeMpscMemory(new Arena(), 8, 1);
  const producer = new MpscProducer(memory);
  memory.control[HEAD] = 2 ** 31 + 5;
  memory.control[TAIL] = 2 ** 31 + 5 + 8;
  expect(producer.claim()).toBe(-1);
  memory.control[HEAD] = 2 ** 31 + 6;
  expect(producer.claim()).toBe((5 + 8) % 8);
});
