/** Mutexes and condition variables of the threads runtime: those of shared memory, as the actors know them, and measured. */
import type { Condition, Fiber, Mutex, Parked } from '../../actors/primitives.js';
import { LatencyHistogram } from '../../measure/histogram.js';
import type { Microseconds } from '../../protocol/parameters.js';
import type { SharedCondition } from '../../sync/condition.js';
import type { SharedMutex } from '../../sync/mutex.js';
import type { DeadlineQueue, Scheduler, ThreadFiber } from './scheduler.js';

/** What one worker saw of one mutex. */
export interface LockCount {
  acquisitions: number;
  /** Acquisitions that found it held. */
  contended: number;
  /** Waits of the contended ones, µs. */
  readonly waits: LatencyHistogram;
  /** How long it was held, µs, of every HELD_SAMPLE-th acquisition. */
  readonly held: LatencyHistogram;
}

/** Reading the clock twice for every acquisition would cost more than most of them. A prime: they come in patterns. */
const HELD_SAMPLE = 17;

export class ThreadMutex implements Mutex {
  readonly name: string;
  readonly count: LockCount = {
    acquisitions: 0,
    contended: 0,
    waits: new LatencyHistogram(),
    held: new LatencyHistogram(),
  };
  readonly #shared: SharedMutex;
  readonly #scheduler: Scheduler;
  /** When it was acquired by a fiber of this worker, if this time is measured; -1 if not. */
  #acquiredAt: Microseconds = -1;

  constructor(name: string, shared: SharedMutex, scheduler: Scheduler) {
    this.name = name;
    this.#shared = shared;
    this.#scheduler = scheduler;
  }

  acquire(self: Fiber): Parked {
    this.count.acquisitions++;
    if (this.#shared.tryAcquire()) {
      this.#measureHold();
      return false;
    }
    return !this.#contend(self as ThreadFiber);
  }

  release(_self: Fiber): void {
    if (this.#acquiredAt >= 0) {
      this.count.held.record(Math.max(0, this.#scheduler.readClock() - this.#acquiredAt));
      this.#acquiredAt = -1;
    }
    this.#shared.release();
  }

  /** The fiber is woken and needs this mutex; `false`: it must sleep again. */
  takeOrQueue(fiber: ThreadFiber): boolean {
    if (this.#shared.handsOver && fiber.contendedAt > 0) {
      this.#obtained(fiber);
      return true;
    }
    if (fiber.contendedAt === 0) {
      // It comes from a condition variable: this is an acquisition like any other.
      this.count.acquisitions++;
      if (!this.#shared.tryAcquire()) return this.#contend(fiber);
      fiber.needs = undefined;
      this.#measureHold();
      return true;
    }
    return this.#takenBy(fiber);
  }

  #contend(fiber: ThreadFiber): boolean {
    this.count.contended++;
    fiber.contendedAt = this.#scheduler.readClock();
    return this.#takenBy(fiber);
  }

  #takenBy(fiber: ThreadFiber): boolean {
    fiber.needs = this;
    fiber.waitsFor = this.name;
    if (!this.#shared.acquireOrQueue(fiber.id)) return false;
    this.#obtained(fiber);
    return true;
  }

  #obtained(fiber: ThreadFiber): void {
    this.count.waits.record(Math.max(0, this.#scheduler.readClock() - fiber.contendedAt));
    fiber.contendedAt = 0;
    fiber.needs = undefined;
    this.#measureHold();
  }

  #measureHold(): void {
    if (this.count.acquisitions % HELD_SAMPLE === 0) this.#acquiredAt = this.#scheduler.readClock();
  }
}

export class ThreadCondition implements Condition, DeadlineQueue {
  readonly #name: string;
  readonly #shared: SharedCondition;
  readonly #scheduler: Scheduler;
  readonly #mutex: ThreadMutex | undefined;

  constructor(name: string, shared: SharedCondition, scheduler: Scheduler, mutex?: ThreadMutex) {
    this.#name = name;
    this.#shared = shared;
    this.#scheduler = scheduler;
    this.#mutex = mutex;
  }

  wait(self: Fiber, deadline: Microseconds = Number.POSITIVE_INFINITY, position = 0): Parked {
    const fiber = self as ThreadFiber;
    this.#shared.queue(fiber.id, position);
    this.#park(fiber);
    // Queued already, but a wake-up is dealt with only after this turn.
    if (deadline !== Number.POSITIVE_INFINITY) this.#scheduler.waitUntil(fiber, deadline, this);
    return true;
  }

  /** As `wait`, unless `words[index]` is no longer `seen`. */
  waitWhile(self: Fiber, words: Int32Array, index: number, seen: number): Parked {
    const fiber = self as ThreadFiber;
    if (!this.#shared.queueWhile(words, index, seen, fiber.id)) return false;
    this.#park(fiber);
    return true;
  }

  #park(fiber: ThreadFiber): void {
    fiber.timedOut = false;
    fiber.waitsFor = this.#name;
    fiber.needs = this.#mutex;
    this.#mutex?.release(fiber);
  }

  broadcast(_self: Fiber): Parked {
    this.#shared.wakeUpTo(Number.POSITIVE_INFINITY);
    return false;
  }

  wakeUpTo(_self: Fiber, position: number): Parked {
    this.#shared.wakeUpTo(position);
    return false;
  }

  wakeOne(): boolean {
    return this.#shared.wakeOne();
  }

  forget(fiber: number): boolean {
    return this.#shared.forget(fiber);
  }
}
