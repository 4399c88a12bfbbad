/**
 * Allowed: what the mutex guards is never seen half-written, every round is counted once, nobody sleeps for ever; under
 * fifo nobody is overtaken.
 */
import { expect, test } from 'vitest';
import { canary, NAP } from './race/canary.js';
import { FACTOR, type Race, race } from './race/race.js';

const mutex = (players: number, fibers: number, fifo: 0 | 1): Race => ({
  scenario: 'mutex',
  parts: Array.from({ length: players }, () => 'host'),
  rounds: 10_000,
  options: { fibers, fifo },
});
const bargingPair = mutex(2, 2, 0);
const fifoPair = mutex(2, 2, 1);
const fifoCrowd = mutex(3, 6, 1);

test.each([
  ['barging, two in step', bargingPair, 20_000],
  ['barging, six on three threads', mutex(3, 6, 0), 10_000],
  ['fifo, two in step', fifoPair, 20_000],
  ['fifo, six on three threads', fifoCrowd, 10_000],
])('%s: fibers exclude each other, and all of them get on', async (_, each, base) => {
  const rounds = base * FACTOR;
  const tallies = await race({ ...each, rounds });
  expect(Math.max(...tallies.map(({ last }) => last!))).toBe(each.options!.fibers! * rounds);
});

const file = 'mutex.js';
const hangs = /nobody has got on.*fiber \d: the mutex/;

canary(
  'released without waking anybody',
  [{ file, line: 'const woken = this.#waiting.shift();', by: 'const woken = NO_FIBER;' }],
  bargingPair,
  hangs,
);

canary(
  'asked for before the latch is held',
  [
    {
      file,
      line: 'if (Atomics.exchange(this.#state, 0, CONTENDED) === FREE) {',
      by: `this.#waiting.unlock(); const was = Atomics.exchange(this.#state, 0, CONTENDED); ${NAP} this.#waiting.lock();
        if (was === FREE) {`,
    },
  ],
  bargingPair,
  hangs,
);

canary(
  'queued without marking it as contended',
  [
    {
      file,
      line: 'if (Atomics.exchange(this.#state, 0, CONTENDED) === FREE) {',
      by: 'if (Atomics.compareExchange(this.#state, 0, FREE, HELD) === FREE) {',
    },
  ],
  bargingPair,
  hangs,
);

canary(
  'released with a load and a store',
  [
    {
      file,
      line: 'if (Atomics.exchange(this.#state, 0, FREE) !== CONTENDED)',
      by: `const was = Atomics.load(this.#state, 0); ${NAP} Atomics.store(this.#state, 0, FREE); if (was !== CONTENDED)`,
    },
  ],
  bargingPair,
  hangs,
);

canary(
  'tried with a load and a store',
  [
    {
      file,
      line: 'return Atomics.compareExchange(this.#state, 0, FREE, HELD) === FREE;',
      by: `if (Atomics.load(this.#state, 0) !== FREE) return false; ${NAP} Atomics.store(this.#state, 0, HELD); return true;`,
    },
  ],
  bargingPair,
  /torn/,
);

canary(
  'freed although it is handed over',
  [{ file, line: 'if (heir === NO_FIBER)', by: '' }],
  fifoCrowd,
  /torn|overtaken|woken, and waits for nothing/,
);

canary(
  'freed after the latch is given back',
  [
    { file, line: 'if (heir === NO_FIBER)', by: '' },
    { file, line: 'Atomics.store(this.#state, 0, FREE);', by: '' },
    {
      file,
      line: 'if (heir !== NO_FIBER)',
      by: `${NAP} if (heir === NO_FIBER) Atomics.store(this.#state, 0, FREE); else`,
    },
  ],
  fifoPair,
  hangs,
);

canary(
  'the last to come is served first',
  [
    {
      file: 'wait-queue.js',
      line: 'this.#next[fiber] = NO_FIBER;',
      by: `this.#next[fiber] = this.#words[FIRST] - 1; this.#words[FIRST] = fiber + 1;
        if (this.#words[LAST] === 0) this.#words[LAST] = fiber + 1;
        return;`,
    },
  ],
  fifoCrowd,
  /overtaken/,
);
