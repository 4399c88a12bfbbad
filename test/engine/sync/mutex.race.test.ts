/**
 * Allowed: what the mutex guards is never seen half-written, every round is counted once, nobody sleeps for ever; under
 * fifo nobody is overtaken.
 */
import { expect, test } from 'vitest';
import { canary, DELAY } from './race/canary.js';
import { FACTOR, type Race, race } from './race/race.js';

const FIBERS = 6;
const ROUNDS = 20_000 * FACTOR;
const parts = ['host', 'host', 'host'];
const barging: Race = { scenario: 'mutex', parts, rounds: 10_000, options: { fifo: 0 } };
const fifo: Race = { ...barging, options: { fifo: 1 } };

test.each([
  ['barging', barging],
  ['fifo', fifo],
])('%s: six fibers of three threads exclude each other, and all of them get on', async (_, discipline) => {
  const tallies = await race({ ...discipline, rounds: ROUNDS });
  expect(Math.max(...tallies.map(({ last }) => last!))).toBe(FIBERS * ROUNDS);
});

const file = 'mutex.js';
const hangs = /nobody has got on.*fiber \d: the mutex/;

canary(
  'released without waking anybody',
  [{ file, line: 'const woken = this.#waiting.shift();', by: 'const woken = NO_FIBER;' }],
  barging,
  hangs,
);

canary(
  'asked for before the latch is held',
  [
    {
      file,
      line: 'if (Atomics.exchange(this.#state, 0, CONTENDED) === FREE) {',
      by: `this.#waiting.unlock(); const was = Atomics.exchange(this.#state, 0, CONTENDED); ${DELAY} this.#waiting.lock();
        if (was === FREE) {`,
    },
  ],
  barging,
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
  barging,
  hangs,
);

canary(
  'released with a load and a store',
  [
    {
      file,
      line: 'if (Atomics.exchange(this.#state, 0, FREE) !== CONTENDED)',
      by: `const was = Atomics.load(this.#state, 0); ${DELAY} Atomics.store(this.#state, 0, FREE); if (was !== CONTENDED)`,
    },
  ],
  barging,
  hangs,
);

canary(
  'tried with a load and a store',
  [
    {
      file,
      line: 'return Atomics.compareExchange(this.#state, 0, FREE, HELD) === FREE;',
      by: 'return Atomics.load(this.#state, 0) === FREE && Atomics.store(this.#state, 0, HELD) === HELD;',
    },
  ],
  barging,
  /torn/,
);

canary(
  'freed although it is handed over',
  [{ file, line: 'if (heir === NO_FIBER)', by: '' }],
  fifo,
  /torn|woken, and waits for nothing/,
);

canary(
  'freed after the latch is given back',
  [
    { file, line: 'if (heir === NO_FIBER)', by: '' },
    { file, line: 'Atomics.store(this.#state, 0, FREE);', by: '' },
    {
      file,
      line: 'if (heir !== NO_FIBER)',
      by: `${DELAY} if (heir === NO_FIBER) Atomics.store(this.#state, 0, FREE); else`,
    },
  ],
  fifo,
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
  fifo,
  /overtaken/,
);
