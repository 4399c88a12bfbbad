/** The binlog's files: the engine counts bytes over all of them, clients see a file and a position in it. */
import { BINLOG_START } from '../../protocol/positions.js';

/** The event that ends a file and names the next: header 19, position 8, name, checksum 4. */
const rotateEventBytes = (name: string): number => 19 + 8 + name.length + 4;

export interface FilePosition {
  readonly file: string;
  readonly position: number;
}

export class BinlogFiles {
  readonly #base: string;
  /** Where each file begins, in the engine's bytes. The last one is written to. */
  #starts: number[];
  #firstNumber = 1;

  constructor(base: string) {
    this.#base = base;
    this.#starts = [BINLOG_START];
  }

  #name(index: number): string {
    return `${this.#base}.${String(this.#firstNumber + index).padStart(6, '0')}`;
  }

  /** Where an end of an event lies; at a file's beginning it is the new file's. */
  locate(end: number): FilePosition {
    let index = this.#starts.length - 1;
    while (index > 0 && end < (this.#starts[index] as number)) index--;
    return { file: this.#name(index), position: end - (this.#starts[index] as number) + BINLOG_START };
  }

  /** The engine's bytes of a position in a file; undefined for a file that is not there. */
  offsetOf({ file, position }: FilePosition): number | undefined {
    const index = this.#starts.findIndex((_, each) => this.#name(each) === file);
    // Before a file's first event lie its header and what describes it.
    if (index >= 0) return (this.#starts[index] as number) + Math.max(0, position - BINLOG_START);
    return file === '' ? (this.#starts[0] as number) : undefined;
  }

  list(end: number): { readonly name: string; readonly size: number }[] {
    return this.#starts.map((start, index) => {
      const next = this.#starts[index + 1];
      const rotation = next === undefined ? 0 : rotateEventBytes(this.#name(index + 1));
      return { name: this.#name(index), size: (next ?? end) - start + BINLOG_START + rotation };
    });
  }

  /** FLUSH BINARY LOGS: what comes from now on goes into a new file. */
  rotate(end: number): void {
    this.#starts.push(end);
  }

  /** RESET MASTER: one empty file, the first. */
  reset(end: number): void {
    this.#starts = [end];
  }
}
