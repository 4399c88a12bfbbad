/**
 * The event calendar: sorted typed arrays, ordered by (time, sequence), so that events of one instant happen in the order
 * in which they were scheduled and a run is the same on every machine.
 *
 * A cluster has few events ahead, one for each core, packet and fsync under way: two to four as a rule, and a new one is
 * among the next to happen. Putting it in its place takes one or two steps, fewer than a heap needs.
 */
import type { Microseconds } from '../../protocol/parameters.js';

/** An event farther back than this, such as one of thousands of clients that think, is placed by bisection. */
const FEW = 64;

export class Calendar {
  /** Latest first: the next event is the last one. */
  #times: Float64Array;
  #items: Int32Array;
  #size = 0;
  #scheduled = 0;

  constructor(capacity = 256) {
    this.#times = new Float64Array(capacity);
    this.#items = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** How many events have been scheduled so far. */
  get scheduled(): number {
    return this.#scheduled;
  }

  /** When the next event happens; Infinity when there is none. */
  nextTime(): Microseconds {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[this.#size - 1] as number);
  }

  nextItem(): number {
    return this.#items[this.#size - 1] as number;
  }

  push(time: Microseconds, item: number): void {
    if (this.#size === this.#times.length) this.#grow();
    const times = this.#times;
    const items = this.#items;
    this.#scheduled++;
    let place = this.#size++;
    if (place > FEW && (times[place - FEW] as number) <= time) place = this.#makeRoom(time);
    // What has been scheduled before happens before, of equal times too: those move up.
    while (place > 0 && (times[place - 1] as number) <= time) {
      times[place] = times[place - 1] as number;
      items[place] = items[place - 1] as number;
      place--;
    }
    times[place] = time;
    items[place] = item;
  }

  /** Removes the next event; read `nextTime` and `nextItem` before. */
  pop(): void {
    if (this.#size > 0) this.#size--;
  }

  /** Moves every event up that is not later than `time`; the answer is the place below them. */
  #makeRoom(time: Microseconds): number {
    const last = this.#size - 1;
    let low = 0;
    let high = last - FEW;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] as number) > time) low = middle + 1;
      else high = middle;
    }
    this.#times.copyWithin(low + 1, low, last);
    this.#items.copyWithin(low + 1, low, last);
    return low;
  }

  #grow(): void {
    const capacity = this.#times.length * 2;
    const times = new Float64Array(capacity);
    const items = new Int32Array(capacity);
    times.set(this.#times);
    items.set(this.#items);
    this.#times = times;
    this.#items = items;
  }
}
