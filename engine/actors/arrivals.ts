/** Open loop: transactions arrive by themselves, with exponential gaps, whether or not a connection is free. */
import type { Backlog } from './client.js';
import type { Clock, Condition, Cost, Fiber, Script } from './primitives.js';

export function* arrivals(self: Fiber, clock: Clock, gap: Cost, arrive: (at: number) => void): Script {
  let next = clock.now();
  for (;;) {
    next += gap.draw();
    const wait = next - clock.now();
    if (wait > 0 && clock.sleep(self, wait)) yield;
    arrive(next);
  }
}

/** Transactions beyond this many that have not begun are turned away: the source is past saturation. */
const BACKLOG_LIMIT = 2000;

export class ArrivalBacklog implements Backlog {
  readonly arrived: Condition;
  readonly #intended = new Float64Array(BACKLOG_LIMIT);
  #head = 0;
  #tail = 0;
  intended = 0;
  arrivals = 0;
  /** Arrivals that found transactions waiting already. */
  late = 0;
  dropped = 0;

  constructor(arrived: Condition) {
    this.arrived = arrived;
  }

  get size(): number {
    return this.#tail - this.#head;
  }

  arrive(at: number): void {
    this.arrivals++;
    if (this.size === BACKLOG_LIMIT) {
      this.dropped++;
      return;
    }
    this.#intended[this.#tail++ % BACKLOG_LIMIT] = at;
    if (!this.arrived.wakeOne()) this.late++;
  }

  take(): boolean {
    if (this.#head === this.#tail) return false;
    this.intended = this.#intended[this.#head++ % BACKLOG_LIMIT] as number;
    return true;
  }
}

/** Of a session that begins a transaction when somebody tells it to, one at a time. */
export class CommitRequest implements Backlog {
  readonly arrived: Condition;
  readonly #clock: Clock;
  #asked = false;
  #done: (() => void) | undefined = undefined;

  constructor(arrived: Condition, clock: Clock) {
    this.arrived = arrived;
    this.#clock = clock;
  }

  get intended(): number {
    return this.#clock.now();
  }

  take(): boolean {
    const asked = this.#asked;
    this.#asked = false;
    return asked;
  }

  /** `done`: called when the client would have its answer. */
  ask(done: () => void): void {
    this.#done = done;
    this.#asked = true;
    this.arrived.wakeOne();
  }

  answered(): void {
    this.#done?.();
  }
}
