/**
 * Fields of a class that live in one Float64Array, so that threads can share them. What is written under a mutex may be
 * read as a plain number under the same mutex.
 */

/** Makes each of `names` an accessor of `prototype` for the word of that index in its `memory`. */
export function defineNumbers<T extends { readonly memory: Float64Array }>(
  prototype: T,
  names: readonly (keyof T & string)[],
): void {
  for (const [index, name] of names.entries()) {
    Object.defineProperty(prototype, name, {
      get(this: T): number {
        return this.memory[index] as number;
      },
      set(this: T, value: number) {
        this.memory[index] = value;
      },
    });
  }
}

/** The same for fields that are true or false; they begin at word `from`. */
export function defineFlags<T extends { readonly memory: Float64Array }>(
  prototype: T,
  from: number,
  names: readonly (keyof T & string)[],
): void {
  for (const [index, name] of names.entries()) {
    Object.defineProperty(prototype, name, {
      get(this: T): boolean {
        return this.memory[from + index] === 1;
      },
      set(this: T, value: boolean) {
        this.memory[from + index] = value ? 1 : 0;
      },
    });
  }
}
