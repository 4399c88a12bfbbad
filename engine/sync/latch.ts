/**
 * A futex mutex for a few instructions at a time: it blocks the whole thread, so no fiber may wait for anything while it
 * holds one (U. Drepper, "Futexes are tricky", 2011, section 6: mutex2).
 *
 *     word   0 free   1 held   2 held, and somebody may sleep for it
 */
const FREE = 0;
const HELD = 1;
const CONTENDED = 2;

/** Tries before sleeping: about 1 µs, some times what anybody holds a latch for, and less than a sleep costs. */
const TRIES = 100;

export function lockLatch(words: Int32Array, index: number): void {
  for (let tries = 0; tries < TRIES; tries++) {
    // Reading first keeps the line shared while another holds it; the exchange must be atomic, or two get in.
    if (Atomics.load(words, index) === FREE && Atomics.compareExchange(words, index, FREE, HELD) === FREE) return;
  }
  // Marked as contended before sleeping, or the holder would leave without waking anybody.
  while (Atomics.exchange(words, index, CONTENDED) !== FREE) Atomics.wait(words, index, CONTENDED);
}

export function unlockLatch(words: Int32Array, index: number): void {
  // One exchange, not load and store: a thread that marks it contended in between would never be woken.
  if (Atomics.exchange(words, index, FREE) === CONTENDED) Atomics.notify(words, index, 1);
}
