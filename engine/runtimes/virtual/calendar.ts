/**
 * The event calendar: a binary heap over typed arrays, ordered by (time, sequence), so that events of one instant happen
 * in the order in which they were scheduled and a run is the same on every machine.
 */
import type { Microseconds } from '../../protocol/parameters.js';

export class Calendar {
  #times: Float64Array;
  #sequences: Float64Array;
  #items: Int32Array;
  #size = 0;
  #sequence = 0;

  constructor(capacity = 256) {
    this.#times = new Float64Array(capacity);
    this.#sequences = new Float64Array(capacity);
    this.#items = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** How many events have been scheduled so far. */
  get scheduled(): number {
    return this.#sequence;
  }

  /** When the next event happens; Infinity when there is none. */
  nextTime(): Microseconds {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number);
  }

  nextItem(): number {
    return this.#items[0] as number;
  }

  push(time: Microseconds, item: number): void {
    if (this.#size === this.#times.length) this.#grow();
    const times = this.#times;
    const sequences = this.#sequences;
    const items = this.#items;
    let hole = this.#size++;
    // A new event has the largest sequence number: it goes behind every event of the same time.
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if ((times[parent] as number) <= time) break;
      times[hole] = times[parent] as number;
      sequences[hole] = sequences[parent] as number;
      items[hole] = items[parent] as number;
      hole = parent;
    }
    times[hole] = time;
    sequences[hole] = this.#sequence++;
    items[hole] = item;
  }

  /** Removes the next event; read `nextTime` and `nextItem` before. */
  pop(): void {
    const last = --this.#size;
    if (last <= 0) return;
    const times = this.#times;
    const sequences = this.#sequences;
    const items = this.#items;
    const time = times[last] as number;
    const sequence = sequences[last] as number;
    const item = items[last] as number;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= last) break;
      const right = child + 1;
      if (right < last && this.#before(right, times[child] as number, sequences[child] as number)) child = right;
      const childTime = times[child] as number;
      if (time < childTime || (time === childTime && sequence < (sequences[child] as number))) break;
      times[hole] = childTime;
      sequences[hole] = sequences[child] as number;
      items[hole] = items[child] as number;
      hole = child;
    }
    times[hole] = time;
    sequences[hole] = sequence;
    items[hole] = item;
  }

  #before(slot: number, time: number, sequence: number): boolean {
    const slotTime = this.#times[slot] as number;
    return slotTime < time || (slotTime === time && (this.#sequences[slot] as number) < sequence);
  }

  #grow(): void {
    const capacity = this.#times.length * 2;
    const times = new Float64Array(capacity);
    const sequences = new Float64Array(capacity);
    const items = new Int32Array(capacity);
    times.set(this.#times);
    sequences.set(this.#sequences);
    items.set(this.#items);
    this.#times = times;
    this.#sequences = sequences;
    this.#items = items;
  }
}
