/** Up to here the difference of two indices that count modulo 2³² says how far apart they are. */
const CAPACITY_MOST = 2 ** 30;

/** Throws unless `capacity` is a power of two, so that the low bits of an index are a place, from `least` up to 2³⁰. */
export function checkCapacity(capacity: number, least: number): void {
  if (Number.isInteger(Math.log2(capacity)) && capacity >= least && capacity <= CAPACITY_MOST) return;
  throw new RangeError(`a ring's capacity is a power of two from ${least} to ${CAPACITY_MOST}, not ${capacity}`);
}
