/** Takes a role that only one may have; a second one throws at once, instead of corrupting what the first one does. */
export function takeRole(words: Int32Array, index: number, what: string): void {
  if (Atomics.exchange(words, index, 1) !== 0) throw new Error(`${what} is taken already`);
}
