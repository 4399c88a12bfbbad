/** Where one fiber sleeps until another thread has something for it, or until an instant. */
import type { Microseconds } from '../../protocol/parameters.js';
import type { Scheduler, Sleeping, ThreadFiber } from './scheduler.js';

/** The word of a sleeper: 0, or 1 while its fiber is to be woken. */
export class Sleeper implements Sleeping {
  readonly #word: Int32Array;
  readonly #fiber: number;
  readonly #scheduler: Scheduler;

  /** `fiber`: who sleeps here, wherever it lives. */
  constructor(word: Int32Array, fiber: number, scheduler: Scheduler) {
    this.#word = word;
    this.#fiber = fiber;
    this.#scheduler = scheduler;
  }

  /** The other side: what the fiber may be waiting for has been published before. */
  wake(): void {
    if (Atomics.load(this.#word, 0) === 1 && this.wakeSelf()) this.#scheduler.wake(this.#fiber);
  }

  /** `true`: the caller is the one who wakes; nobody else will. */
  wakeSelf(): boolean {
    // Exchanged, so that of two who see the fiber asleep only one wakes it.
    return Atomics.exchange(this.#word, 0, 0) === 1;
  }

  /**
   * The fiber's side. Says that it sleeps, then looks once more (`came`): `false`, it need not sleep after all. Who
   * publishes something after that look sees that it sleeps.
   */
  sleepUnless(came: () => boolean): boolean {
    Atomics.store(this.#word, 0, 1);
    // If somebody is waking it already, it must sleep: the wake-up is on its way.
    return !came() || !this.wakeSelf();
  }

  /** Besides being woken, the fiber wakes at `at`. */
  alsoAt(fiber: ThreadFiber, at: Microseconds): void {
    this.#scheduler.alarm(fiber, at, this);
  }
}
