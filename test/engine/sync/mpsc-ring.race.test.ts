/** Allowed: every producer's messages once, whole, in the order it sent them; a second consumer throws. */
import { describe, expect, test } from 'vitest';
import { Arena } from '../../../engine/sync/arena.js';
import { MpscConsumer, takeMpscMemory } from '../../../engine/sync/mpsc-ring.js';
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
      line: 'if (turn === 0 && Atomics.compareExchange(this.#control, TAIL, ticket, (ticket + 1) | 0) === ticket) {',
      by: `if (turn === 0) { ${NAP} Atomics.store(this.#control, TAIL, (ticket + 1) | 0);`,
    },
  ],
  three,
  wrong,
);

canary(
  'published before the words are written',
  [
    {
      file,
      line: 'this.#ticket = ticket;',
      by: `this.#ticket = ticket; this.publish(); ${NAP}`,
    },
  ],
  three,
  wrong,
);

canary(
  'a place is claimed without looking at its sequence',
  [{ file, line: 'const turn = (Atomics.load(this.#sequences, slot) + slot - ticket) | 0;', by: 'const turn = 0;' }],
  three,
  wrong,
);

canary(
  'released before it is read',
  [
    {
      file,
      line: 'const slot = this.#head & this.#mask;',
      by: `const slot = this.#head & this.#mask;
        if (((Atomics.load(this.#sequences, slot) + slot - this.#head) | 0) === 1) {
          Atomics.store(this.#sequences, slot, (this.#head + this.#mask + 1 - slot) | 0); ${NAP} return slot * this.#width;
        }`,
    },
    { file, line: 'Atomics.store(this.#sequences, slot, (head + this.#mask + 1 - slot) | 0);', by: '' },
  ],
  three,
  wrong,
);

test('a second consumer throws', () => {
  const memory = takeMpscMemory(new Arena(), 8, 1);
  new MpscConsumer(memory);
  expect(() => new MpscConsumer(memory)).toThrow(/consumer.*taken already/);
});

test('a single place is refused: read and free would look the same', () => {
  expect(() => takeMpscMemory(new Arena(), 1, 1)).toThrow(/power of two from 2/);
});
