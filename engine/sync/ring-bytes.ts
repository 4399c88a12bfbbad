/** Bytes in and out of a ring whose length is a power of two, around its end. */

export function writeAround(ring: Uint8Array, position: number, from: Uint8Array, length: number): void {
  const at = (position >>> 0) & (ring.length - 1);
  const whole = Math.min(length, ring.length - at);
  copyBytes(from, 0, ring, at, whole);
  if (whole < length) copyBytes(from, whole, ring, 0, length - whole);
}

export function readAround(ring: Uint8Array, position: number, into: Uint8Array, to: number, length: number): void {
  const at = (position >>> 0) & (ring.length - 1);
  const whole = Math.min(length, ring.length - at);
  copyBytes(ring, at, into, to, whole);
  if (whole < length) copyBytes(ring, 0, into, to + whole, length - whole);
}

/** Below this a loop is faster than a view and a copy. */
const LOOP_BYTES = 96;

function copyBytes(from: Uint8Array, at: number, into: Uint8Array, to: number, length: number): void {
  if (length <= LOOP_BYTES) for (let i = 0; i < length; i++) into[to + i] = from[at + i] as number;
  else into.set(from.subarray(at, at + length), to);
}
