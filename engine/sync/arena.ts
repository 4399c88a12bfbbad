/**
 * Takes areas from one block of shared memory, in order. Whoever builds the same things in the same order over the same
 * block, in another thread, gets the same areas: nobody has to send offsets around.
 */

/**
 * What different threads write lies this far apart at least: a processor fetches cache lines of 64 bytes in pairs, and two
 * writers must not share a pair (false sharing).
 */
export const ISOLATION_BYTES = 128;
const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;
/** Int32 words in one isolated area. */
export const ISOLATION_WORDS = ISOLATION_BYTES / WORD_BYTES;

export class Arena {
  readonly #memory: SharedArrayBuffer | undefined;
  #taken = 0;

  /** Without memory it only measures: every area is memory of its own, and `bytesTaken` says how much a block needs. */
  constructor(memory?: SharedArrayBuffer) {
    this.#memory = memory;
  }

  get bytesTaken(): number {
    return this.#taken;
  }

  int32(length: number): Int32Array {
    return new Int32Array(...this.#take(length * Int32Array.BYTES_PER_ELEMENT), length);
  }

  float64(length: number): Float64Array {
    return new Float64Array(...this.#take(length * Float64Array.BYTES_PER_ELEMENT), length);
  }

  uint8(length: number): Uint8Array {
    return new Uint8Array(...this.#take(length), length);
  }

  /** Throws `RangeError` when the block is too small: it was measured for something else. */
  #take(bytes: number): [ArrayBufferLike, number] {
    const from = this.#taken;
    // The last word of an area and the first of the next are what must lie apart: the block itself begins anywhere (malloc
    // aligns to 16 bytes), so that areas which only touch would share a line.
    this.#taken += (Math.ceil((bytes - WORD_BYTES) / ISOLATION_BYTES) + 1) * ISOLATION_BYTES;
    if (!this.#memory) return [new SharedArrayBuffer(bytes), 0];
    if (this.#taken > this.#memory.byteLength) {
      throw new RangeError(`${this.#taken} bytes asked of a block of ${this.#memory.byteLength}`);
    }
    return [this.#memory, from];
  }
}

/** A block just large enough for what `build` takes. */
export function allocateFor(build: (arena: Arena) => void): SharedArrayBuffer {
  const measuring = new Arena();
  build(measuring);
  return new SharedArrayBuffer(measuring.bytesTaken);
}
